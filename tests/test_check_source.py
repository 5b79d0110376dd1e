"""What `kring check-source` says of an export before any run reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Command, Said
from small_home import add_source, make_home

Check = Callable[..., Said]
CALLS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
select _row, id as contact_id, "at" as entered_at, 'abandoned' as outcome from export
"""
RATINGS = """-- title: T
-- kind: surveys
-- files: z/*.csv
-- format: csv
select _row, id as response_id, 'inbound' as service, "at" as responded_at, score,
    10 as scale_max
from export
"""


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Tries a source on a file of landing; without a file's text, on none."""

    def checking(source: str, text: str = "", file: str = "z/a.csv", *options: str) -> Said:
        home = make_home(tmp_path / "home")
        add_source(home, "t", source)
        command = Command(monkeypatch, capsys, width=1000)
        export = []
        if text:
            path = home.landing / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            export = [str(path)]
        return command(home.root, "check-source", str(home.sources / "t.sql"), *export, *options)

    return checking


def notes(said: Said) -> list[Any]:
    return [line.removeprefix("note: ") for line in said.out.splitlines() if "note: " in line]


# What is doubtful of rows that are accepted


def test_rows_of_one_id_and_content_are_told_for_they_count_once(check: Check) -> None:
    rows = "id,at\n8:00|umum,2024-02-01 08:00\n" + "9:00|umum,2024-02-01 09:00\n" * 3
    said = check(CALLS, rows)
    assert said.code == 0 and "4 rows: 4 accepted" in said.out
    assert notes(said) == [
        "2 rows have the id and content of another row of this file and count once: "
        "is `contact_id` unique?"
    ]
    assert check(CALLS, rows, "z/a.csv", "--json").json["notes"] == notes(said)


def test_of_an_agents_rows_alike_the_part_is_asked_for(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'abandoned' as outcome",
        'id as agent, "at" as day, 60 as active_seconds',
    )
    assert notes(check(source, "id,at\na1,2024-02-01\na1,2024-02-01\na2,2024-02-01\n")) == [
        "1 rows have the id and content of another row of this file and count once: "
        "does `part` tell them apart?"
    ]


@pytest.mark.parametrize(
    ("part", "told"), [("'x'", True), ("if(\"at\" > '2024-02-01', 1, 0)", False)]
)
def test_agents_time_that_the_next_file_would_correct_is_told(
    check: Check, part: str, told: bool
) -> None:
    source = f"""-- title: T
-- kind: agent_activity
-- files: z/*.csv
-- format: csv
-- covers: filename %Y-%m-%d
select _row, id as agent, "at" as day, 60 as active_seconds, {part} as part from export
"""
    said = check(source, "id,at\na1,2024-02-01\na1,2024-02-02\na2,2024-02-02\n", "z/2024-02-01.csv")
    assert "3 rows: 3 accepted" in said.out
    sentence = (
        "2 rows are of a day after those of the file's name, with the channel and `part` of rows "
        "within them: the next file's row of that agent and day would correct them; give them "
        "another `part`, such as 'after midnight'"
    )
    assert notes(said) == [sentence] * told


def test_scores_of_0_are_told_unless_the_scale_begins_there(check: Check) -> None:
    rows = "id,at,score\n1,2024-02-01 08:00,0\n2,2024-02-01 08:00,9\n3,2024-02-01 08:00,\n"
    assert notes(check(RATINGS, rows)) == [
        "1 of 3 responses are not_rated since their score is 0; "
        "where 0 is an answer, the scale begins there: return 0 as scale_min"
    ]
    assert notes(check(RATINGS, rows.replace(",0\n", ",7\n"))) == []  # a blank leaves no question
    assert notes(check(RATINGS.replace("10 as", "0 as scale_min, 10 as"), rows)) == []


