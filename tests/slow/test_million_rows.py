"""One oddity in a file of a million rows: the exact rows that are right load, or none do.

A strict reader can lose 136,000 of 200,000 rows over one stray quote and report one reject, so
every answer is held against a count that was made while the file was written.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from small_home import AS_OF, add_source, make_home

from assets.arrivals.sources import read_source
from assets.home import Home
from assets.intake.accounts import Reading
from assets.intake.reading import Reader
from schemas.pseudonyms import Pseudonyms

ROWS = 1_000_000
SOURCE = """
-- title: Calls, few columns
-- kind: calls
-- files: *.csv
-- format: csv
-- options: delim=';'
-- tolerance: 20 rows
select _row, id as contact_id, queue, at_time as entered_at, 'abandoned' as outcome from export
"""
HEADER = b"id;queue;at_time\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("million") / "home", first_month="2024-01")
    add_source(made, "calls", SOURCE.lstrip())
    return made


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """A million calls, a line each; once for all tests."""
    seconds = np.arange(ROWS) * 5
    times = (np.datetime64("2024-01-01T00:00:00") + seconds).astype(str)
    return [b"C%07d;q%d;%s\n" % (n, n % 7, at.encode()) for n, at in enumerate(times)]


def read(home: Home, content: bytes, source: str = "calls") -> tuple[Reading, pl.Series]:
    (home.landing / "calls.csv").write_bytes(content)
    reader = Reader(home, read_source(home.sources / f"{source}.sql"), Pseudonyms(b"k" * 32), AS_OF)
    try:
        reading = reader.load(reader.stage("calls.csv"))
    finally:
        reader.close()
    files = [home.chunk("calls", source, chunk.file) for chunk in reading.chunks]
    ids = pl.concat([pl.read_parquet(f, columns=["contact_id"]) for f in files]) if files else None
    for file in files:
        file.unlink()
    return reading, ids["contact_id"] if ids is not None else pl.Series([], dtype=pl.String)


def without(*records: int) -> list[str]:
    gone = set(records)
    return [f"C{n:07d}" for n in range(ROWS) if n + 1 not in gone]


MIDDLE, LATE = 500_001, 999_990


def stray(lines: list[bytes], record: int, text: bytes) -> bytes:
    changed = lines[record - 1].replace(b";q", b";" + text, 1)
    return HEADER + b"".join([*lines[: record - 1], changed, *lines[record:]])


@pytest.mark.parametrize("text", [b'"q', b'q"', b'q"q"'], ids=["opens", "closes", "inside"])
@pytest.mark.parametrize("record", [MIDDLE, LATE])
def test_a_stray_quote_refuses_the_file(
    home: Home, lines: list[bytes], text: bytes, record: int
) -> None:
    reading, ids = read(home, stray(lines, record, text))
    assert ids.is_empty() and not reading.chunks
    assert reading.rule == "stray_quote"
    assert f"record {record:,}" in reading.refused


def test_two_stray_quotes_far_apart_do_not_hide_what_is_between(
    home: Home, lines: list[bytes]
) -> None:
    add_source(home, "broken", SOURCE.replace("delim=';'", "delim=';', multiline=true").lstrip())
    content = stray(lines, MIDDLE, b'"q').replace(b"C0500400;q", b'C0500400;q"', 1)
    reading, ids = read(home, content, "broken")
    assert ids.is_empty() and reading.refused


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda t: t.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda t: t[: len(t) // 2].replace(b"\n", b"\r\n") + t[len(t) // 2 :],
                     id="crlf-then-lf"),
        pytest.param(lambda t: t[: len(t) // 2] + t[len(t) // 2 :].replace(b"\n", b"\r"),
                     id="lf-then-cr"),
        pytest.param(lambda t: t.replace(b"\nC09", b"\n\n \n\nC09"), id="blank-lines"),
        pytest.param(lambda t: t[:-1], id="no-last-line-end"),
    ],
)  # fmt: skip
def test_line_ends_and_blank_lines_change_nothing(
    home: Home, lines: list[bytes], fault: Callable[[bytes], bytes]
) -> None:
    reading, ids = read(home, fault(HEADER + b"".join(lines)))
    assert (reading.rows, reading.accepted, reading.rejected) == (ROWS, ROWS, 0), reading.refused
    assert ids.sort().to_list() == without()


def test_nul_bytes_reject_their_records_only(home: Home, lines: list[bytes]) -> None:
    changed = list(lines)
    for record in (1, MIDDLE, LATE):
        changed[record - 1] = changed[record - 1].replace(b";q", b";\0q")
    reading, ids = read(home, HEADER + b"".join(changed))
    rejected = reading.rejected_rows.select("_row", "rule").rows()
    assert rejected == [(record, "nul_byte") for record in (1, MIDDLE, LATE)]
    assert ids.sort().to_list() == without(1, MIDDLE, LATE)


@pytest.mark.parametrize("cut", [3, 12, 23, 28])
def test_a_truncated_tail_is_named_or_its_part_taken_for_none(
    home: Home, lines: list[bytes], cut: int
) -> None:
    """Within a time, a queue, an id: what is left is no row, or is one that reads otherwise."""
    reading, ids = read(home, (HEADER + b"".join(lines))[:-cut])
    assert reading.rows == ROWS
    assert reading.rejected_rows["_row"].to_list() == [ROWS]
    assert ids.sort().to_list() == without(ROWS)


def test_ragged_rows_reject_their_records_only(home: Home, lines: list[bytes]) -> None:
    changed = list(lines)
    changed[MIDDLE - 1] = b"C0500000;q\n"
    changed[LATE - 1] = changed[LATE - 1][:-1] + b";more\n"
    reading, ids = read(home, HEADER + b"".join(changed))
    assert reading.rejected_rows.select("_row", "rule").rows() == [
        (MIDDLE, "field_count"), (LATE, "field_count"),
    ]  # fmt: skip
    assert ids.sort().to_list() == without(MIDDLE, LATE)
