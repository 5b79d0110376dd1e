"""The checks that look at how many contacts came: what each finds, and what it leaves in peace.

Two months of a centre, as `volumes` makes them; then one thing goes wrong.
"""

from __future__ import annotations

from datetime import date

import pytest
from volumes import QUIET, Contacts, Found, found, laboratory, row, served, without

__all__ = ["found", "laboratory"]  # the fixtures

# The season ends on 1 April: from then on three fifths as many come.
SEASON_ENDS = served("2024-03-01", "2024-03-31") + served("2024-04-01", "2024-04-30", 0.6)
VOLUME_CHECKS = ("volume_by_day", "volume_by_month", "days_without_contacts",
                 "hours_without_contacts")  # fmt: skip


def times(contacts: Contacts, day: str, factor: float) -> Contacts:
    """The same, but one day has `factor` times as many."""
    return [
        {**r, "contacts": round(r["contacts"] * factor)}
        if r["local_date"] == date.fromisoformat(day) else r
        for r in contacts
    ]  # fmt: skip


@pytest.mark.parametrize("check", VOLUME_CHECKS)
@pytest.mark.parametrize("contacts", [QUIET, SEASON_ENDS], ids=["quiet", "the season ends"])
def test_weekdays_that_differ_and_a_season_that_ends_are_no_findings(
    found: Found, check: str, contacts: Contacts
) -> None:
    assert found(check, contacts) == []
    # nor are they while the month is running
    running = [r for r in contacts if r["local_date"] <= date(2024, 4, 3)]
    assert found(check, running, as_of="2024-04-03") == []


@pytest.mark.parametrize("check", VOLUME_CHECKS)
def test_a_small_centre_is_left_in_peace(found: Found, check: str) -> None:
    """One contact an hour: nothing can be told from a day, or a month, without any."""
    small = served("2024-03-01", "2024-04-30", 0.01)
    assert found(check, without(times(small, "2024-04-16", 3), "2024-04-18")) == []


def test_a_day_cut_to_58_percent_is_found_on_its_weekday(found: Found) -> None:
    """Tuesday 16 April: 9 x 63 = 567 of 972. 65 % of what Tuesdays bring would be 632."""
    (row,) = found("volume_by_day", times(QUIET, "2024-04-16", 0.58))
    assert (row["local_date"], row["contacts"], row["least_expected"]) == (
        date(2024, 4, 16), 567, 972,
    )  # fmt: skip
    assert found("volume_by_day", times(QUIET, "2024-04-16", 0.7)) == []


def test_a_day_delivered_twice_under_new_ids_is_found(found: Found) -> None:
    (row,) = found("volume_by_day", times(SEASON_ENDS, "2024-04-15", 2))
    assert (row["local_date"], row["contacts"]) == (date(2024, 4, 15), 1296)
    assert found("volume_by_day", times(SEASON_ENDS, "2024-04-15", 1.5)) == []


def test_a_running_months_day_is_judged_when_three_more_have_come(found: Found) -> None:
    """Whether a low first of April is a cut file or the season's end, later days tell."""
    cut = times(QUIET, "2024-04-01", 0.58)
    for last, findings in ((3, 0), (4, 1)):
        come = [r for r in cut if r["local_date"] <= date(2024, 4, last)]
        assert len(found("volume_by_day", come, as_of=f"2024-04-0{last}")) == findings, last


def test_an_outage_of_three_hours_is_found_and_one_of_two_is_not(found: Found) -> None:
    (row,) = found("hours_without_contacts", without(QUIET, "2024-04-18", hours=range(10, 13)))
    assert (row["local_date"], row["first_hour"], row["last_hour"], row["usual_contacts"]) == (
        date(2024, 4, 18), 10, 12, 3 * 95,
    )  # fmt: skip
    assert found("hours_without_contacts", without(QUIET, "2024-04-18", hours=range(10, 12))) == []


def test_a_file_cut_in_the_afternoon_is_found_by_its_hours(found: Found) -> None:
    """Five of nine hours came: 56 % of the day, and nothing after one o'clock."""
    (row,) = found("hours_without_contacts", without(QUIET, "2024-04-18", hours=range(13, 24)))
    assert (row["first_hour"], row["last_hour"]) == (13, 16)


