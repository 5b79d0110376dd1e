"""Stories of what a file says: its content, the ids and counts in it, the days in its name."""

from __future__ import annotations

import json
from pathlib import Path

from homes import calls_file
from storyhome import (
    called,
    put_calls,
    put_complaints,
    story,
)

from assets.intake.withdrawal import restore, withdraw

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


ATTEMPTS = """\
-- title: Attempts, counted by their system
-- kind: outbound_attempts
-- files: attempts/*.csv
-- format: csv
select
    _row, id as attempt_id, id as case_id, '2024-01-08 10:00' as called_at, result, attempts
from export
"""


def test_a_case_of_which_no_attempt_is_left_was_not_dialled(tmp_path: Path) -> None:
    home = story(tmp_path)
    home.source("attempts", ATTEMPTS)
    header = "id,result,attempts\n"
    home.put("attempts/a.csv", header + "C1,right_party,1\nC2,no_answer,1\nC3,busy,1\n")
    funnel = "select dialled, in_scope, contacted from metric.outbound_monthly"
    home.run("2024-02-10", publish=True)
    assert home.published(funnel) == [(3, 3, 1)]
    home.put("attempts/b.csv", header + "C3,busy,0\n")
    home.run("2024-02-10", publish=True)
    assert home.published(funnel) == [(2, 2, 1)]


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


def test_rows_that_a_corrected_export_lacks_are_told(tmp_path: Path) -> None:
    """Trial calls that were taken out, say, or the same calls under other ids."""
    home, path = story(tmp_path, "calls"), "calls/calls_20240105.csv"
    put_calls(home, "2024-01-05", *(called(each, "2024-01-05") for each in ("A1", "T1", "T2")))
    put_calls(home, "2024-01-06", called("T2", "2024-01-05", wait="25,0"))
    assert home.run("2024-02-10").findings == []
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    # what another file has corrected meanwhile is not counted from what lay here before
    (told,) = home.run("2024-02-10").findings
    assert (told.about, told.text) == (
        "suspicious",
        f"{path}: 1 row of what lay there before is not in it and counts as before; where it "
        f"replaces that, kring withdraw {path} --reason ... and kring withdraw {path} --undo, "
        "which reads what lies there now; where it adds to it, give it a name of its own; then "
        "kring run",
    )
    assert home.months(SL, PHONE)["2024-01"] == (2, 3, "measured")
    withdraw(home.home, path, "trial calls")
    restore(home.home, path)
    assert home.run("2024-02-10").findings == []
    assert home.months(SL, PHONE)["2024-01"] == (1, 2, "measured")
    put_calls(home, "2024-01-06")
    (told,) = home.run("2024-02-10").findings
    assert told.text.startswith("calls/calls_20240106.csv: 1 row of what lay there before")


def test_an_export_that_was_cut_short_is_in_order_when_the_whole_one_lies_there(
    tmp_path: Path,
) -> None:
    home = story(tmp_path, "calls")
    three = [called(each, "2024-01-05") for each in ("A1", "A2", "A3")]
    put_calls(home, "2024-01-05", *three)
    home.run("2024-02-10")
    put_calls(home, "2024-01-05", three[0])
    (told,) = home.run("2024-02-10").findings
    assert ": 2 rows of what lay there before are not in it and count as before;" in told.text
    # what the last content has says nothing of the ones before it, which lack A3 as much
    put_calls(home, "2024-01-05", *three[:2], called("A4", "2024-01-05"))
    (told,) = home.run("2024-02-10").findings
    assert ": 1 row of what lay there before is not in it" in told.text
    put_calls(home, "2024-01-05", *three, called("A4", "2024-01-05"))
    assert home.run("2024-02-10").findings == []


def test_a_row_that_a_growing_file_lost_is_told_whichever_content_brought_it(
    tmp_path: Path,
) -> None:
    """The last content only repeats it: it counts by the first one."""
    home, days = story(tmp_path, "calls"), ("A1", "A2", "A3")
    for many in (1, 2, 3):
        put_calls(home, "2024-01-05", *(called(each, "2024-01-05") for each in days[:many]))
        assert home.run("2024-02-10").findings == []
    put_calls(home, "2024-01-05", *(called(each, "2024-01-05") for each in days[1:]))
    (told,) = home.run("2024-02-10").findings
    assert ": 1 row of what lay there before is not in it and counts as before;" in told.text


