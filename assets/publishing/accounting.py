"""What became of every file and row: the operational tables of a version.

Rows of `ops.files` balance exactly: rows = accepted + corrections + duplicates + filtered +
rejected. What a person must see of it is `findings`.
"""

from __future__ import annotations

from datetime import date

from assets.arrivals.ledger_record import LOADED, REFUSED, Delivery
from assets.building.plan import Plan
from assets.intake.contest import Tally

UNCLAIMED, IGNORED = "unclaimed", "ignored"


def file_rows(plan: Plan) -> list[tuple[object, ...]]:
    """One row per delivery, and per file of landing that no source claims (ops.files)."""
    rows = [_row(plan, delivery) for delivery in plan.ledger.deliveries()]
    for file in plan.found:
        if not file.sources:
            status = IGNORED if file.ignored else UNCLAIMED
            why = None if file.ignored else "no source's `files:` matches"
            rows.append((None, printable(file.path), None, None, None, status, *[0] * 6, [], [],
                         None, why, None))  # fmt: skip
    return sorted(rows, key=lambda r: (str(r[1]), str(r[3]), str(r[2])))


def _row(plan: Plan, d: Delivery) -> tuple[object, ...]:
    corrections, duplicates, _ = tally(plan, d)
    counts = (0, 0, 0, 0, 0, 0)
    if d.status in (LOADED, REFUSED):
        new = d.accepted - corrections - duplicates if d.status == LOADED else 0
        lost = 0 if d.status == LOADED else d.accepted
        # a refused file gives nothing: what would have been accepted is rejected with the rest
        counts = (d.rows, new, corrections, duplicates, d.filtered, d.rejected + lost)
    months = [c.month for c in d.chunks]
    about = (d.file_id or None, printable(d.path), d.sha256 or None, d.source, d.kind, d.status)
    return (*about, *counts, months, list(d.covers), d.loaded_at or None,
            printable(d.error or d.warning) or None, d.rules[:8])  # fmt: skip


def tally(plan: Plan, d: Delivery) -> Tally:
    """How a file's rows fared against rows of the same id in other files."""
    if d.status != LOADED or all(source.name != d.source for source in plan.sources):
        return Tally()
    return plan.keys_of(d.source).tallies.get(d.file_id, Tally())


def correction_rows(plan: Plan) -> list[tuple[object, ...]]:
    """One row per file of replaced rows and file of those that count (ops.corrections)."""
    return sorted(
        (source.name, file_id, winner, rows)
        for source in plan.sources
        for file_id, by in plan.keys_of(source.name).replaced.items()
        for winner, rows in by.items()
    )


def printable(text: str) -> str:
    """A path, or a sentence with one, as text: bytes that are no UTF-8 by their numbers."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def check_row_files(plan: Plan) -> list[tuple[str, date, str, str]]:
    """The offending rows of failed checks: (check_id, month, path of the parquet, its sha256)."""
    found = []
    for row in plan.check_results():
        name, month = str(row["check_id"]), row["month"]
        assert isinstance(month, date)
        record = plan.outputs.get(f"check.{name}", month)
        if record and not row["passed"]:
            found.append((name, month, str(plan.outputs.path(record)), record.sha256))
    return found


def reject_files(plan: Plan) -> list[tuple[str, str]]:
    """The files of rejected rows: (file_id, path of the parquet)."""
    found = []
    for d in plan.ledger.deliveries():
        path = plan.home.rejects_file(d.source, d.file_id)
        if d.rejected and d.status in (LOADED, REFUSED) and path.is_file():
            found.append((d.file_id, str(path)))
    return found