def test_hours_in_which_the_centre_was_closed_are_no_outage(found: Found) -> None:
    """It closed at noon: who called then met the closing message, once in each hour at least."""
    closed = [row(date(2024, 4, 18), hour, 1, "after_hours") for hour in range(12, 17)]
    early = without(QUIET, "2024-04-18", hours=range(12, 24))
    assert len(found("hours_without_contacts", early)) == 1
    assert found("hours_without_contacts", early + closed) == []


def test_the_running_day_is_not_an_outage_yet(found: Found) -> None:
    """On the 18th at noon its afternoon has not been; the day after it is missing."""
    so_far = without(QUIET, "2024-04-18", hours=range(12, 24))
    until = [r for r in so_far if r["local_date"] <= date(2024, 4, 18)]
    assert found("hours_without_contacts", until, as_of="2024-04-18") == []
    until = [r for r in so_far if r["local_date"] <= date(2024, 4, 19)]
    assert len(found("hours_without_contacts", until, as_of="2024-04-19")) == 1


def test_days_without_contacts_are_one_finding(found: Found) -> None:
    """Thursday to Tuesday, the weekend not counted: 9 x (95 + 85 + 120 + 108) contacts."""
    (row,) = found("days_without_contacts", without(QUIET, "2024-04-18", "2024-04-23"))
    assert row == {
        "channel": "phone", "first_day": date(2024, 4, 18), "last_day": date(2024, 4, 23),
        "days": 4, "usual_contacts": 9 * 408,
    }  # fmt: skip


def test_a_holiday_is_told_by_the_closing_message(found: Found) -> None:
    holiday = without(QUIET, "2024-04-10")
    assert len(found("days_without_contacts", holiday)) == 1
    early = [row(date(2024, 4, 10), 6, 5, "after_hours")]
    assert len(found("days_without_contacts", holiday + early)) == 1, "so early it is always closed"
    assert found("days_without_contacts", [*holiday, row(date(2024, 4, 10), 10, 5, "after_hours")]
                 ) == []  # fmt: skip


def test_days_whose_file_is_missing_are_named_once_by_the_coverage(found: Found) -> None:
    gap = without(QUIET, "2024-04-18", "2024-04-23")
    lacks = {"kind": "calls", "month": date(2024, 4, 1), "state": "incomplete"}
    assert found("days_without_contacts", gap, coverage=[lacks]) == []
    for other in ({"kind": "chats"}, {"state": "complete"}, {"month": date(2024, 3, 1)}):
        assert len(found("days_without_contacts", gap, coverage=[{**lacks, **other}])) == 1


def test_the_days_still_to_come_are_not_missing(found: Found) -> None:
    until = [r for r in QUIET if r["local_date"] <= date(2024, 4, 17)]
    assert found("days_without_contacts", until, as_of="2024-04-17") == []
    # the month over, they are
    (row,) = found("days_without_contacts", until)
    assert (row["first_day"], row["last_day"]) == (date(2024, 4, 18), date(2024, 4, 30))


def test_a_month_that_doubles_or_halves_is_found(found: Found) -> None:
    """Against March, by day served (22 in April, 21 in March): half and 1.8 times."""
    march = served("2024-03-01", "2024-03-31")
    for factor, findings in ((2, 1), (1.7, 0), (0.6, 0), (0.45, 1)):
        april = served("2024-04-01", "2024-04-30", factor)
        rows = found("volume_by_month", march + april)
        assert len(rows) == findings, factor
        if rows:
            assert (rows[0]["channel"], rows[0]["days"]) == ("phone", 22)


def test_a_short_or_running_month_is_compared_by_day(found: Found) -> None:
    """A third of the month has come; an evening line on a Sunday is no day served."""
    third = [r for r in QUIET if r["local_date"] <= date(2024, 4, 10)]
    third.append(row(date(2024, 3, 31), 23, 8))
    assert found("volume_by_month", third, as_of="2024-04-10") == []