def test_a_mean_that_would_be_each_ones_wait_is_told(check: Check) -> None:
    counted = "'answered' as outcome, n as contacts, 15 as wait_seconds"
    source = CALLS.replace("'abandoned' as outcome", counted)
    rows = "id,at,n\n1,2024-02-01 08:00,80\n2,2024-02-01 08:30,1\n3,2024-02-01 09:00,0\n"
    (said,) = notes(check(source, rows))
    assert said.startswith("1 rows stand for several answered contacts with one wait, by which all")
    bounded = source.replace("15 as wait_seconds", "15 as wait_seconds, 0 as wait_over_seconds")
    assert notes(check(bounded, rows)) == []


@pytest.mark.parametrize(
    ("footer", "taken"), [(1, 0), (2, 1), (3, 2)], ids=["the total", "a record", "two records"]
)
def test_a_footer_that_takes_records_is_told(check: Check, footer: int, taken: int) -> None:
    source = CALLS.replace("select", f"-- options: footer={footer}\nselect", 1)
    rows = "".join(f"c{day},2024-02-0{day} 08:00\n" for day in range(1, 6))
    said = check(source, f"id,at\n{rows}Total,5 calls\n\n")
    assert f"{6 - footer} rows: {6 - footer} accepted" in said.out
    assert (
        notes(said)
        == [
            f"footer={footer} leaves out what would be {taken} accepted rows: are these totals, "
            "or the last records? What varies in number is left out by `where`"
        ][:taken]
    )


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "+09:00", "America/Denver"])
def test_dates_without_a_time_of_day_are_told(check: Check, zone: str) -> None:
    source = CALLS.replace("-- format", f"-- timezone: {zone}\n-- format")
    days = "".join(f"{day},2024-02-{day:02d}\n" for day in range(1, 11))
    (said,) = notes(check(source, f"id,at\n{days}x,2024-02-01 10:00\n"))
    assert said.startswith("entered_at has no time of day in 10 of 11 rows: they count at 00:00")
    # by the hour, one in 24 is at midnight, and means it
    hours = "".join(f"{hour},2024-02-01 {hour:02d}:00\n" for hour in range(24))
    assert notes(check(source, f"id,at\n{hours}")) == []


@pytest.mark.parametrize(
    ("times", "cells", "said"),
    [
        ("", ("31/01/2024 8:02", "01/02/2024 9:00"),
         "`times: %d/%m/%Y %H:%M` would read 2 of 2 rejected cells; ISO 8601 is then read only "
         "where `times` names it too"),
        ("%d %b %Y", ("Jan 31, 2024, 8:02:42\u202fPM", "Total"),
         "`times: %d %b %Y; %b %d, %Y, %I:%M:%S %p` would read 1 of 2 rejected cells"),
        ("%d %b %Y", ("2/1/24 8:02", "3/1/24 8:02"),
         "`times: %d %b %Y; %d/%m/%y %H:%M` or `times: %d %b %Y; %m/%d/%y %H:%M` would read 2 of 2 "
         "rejected cells; which of them is right the cells do not tell"),
        # 2024 or 2015
        ("%d %b %Y", ("24-01-15 8:02",),
         "`times: %d %b %Y; %d-%m-%y %H:%M` or `times: %d %b %Y; %y-%m-%d %H:%M` would read 1 of 1 "
         "rejected cells; which of them is right the cells do not tell"),
        # day and month exchanged: the half that can be read is read wrongly
        ("%Y; %d/%m/%Y %H:%M", ("02/01/2024 08:02", "02/13/2024 08:02"),
         "are day and month exchanged? `times: %m/%d/%Y %H:%M` would read 1 of 1 rejected cells"),
        ("%d %b %Y", ("2024/02/01 8:02:42 AM GMT+7",),
         "`times: %d %b %Y; %Y/%m/%d %I:%M:%S %p GMT%z` would read 1 of 1 rejected cells"),
        ("%d %b %Y", ("1706663702",),
         "`times: %d %b %Y; epoch` would read 1 of 1 rejected cells"),
        ("%d %b %Y", ("Budi 12 pm", "Ani 13 pm", ""),
         "2 of 2 rejected cells are written like `a 00 a`"),
    ],
)  # fmt: skip
def test_a_format_that_reads_the_rejected_times_is_proposed(
    check: Check, times: str, cells: tuple[str, ...], said: str
) -> None:
    declared = f"-- times: {times.removeprefix('%Y; ')}\n" if times else ""
    source = CALLS.replace("select", f"{declared}-- options: delim='|'\nselect", 1)
    rows = "".join(f"{n}|{cell}\n" for n, cell in enumerate(cells))
    assert notes(check(source, f"id|at\n{rows}")) == [f"not_a_time entered_at: {said}"]


