"""Sound exports of every format, and ways to spoil them, all from one random source."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

FIELDS = ("id", "at", "wait", "agent", "note")
ROWS = 40
# What breaks readers: marks of structure, of encodings, of other types, of statements.
TOKENS = (
    b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\\", b"'", b" ",
    b"\n\n", b'"\n"', b",,,,", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"\xc3", b"\xe2\x80\xae",
    b"\xed\xa0\x80", b"NaN", b"1e999", b"-0", b"null", b"{", b"}", b"[", b"]", b":", b"{}", b"[]",
    b'{"id":1}', b"\\u0000", b"\\ud800", b"9" * 400, b"<x/>", b"&#0;", b"<!DOCTYPE a>", b"</row>",
    b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"x" * 5_000, b"2024-06-31", b"'; drop table x; --",
    b"{0}%s",
)  # fmt: skip


def row(number: int, rng: random.Random) -> dict[str, str]:
    """A row that is right; some hold what must be quoted."""
    note = rng.choice(("", "", "plain", "a, b", 'he said "no"', "Ünïcödé", "=1+1"))
    return {
        "id": f"C{number:05d}", "at": f"2024-06-{1 + number % 30:02d} 10:00:00",
        "wait": str(number % 97), "agent": f"KP-{number % 7}", "note": note,
    }  # fmt: skip


def _csv(rows: list[dict[str, str]], delim: str) -> bytes:
    def cell(text: str) -> str:
        quoted = any(mark in text for mark in (delim, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [delim.join(FIELDS), *(delim.join(cell(r[f]) for f in FIELDS) for r in rows)]
    return ("\n".join(lines) + "\n").encode()


def _jsonl(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()


def _xlsx(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, FIELDS)
        for number, each in enumerate(rows, 1):
            page.write_row(number, 0, [each[f] for f in FIELDS if f != "note"])
    return out.getvalue()


def _parquet(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def _zip(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("f.csv"), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _unzip(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.read(archive.namelist()[0])


PACKED: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "csv_gz": (lambda text: gzip.compress(text, mtime=0), gzip.decompress),
    "csv_zip": (_zip, _unzip),
}
SOUND: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "csv": lambda rows: _csv(rows, ";"),
    "multiline": lambda rows: _csv(rows, ","),
    "tsv": lambda rows: _csv(rows, "\t"),
    "jsonl": _jsonl,
    "json": lambda rows: json.dumps(rows, ensure_ascii=False).encode(),
    "xlsx": _xlsx,
    "parquet": _parquet,
    "csv_gz": lambda rows: PACKED["csv_gz"][0](_csv(rows, ";")),
    "csv_zip": lambda rows: PACKED["csv_zip"][0](_csv(rows, ";")),
}


def token(rng: random.Random) -> bytes:
    """Mostly one that leaves a text a text, so that more than its encoding is tried."""
    found = rng.choice(TOKENS)
    return found if found.isascii() or rng.random() < 0.2 else rng.choice(TOKENS[:14])


def spoil(data: bytes, rng: random.Random) -> bytes:
    """One to six mutations of bytes."""
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at = rng.randrange(len(spoiled) + 1)
        what = rng.randrange(8)
        if what == 0:
            spoiled[at : at + 1] = bytes([rng.randrange(32, 127 if rng.random() < 0.9 else 256)])
        elif what == 1:
            spoiled[at:at] = token(rng)
        elif what == 2:
            mark = token(rng)
            spoiled[at : at + len(mark)] = mark
        elif what == 3:
            del spoiled[at : at + rng.choice((1, 2, 30, 400))]
        elif what == 4:
            spoiled[at:at] = spoiled[at : at + rng.choice((1, 30, 400))]
        elif what == 5:
            del spoiled[rng.choice((at, max(len(spoiled) - rng.randrange(1, 60), 0))) :]
        elif what == 6:
            size = rng.choice((1, 8))
            junk = rng.randbytes(size)
            spoiled[at : at + size] = junk if rng.random() < 0.3 else bytes(b % 128 for b in junk)
        else:
            old, new = rng.choice(((b"\n", b"\r\n"), (b"\n", b"\r"), (b"\n", b"\n\n"),
                                   (b";", b","), (b'"', b""), (b"2024", b"20 24")))  # fmt: skip
            spoiled = bytearray(bytes(spoiled).replace(old, new, rng.choice((1, 3, -1))))
    return bytes(spoiled)


def spoil_inside(form: str, data: bytes, rng: random.Random) -> bytes:
    """Mutations under the packing: of a packed file's text, of a part of a workbook."""
    if form in PACKED:
        pack, unpack = PACKED[form]
        return pack(spoil(unpack(data), rng))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        names = before.namelist()
        chosen = rng.choice([*names, *["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] * 4])
        for name in names:
            part = before.read(name)
            after.writestr(name, spoil(part, rng) if name == chosen else part)
    return out.getvalue()


def spoiled_file(form: str, rows: list[dict[str, str]], rng: random.Random) -> bytes:
    """A file of a format that may be anything; mostly nearly right."""
    sound = SOUND[form](rows)
    choice = rng.random()
    if choice < 0.04:
        return rng.randbytes(rng.choice((1, 7, 100, 3_000)))
    if choice < 0.08:
        head = rng.choice((4, 40, 400))
        return sound[:head] + rng.randbytes(rng.choice((1, 100, 3_000)))
    if choice < 0.12:
        other = SOUND[rng.choice(list(SOUND))](rows)
        return sound[: rng.randrange(len(sound))] + other[rng.randrange(len(other)) :]
    if form in ("xlsx", *PACKED) and choice < 0.75:
        return spoil_inside(form, sound, rng)
    return spoil(sound, rng)
