"""What `kring check-source` asks of durations: a number says nothing of its unit."""

from __future__ import annotations

import pytest
from trying import CALLS, Check, notes

DIALS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
select _row, id as contact_id, "at" as entered_at, answered as answered_at, ended as ended_at,
    'answered' as outcome, wait as wait_seconds, talk as talk_seconds
from export
"""


@pytest.mark.parametrize(
    ("talks", "told"),
    [
        # 16 minutes, 20 and 33 and a half, as a German or Indonesian report writes them
        (("987", "1.234", "2.010"), True),
        (("987.250", "1.234", "2.010"), False),  # milliseconds, all of them
        (("987", "1.234", "2.01"), False),  # and with their zeros left out
        (("987", "1234", "2.010"), False),
    ],
)
def test_a_mark_that_parts_thousands_is_told(
    check: Check, talks: tuple[str, ...], told: bool
) -> None:
    rows = "".join(f"c{n}x,2024-02-01 08:00:00,,,5,{talk}\n" for n, talk in enumerate(talks * 20))
    found = notes(check(DIALS, f"id,at,answered,ended,wait,talk\n{rows}"))
    assert [each for each in found if "behind the" in each] == [
        "talk_seconds has three digits behind the `.` in all of 40 cells that have one, and no "
        "number has four without it: is 1.234 there 1234? Then return replace(x, '.', '')"
    ] * told


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
    source = CALLS.replace("'flow_out' as outcome", "'flow_out' as outcome, talk as talk_seconds")
    rows = "".join(f"c{n}x,2024-02-01 08:00,{talk}\n" for n in range(20))
    found = notes(check(source, f"id,at,talk\n{rows}"))
    assert [each.partition(":")[2] for each in found] == [
        " is it in minutes? Then return it times 60"
    ][: int(told)]


def test_an_agents_day_in_hours_is_told(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        'id as agent, "at" as day, active as active_seconds',
    )
    (said,) = notes(check(source, "id,at,active\na1,2024-02-01,7.5\na2,2024-02-01,6\n"))
    assert said.startswith("active_seconds is at most 24 seconds in all of 2 rows: is it in hours?")
    rows = "".join(f"a1,2024-02-{n + 1:02d},{{}}\n" for n in range(20))
    for minutes in ("8:30", "510"):
        (said,) = notes(check(source, "id,at,active\n" + rows.replace("{}", minutes)))
        assert said.startswith("active_seconds is below 25 minutes in all of 20 rows: is it in min")
    assert notes(check(source, "id,at,active\n" + rows.replace("{}", "8:30:00"))) == []
    by_queue = source.replace(" from", ", id as part from")  # of which an agent has many a day
    assert notes(check(by_queue, "id,at,active\n" + rows.replace("{}", "510"))) == []


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
    source = CALLS.replace("'flow_out' as outcome", "'flow_out' as outcome, talk as talk_seconds")
    found = notes(check(source, f"id,at,talk\n{rows}"))
    assert len(found) == (said is not None)
    assert not said or found[0].startswith(said)


def test_an_agents_month_is_told_as_one_day(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        'id as agent, "at" as day, talk as active_seconds',
    )
    assert notes(
        check(source, "id,at,talk\na1,2024-02-01,120:00:00\na2,2024-02-01,98:30:00\n")
    ) == [
        "active_seconds is of many hours in most of 2 rows: is it in milliseconds, or the total of "
        "several days? Such a total counts in the month of the day that you return"
    ]


def test_an_agents_day_of_eight_hours_is_no_other_unit(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        'id as agent, "at" as day, active as active_seconds',
    )
    assert notes(check(source, "id,at,active\na1,2024-02-01,28800\n")) == []
    (said,) = notes(check(source, "id,at,active\na1,2024-02-01,28800000\n"))
    assert said.startswith("active_seconds is of many hours in most of 1 rows")


def test_time_that_no_row_has_is_told(check: Check) -> None:
    """A state that the export spells `On Call` adds up to 0, and occupancy would be none."""
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        "id as agent, \"at\" as day, case when state = '{}' then 28800 else 0 end "
        "as active_seconds, 0 as hold_seconds",
    )
    rows = "id,at,state\n" + "".join(f"a1,2024-02-{n + 1:02d},On Call\n" for n in range(20))
    (said,) = notes(check(source.format("on call"), rows))
    assert said.startswith("active_seconds is 0 in all of 20 rows: is it another column, or are")
    assert notes(check(source.format("On Call"), rows)) == []
    # one who served nobody that day is not asked about
    assert notes(check(source.format("on call"), rows.rpartition("a1")[0])) == []


@pytest.mark.parametrize("told", [True, False])
def test_waits_of_nothing_are_told_of_who_was_answered(check: Check, told: bool) -> None:
    """Twenty who never waited are within any threshold. One wait among them is enough."""
    source = CALLS.replace("'flow_out' as outcome", "outcome, wait as wait_seconds")
    rows = "id,at,outcome,wait\ng,2024-02-01 9:00,abandoned,7\n" + "".join(
        f"k{n},2024-02-01 {8 + n // 6:02}:{n % 6}5,answered,{0 if told or n else 5}\n"
        for n in range(20)
    )
    found = [said for said in notes(check(source, rows)) if said.startswith("wait_seconds is 0 in")]
    assert len(found) == told
    assert not told or found[0].startswith("wait_seconds is 0 in all of 20 answered rows: is it")
