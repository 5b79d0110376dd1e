"""The limits of the checks that look at how many contacts came, each met and just passed.

An even centre, unless a test says otherwise: every weekday the same number, at half past ten.
"""

from __future__ import annotations

from datetime import date

import pytest
from volumes import Contacts, Found, even, found, laboratory, row, served

__all__ = ["found", "laboratory"]  # the fixtures


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


def test_a_weekday_that_is_always_closed_hides_no_day_beside_it(found: Found) -> None:
    """Monday 29 April has three times its contacts; the Tuesday after has rows, that count none."""
    all_days = but(even("2024-03-01", "2024-04-30", 100), "2024-04-29", 300)
    served_days = [r for r in all_days if r["local_date"].isoweekday() != 2]
    closed = [{**r, "contacts": 0} for r in all_days if r["local_date"].isoweekday() == 2]
    for rows in (served_days, served_days + closed):
        assert [r["local_date"].day for r in found("volume_by_day", rows)] == [29]
