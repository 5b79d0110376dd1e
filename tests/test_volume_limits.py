"""The limits of the checks that look at how many contacts came, each met and just passed.

An even centre, unless a test says otherwise: every weekday the same number, at half past ten.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from test_cases import laboratory
from test_volume_checks import QUIET, Contacts, Found, days, found, row, served, without

__all__ = ["found", "laboratory"]  # the fixtures

APRIL = date(2024, 4, 1)


def even(first: str, last: str, contacts: int) -> Contacts:
    """Every weekday so many."""
    return [
        row(day, 10, contacts)
        for day in days(date.fromisoformat(first), date.fromisoformat(last))
        if day.weekday() < 5
    ]


def but(contacts: Contacts, day: str, number: int) -> Contacts:
    """The same, but one day has so many."""
    return [
        {**r, "contacts": number} if r["local_date"] == date.fromisoformat(day) else r
        for r in contacts
    ]


# a day


@pytest.mark.parametrize(
    ("usual", "in_line", "too_few"),
    [(200, 130, 129),  # 0.65 x 200
     (100, 60, 59),  # under 65, and 40 fewer are four times the root of 100: not more than chance
     (30, 9, 8)],  # 30 - 4 x 5.48 = 8.09
)  # fmt: skip
def test_a_day_may_bring_065_and_four_roots_less(
    found: Found, usual: int, in_line: int, too_few: int
) -> None:
    around = even("2024-03-01", "2024-04-30", usual)
    assert found("volume_by_day", but(around, "2024-04-16", in_line)) == []
    assert len(found("volume_by_day", but(around, "2024-04-16", too_few))) == 1


@pytest.mark.parametrize(("usual", "in_line", "too_many"), [(180, 300, 301), (30, 50, 51)])
def test_a_day_may_bring_five_thirds(found: Found, usual: int, in_line: int, too_many: int) -> None:
    around = even("2024-03-01", "2024-04-30", usual)
    assert found("volume_by_day", but(around, "2024-04-16", in_line)) == []
    assert len(found("volume_by_day", but(around, "2024-04-16", too_many))) == 1


@pytest.mark.parametrize("contacts", [1, 87])
def test_of_29_expected_contacts_nothing_is_said(found: Found, contacts: int) -> None:
    around = even("2024-03-01", "2024-04-30", 29)
    assert found("volume_by_day", but(around, "2024-04-16", contacts)) == []


@pytest.mark.parametrize(("before", "after"), [(1.0, 0.5), (0.5, 1.0)])
def test_a_season_that_turns_within_the_month_is_no_finding(
    found: Found, before: float, after: float
) -> None:
    """The last day of the one fits the days before it, the first of the other those after it."""
    turn = served("2024-03-01", "2024-04-16", before) + served("2024-04-17", "2024-04-30", after)
    assert found("volume_by_day", turn) == []


def test_a_day_is_not_among_the_days_around_it(found: Found) -> None:
    """The second day there is: the one before it had 200, and 120 are under 130."""
    begun = but(even("2024-04-01", "2024-04-30", 200), "2024-04-02", 120)
    (low,) = found("volume_by_day", begun)
    assert (low["local_date"], low["contacts"]) == (date(2024, 4, 2), 120)


def test_what_a_weekday_brings_is_told_by_its_weeks_mean(found: Found) -> None:
    """Of 700, 200, 200, 200, 200 the mean is 300: that Tuesday brought 7/3, the next one 1, so
    Tuesdays 5/3; the others 2/3 and 1, so 5/6. Beside days of 200 a Tuesday has 400; none did."""
    rows = found("volume_by_day", but(even("2024-04-01", "2024-04-12", 200), "2024-04-02", 700))
    assert [(r["contacts"], r["least_expected"], r["most_expected"]) for r in rows] == [
        (700, 400, 400), (200, 400, 400),
    ]  # fmt: skip


# a month


@pytest.mark.parametrize(("contacts", "findings"), [(50, 0), (49, 1), (180, 0), (181, 1)])
def test_a_month_may_bring_half_and_1_8_times(found: Found, contacts: int, findings: int) -> None:
    rows = even("2024-03-01", "2024-03-31", 100) + even("2024-04-01", "2024-04-30", contacts)
    assert len(found("volume_by_month", rows)) == findings


def test_a_months_contacts_are_those_of_its_days_served(found: Found) -> None:
    """Hours of a day add up. April: 18 x (5 x 120 + 5 x 108 + 4 x 100 + 4 x 95 + 4 x 85) = 40680
    on 22 days; March: 9 x (4 x 120 + 4 x 108 + 4 x 100 + 4 x 95 + 5 x 85) = 19053 on 21."""
    twice = served("2024-03-01", "2024-03-31") + served("2024-04-01", "2024-04-30", 2)
    assert found("volume_by_month", twice) == [
        {"channel": "phone", "contacts": 40680, "days": 22, "by_day": 1849, "by_day_before": 907}
    ]


@pytest.mark.parametrize(("contacts", "served_days"), [(19, 22), (20, 23)])
def test_a_tenth_of_the_busiest_day_is_a_day_served(
    found: Found, contacts: int, served_days: int
) -> None:
    """A Sunday beside weekdays of 200."""
    rows = even("2024-03-01", "2024-03-31", 100) + even("2024-04-01", "2024-04-30", 200)
    (month,) = found("volume_by_month", [*rows, row(date(2024, 4, 14), 10, contacts)])
    assert month["days"] == served_days


@pytest.mark.parametrize(
    ("march_days", "march", "april_days", "findings"),
    [(5, 60, 5, 1), (4, 75, 5, 0), (5, 60, 4, 0), (6, 50, 5, 1), (13, 23, 5, 0)],
)
def test_a_month_is_judged_by_five_days_and_300_contacts_before(
    found: Found, march_days: int, march: int, april_days: int, findings: int
) -> None:
    """4 x 75 and 5 x 60 are 300; 13 x 23 are 299."""
    before = even("2024-03-01", "2024-03-31", march)[:march_days]
    after = even("2024-04-01", "2024-04-30", 5 * march)[:april_days]
    assert len(found("volume_by_month", before + after)) == findings


def test_a_channel_is_compared_with_itself(found: Found) -> None:
    phone = even("2024-03-01", "2024-04-30", 100)
    chat = [{**r, "channel": "chat", "contacts": 300} for r in phone]
    assert found("volume_by_month", phone + chat) == []


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
