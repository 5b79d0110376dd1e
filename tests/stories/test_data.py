"""Stories of exports: late, corrected, repeated, missing, too early; run by run.

Each asserts the figures, the statuses with their reasons, and which months were rebuilt.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from homes import CALLS_HEADER, Ran
from storyhome import (
    called,
    chat,
    put_calls,
    put_chats,
    put_complaints,
    story,
)

from assets.building.plan import Plan
from assets.publishing.accounting import file_rows

SL, PHONE = "service_level", "phone"


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
        header, line = (
            "Version;" + CALLS_HEADER,
            f"{version};" + called("A1", "2024-01-05", wait=wait),
        )
        home.put(path, f"{header}\n{line}\n")

    delivered("calls/calls_20240105.csv", "2", "25,000")
    home.run("2024-01-10")
    delivered("calls/calls_20240106.csv", "1", "5,000")
    home.run("2024-01-10")
    assert home.months(SL, PHONE)["2024-01"] == (0, 1, "in_progress")


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


def test_complaints_of_a_missing_month_are_missed_where_they_fall_due(tmp_path: Path) -> None:
    home = story(tmp_path, "complaints", expecting="month")
    done = "C{},2024-{} 10:00:00,late,true,2024-{},2024-{} 10:00:00,phone"
    put_complaints(home, "2024-01", done.format(1, "01-05", "01-19", "01-08"))
    put_complaints(home, "2024-03", done.format(3, "03-05", "03-19", "03-08"))
    home.run("2024-04-02")
    assert home.months("complaints_on_time")["2024-03"] == (None, None, "incomplete")
    assert home.figure("complaints_on_time", "Q1").realisation is None
    # what was received in February was due in March, and nobody followed it up
    put_complaints(home, "2024-02", "C2,2024-02-25 10:00:00,late,true,2024-03-10,,phone")
    home.run("2024-04-02")
    assert home.months("complaints_on_time")["2024-03"] == (1, 2, "measured")


def test_a_complaint_whose_time_is_not_over_is_not_missed_while_its_month_runs(
    tmp_path: Path,
) -> None:
    """Of March: one on time; one due on the 12th, open in an export of the 15th; one due on the
    29th. At the month's end nobody has said more of either."""
    home = story(tmp_path, "complaints")
    put_complaints(
        home, "2024-03",
        "C1,2024-03-05 10:00:00,late,true,2024-03-19,2024-03-08 10:00:00,phone",
        "C2,2024-03-06 10:00:00,late,true,2024-03-12,,phone",
        "C3,2024-03-15 10:00:00,late,true,2024-03-29,,phone",
    )  # fmt: skip
    home.run("2024-03-16")
    assert home.months("complaints_on_time")["2024-03"] == (1, 2, "in_progress")
    assert home.run("2024-03-20").rebuilt == []  # a day that passes says nothing of complaints
    home.run("2024-04-01")
    assert home.months("complaints_on_time")["2024-03"] == (1, 3, "measured")


def test_a_complaint_that_waits_is_not_nothing_to_do(tmp_path: Path) -> None:
    """None to follow up earns the cap; one of which nobody knows yet earns nothing."""
    home = story(tmp_path, "complaints", first_month="2024-03")
    put_complaints(home, "2024-03", "C3,2024-03-15 10:00:00,late,true,2024-03-29,,phone")
    home.run("2024-03-16")
    assert home.reason("complaints_on_time", "2024-03") == "known for none of the rows"
    assert home.figure("complaints_on_time", "Q1").realisation is None


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
    # what was received in August falls due in September too
    assert home.months("complaints_on_time")["2024-09"] == (None, None, "incomplete")
    reason = "complaints: source complaints lacks the file of 2024-08"
    assert home.reason("complaints_on_time", "2024-09") == reason
    assert home.months("complaints_on_time")["2024-10"] == (0, 0, "no_volume")
    assert home.figure("complaints_on_time", "Q1").realisation == 120.0
    assert home.figure("complaints_on_time", "Q3").realisation is None
    assert [f.about for f in ran.findings] == ["incomplete"]

    put_complaints(home, "2024-08")
    ran = home.run("2025-01-02")
    assert rebuilt_months(ran) == {"2024-08", "2024-09"}
    year = home.figure("complaints_on_time", "Y")
    assert (year.realisation, year.index, year.status) == (120.0, 120.0, "measured")
    assert year.reason == "nothing to be done: zero rule award_cap"
    assert ran.findings == []


def test_an_award_ends_where_a_month_begins_without_an_export(tmp_path: Path) -> None:
    """The first night of May: no export speaks of it yet, so none to follow up is not proven."""
    home = story(tmp_path, "complaints", expecting="month", first_month="2024-04")
    put_complaints(home, "2024-04")
    home.run("2024-04-20", publish=True)
    assert home.figure("complaints_on_time", "Q2").realisation == 120.0
    home.run("2024-05-01", publish=True)
    assert home.figure("complaints_on_time", "Q2").realisation is None
    assert home.published(
        "select distinct old_numerator, new_numerator, cause from ops.restatements "
        "where id = 'complaints_on_time' and table_name = 'kpi.scorecard'"
    ) == [(120.0, None, "now rests on metric:complaints_on_time of 2024-05")]
    put_complaints(home, "2024-05")
    home.run("2024-05-02", publish=True)
    assert home.figure("complaints_on_time", "Q2").realisation == 120.0
    assert home.published(
        "select distinct cause from ops.restatements where old_numerator is null "
        "and id = 'complaints_on_time' and table_name = 'kpi.scorecard'"
    ) == [("file complaints/complaints_202405.csv arrived",)]


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


def test_a_first_file_that_begins_before_the_home_says_what_to_do(tmp_path: Path) -> None:
    """Ten seconds before February, the home's first month."""
    home = story(tmp_path, "calls", first_month="2024-02")
    put_calls(home, "2024-02-01", called("A1", "2024-01-31 23:59:50"), called("A2", "2024-02-01"))
    (finding,) = [f for f in home.run("2024-02-03").findings if f.about == "refused"]
    assert finding.text.endswith(
        "before_first_month entered_at 1; first at record 1; if that date is right, set "
        "first_month in kring.toml to its month, or leave such rows out by a where in the source"
    )
