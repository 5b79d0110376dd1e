"""The workbook's words, English and Indonesian: sheets, headings, the first sheet.

What the database says (ids, states, reasons) stays as it is, so that it can be found there.
"""

from __future__ import annotations

LANGUAGES = ("en", "id")

# key: name of the sheet, what it holds; both in each language
SHEETS = {
    "about": ("About", "Tentang", "", ""),
    "scorecard": ("Scorecard", "Kartu skor", "The year: the basis to quote, and both bases",
                  "Setahun: angka resmi, hasil hitung dan angka laporan"),
    "periods": ("Periods", "Periode", "Every KPI, objective, perspective and the organisation in "
                "every period", "Semua IKU, sasaran, perspektif dan organisasi di tiap periode"),
    "composites": ("Composites", "Indeks gabungan", "Composites with their parts, in every period "
                   "and month", "Indeks gabungan dengan unsurnya, per periode dan bulan"),
    "components": ("Components", "Komponen", "Each metric in every period, summed over its months",
                   "Tiap metrik per periode, dijumlahkan dari bulan-bulannya"),
    "monthly": ("Monthly", "Bulanan", "Each metric in every month, summed over its cells",
                "Tiap metrik per bulan, dijumlahkan dari selnya"),
    "cells": ("Cells", "Sel", "Each metric by month, queue, source and policy, as counted",
              "Tiap metrik per bulan, antrean, sumber dan kebijakan, sebagaimana dihitung"),
    "inputs": ("Inputs", "Isian manual", "Values reported by hand", "Nilai yang diisi manual"),
    "reported": ("Reported", "Angka laporan", "Realisations as printed, on the report's authority",
                 "Realisasi sebagaimana tercetak dalam laporan"),
    "kpis": ("KPIs", "IKU", "The KPIs and their rules", "IKU dan aturannya"),
    "weights": ("Weights", "Bobot", "The tree and its weights", "Pohon kinerja dan bobotnya"),
    "targets": ("Targets", "Target", "Targets decided", "Target yang ditetapkan"),
    "parts": ("Composite parts", "Unsur indeks", "What composites are made of",
              "Unsur pembentuk indeks gabungan"),
    "conversions": ("Conversions", "Konversi", "Tables that turn a value into a scale of 100",
                    "Tabel konversi ke skala 100"),
    "definitions": ("Definitions", "Definisi", "What each metric counts", "Definisi tiap metrik"),
    "restatements": ("Restatements", "Perubahan angka", "Published numbers that changed, and why",
                     "Angka terbit yang berubah dan sebabnya"),
    "revisions": ("Revisions", "Revisi", "Scorecards of closed periods, as they were closed",
                  "Kartu skor periode yang ditutup, sebagaimana ditutup"),
    "notes": ("Data notes", "Catatan data", "What is missing, refused, found or happened",
              "Yang kurang, ditolak, ditemukan atau terjadi"),
}  # fmt: skip

