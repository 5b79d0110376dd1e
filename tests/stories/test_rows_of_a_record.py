"""Stories of records that give several rows, as the pages of a service do: each row by itself."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from storyhome import StoryHome, story

PAGES = """\
-- title: Pages of a service, each with its calls
-- kind: calls
-- files: pages/*.json
-- format: json
-- options: records='.'
with taken as (select _row, unnest(json_list(calls)) as call from export)

select
    _row,
    json_text(call, '$.id') as contact_id,
    json_text(call, '$.at') as entered_at,
    'answered' as outcome,
    json_text(call, '$.wait') as wait_seconds
from taken
"""
VERSIONED = PAGES.replace("with taken", "-- version: changed\nwith taken").replace(
    "'answered'", "json_text(call, '$.changed') as _version, 'answered'"
)


def page(*calls: tuple[str, int, int]) -> str:
    """Calls of one morning: id, seconds waited, number of the change."""
    at = "2024-01-08T03:00:00Z"
    return json.dumps(
        {"calls": [{"id": c, "at": at, "wait": w, "changed": n} for c, w, n in calls]}
    )


def waits(home: StoryHome) -> list[tuple[str, int]]:
    return sorted(home.query("select contact_id, wait_seconds::integer from fact.contacts"))


@pytest.mark.parametrize(
    ("source", "calls", "said"),
    [
        (PAGES, [("A1", 5, 0), ("A1", 5, 0), ("A2", 7, 0)], (2, 0, 1)),
        # the newer change counts, wherever in the page it stands
        (VERSIONED, [("A1", 5, 2), ("A1", 9, 1), ("A2", 7, 1)], (2, 0, 1)),
        (VERSIONED, [("A1", 9, 1), ("A1", 5, 2), ("A2", 7, 1)], (2, 1, 0)),
    ],
    ids=["said twice", "newer first", "newer last"],
)
def test_a_call_that_stands_twice_in_a_page_counts_once(
    tmp_path: Path, source: str, calls: list[tuple[str, int, int]], said: tuple[int, int, int]
) -> None:
    """One row of A1 loses to the other; both have the number of the page."""
    home = story(tmp_path)
    home.source("pages", source)
    home.put("pages/a.json", page(*calls))
    ran = home.run("2024-02-10", publish=True)
    assert [f.text for f in ran.findings if f.about == "failed"] == []
    assert waits(home) == [("A1", 5), ("A2", 7)]
    files = "select accepted, corrections, duplicates from ops.files"
    assert home.published(files) == [said]


def test_a_call_that_a_page_lacks_is_told_though_another_of_it_was_corrected(
    tmp_path: Path,
) -> None:
    home = story(tmp_path)
    home.source("pages", PAGES)
    home.put("pages/a.json", page(("A1", 5, 0), ("A2", 7, 0), ("A3", 8, 0)))
    home.put("pages/b.json", page(("A1", 6, 0)))
    assert [f.about for f in home.run("2024-02-10").findings] == []
    home.put("pages/a.json", page(("A1", 5, 0), ("A2", 7, 0)))
    (told,) = home.run("2024-02-10").findings
    assert ": 1 row of what lay there before is not in it and counts as before;" in told.text
    assert waits(home) == [("A1", 6), ("A2", 7), ("A3", 8)]


def test_what_an_earlier_kring_resolved_is_made_anew_where_an_export_was_replaced(
    tmp_path: Path,
) -> None:
    """Its losers have another form, and are asked for before they are made anew."""
    home = story(tmp_path)
    home.source("pages", PAGES)
    home.put("pages/a.json", page(("A1", 5, 0), ("A2", 7, 0)))
    home.put("pages/b.json", page(("A1", 6, 0)))
    home.run("2024-02-10")
    keys = home.root / "lake/keys"
    (lost,) = (keys / "pages").iterdir()
    pl.DataFrame({"key": ["A1"], "file_id": [""], "file_row": [1]}).write_parquet(lost)
    answer = json.loads((keys / "pages.json").read_text())
    (keys / "pages.json").write_text(json.dumps({**answer, "rule": "another"}))
    home.put("pages/a.json", page(("A1", 5, 0)))
    assert [f.about for f in home.run("2024-02-10").findings] == ["suspicious"]
    assert waits(home) == [("A1", 6), ("A2", 7)]
