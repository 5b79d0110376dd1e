"""Faults, group C: identity, duplicates, corrections, lateness; the rows that count in the end.

Any order and any split of the same rows is tried in tests/stories/test_orders.py.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from fault_home import AS_OF, FaultHome, Meeting
from five_files import (
    CALLS_HEADER,
    JUNE,
    MAY,
    ROWS,
    SURVEYS_HEADER,
    call_rows,
    calls_csv,
    changed,
    june,
    sound,
    survey_rows,
    workbook,
)

from assets.intake.withdrawal import restore, withdraw

FIRST, SECOND = "calls/calls_202406_a.csv", "calls/calls_202406_b.csv"
ROWS_OF_JUNE = call_rows(6, ROWS[JUNE])


@pytest.mark.parametrize("runs", [1, 2], ids=["one-run", "two-runs"])
@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["forth", "back"])
def test_c1_c2_overlapping_exports_count_once_in_any_order(
    meeting: Meeting, order: tuple[str, str], runs: int
) -> None:
    parts = {FIRST: calls_csv(ROWS_OF_JUNE[:800]), SECOND: calls_csv(ROWS_OF_JUNE[600:])}
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    for path in order:
        home.put(path, parts[path])
        if runs == 2:
            meeting.run()
    outcome = meeting.run()
    counts = [outcome.file(path) for path in (FIRST, SECOND)]
    assert sum(row.duplicates for row in counts) == 200
    assert sum(row.accepted for row in counts) == 1_200
    meeting.as_undisturbed(outcome)


VERSIONED = (*CALLS_HEADER, "Updated")


def versioned(updated: str, *cells: tuple[int, str, str], count: int = ROWS[JUNE]) -> bytes:
    rows = changed(ROWS_OF_JUNE[:count], *cells)
    return calls_csv([(*row, updated) for row in rows], VERSIONED)


def with_versions(meeting: Meeting) -> FaultHome:
    home = meeting.begin(JUNE)
    home.header("calls", "version", "Updated")
    return home


@pytest.mark.parametrize("stale_last", [False, True], ids=["C4-in-order", "C5-stale-last"])
def test_c4_c5_the_newest_version_counts_whenever_it_comes(
    meeting: Meeting, stale_last: bool
) -> None:
    home = with_versions(meeting)
    old = (FIRST, versioned("2024-07-01 08:00:00"))
    new = (SECOND, versioned("2024-07-03 08:00:00", (1, "Talk", "777"), (2, "Talk", "778")))
    for path, content in [new, old] if stale_last else [old, new]:
        home.put(path, content)
        meeting.run()
    outcome = meeting.run()
    calls = outcome.content["calls"]
    assert calls.filter(pl.col("talk_seconds") >= 777)["contact_id"].to_list() == [
        "C6-00000", "C6-00001",
    ]  # fmt: skip
    last = outcome.file(FIRST if stale_last else SECOND)
    assert (last.accepted, last.corrections + last.duplicates) == (0, 1_200)
    assert last.corrections == (0 if stale_last else 1_200)  # a newer version, even if alike
    history = [pl.read_parquet(p) for p in home.home.chunks.rglob("*.parquet") if "calls" in str(p)]
    both = pl.concat(history).filter(pl.col("contact_id") == "C6-00000")
    assert sorted(both["talk_seconds"].cast(pl.Int64)) == [30, 777]


def test_c6_two_contents_of_a_key_in_one_file_are_both_rejected(meeting: Meeting) -> None:
    rows = [*ROWS_OF_JUNE[:-1], changed(ROWS_OF_JUNE, (5, "Talk", "999"))[4]]
    outcome = meeting.meet(JUNE, calls_csv(rows))
    assert outcome.named(JUNE) == [(5, "contact_id", "conflict"), (1200, "contact_id", "conflict")]
    assert "C6-00004" not in outcome.content["calls"]["contact_id"]
    meeting.heals(JUNE)


def test_c6_the_same_row_twice_in_one_file_counts_once(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, calls_csv([*ROWS_OF_JUNE, ROWS_OF_JUNE[0]]))
    assert outcome.file(JUNE).duplicates == 1
    meeting.as_undisturbed(outcome)


def test_c6_with_a_version_the_newest_within_a_file_counts(meeting: Meeting) -> None:
    home = with_versions(meeting)
    rows = [(*row, "2024-07-01 08:00:00") for row in ROWS_OF_JUNE]
    newer = (*changed(ROWS_OF_JUNE, (5, "Talk", "999"))[4], "2024-07-02 08:00:00")
    home.put(JUNE, calls_csv([newer, *rows], VERSIONED))
    outcome = meeting.run()
    calls = outcome.content["calls"].filter(pl.col("contact_id") == "C6-00004")
    assert calls["talk_seconds"].cast(pl.Int64).to_list() == [999]


def test_c8_late_rows_of_an_open_month_change_that_month(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.put(MAY, calls_csv(call_rows(5, ROWS[MAY])[:900]))
    home.deliver(JUNE)
    meeting.run("2024-07-03")
    home.put("calls/calls_202405_late.csv", calls_csv(call_rows(5, ROWS[MAY])[900:]))
    outcome = meeting.run("2024-07-04")
    assert outcome.file("calls/calls_202405_late.csv").months == ["2024-05"]
    meeting.as_undisturbed(outcome)


def test_c11_ids_keep_zeros_and_case_and_lose_blanks_around(meeting: Meeting) -> None:
    padded = june(*[(n, "Call ID", f" C6-{n - 1:05d}  ") for n in range(1, 600)])
    meeting.as_undisturbed(meeting.meet(JUNE, padded))
    lower = june(*[(n, "Call ID", f"c6-{n - 1:05d}") for n in range(1, 1201)])
    meeting.home.put("calls/calls_202406_again.csv", lower)
    outcome = meeting.run()
    assert outcome.file("calls/calls_202406_again.csv").accepted == 1_200  # not the same ids


def test_c13_surveys_never_multiply_calls(plain: FaultHome, tmp_path: Path) -> None:
    """Two answers for one call, and one for a call that never was."""
    home = FaultHome(tmp_path / "home")
    path = home.root / "sources/surveys.sql"
    path.write_text(path.read_text().replace("from export", ', "Call" as contact_id from export'))
    of = ("C6-00000", "C6-00000", "nowhere")
    rows = [(*row, of[n] if n < 3 else "") for n, row in enumerate(survey_rows())]
    home.put("surveys/surveys_202406.xlsx", workbook(rows, (*SURVEYS_HEADER, "Call")))
    home.deliver(MAY, JUNE)
    home.figures()
    for metric, channel in (("service_level", "phone"), ("handle_time", "phone"), ("csi", None)):
        assert home.months(metric, channel) == plain.months(metric, channel)
    assert home.query("select count(*), sum(contacts) from fact.contacts") == [(2_200, 2_200)]


def test_c15_a_withdrawn_file_is_as_if_it_had_never_come(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    meeting.run()
    bad = "calls/calls_202406_bad.csv"
    home.put(bad, june((1, "Talk", "999"), (2, "Call ID", "C6-new")))
    outcome = meeting.run()
    assert (outcome.file(bad).corrections, outcome.file(bad).accepted) == (1, 1)
    withdraw(home.home, bad, "wrong month")
    outcome = meeting.run()
    assert (outcome.file(bad).status, outcome.file(bad).error) == ("withdrawn", "wrong month")
    meeting.as_undisturbed(outcome)
    # dropped again, under its own name and another, it stays withdrawn
    content = (home.root / "landing" / bad).read_bytes()
    home.put(bad, content)
    home.put("calls/again.csv", content)
    outcome = meeting.run()
    assert outcome.file("calls/again.csv").status == "withdrawn"
    meeting.as_undisturbed(outcome)
    restore(home.home, bad)
    assert home.ingest().content["calls"].height == ROWS[MAY] + ROWS[JUNE] + 1


def test_c15_a_withdrawn_correction_gives_way_to_what_it_corrected(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    home.put(JUNE, june((1, "Talk", "999")))
    home.ingest(AS_OF)
    home.put(JUNE, sound()[JUNE])
    home.ingest(AS_OF)
    home.put(JUNE, june((1, "Talk", "555")))
    home.ingest(AS_OF)
    withdraw(home.home, JUNE, "every content that ever had this name")
    outcome = home.ingest(AS_OF)
    assert outcome.content["calls"].height == ROWS[MAY]
    assert outcome.file(JUNE).status == "withdrawn"