HEADINGS = {
    "period": ("Period", "Periode"), "basis": ("Basis", "Dasar angka"),
    "is_official": ("To quote", "Resmi"), "level": ("Level", "Tingkat"),
    "code": ("Code", "Kode"), "id": ("Id", "Id"), "name": ("Name", "Nama"),
    "parent_id": ("Parent", "Induk"), "target": ("Target", "Target"),
    "realisation": ("Realisation", "Realisasi"), "index_raw": ("Achievement", "Capaian"),
    "cap_low": ("Lowest index", "Indeks terendah"), "cap_high": ("Cap", "Indeks tertinggi"),
    "index": ("Index", "Indeks capaian"), "points_lost_to_cap": ("Lost to cap", "Terpotong batas"),
    "weight": ("Weight", "Bobot"), "contribution": ("Contribution", "Sumbangan"),
    "measured_weight": ("Weight measured", "Bobot terukur"), "status": ("Status", "Status"),
    "reason": ("Reason", "Alasan"), "polarity": ("Polarity", "Polarisasi"),
    "consolidation": ("Longer periods", "Konsolidasi periode"),
    "official_realisation": ("Realisation to quote", "Realisasi resmi"),
    "official_index": ("Index to quote", "Indeks resmi"),
    "official_basis": ("Basis to quote", "Dasar angka resmi"),
    "computed_realisation": ("Computed realisation", "Realisasi hasil hitung"),
    "computed_index": ("Computed index", "Indeks hasil hitung"),
    "reported_realisation": ("Reported realisation", "Realisasi laporan"),
    "reported_index": ("Reported index", "Indeks laporan"),
    "metric_id": ("Metric", "Metrik"), "channel": ("Channel", "Kanal"),
    "service": ("Service", "Layanan"), "queue": ("Queue", "Antrean"),
    "source": ("Source", "Sumber"), "policy_id": ("Policy", "Kebijakan"),
    "month": ("Month", "Bulan"), "unit": ("Unit", "Satuan"),
    "numerator": ("Numerator", "Pembilang"), "denominator": ("Denominator", "Penyebut"),
    "value": ("Value", "Nilai"), "coverage": ("Coverage", "Kelengkapan"),
    "lower_95": ("Lower 95 %", "Batas bawah 95 %"), "upper_95": ("Upper 95 %", "Batas atas 95 %"),
    "is_few": ("Few cases", "Sampel kecil"), "composite_id": ("Composite", "Indeks gabungan"),
    "part_id": ("Part", "Unsur"), "input_id": ("Input", "Isian"),
    "result": ("Result", "Hasil"), "is_synthetic": ("Synthetic", "Sintetis"),
    "evidence": ("Evidence", "Bukti"), "authority": ("Authority", "Dasar"),
    "is_assumption": ("Assumption", "Asumsi"), "note": ("Note", "Catatan"),
    "kpi_id": ("KPI", "IKU"), "valid_from": ("Valid from", "Berlaku sejak"),
    "valid_to": ("Valid to", "Berlaku sampai"), "owner": ("Owner", "Penanggung jawab"),
    "zero_rule": ("Zero rule", "Aturan bila nihil"), "child_id": ("Child", "Anak"),
    "year": ("Year", "Tahun"), "decided_on": ("Decided on", "Ditetapkan"),
    "title": ("Title", "Judul"),
    "conversion_id": ("Piece", "Potongan"), "from_value": ("From", "Dari"),
    "to_value": ("To", "Sampai"), "base_index": ("Base index", "Indeks dasar"),
    "base_value": ("Base value", "Nilai dasar"), "divisor": ("Divisor", "Pembagi"),
    "rollup": ("Over periods", "Penggabungan"), "since": ("Since", "Sejak"),
    "fingerprint": ("Fingerprint", "Sidik definisi"), "version": ("Version", "Versi"),
    "table_name": ("Table", "Tabel"), "old_value": ("Before", "Sebelum"),
    "new_value": ("Now", "Sesudah"), "old_status": ("Status before", "Status sebelum"),
    "new_status": ("Status now", "Status sesudah"), "cause": ("Cause", "Sebab"),
    "revision": ("Revision", "Revisi"), "closed_at": ("Closed at", "Ditutup pada"),
    "closed_by": ("Closed by", "Ditutup oleh"), "closed_because": ("Because", "Karena"),
    "stands": ("Stands", "Berlaku"), "kind": ("Kind", "Jenis"),
    "subject": ("About", "Perihal"), "text": ("What", "Uraian"),
}  # fmt: skip

ABOUT = {
    "title": ("Scorecard {year}: {organisation}", "Kartu skor {year}: {organisation}"),
    "sample": ("SYNTHETIC SAMPLE DATA: no figure here is a real organisation's",
               "DATA CONTOH SINTETIS: tidak ada angka organisasi nyata di sini"),
    "version": ("Version", "Versi"), "as_of": ("As of", "Per tanggal"),
    "made": ("Version made (UTC)", "Versi dibuat (UTC)"), "content": ("Content", "Isi"),
    "live": ("A formula over the cells it rests on; its result is the published figure",
             "Rumus atas sel-sel dasarnya; hasilnya sama dengan angka terbit"),
    "kept": ("A published figure that the cells of this workbook do not give (a period closed "
             "earlier, a KPI left out by its zero rule): written as published",
             "Angka terbit yang tidak mengikuti sel buku kerja ini (periode yang telah ditutup, "
             "IKU yang dikecualikan): ditulis sebagaimana terbit"),
    "value": ("A value: counted, decided or reported", "Nilai: dihitung, ditetapkan atau diisi"),
    "units": ("Targets, realisations and indices are percentage points. Cells are rounded for "
              "display only; separators follow the spreadsheet program's language.",
              "Target, realisasi dan indeks dalam poin persen. Pembulatan hanya pada tampilan; "
              "pemisah desimal mengikuti bahasa program."),
    "blank": ("A blank figure is withheld or counts nothing; status and reason stand beside.",
              "Angka kosong: ditahan atau tidak ada yang dihitung; lihat status dan alasan."),
    "register": ("The register's sheets say what holds now. Of a closed period, weights, parts and "
                 "caps stand beside its figures as they were closed; kring explain tells the rest.",
                 "Lembar register memuat yang berlaku sekarang. Untuk periode yang telah ditutup, "
                 "bobot, unsur, dan batas di samping angkanya adalah yang berlaku saat ditutup; "
                 "selebihnya lihat kring explain."),
    "sheet": ("Sheet", "Lembar"), "holds": ("What it holds", "Isi"),
    "rows": ("Rows", "Baris"), "live_cells": ("Formulas", "Rumus"),
    "kept_cells": ("Kept figures", "Angka tetap"),
}  # fmt: skip


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language, self._place = language, LANGUAGES.index(language)

    def sheet(self, key: str) -> str:
        return SHEETS[key][self._place]

    def holds(self, key: str) -> str:
        return SHEETS[key][2 + self._place]

    def heading(self, key: str) -> str:
        return HEADINGS[key][self._place]

    def about(self, key: str) -> str:
        return ABOUT[key][self._place]