def test_the_form_of_a_number_that_cannot_be_read_is_shown(check: Check) -> None:
    source = CALLS.replace("'abandoned' as outcome", "'abandoned' as outcome, wait as wait_seconds")
    rows = "".join(f"{n},2024-02-01 08:00,{n} perc Budi\n" for n in range(12))
    said = check(source, f"id,at,wait\n{rows}")
    assert notes(said) == [
        "not_a_duration wait_seconds: 10 of 12 rejected cells are written like `0 a a`"
    ]
    assert "Budi" not in said.out + said.err


def test_what_a_terminal_would_obey_in_an_export_is_shown(check: Check) -> None:
    said = check(CALLS, "id,at,\x1b[31mred\n1,\x1b[31m9,\n")
    assert "\x1b" not in said.out + said.err
    assert "columns found: id, at, \\x1b[31mred" in said.text
    assert "written like `\\x1b[00a0`" in said.text


DIALS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
select _row, id as contact_id, "at" as entered_at, answered as answered_at, ended as ended_at,
    'answered' as outcome, wait as wait_seconds, talk as talk_seconds
from export
"""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        # a wait of 30 s and a talk of 3 minutes, in minutes
        ("08:00:30,08:03:30,0.5,3.0", ("wait_seconds is less than a 30th of the time from "
                                       "entered_at to answered_at in 3 of 3 rows: is it in another "
                                       "unit", "talk_seconds is less than a 30th of the time from "
                                       "answered_at to ended_at in 3 of 3 rows")),
        # two minutes in the menu before a wait of 3 s
        ("08:02:03,08:03:30,3,87", ("wait_seconds is less than a 30th",)),
        ("08:00:12,08:03:30,10,180", ()),
        ("08:00:12,,10,180", ()),
        (",08:03:30,10,180", ()),
    ],
)  # fmt: skip
def test_durations_that_times_tell_otherwise_are_told(
    check: Check, row: str, said: tuple[str, ...]
) -> None:
    answered, ended, rest = row.split(",", 2)
    clocks = ",".join(f"2024-02-01 {clock}" if clock else "" for clock in (answered, ended))
    rows = "".join(f"c{n}x,2024-02-01 08:00:00,{clocks},{rest}\n" for n in range(3))
    found = [each for each in notes(check(DIALS, f"id,at,answered,ended,wait,talk\n{rows}"))
             if "below one second" not in each]  # fmt: skip
    assert len(found) == len(said)
    assert all(one.startswith(begin) for one, begin in zip(found, said, strict=True))


@pytest.mark.parametrize(("talk", "told"), [("2.5", True), ("4:00", False)])
def test_talks_in_minutes_are_told_where_no_time_stands_beside_them(
    check: Check, talk: str, told: bool
) -> None:
    source = CALLS.replace("'abandoned' as outcome", "'abandoned' as outcome, talk as talk_seconds")
    rows = "".join(f"c{n}x,2024-02-01 08:00,{talk}\n" for n in range(20))
    found = notes(check(source, f"id,at,talk\n{rows}"))
    assert [each.partition(":")[2] for each in found] == [
        " is it in minutes? Then return it times 60"
    ][: int(told)]


def test_an_agents_day_in_hours_is_told(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'abandoned' as outcome",
        'id as agent, "at" as day, active as active_seconds',
    )
    (said,) = notes(check(source, "id,at,active\na1,2024-02-01,7.5\na2,2024-02-01,6\n"))
    assert said.startswith("active_seconds is at most 24 seconds in all of 2 rows: is it in hours?")


@pytest.mark.parametrize(("first", "told"), [(1, True), (11, False)])
def test_an_id_that_is_the_records_number_is_told(check: Check, first: int, told: bool) -> None:
    rows = "".join(f"c-{first + n:05d},2024-02-01 08:{n:02d}\n" for n in range(20))
    found = notes(check(CALLS, f"id,at\n{rows}"))
    assert [each.partition(":")[0] for each in found] == [
        "contact_id is the record's number in all of 20 rows"
    ][: int(told)]
    assert notes(check(CALLS, f"id,at\n{rows[: -len(rows) // 20]}")) == []  # 19 may be chance


@pytest.mark.parametrize(("day", "told"), [("05/{n:02d}/2024", True), ("{n:02d}/05/2024", False)])
def test_the_days_of_one_month_read_as_one_day_of_many_are_told(
    check: Check, day: str, told: bool
) -> None:
    source = CALLS.replace("select", "-- times: %d/%m/%Y %H:%M\nselect", 1)
    rows = "".join(
        f"c{n}-{minute}x,{day.format(n=n)} 09:{minute:02d}\n"
        for n in range(1, 6) for minute in range(20)
    )  # fmt: skip
    said = "entered_at is of day 5 of 5 months, and of no other day: are day and month exchanged"
    assert notes(check(source, f"id,at\n{rows}")) == [f"{said} in `times`?"][: int(told)]


@pytest.mark.parametrize(("last", "told"), [("answered", True), ("abandoned", False)])
def test_an_export_without_those_who_gave_up_is_told(check: Check, last: str, told: bool) -> None:
    source = CALLS.replace("'abandoned' as outcome", "how as outcome, 9 as wait_seconds")
    rows = "".join(
        f"c{n}x,2024-02-01 08:00,{'answered' if n else last}\n" for n in range(100)
    )  # fmt: skip
    said = (
        "all 100 contacts are answered: where are those who gave up? Without them abandonment is "
    )
    found = notes(check(source, f"id,at,how\n{rows}"))
    assert found == [f"{said}0 and the service level too high"][: int(told)]


@pytest.mark.parametrize(
    ("durations", "said"),
    [
        # 5 and 7 minutes as a spreadsheet keeps them, and as a switch counts in milliseconds
        (("0.00347222", "0.00486111", "0"), "talk_seconds is below one second in all of 2 rows"),
        (("300000", "420000", "5"), "talk_seconds is of many hours in most of 3 rows"),
        (("300", "0.4", ""), None),
        (("20", "420", "90000"), None),
        (("", "", "0"), None),
    ],
)
def test_durations_of_another_unit_are_told(
    check: Check, durations: tuple[str, ...], said: str | None
) -> None:
    rows = "".join(f"{n},2024-02-01 08:00,{each}\n" for n, each in enumerate(durations))
    source = CALLS.replace("'abandoned' as outcome", "'abandoned' as outcome, talk as talk_seconds")
    found = notes(check(source, f"id,at,talk\n{rows}"))
    assert len(found) == (said is not None)
    assert not said or found[0].startswith(said)


def test_an_agents_day_of_eight_hours_is_no_other_unit(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'abandoned' as outcome",
        'id as agent, "at" as day, active as active_seconds',
    )
    assert notes(check(source, "id,at,active\na1,2024-02-01,28800\n")) == []
    (said,) = notes(check(source, "id,at,active\na1,2024-02-01,28800000\n"))
    assert said.startswith("active_seconds is of many hours in most of 1 rows")


@pytest.mark.parametrize(
    ("file", "is_told"),
    [("z/a 2567-02.csv", True), ("z/a 2024-01.csv", True), ("z/a 2024-02.csv", False)],
)
def test_a_name_of_other_months_than_the_rows_is_told(
    check: Check, file: str, is_told: bool
) -> None:
    """2567 is 2024 of the Buddhist calendar; February would be counted and never be complete."""
    source = CALLS.replace("-- format", "-- covers: filename %Y-%m\n-- format")
    said = notes(check(source, "id,at\n1,2024-02-01 08:00\n2,2024-03-01 08:00\n", file))
    assert [note.split(":")[0] for note in said] == [
        "no accepted row is of a month that the file's name speaks for"
    ] * is_told


# Rejects of rows that stand for several


LEGS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
-- tolerance: 100%
with calls as (
    select call, min(_row) as _row, count(*) as _rows, list(queue) as queues, max("at") as "at"
    from export group by call
)
select _row, {rows} as _rows, call || queue as contact_id, queue, "at" as entered_at,
    'abandoned' as outcome, case when queue = 'B' then 'x' else '5' end as wait_seconds
from (select *, unnest(queues) as queue from calls)
"""


