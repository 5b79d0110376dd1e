"""What `kring check-source` asks of accepted rows: each is right, and together they may not be."""

from __future__ import annotations

import pytest
from trying import CALLS, Check, notes

RATINGS = """-- title: T
-- kind: surveys
-- files: z/*.csv
-- format: csv
select _row, id as response_id, 'inbound' as service, "at" as responded_at, score,
    10 as scale_max
from export
"""


def test_scores_of_0_are_told_unless_the_scale_begins_there(check: Check) -> None:
    rows = "id,at,score\n1,2024-02-01 08:00,0\n2,2024-02-01 08:00,9\n3,2024-02-01 08:00,\n"
    assert notes(check(RATINGS, rows)) == [
        "1 of 3 responses are not_rated since their score is 0; "
        "where 0 is an answer, the scale begins there: return 0 as scale_min"
    ]
    assert notes(check(RATINGS, rows.replace(",0\n", ",7\n"))) == []  # a blank leaves no question
    assert notes(check(RATINGS.replace("10 as", "0 as scale_min, 10 as"), rows)) == []


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ("12345", True),  # asked on 1 to 5
        (("0.8", "1", "0.4"), True),  # shares
        ("136", False),
    ],
)
def test_scores_that_never_pass_half_of_the_scale_are_told(
    check: Check, scores: tuple[str, ...], told: bool
) -> None:
    rows = "".join(f"{n}x,2024-02-01 08:00,{scores[n % len(scores)]}\n" for n in range(30))
    said = (
        "score is at most half of scale_max (10) in all of 30 responses: is that the scale of "
        "the answers?"
    )
    assert notes(check(RATINGS, f"id,at,score\n{rows}")) == [said] * told


def test_a_mean_that_would_be_each_ones_wait_is_told(check: Check) -> None:
    counted = "'answered' as outcome, n as contacts, 15 as wait_seconds"
    source = CALLS.replace("'flow_out' as outcome", counted)
    rows = "id,at,n\n1,2024-02-01 08:00,80\n2,2024-02-01 08:30,1\n3,2024-02-01 09:00,0\n"
    (said,) = notes(check(source, rows))
    assert said.startswith("1 rows stand for several answered contacts with one wait, by which all")
    bounded = source.replace("15 as wait_seconds", "15 as wait_seconds, 0 as wait_over_seconds")
    assert notes(check(bounded, rows)) == []


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "+09:00", "America/Denver"])
def test_dates_without_a_time_of_day_are_told(check: Check, zone: str) -> None:
    source = CALLS.replace("-- format", f"-- timezone: {zone}\n-- format")
    days = "".join(f"{day},2024-02-{day:02d}\n" for day in range(1, 11))
    (said,) = notes(check(source, f"id,at\n{days}x,2024-02-01 10:20\n"))
    assert said.startswith("entered_at has no time of day in 10 of 11 rows: they count at 00:00")
    # by the hour, one in 24 is at midnight, and means it
    hours = "".join(f"{hour},2024-02-01 {hour:02d}:00\n" for hour in range(24))
    assert notes(check(source, f"id,at\n{hours}")) == []
    # and so is one of a few
    assert notes(check(source, "id,at\na,2024-02-01 00:00\nb,2024-02-01 00:10\n")) == []
    (said,) = notes(check(source, "id,at\na,2024-02-01\n"))
    assert said.startswith("entered_at has no time of day in 1 of 1 rows")
    parsed = source.replace('"at" as', "local_time(\"at\", '%Y-%m-%d') as")
    (said,) = notes(check(parsed, "id,at\na,2024-02-01\n"))
    assert said.startswith("entered_at has no time of day in 1 of 1 rows")


COUNTS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
select _row, queue || '|' || "at" as contact_id, queue, "at" as entered_at,
    'flow_out' as outcome, n as contacts
from export
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Total", 1),
        ("Grand total:", 1),
        ("JUMLAH", 1),
        ("Total-2024-02-01", 1),
        ("Total Care", 0),
        ("Total-Care", 0),
        ("Total_Sales", 0),
    ],
)
def test_a_row_that_counts_what_the_others_count_is_told(
    check: Check, name: str, told: int
) -> None:
    rows = f"umum,2024-02-01 08:00,10\nkhusus,2024-02-01 08:00,3\n{name},2024-02-01 08:00,13\n"
    said = check(COUNTS, f"queue,at,n\n{rows}")
    assert "3 accepted" in said.out  # it fits, and the month has 26 calls instead of 13
    assert (
        notes(said)
        == [
            "1 of 3 rows have a word for a total or a mean as queue: do they count what other rows "
            "count? Leave them out by `where`"
        ]
        * told
    )


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
    source = CALLS.replace("'flow_out' as outcome", "how as outcome, 9 as wait_seconds")
    rows = "".join(
        f"c{n}x,2024-02-01 08:00,{'answered' if n else last}\n" for n in range(100)
    )  # fmt: skip
    said = (
        "all 100 contacts are answered: where are those who gave up? Without them abandonment is "
    )
    found = notes(check(source, f"id,at,how\n{rows}"))
    assert found == [f"{said}0 and the service level too high"][: int(told)]


