"""The same rows in any order, in any files, in any number of runs, end in the same content.

Hypothesis draws how rows are split over exports, which overlap, when each is corrected and
when kring runs in between; a few lines of plain Python say which row of a key must count.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from counting import content_of
from drawing import examples
from homes import Ran
from hypothesis import given
from hypothesis import strategies as st
from saying import AS_OF, DAY, SOURCE, WITH_VERSION, Call, Small, made

import assets.building.plan as look
from assets.building.ops_tables import OPS
from assets.intake.ingest import ingest
from assets.publishing.accounting import file_rows

# A file speaks for the days of its rows, also of those that a newer version takes elsewhere; the
# reference has the newest alone, so both homes know of both months.
BOTH_MONTHS = [Call(900, 5, 10, "a", 0), Call(901, 40, 10, "a", 0)]


class Plan(NamedTuple):
    """Exports in order of delivery, and after which of them kring runs."""

    files: list[list[Call]]
    runs: list[bool]


@st.composite
def splits(draw: st.DrawFn, rows: Sequence[Call]) -> Plan:
    """Every row in one file or several of 1 to 20, each file in an order of its own."""
    count = draw(st.integers(1, 20))
    files: list[list[Call]] = [[] for _ in range(count)]
    for row in draw(st.permutations(rows)):
        for at in draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=3)):
            files[at].append(row)
    runs = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return Plan([file for file in files if file], runs)


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Call], Plan]:
    """Calls of which the systems say up to four things, one after the other."""
    rows = [
        made(number, salt, version)
        for number in range(draw(st.integers(1, 25)))
        for version, salt in enumerate(
            draw(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True))
        )
    ]
    newest = {row.number: row for row in sorted(rows, key=lambda r: r.version)}
    return list(newest.values()), draw(splits(rows))


@st.composite
def corrections(draw: st.DrawFn) -> tuple[list[Call], Plan]:
    """Without a version: exports one after the other, in each a call once, as it was then."""
    files = [
        [
            made(number, draw(st.integers(0, 2)))
            for number in draw(st.permutations(range(15)))[: draw(st.integers(1, 15))]
        ]
        for _ in range(draw(st.integers(1, 10)))
    ]
    counts: dict[int, list[Call]] = {}
    for file in files:
        for row in file:  # what was said before is no news, however often it is said again
            if row not in counts.setdefault(row.number, []):
                counts[row.number].append(row)
    runs = draw(st.lists(st.booleans(), min_size=len(files), max_size=len(files)))
    return [said[-1] for said in counts.values()], Plan(files, runs)


identical = st.integers(1, 40).flatmap(
    lambda n: splits([made(number, 0) for number in range(n)]).map(
        lambda plan: ([made(number, 0) for number in range(n)], plan)
    )
)


def deliver(home: Small, plan: Plan) -> list[Ran]:
    """Export by export, with the runs that the plan asks for, and one at the end."""
    ran = []
    for number, (rows, now) in enumerate(zip(plan.files, plan.runs, strict=False)):
        home.export(f"{number:02d}", rows)
        if now:
            ran.append(home.run(AS_OF))
    return [*ran, home.run(AS_OF)]


def check(source: str, rows: Sequence[Call], plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reference = Small(Path(folder) / "reference", source)
        home = Small(Path(folder) / "home", source)
        for each in (reference, home):
            each.export("both months", BOTH_MONTHS)
        reference.export("all", sorted(rows))
        reference.run(AS_OF)
        ran = deliver(home, plan)
        refused = [d.error for one in ran for d in one.ingested.refused]
        assert not refused
        found, wanted = home.all_that_counts(), reference.all_that_counts()
        for table, content in wanted.items():
            assert found[table] == content, table
        assert home.run(AS_OF).rebuilt == []


def check_rows(source: str, rows: Sequence[Call], plan: Plan) -> None:
    """As `check`, to the rows that count and no further: quicker, so more often."""
    with tempfile.TemporaryDirectory() as folder, patch("assets.lake.sync"):
        reference = Small(Path(folder) / "reference", source)
        reference.export("all", sorted(rows))
        home = Small(Path(folder) / "home", source)
        for number, (file, now) in enumerate(zip(plan.files, plan.runs, strict=False)):
            home.export(f"{number:02d}", file)
            if now:
                ingest(home.home, DAY)
        done = [ingest(one.home, DAY) for one in (home, reference)]
        assert not [d.error for one in done for d in one.refused]
        books = look.Plan(home.home, DAY)
        found, wanted = content_of(books), content_of(look.Plan(reference.home, DAY))
        assert found["calls"].equals(wanted["calls"])
        assert found["calls"].height == len(rows)
        files: list[dict[str, Any]] = [
            dict(zip(OPS["ops.files"].columns, row, strict=True)) for row in file_rows(books)
        ]
        fates = ("accepted", "corrections", "duplicates", "filtered", "rejected")
        assert all(f["rows"] == sum(f[fate] for fate in fates) for f in files)
        assert sum(f["accepted"] for f in files) == len(rows)


@examples(4)
@given(identical)
def test_rows_repeated_over_files_count_once(drawn: tuple[list[Call], Plan]) -> None:
    check_rows(SOURCE, *drawn)


@examples(4)
@given(versions())
def test_with_a_version_the_newest_counts_in_any_order(drawn: tuple[list[Call], Plan]) -> None:
    check_rows(WITH_VERSION, *drawn)


@examples(4)
@given(corrections())
def test_without_a_version_the_last_new_saying_counts(drawn: tuple[list[Call], Plan]) -> None:
    check_rows(SOURCE, *drawn)


@examples(2)  # the first is the least one there is
@given(identical)
def test_repeated_rows_end_in_the_same_publication(drawn: tuple[list[Call], Plan]) -> None:
    check(SOURCE, *drawn)


@examples(2)  # the first is the least one there is
@given(versions())
def test_versions_end_in_the_same_publication(drawn: tuple[list[Call], Plan]) -> None:
    """Months that a call has left are rebuilt as well as those it came to."""
    check(WITH_VERSION, *drawn)