def test_an_export_put_back_in_the_place_of_a_newer_one_takes_nothing_of_it_back(
    tmp_path: Path,
) -> None:
    """Not the trial call of the newer one, nor the wait that it has otherwise."""
    home, path = story(tmp_path, "calls"), "calls/calls_20240105.csv"
    former = [called(each, "2024-01-05") for each in ("A1", "A2")]
    put_calls(home, "2024-01-05", *former)
    home.run("2024-02-10")
    put_calls(home, "2024-01-05", former[0], called("A2", "2024-01-05", wait="25,0"),
              called("T1", "2024-01-05"))  # fmt: skip
    assert home.run("2024-02-10").findings == []
    put_calls(home, "2024-01-05", *former)
    (told,) = home.run("2024-02-10").findings
    assert ": 2 rows of what lay there before are not in it and count as before;" in told.text
    assert home.months(SL, PHONE)["2024-01"] == (2, 3, "measured")
    withdraw(home.home, path, "trial calls")
    restore(home.home, path)
    assert home.run("2024-02-10").findings == []
    assert home.months(SL, PHONE)["2024-01"] == (2, 2, "measured")


def test_an_empty_export_lacks_rows_also_where_another_day_had_none(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    put_calls(home, "2024-01-06")
    assert home.run("2024-02-10").findings == []
    put_calls(home, "2024-01-05")
    (told,) = home.run("2024-02-10").findings
    assert told.text.startswith("calls/calls_20240105.csv: 1 row of what lay there before")


def test_a_window_that_moved_on_and_a_list_of_open_complaints_lack_nothing(tmp_path: Path) -> None:
    """Calls of the last days by their end: of the first evening only those that ended after."""
    home = story(tmp_path, "complaints")
    home.edit_source("complaints", "covers:      filename %Y%m", "covers:      dates")
    home.source("last", INTERVALS.replace("intervals/", "last/"))
    header = "From,answered,abandoned"
    for calls, due in (
        (("08 10:00", "09 23:40", "09 23:50", "10 10:00"), "1 2 3"),
        (("09 23:40", "10 10:00", "11 10:00"), "1 3"),
    ):
        lines = [f"2024-01-{at},9,4" for at in calls]
        home.put("last/last.csv", "\n".join([header, *lines]) + "\n")
        put_complaints(home, "2024-01", *(f"K{n},2024-01-0{n},x,true,2024-01-20,,phone"
                                          for n in due.split()))  # fmt: skip
        assert home.run("2024-02-10").findings == []


def test_a_correction_that_adds_to_an_export_is_in_order_under_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    home, path = story(tmp_path, "calls"), "calls/calls_20240105.csv"
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"), called("A2", "2024-01-05"))
    home.run("2024-02-10")
    put_calls(home, "2024-01-05", called("A2", "2024-01-05", wait="25,0"))
    (told,) = home.run("2024-02-10").findings
    assert "where it adds to it, give it a name of its own" in told.text
    assert home.run("2024-02-11").findings == [told]
    landing = home.home.landing
    (landing / path).rename(landing / "calls/calls_20240105_2.csv")
    assert home.run("2024-02-11").findings == []
    assert home.months(SL, PHONE)["2024-01"] == (1, 2, "measured")


def test_a_name_that_holds_other_days_each_time_lacks_nothing(tmp_path: Path) -> None:
    home = story(tmp_path)
    home.source("intervals", INTERVALS)
    for days in (("08", "09"), ("09", "10")):
        lines = [f"2024-01-{day} 10:00,{day.lstrip('0')},4" for day in days]
        home.put("intervals/last.csv", "\n".join(["From,answered,abandoned", *lines]) + "\n")
        assert home.run("2024-02-10").findings == []
    home.put("intervals/last.csv", "From,answered,abandoned\n2024-01-09 10:00,9,4\n"
             "2024-01-09 11:00,9,4\n2024-01-11 10:00,9,4\n")  # fmt: skip
    (told,) = home.run("2024-02-10").findings
    assert told.text.startswith("intervals/last.csv: 1 row of what lay there before is not in it")


def test_an_export_sent_again_under_the_name_of_another_month_is_told(tmp_path: Path) -> None:
    home = story(tmp_path, "calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    put_calls(home, "2024-01-06", called("A1", "2024-01-05"))
    put_calls(home, "2024-02-05", called("A1", "2024-01-05"))
    # a day without calls is the header alone, whatever month it is of
    for day in ("2024-01-07", "2024-02-07"):
        put_calls(home, day)
    (told,) = [f for f in home.run("2024-03-10").findings if f.about == "suspicious"]
    assert told.text == (
        "calls/calls_20240205.csv: has the content of calls/calls_20240105.csv and no row of the "
        "month in its own name, which counts as a month without any; put the right export in its "
        "place"
    )
    put_calls(home, "2024-02-05", called("B1", "2024-02-05"))
    assert [f for f in home.run("2024-03-10").findings if f.about == "suspicious"] == []