@pytest.mark.parametrize(
    ("rows", "accepted", "rejected"),
    [
        ("_rows", 20, 20),
        ("case when queue = 'A' then 2 else 0 end", 20, 10),  # lost all the same, so told as one
        ("case when queue = 'A' then 0 else 2 end", 0, 20),
    ],
)
def test_rejects_are_counted_by_the_rows_that_each_stands_for(
    check: Check, rows: str, accepted: int, rejected: int
) -> None:
    legs = "".join(f"{n},{q},2024-02-01 08:00\n" for n in range(10) for q in "AB")
    said = check(LEGS.format(rows=rows), f"call,queue,at\n{legs}", "z/a.csv", "--json").json
    assert (said["accepted"], said["rejected"]) == (accepted, rejected)
    assert said["rejects"] == [
        {"column": "wait_seconds", "rule": "not_a_duration", "rows": rejected,
         "records": list(range(1, 20, 2))}
    ]  # fmt: skip


# Whether a run would read it


@pytest.mark.parametrize("file", ["z/Calls.CSV", "z/sub/calls.csv"])
def test_a_file_that_the_source_does_not_claim_is_told(check: Check, file: str) -> None:
    said = check(CALLS, "id,at\n1,2024-02-01 08:00\n", file)
    assert "1 rows: 1 accepted" in said.out
    assert notes(said) == [
        f"`files` is z/*.csv and does not match {file} (upper and lower case count, "
        "and * stays in one folder): no run will read it so"
    ]
    assert notes(check(CALLS, "id,at\n1,2024-02-01 08:00\n", "z/calls.csv")) == []


