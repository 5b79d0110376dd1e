"""The limits of the checks that look for days and hours without contacts, each met and just passed.

An even centre, unless a test says otherwise: every weekday the same number, at half past ten.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from volumes import APRIL, QUIET, Found, even, found, laboratory, row, without

__all__ = ["found", "laboratory"]  # the fixtures

# days without contacts


@pytest.mark.parametrize(
    ("usual", "gap", "findings"),
    [(100, ("2024-04-18", "2024-04-18"), 1), (99, ("2024-04-18", "2024-04-18"), 0),
     (50, ("2024-04-18", "2024-04-19"), 1), (49, ("2024-04-18", "2024-04-19"), 0)],
)  # fmt: skip
def test_days_in_a_row_with_100_usual_contacts_are_found(
    found: Found, usual: int, gap: tuple[str, str], findings: int
) -> None:
    around = even("2024-03-01", "2024-04-30", usual)
    assert len(found("days_without_contacts", without(around, *gap))) == findings


def test_gaps_that_contacts_part_are_two_findings(found: Found) -> None:
    twice = without(without(QUIET, "2024-04-16"), "2024-04-18", "2024-04-19")
    rows = found("days_without_contacts", twice)
    assert [(r["first_day"].day, r["last_day"].day) for r in rows] == [(16, 16), (18, 19)]


def test_days_are_missing_while_the_month_runs(found: Found) -> None:
    until = [r for r in QUIET if r["local_date"] <= date(2024, 4, 19)]
    gap = without(until, "2024-04-16", "2024-04-17")
    (row_,) = found("days_without_contacts", gap, as_of="2024-04-19")
    assert (row_["first_day"].day, row_["last_day"].day) == (16, 17)


def test_rows_that_stand_for_no_contact_fill_no_day_and_one_contact_does(found: Found) -> None:
    """As where an export has a row an hour, with a count."""
    gap = without(QUIET, "2024-04-18")
    (empty,) = found("days_without_contacts", [*gap, row(date(2024, 4, 18), 10, 0)])
    assert (empty["days"], empty["usual_contacts"]) == (1, 9 * 95)
    assert found("days_without_contacts", [*gap, row(date(2024, 4, 18), 10, 1)]) == []


def test_the_contacts_of_a_moment_add_up_over_queues(found: Found) -> None:
    """60 of one queue and 40 of the other are 100."""
    one = even("2024-03-01", "2024-04-30", 60)
    other = [{**r, "queue": "efiling", "contacts": 40} for r in one]
    (gap,) = found("days_without_contacts", without(one + other, "2024-04-18"))
    assert gap["usual_contacts"] == 100


@pytest.mark.parametrize(
    ("with_contacts", "findings"),
    [((8, 15), 1), ((1, 8), 0), ((22,), 0)],
)
def test_a_weekday_is_usual_by_two_and_half_of_its_dates(
    found: Found, with_contacts: tuple[int, ...], findings: int
) -> None:
    """Mondays until the 29th, from the first that had contacts: 2 of 4, 2 of 5, 1 of 2."""
    mondays = [row(APRIL + timedelta(days=n - 1), 10, 100) for n in with_contacts]
    assert len(found("days_without_contacts", mondays)) == findings


def test_the_closing_message_closes_its_own_day(found: Found) -> None:
    closed = [*without(QUIET, "2024-04-10"), row(date(2024, 4, 10), 10, 1, "after_hours")]
    (gap,) = found("days_without_contacts", without(closed, "2024-04-18"))
    assert gap["first_day"] == date(2024, 4, 18)


def test_closing_messages_of_every_night_and_the_menu_close_no_day(found: Found) -> None:
    """900 meet the closing message at ten in the evening, as many as call by day."""
    night = [row(d, 22, 900, "after_hours") for d in sorted({r["local_date"] for r in QUIET})]
    menu = row(date(2024, 4, 18), 10, 4, "not_queued")
    (gap,) = found("days_without_contacts", [*without(QUIET, "2024-04-18"), *night, menu])
    assert (gap["first_day"], gap["days"]) == (date(2024, 4, 18), 1)


def test_an_hour_is_usual_that_has_a_24th_of_the_contacts(found: Found) -> None:
    """At six there are 10 of about 900 a day; around the clock evenly each hour has just that."""
    early = QUIET + [row(d, 6, 10) for d in sorted({r["local_date"] for r in QUIET})]
    holiday = [*without(early, "2024-04-10"), row(date(2024, 4, 10), 6, 5, "after_hours")]
    assert len(found("days_without_contacts", holiday)) == 1
    always = [row(r["local_date"], hour, 10) for r in even("2024-03-01", "2024-04-30", 1)
              for hour in range(24)]  # fmt: skip
    night = [*without(always, "2024-04-10"), row(date(2024, 4, 10), 3, 5, "after_hours")]
    assert len(found("days_without_contacts", without(always, "2024-04-10"))) == 1
    assert found("days_without_contacts", night) == []


# hours without contacts


@pytest.mark.parametrize(("by_hour", "findings"), [(10, 1), (9, 0)])
def test_three_hours_with_30_usual_contacts_are_found(
    found: Found, by_hour: int, findings: int
) -> None:
    """3 x 10 are 30. Of 9, five in one quarter of the hour, three and one of two queues later."""
    parts = [(30, "umum", by_hour - 4), (59, "umum", 3), (59, "efiling", 1)]
    contacts = [
        {**r, "entered_at": r["entered_at"].replace(hour=hour, minute=minute), "queue": queue,
         "contacts": part}
        for r in even("2024-03-01", "2024-04-30", 1)
        for hour in range(8, 17) for minute, queue, part in parts
    ]  # fmt: skip
    rows = found("hours_without_contacts", without(contacts, "2024-04-18", hours=range(10, 13)))
    assert [r["usual_contacts"] for r in rows] == [30] * findings


def test_two_outages_of_a_day_are_two_findings(found: Found) -> None:
    morning = without(QUIET, "2024-04-18", hours=range(9, 12))
    rows = found("hours_without_contacts", without(morning, "2024-04-18", hours=range(13, 16)))
    assert [(r["first_hour"], r["last_hour"]) for r in rows] == [(9, 11), (13, 15)]


def test_who_hung_up_in_the_menu_ends_no_outage_and_no_closing(found: Found) -> None:
    gap = without(QUIET, "2024-04-18", hours=range(10, 13))
    menu = [row(date(2024, 4, 18), hour, 4, "not_queued") for hour in range(10, 13)]
    (outage,) = found("hours_without_contacts", gap + menu)
    assert (outage["first_hour"], outage["last_hour"]) == (10, 12)
    closed = [row(date(2024, 4, 18), hour, 1, "after_hours") for hour in range(10, 13)]
    assert found("hours_without_contacts", gap + menu + closed) == []


def test_a_count_of_none_in_closed_hours_closes_no_hour(found: Found) -> None:
    """As where an export has a row an hour and outcome, with a count."""
    gap = without(QUIET, "2024-04-18", hours=range(10, 13))
    none = [row(date(2024, 4, 18), hour, 0, "after_hours") for hour in range(10, 13)]
    (outage,) = found("hours_without_contacts", gap + none)
    assert (outage["first_hour"], outage["last_hour"]) == (10, 12)


def test_a_day_counts_by_its_first_contact(found: Found) -> None:
    """One at eight, and then none: 8 x 95. On a holiday there is but the closing message."""
    gap = without(QUIET, "2024-04-18")
    assert found("hours_without_contacts", gap) == []
    (outage,) = found("hours_without_contacts", [*gap, row(date(2024, 4, 18), 8, 1)])
    assert (outage["first_hour"], outage["usual_contacts"]) == (9, 8 * 95)
    message = row(date(2024, 4, 18), 8, 1, "after_hours")
    assert found("hours_without_contacts", [*gap, message]) == []


def test_an_hour_with_one_usual_contact_is_one_of_three(found: Found) -> None:
    lunch = [{**r, "contacts": 1} if r["entered_at"].hour == 12 else r for r in QUIET]
    (outage,) = found("hours_without_contacts", without(lunch, "2024-04-18", hours=range(10, 13)))
    assert outage["usual_contacts"] == 95 + 95 + 1
