"""Which of the rows that say something of one key counts, and what the others were: by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from _pytest.mark import ParameterSet

from assets.intake.contest import fates_rule
from sql.run import connect, make_table, records

MAY, JUNE = date(2024, 5, 10), date(2024, 6, 10)


CONSIDERED = {
    "key": "text", "version": "text", "content": "text", "chunk": "integer", "file_row": "bigint",
    "place": "bigint", "rows": "bigint", "sequence": "integer", "day": "date",
}  # fmt: skip
SPANS = {"sequence": "integer", "first_day": "date", "last_day": "date"}


class Said(NamedTuple):
    """What a file, the next one delivered, says of the key."""

    content: str
    version: int | None = None
    day: date = MAY
    days: tuple[date, date] = (MAY, MAY)  # first and last, of all the file's rows
    record: int | None = None  # of the first file; else each file has one, the later the higher up


def fated(*files: Said) -> list[dict[str, Any]]:
    """The rows of a key, in the order given; a chunk each."""
    rows = [
        ("K", None if said.version is None else f"{said.version:020d}", said.content,
         n, said.record or 100 - n, n, 1, 1 if said.record else n, said.day)
        for n, said in enumerate(files, 1)
    ]  # fmt: skip
    with closing(connect("UTC", threads=1)) as engine:
        make_table(engine, "considered", CONSIDERED, rows)
        make_table(engine, "spans", SPANS, [(n, *said.days) for n, said in enumerate(files, 1)])
        found = records(engine, fates_rule().body)
    return sorted(found, key=lambda row: row["chunk"])


def param(*files: Said, fates: str, counts: int, id: str) -> ParameterSet:
    return pytest.param(files, fates.split(), counts, id=id)


@pytest.mark.parametrize(
    ("files", "fates", "counts"),
    [
        param(Said("a"), Said("b"), fates="new correction", counts=2, id="other content"),
        param(Said("a"), Said("a"), fates="new duplicate", counts=1, id="the same again"),
        param(Said("a"), Said("b"), Said("a"), fates="new correction duplicate", counts=2,
              id="as it was at first"),
        param(Said("a", 1), Said("b", 2), fates="new correction", counts=2, id="newer"),
        param(Said("b", 2), Said("a", 1), fates="new duplicate", counts=1, id="older comes last"),
        param(Said("a", 1), Said("c", 3), Said("b", 2), fates="new correction duplicate",
              counts=2, id="one between comes last"),
        param(Said("a", 1), Said("b", 1), fates="new correction", counts=2,
              id="one version, other content"),
        param(Said("a", 1), Said("b", 1), Said("a", 1), fates="new correction duplicate",
              counts=2, id="one version, as it was at first"),
        param(Said("a"), Said("b", 1), fates="new correction", counts=2, id="the first of one"),
        # it does not count, and corrects nothing
        param(Said("a", 1), Said("b"), fates="new duplicate", counts=1, id="without, comes last"),
    ],
)  # fmt: skip
def test_one_row_of_a_key_counts(files: list[Said], fates: list[str], counts: int) -> None:
    found = fated(*files)
    assert [row["fate"] for row in found] == fates
    assert [row["chunk"] for row in found if row["counts"]] == [counts]
    assert {row["winner"] for row in found} == {counts}
    assert {row["fate_of_winner"] for row in found} == {fates[counts - 1]}


def test_of_one_file_the_record_that_comes_first_is_the_first() -> None:
    found = fated(Said("a", record=2), Said("a", record=1))
    assert [(row["fate"], row["counts"]) for row in found] == [("duplicate", False), ("new", True)]


def test_of_one_version_in_one_file_the_content_that_comes_last_counts() -> None:
    """Services write what changed in order; of two changes in one second the second is newer."""
    found = fated(Said("a", 1, record=3), Said("b", 1, record=7), Said("a", 1, record=9))
    assert [(row["fate"], row["counts"]) for row in found] == [
        ("new", False), ("correction", True), ("duplicate", False),
    ]  # fmt: skip


def test_an_id_of_a_day_that_the_file_does_not_speak_of_is_moved() -> None:
    found = fated(
        Said("a", day=MAY, days=(MAY, MAY)),
        Said("b", day=JUNE, days=(JUNE, JUNE)),
        Said("c", day=MAY, days=(MAY, JUNE)),
    )
    assert [row["is_moved"] for row in found] == [False, True, False]


def test_the_last_day_of_a_file_ends_before_the_next_begins() -> None:
    eve = MAY + timedelta(days=1)
    last, beyond = (fated(Said("a", day=day), Said("b", days=(MAY, MAY))) for day in (MAY, eve))
    assert [rows[1]["is_moved"] for rows in (last, beyond)] == [False, True]
