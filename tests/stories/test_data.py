"""Stories of exports: late, corrected, repeated, missing, too early; run by run.

Each asserts the figures, the statuses with their reasons, and which months were rebuilt.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from homes import Ran, calls_file
from storyhome import (
    OUTBOUND,
    StoryHome,
    called,
    chat,
    put_attempts,
    put_calls,
    put_cases,
    put_chats,
    put_complaints,
    put_payments,
)

from assets.building.plan import Plan
from assets.publishing.accounting import file_rows

SL, PHONE = "service_level", "phone"


INTERVALS = """\
-- title: Half hours of a queue, as its system counts them
-- kind: calls
-- files: intervals/*.csv
-- format: csv
with counted as (
    unpivot (select _row, "From", answered, abandoned from export)
    on answered, abandoned into name outcome value contacts
)
select
    _row,
    if(outcome = 'answered', 1, 0) as _rows,
    "From" || ' ' || outcome as contact_id,
    "From" as entered_at,
    outcome,
    '10' as wait_seconds,
    contacts
from counted
"""


def story(root: Path, *sources: str, expecting: str = "none", **calendar: str) -> StoryHome:
    """A home with the named sources, all of which expect a file a day, a month, or none."""
    home = StoryHome(root / "home", **calendar)
    home.only_sources(*sources)
    home.expecting(expecting, *sources)
    return home


def rebuilt_months(ran: Ran) -> set[str]:
    """Every month of which anything was rebuilt, but for what looks one month back."""
    looks_back = "fact.low_ratings"
    return {month for table, month in ran.rebuilt if month != "None" and table != looks_back}


def test_a_correction_that_moves_a_call_to_the_next_month_counts_once(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    put_calls(home, "2024-01-31", called("A1", "2024-01-31 23:59:50"), called("B1", "2024-01-31"))
    ran = home.run("2024-03-10")
    assert home.months(SL, PHONE)["2024-01"] == (2, 2, "measured")
    # kinds that were never delivered are not reported, which nobody has to act on
    assert home.months("csi")["2024-01"] == (None, None, "not_reported")
    assert home.figure("customer_satisfaction", "Q1").status == "not_reported"
    assert ran.findings == []

    put_calls(home, "2024-02-01", called("A1", "2024-02-01 00:00:05"), called("B2", "2024-02-01"))
    ran = home.run("2024-03-10")
    assert rebuilt_months(ran) == {"2024-01", "2024-02"}
    assert home.months(SL, PHONE)["2024-01"] == (1, 1, "measured")
    assert home.months(SL, PHONE)["2024-02"] == (2, 2, "measured")

    # the switch repeats what it said first: a content already held is no news
    put_calls(home, "2024-02-02", called("A1", "2024-01-31 23:59:50"), called("B3", "2024-02-02"))
    ran = home.run("2024-03-10")
    assert home.months(SL, PHONE)["2024-01"] == (1, 1, "measured")
    assert home.months(SL, PHONE)["2024-02"] == (3, 3, "measured")
    assert home.query("select contact_id, strftime(month, '%m') from fact.contacts order by 1") == [
        ("A1", "02"), ("B1", "01"), ("B2", "02"), ("B3", "02"),
    ]  # fmt: skip
    accounts = {
        row[1]: row[6:10] for row in file_rows(Plan(home.home, date.fromisoformat("2024-03-10")))
    }
    # rows, accepted, corrections, duplicates
    assert accounts["calls/calls_20240201.csv"] == (2, 1, 1, 0)
    assert accounts["calls/calls_20240202.csv"] == (2, 1, 0, 1)


def test_overlapping_exports_count_once_in_either_order_of_arrival(tmp_path: Path) -> None:
    overlap = called("A2", "2024-01-01 23:59:00", wait="25,000")
    first = ("2024-01-01", called("A1", "2024-01-01"), overlap)
    second = ("2024-01-02", overlap, called("A3", "2024-01-02"))
    found = []
    # both at once (so by name), or the later file a day before the earlier one
    for name, arrivals in (("forth", [(first, second)]), ("back", [(second,), (first,)])):
        home = story(tmp_path / name, "calls")
        for delivered in arrivals:
            for delivery in delivered:
                put_calls(home, *delivery)
            home.run("2024-01-10")
        rows = home.query("select contact_id, wait_seconds from fact.contacts order by 1")
        found.append([*rows, home.months(SL, PHONE)["2024-01"]])
    assert found[0] == found[1]
    assert found[0][-1] == (2, 3, "in_progress")


def test_with_a_version_the_older_delivery_never_wins(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    home.edit_source("calls", "-- tolerance:", '-- version:     "Version"\n-- tolerance:')
    home.edit_source(
        "calls", "select\n    export._row,", 'select\n    export._row,\n    "Version" as _version,'
    )

    def delivered(path: str, version: str, wait: str) -> None:
        header, line = "Version;" + HEADER, f"{version};" + called("A1", "2024-01-05", wait=wait)
        home.put(path, f"{header}\n{line}\n")

    delivered("calls/calls_20240105.csv", "2", "25,000")
    home.run("2024-01-10")
    delivered("calls/calls_20240106.csv", "1", "5,000")
    home.run("2024-01-10")
    assert home.months(SL, PHONE)["2024-01"] == (0, 1, "in_progress")


HEADER = "Call ID;Queue;Entered;Answered;Ended;Wait;Talk;Hold;Wrap-up;Agent;Outcome"


def test_late_rows_of_an_old_month_rebuild_that_month_and_the_scorecard(tmp_path: Path) -> None:
    home = story(tmp_path, "calls", "chats")
    for month in ("2024-01", "2024-02", "2024-03"):
        put_calls(home, f"{month}-10", called(f"A{month}", f"{month}-10"))
        put_chats(home, month, chat(f"C{month}", f"{month}-10"))
    home.run("2024-04-05")
    before = home.figure(SL, "Q1")
    assert (before.realisation, before.status) == (100.0, "measured")

    put_calls(home, "2024-01-11", called("late", "2024-01-11", wait="90,0"))
    ran = home.run("2024-04-05")
    assert {table for table, _ in ran.rebuilt} == {
        "fact.contacts", "metric.service_level", "metric.abandonment", "metric.speed_of_answer",
        "metric.handle_time", "metric.monthly", "metric.daily", "metric.interval",
        "metric.service_level_bridge", "metric.service_level_by_rule", "metric.wait_percentiles",
        "kpi.scorecard", "fact.evidence", "metric.service_level_without_incidents",
        "metric.handle_time_quality", "fact.low_ratings",
    }  # fmt: skip
    assert rebuilt_months(ran) == {"2024-01"}
    assert home.months(SL, PHONE)["2024-01"] == (1, 2, "measured")
    # phone 3 of 4 in time, chat 3 of 3: half and half
    assert home.figure(SL, "Q1").realisation == 87.5
    assert home.run("2024-04-05").rebuilt == []


def outbound(root: Path, first_month: str) -> StoryHome:
    """Two cases first called in March."""
    home = story(root, *OUTBOUND, first_month=first_month)
    put_cases(home, "2024-03", "K1 2024-03-01 2024-06-30", "K2 2024-03-01 2024-06-30")
    put_attempts(home, "2024-03", "T1 K1 2024-03-28 10:00:00 NA", "T2 K2 2024-03-28 10:00:00 NA")
    put_payments(home, "2024-03", "P9 K9 2024-03-02 2024-03-03")
    return home


def reached_in_april(home: StoryHome) -> StoryHome:
    """The right parties answer in a later month; payments of May are there."""
    put_attempts(home, "2024-04", "T3 K1 2024-04-10 10:00:00 RPC", "T4 K2 2024-04-11 10:00:00 RPC")
    put_payments(home, "2024-05", "P0 K9 2024-05-02 2024-05-03")
    return home


def test_a_payment_in_may_for_a_case_of_march_changes_march_alone(tmp_path: Path) -> None:
    home = reached_in_april(outbound(tmp_path, "2024-03"))
    home.run("2024-06-20")
    assert home.months("outbound_contact") == {
        "2024-03": (2, 2, "measured"), "2024-04": (0, 0, "no_volume"),
        "2024-05": (0, 0, "no_volume"), "2024-06": (0, 0, "no_volume"),
    }  # fmt: skip
    assert home.months("outbound_behaviour")["2024-03"] == (0, 2, "measured")

    put_payments(home, "2024-05", "P0 K9 2024-05-02 2024-05-03", "P1 K1 2024-05-05 2024-05-20")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-03"]
    assert ran.months("metric.outbound_behaviour") == ["2024-03"]
    assert ran.months("metric.monthly") == ["2024-03"]
    assert ran.months("fact.payments") == ["2024-05"]
    assert home.months("outbound_behaviour")["2024-03"] == (1, 2, "measured")


def test_an_earlier_attempt_that_arrives_late_moves_the_case(tmp_path: Path) -> None:
    home = reached_in_april(outbound(tmp_path, "2024-02"))
    home.run("2024-06-20")
    put_attempts(home, "2024-02", "T0 K1 2024-02-27 10:00:00 BUSY")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-02", "2024-03"]
    assert ran.months("metric.outbound_contact") == ["2024-02", "2024-03"]
    assert home.months("outbound_contact")["2024-02"] == (1, 1, "measured")
    assert home.months("outbound_contact")["2024-03"] == (1, 1, "measured")
    # one more attempt in a month already counted changes no figure of any other
    put_attempts(home, "2024-06", "T5 K1 2024-06-03 10:00:00 RPC")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-02"]
    assert home.months("outbound_contact")["2024-02"] == (1, 1, "measured")
    assert home.months("outbound_contact")["2024-06"] == (0, 0, "no_volume")


def test_a_month_runs_is_provisional_and_is_measured(tmp_path: Path) -> None:
    home = outbound(tmp_path, "2024-03")
    behaviour = "outbound_behaviour"
    home.run("2024-03-29")
    assert home.months(behaviour)["2024-03"][2] == "no_volume"
    assert home.months("outbound_contact")["2024-03"] == (0, 2, "in_progress")
    assert home.figure("outbound_effectiveness", "Q1").realisation is None

    reached_in_april(home)
    home.run("2024-05-08")
    assert home.months(behaviour)["2024-03"] == (0, 2, "provisional")
    assert home.reason(behaviour, "2024-03") == "late data is expected until 2024-05-15"
    quarter = home.figure("outbound_effectiveness", "Q1")
    assert (quarter.realisation, quarter.status) == (50.0, "provisional")
    assert "2024-03" in quarter.reason

    # days pass and nothing else changes: nothing is rebuilt, there is no new version
    assert Plan(home.home, date.fromisoformat("2024-05-15")).stale() == []
    assert home.content("2024-05-15") == home.content("2024-05-08")
    assert Plan(home.home, date.fromisoformat("2024-05-16")).stale() != []
    ran = home.run("2024-05-16")
    assert ran.months("metric.monthly") == ["2024-03"]
    assert home.months(behaviour)["2024-03"] == (0, 2, "measured")
    assert home.figure("outbound_effectiveness", "Q1").status == "measured"


def test_a_figure_waits_for_late_data_whose_export_is_missing(tmp_path: Path) -> None:
    """Who was reached in March and paid in April is in April's payments: without, 0 is too low."""
    home = reached_in_april(outbound(tmp_path, "2024-03"))
    home.expecting("month", "payments")
    for month in ("2024-03", "2024-05"):
        put_payments(home, month, f"P{month} K9 {month}-05 {month}-06")
    home.run("2024-06-20")
    behaviour = "outbound_behaviour"
    assert home.months(behaviour)["2024-03"] == (0, 2, "provisional")
    assert home.reason(behaviour, "2024-03") == (
        "late data is missing: 2024-04 payments: source payments lacks the file of 2024-04"
    )
    assert home.figure("outbound_effectiveness", "Q1").status == "provisional"
    put_payments(home, "2024-04", "P4 K1 2024-04-29 2024-04-30")
    assert home.run("2024-06-20").months("metric.monthly") == ["2024-03", "2024-04"]
    assert home.months(behaviour)["2024-03"] == (1, 2, "measured")


def test_a_missing_daily_file_leaves_its_month_incomplete_until_it_comes(tmp_path: Path) -> None:
    home = story(tmp_path, "calls", "chats", expecting="day")
    home.expecting("month", "chats")
    for day in range(1, 32):
        if day != 17:
            put_calls(home, f"2024-01-{day:02}", called(f"A{day}", f"2024-01-{day:02}"))
    put_chats(home, "2024-01", chat("C1", "2024-01-10"))
    ran = home.run("2024-02-01")
    lacks = "calls: source calls lacks 1 of 31 days, first 2024-01-17"
    assert home.months(SL, PHONE)["2024-01"] == (None, None, "incomplete")
    assert home.reason("speed_of_answer", "2024-01", PHONE) == lacks
    assert [(f.about, f.text) for f in ran.findings] == [
        ("incomplete", f"calls: 2024-01 ({lacks})")
    ]
    # the quarter is running: its value to date lacks the month, and says so
    quarter = home.figure(SL, "Q1")
    assert quarter.realisation is None
    assert lacks in quarter.reason
    assert home.months(SL, "chat")["2024-01"] == (1, 1, "measured")

    put_calls(home, "2024-01-17", called("A17", "2024-01-17"))
    ran = home.run("2024-02-01")
    assert home.months(SL, PHONE)["2024-01"] == (31, 31, "measured")
    assert home.figure(SL, "Q1").realisation == 100.0
    assert ran.findings == []
    # a running month is never incomplete
    ran = home.run("2024-02-20")
    assert home.months(SL, PHONE)["2024-02"][2] == "no_volume"
    assert ran.findings == []


def test_a_count_corrected_to_none_takes_back_what_was_said(tmp_path: Path) -> None:
    home = story(tmp_path)
    home.source("intervals", INTERVALS)
    home.put("intervals/a.csv", "From,answered,abandoned\n2024-01-08 10:00,10,4\n")
    home.run("2024-02-10")
    assert home.months(SL, PHONE)["2024-01"] == (10, 14, "measured")
    home.put("intervals/b.csv", "From,answered,abandoned\n2024-01-08 10:00,14,0\n")
    assert home.run("2024-02-10", publish=True).findings == []
    assert home.months(SL, PHONE)["2024-01"] == (14, 14, "measured")
    rows = "select contact_id, contacts from fact.contacts"
    assert sorted(home.query(rows)) == [
        ("2024-01-08 10:00 abandoned", 0), ("2024-01-08 10:00 answered", 14),
    ]  # fmt: skip
    files = (
        "select path, rows, accepted, corrections, duplicates, rejected from ops.files order by 1"
    )
    assert home.published(files) == [
        ("intervals/a.csv", 1, 1, 0, 0, 0), ("intervals/b.csv", 1, 0, 1, 0, 0),
    ]  # fmt: skip


def test_ids_that_begin_anew_are_told(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    for day in ("2024-02-04", "2024-02-05"):
        put_calls(home, day, *(called(f"A{nth}", day) for nth in range(12)))
    (told,) = [f for f in home.run("2024-03-10").findings if f.about == "suspicious"]
    assert told.text.startswith(
        "calls/calls_20240205.csv: 12 of its 12 rows have the id of a row of another day"
    )
    # a day sent again with its clock put right is no such thing, nor a call moved over midnight
    home = story(tmp_path / "other", "calls")
    put_calls(home, "2024-01-31", *(called(f"A{nth}", "2024-01-31 23:59:50") for nth in range(12)))
    put_calls(home, "2024-02-01", *(called(f"A{nth}", "2024-02-01 00:00:01") for nth in range(2)))
    put_calls(
        home, "2024-02-10", *(called(f"B{nth}", f"2024-02-10 {nth:02}:00:00") for nth in range(24))
    )
    home.run("2024-03-10")
    later = (f"2024-02-{10 + (nth + 7) // 24} {(nth + 7) % 24:02}:00:00" for nth in range(24))
    put_calls(home, "2024-02-11", *(called(f"B{nth}", at) for nth, at in enumerate(later)))
    assert home.run("2024-03-10").findings == []


def test_weekly_files_speak_for_the_days_between_the_two_in_their_names(tmp_path: Path) -> None:
    home = story(tmp_path, "calls", expecting="day")
    home.edit_source("calls", "expects:     day", "expects: day since 2024-01-01 until 2024-01-14")
    weeks = {"20240101-20240107": "2024-01-03", "20240108-20240114": "2024-01-09"}
    for days, day in weeks.items():
        home.put(f"calls/calls_{days}.csv", calls_file([called(f"A{day[-1]}", day)]))
    lacks = "calls: source calls lacks 14 of 14 days, first 2024-01-01"
    # two days stand in each name where one is declared: which of them is meant is not said
    (told,) = home.run("2024-02-01").findings
    assert told.text == (
        f"calls: 2024-01 ({lacks}; 2 of its files' names have no `%Y%m%d`: "
        "calls/calls_20240101-20240107.csv)"
    )
    home.edit_source("calls", "filename %Y%m%d", "filename %Y%m%d-%Y%m%d")
    assert home.run("2024-02-01").findings == []
    assert home.months(SL, PHONE)["2024-01"] == (2, 2, "measured")
    (calls,) = json.loads(home.kring("sources", "--json").stdout)
    assert (calls["first"], calls["last"]) == ("2024-01-01", "2024-01-14")


def test_twelve_empty_complaint_files_earn_the_cap_and_eleven_nothing(tmp_path: Path) -> None:
    home = story(tmp_path, "complaints", expecting="month", last_month="2024-12")
    for number in range(1, 13):
        if number != 8:
            put_complaints(home, f"2024-{number:02}")
    ran = home.run("2025-01-02")
    assert len(ran.ingested.loaded) == 1  # one content under eleven names
    assert len(ran.ingested.duplicates) == 10
    year = home.figure("complaints_on_time", "Y")
    assert (year.realisation, year.status) == (None, "incomplete")
    assert "lacks the file of 2024-08" in year.reason
    assert home.months("complaints_on_time")["2024-08"] == (None, None, "incomplete")
    assert home.months("complaints_on_time")["2024-09"] == (0, 0, "no_volume")
    assert home.figure("complaints_on_time", "Q1").realisation == 120.0
    assert home.figure("complaints_on_time", "Q3").realisation is None
    assert [f.about for f in ran.findings] == ["incomplete"]

    put_complaints(home, "2024-08")
    ran = home.run("2025-01-02")
    assert rebuilt_months(ran) == {"2024-08"}
    year = home.figure("complaints_on_time", "Y")
    assert (year.realisation, year.index, year.status) == (120.0, 120.0, "measured")
    assert year.reason == "nothing to be done: zero rule award_cap"
    assert ran.findings == []


def test_identity_is_content_and_a_name_with_new_content_corrects(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    lines = (called("A1", "2024-01-05"), called("A2", "2024-01-05", wait="25,0"))
    put_calls(home, "2024-01-05", *lines)
    put_calls(home, "2024-01-06", *lines)
    ran = home.run("2024-01-10")
    assert [d.path for d in ran.ingested.loaded] == ["calls/calls_20240105.csv"]
    assert [d.path for d in ran.ingested.duplicates] == ["calls/calls_20240106.csv"]
    assert home.months(SL, PHONE)["2024-01"] == (1, 2, "in_progress")

    put_calls(home, "2024-01-05", called("A1", "2024-01-05", wait="21,0"), lines[1])
    ran = home.run("2024-01-10")
    assert [d.path for d in ran.ingested.loaded] == ["calls/calls_20240105.csv"]
    assert home.months(SL, PHONE)["2024-01"] == (0, 2, "in_progress")


def test_rows_before_the_first_month_and_after_the_day_are_rejects(tmp_path: Path) -> None:
    home = story(tmp_path, "calls", first_month="2024-02")
    home.edit_source("calls", "0.5%", "60%")
    put_calls(
        home,
        "2024-02-05",
        called("old", "2024-01-31 23:59:59"),
        called("A1", "2024-02-01 00:00:00"),
        called("tomorrow", "2024-02-06 23:59:59"),
        called("later", "2024-02-07 00:00:00"),
    )
    ran = home.run("2024-02-05")
    (delivery,) = ran.ingested.loaded
    assert dict(delivery.rejects) == {
        "before_first_month entered_at": 1, "after_as_of entered_at": 1,
    }  # fmt: skip
    assert home.months(SL, PHONE)["2024-02"] == (2, 2, "in_progress")
    assert home.run("2024-02-05").ingested.loaded == []
    # when the day has come the file is read again, as it lies there
    ran = home.run("2024-02-06")
    assert dict(ran.ingested.loaded[0].rejects) == {"before_first_month entered_at": 1}
    assert home.months(SL, PHONE)["2024-02"] == (3, 3, "in_progress")
    assert home.run("2024-02-08").ingested.loaded == []


def test_a_file_refused_for_a_later_day_is_loaded_when_it_has_come(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"), called("A2", "2024-01-08"))
    ran = home.run("2024-01-05")
    assert [d.path for d in ran.ingested.refused] == ["calls/calls_20240105.csv"]
    (finding,) = [f for f in ran.findings if f.about == "refused"]
    assert "after_as_of entered_at 1; first at record 2" in finding.text
    ran = home.run("2024-01-08")
    assert home.months(SL, PHONE)["2024-01"] == (2, 2, "in_progress")
    assert ran.findings == []


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "complete"])
def test_a_refused_file_leaves_a_complete_month_standing(tmp_path: Path, sealed: bool) -> None:
    home = story(tmp_path, "calls", expecting="month", last_month="2024-01")
    if sealed:
        put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
        home.run("2024-02-02")
    put_calls(
        home,
        "2024-01-06" if not sealed else "2024-01-05",
        called("A2", "2024-01-06", outcome="Odd"),
    )
    ran = home.run("2024-02-02")
    assert "refused" in [f.about for f in ran.findings]
    expected = (1, 1, "measured") if sealed else (None, None, "incomplete")
    assert home.months(SL, PHONE)["2024-01"] == expected


def test_the_finding_of_a_refused_file_names_the_file(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05", outcome="Odd"))
    (finding,) = [f for f in home.run("2024-01-05").findings if f.about == "refused"]
    assert "calls/calls_20240105.csv" in finding.text