@pytest.mark.parametrize(
    ("told_of_it", "told"),
    [("", True), (", n as wait_seconds", False), (", 0 as wait_over_seconds", False)],
)
def test_an_unknown_wait_of_who_gave_up_is_told(check: Check, told_of_it: str, told: bool) -> None:
    # of three who gave up one after 4 s, which a rule of short abandons is to leave out
    source = CALLS.replace("'flow_out' as outcome", f"'abandoned' as outcome{told_of_it}")
    said = (
        "3 of 3 abandoned rows have no wait: a rule that leaves out or credits short abandons "
        "has no figure then. Return wait_seconds, or ended_at"
    )
    rows = "id,at,n\n" + "".join(f"c{n}x,2024-02-01 08:00,{n}\n" for n in (4, 30, 40))
    assert notes(check(source, rows)) == [said][: int(told)]


def test_attempts_of_many_cases_in_a_row_are_told(check: Check) -> None:
    source = CALLS.replace("calls", "outbound_attempts").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        "id as attempt_id, id as case_id, \"at\" as called_at, 'busy' as result, n as attempts",
    )
    rows = "id,at,n\n" + "".join(f"{n},2024-02-01 08:00,{n}\n" for n in (3, 30, 40))
    assert notes(check(source, rows)) == [
        "attempts is above 20 in most of 3 rows: does a row stand for many cases? A case counts "
        "once however often it was tried, so that success in contacting needs rows of single cases"
    ]
    # one case may take as many
    assert notes(check(source, rows.replace(",30\n", ",20\n"))) == []


COMPLAINTS = """-- title: T
-- kind: complaints
-- files: z/*.csv
-- format: csv
select _row, id as complaint_id, "at" as received_at, "at" as followed_up_at,
    nullif(due, '') as due_at, asked as to_follow_up
from export
"""


def test_complaints_of_no_due_date_are_told_for_none_of_them_is_ever_late(check: Check) -> None:
    rows = "id,at,due,asked\na,2024-02-01,2024-02-03,1\nb,2024-02-01,,1\nc,2024-02-01,,0\n"
    (said,) = notes(check(COMPLAINTS, rows))
    assert said.startswith("1 of 3 complaints have no due_at: once followed up, they are on time")
    assert notes(check(COMPLAINTS, rows.replace("01,,1", "01,2024-02-09,1"))) == []


PAYMENTS = """-- title: T
-- kind: payments
-- files: z/*.csv
-- format: csv
-- version: run
select _row, id as payment_id, bill as case_id, "at" as paid_at, amount, run as _version from export
"""


def test_a_reversal_with_a_number_of_its_own_is_told_for_it_takes_nothing_back(
    check: Check,
) -> None:
    """The second row takes back the first, whose id it has; r has the id of no other row."""
    rows = "id,bill,at,amount,run\na,K1,2024-02-01,100,1\na,K1,2024-02-02,-100,2\n"
    assert notes(check(PAYMENTS, rows)) == []
    (said,) = notes(check(PAYMENTS, rows + "r,K2,2024-02-02,-50,3\nb,K2,2024-02-01,50,1\n"))
    assert said.startswith("1 of 4 payments have an amount of 0 or less and an id of no other row")
    assert notes(check(PAYMENTS, rows.replace("-100", ""))) == []


def test_a_column_that_is_never_read_is_told(check: Check) -> None:
    source = CALLS.replace("'flow_out' as outcome", "'flow_out' as outcome, {} as talk_seconds")
    rows = "id,at,from,to\n" + "".join(
        f"k{n},2024-02-01 {8 + n // 6:02}:{n % 6}5,{n},{n + 60}\n" for n in range(20)
    )
    computed = source.format('clock_between("from", "to")')  # of numbers, null
    (said,) = notes(check(computed, rows))
    assert said.startswith("null in all of 20 rows: talk_seconds. Is the text read of what is comp")
    two = computed.replace(" from", ", null as hold_seconds from")
    (said,) = notes(check(two, rows))
    assert said.startswith("null in all of 20 rows: talk_seconds, hold_seconds. Is")
    assert notes(check(computed, rows.replace(",60", ",0:01:00").replace(",0,", ",0:00:00,"))) == []
    assert notes(check(source.format('"to"'), rows)) == []
    assert notes(check(CALLS, rows)) == []
