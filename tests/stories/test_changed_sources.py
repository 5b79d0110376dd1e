"""A source that is renamed, edited or withdrawn, and rows read by rules that are no more.

What is read again, and which months move. Of the home of April to June 2024.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from storyhome import StoryHome, called, put_calls

from assets.building.plan import Plan
from assets.publishing.findings import findings

SL, PHONE = "service_level", "phone"


@pytest.fixture
def home(second_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return second_quarter.copied(tmp_path / "home")


def test_a_renamed_an_edited_and_a_withdrawn_source(home: StoryHome) -> None:
    put_calls(home, "2024-06-11", called("M1", "2024-06-11", wait="", outcome="IVR"))
    home.run("2025-01-02")
    before = home.months(SL), home.months("abandonment"), home.figure(SL, "Q2")
    contacts = "select contact_id, wait_seconds, outcome, file_row from fact.contacts order by 1"
    rows = home.query(contacts)

    # renamed: nothing is read again, and no figure moves
    path = home.root / "sources/calls.sql"
    home.source(
        "telephony", path.read_text().replace("-- kind:", "-- was:         calls\n-- kind:")
    )
    path.unlink()
    ran = home.run("2025-01-02")
    assert (ran.ingested.loaded, ran.ingested.duplicates) == ([], [])
    assert (home.months(SL), home.months("abandonment"), home.figure(SL, "Q2")) == before
    assert home.query(contacts) == rows
    sources = "select distinct source from fact.contacts order by 1"
    assert home.query(sources) == [("chats",), ("telephony",)]
    assert ran.findings == []

    # edited: its own files are read again, by the new rule; the month it changes is rebuilt
    home.edit_source("telephony", "('IVR', 'not_queued')", "('IVR', 'abandoned')")
    ran = home.run("2025-01-02")
    assert {d.path for d in ran.ingested.loaded} == {
        f"calls/calls_2024{name}.csv" for name in ("0410", "0510", "0610", "0611")
    }
    assert ran.months("fact.contacts") == ["2024-06"]
    assert home.months("abandonment", PHONE)["2024-06"] == (1, 2, "measured")
    # a comment or another title is no other rule
    home.edit_source("telephony", "-- title:       ", "-- title:       All ")
    assert home.run("2025-01-02").rebuilt == []

    # withdrawn: its metrics are not reported, and what needs both is null
    (home.root / "sources/chats.sql").unlink()
    for file in (home.root / "landing/chats").iterdir():
        file.unlink()
    ran = home.run("2025-01-02")
    assert {status for *_, status in home.months(SL, "chat").values()} == {"not_reported"}
    assert home.reason(SL, "2024-05", "chat") == "no source delivers chats"
    assert home.months(SL, PHONE)["2024-04"] == (1, 1, "measured")
    kpi = home.figure(SL, "Q2")
    assert (kpi.realisation, kpi.status) == (None, "not_reported")
    assert ran.findings == []


def test_rows_whose_file_is_gone_stand_by_the_rule_they_were_read_by_and_that_is_told(
    home: StoryHome,
) -> None:
    path = home.root / "landing/calls/calls_20240410.csv"
    content = path.read_bytes()
    path.unlink()
    home.edit_source("calls", "('Answered', 'answered')", "('Answered', 'abandoned')")
    # as in a home that was copied or restored: no file has the stamp by which it is known
    for other in (home.root / "landing/calls").iterdir():
        os.utime(other, ns=(1, 1))
    (told,) = findings(Plan(home.home, date(2025, 1, 2)))
    assert told.text.startswith("calls: 1 of its files were read"), "the others wait to be read"
    (told,) = home.run("2025-01-02").findings
    assert (told.about, told.must_be_acted_on) == ("warning", False)
    assert told.text.startswith("calls: 1 of its files were read by other rules than those of now")
    assert "first calls/calls_20240410.csv" in told.text
    shares = {month: cells[:2] for month, cells in home.months("abandonment", PHONE).items()}
    assert shares == {"2024-04": (0, 1), "2024-05": (1, 1), "2024-06": (1, 1)}
    path.write_bytes(content)
    assert home.run("2025-01-02").findings == []
    assert home.months("abandonment", PHONE)["2024-04"][:2] == (1, 1)