# Without an export


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("selec _row frm export", "t.sql line 5, `selec _row frm export`: syntax error"),
        ("select 1; drop table x", "t.sql: must be one select and nothing else"),
        ("select _row, id as contact from export", "columns of the select, unknown: contact; "
         "missing: contact_id"),
        ("select cleaned(id) as contact_id from export", "cleaned does not exist"),
        ("select _row, id as contact_id from read_csv('/x.csv')", 'Cannot access file "/x.csv"'),
        ("with a as (select id from export) select other from a", 'column "other" not found'),
    ],
)  # fmt: skip
def test_the_select_is_tried_without_an_export(check: Check, select: str, said: str) -> None:
    tried = check(CALLS[: CALLS.index("select")] + select)
    assert tried.code == 1 and "is good" not in tried.out
    assert "refused sources/t.sql" in tried.text and said in tried.text


def test_a_good_select_is_not_refused_without_an_export(check: Check) -> None:
    assert check(CALLS).text == (
        "t: calls, csv, z/*.csv the header and the select are good; "
        "no export in landing matches, so nothing was read"
    )
    # an alias in one place is the export's column in another
    twice = """with queues as (select min(_row) as _row, list(queue) as all_queues from export),
    codes as (select map {'A': 'abandoned'} as outcomes)
    select queues._row, id as contact_id, "at" as entered_at, mapped(status, outcomes) as outcome,
        unnest(all_queues) as queue
    from queues join export on queues._row = export._row, codes"""
    assert check(CALLS[: CALLS.index("select")] + twice).code == 0
    all_of_them = check(CALLS[: CALLS.index("select")] + "select * from export")
    assert all_of_them.code == 0 and "what it takes by * an export must show" in all_of_them.out


# Where a select is wrong


LONG = """-- title: T
-- kind: calls
-- files: z/*.csv
--        ; y/*.csv

-- A remark; the é of it is one letter and two bytes
-- format: csv
with it as (  -- é
    select _row, id, "at" from export
)

select
    _row, id as contact_id, "at" as entered_at,
    -- another
    {wrong} as queue,
    'abandoned' as outcome
from it
"""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("cleaned(id)", "Scalar Function with name cleaned does not exist!"),
        ("its.id", 'Referenced table "its" not found!'),
        ("'é' id", 'syntax error at or near "as"'),
        ("clean(id, 1, 2)", "Macro clean() does not support the supplied arguments."),
        ("cast(id as date)", "a cast or function of column id failed on a row"),
    ],
)
def test_what_is_wrong_in_a_select_is_told_by_the_files_own_line_and_shown(
    check: Check, wrong: str, said: str
) -> None:
    tried = check(LONG.format(wrong=wrong), "id,at\n0812,2024-02-01 08:00\n")
    place = f"sources/t.sql line 15, `{wrong} as queue,`: {said}"
    assert tried.code == 1 and place in tried.err and "0812" not in tried.err
    if "cast(" not in wrong:  # what only a row can tell
        assert place in check(LONG.format(wrong=wrong)).err


def test_a_column_that_is_not_there_is_told_by_the_line_that_asks_for_it(check: Check) -> None:
    tried = check(LONG.format(wrong="ad"), "id,at\n1,2024-02-01 08:00\n")
    assert "lacks `ad` (nearest: `id`)" in tried.err
    assert "asked for in sources/t.sql line 15, `ad as queue,`" in tried.err


def test_a_mistake_of_a_source_with_a_version_has_its_line_too(check: Check) -> None:
    source = CALLS.replace("-- format", "-- version: changed\n-- format").replace("id as", "idd as")
    said = check(source + "-- the end\n", "id,at,changed\n1,2024-02-01 08:00,1\n")
    assert "sources/t.sql line 6, `select _row, idd as contact_id" in said.err
    good = check(source.replace("idd", "id") + "-- the end\n", "id,at,changed\n1,2024-02-01,1\n")
    assert "1 accepted" in good.out


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("[id] as queue", "column queue is VARCHAR[]; return text, a number or a time"),
        ("struct_pack(a := id) as queue", "column queue is STRUCT; return text"),
        ("id::blob as queue", "column queue is BLOB; return text"),
        ("local_time(id, '%Y') - local_time(id, '%Y') as talk_seconds",
         "column talk_seconds is INTERVAL; return seconds_between(a, b)"),
        ("id as _rows", "column _rows is VARCHAR; return a whole number"),
        ("nullif(1, 1) as _rows", "column _rows is null in a row"),
    ],
)  # fmt: skip
def test_a_type_that_no_column_is_read_from_refuses_the_file(
    check: Check, column: str, said: str
) -> None:
    source = CALLS.replace("select _row", f"select _row, {column}")
    tried = check(source, "id,at\n1,2024-02-01 08:00\n")
    assert tried.code == 1 and f"sources/t.sql: {said}" in tried.err
