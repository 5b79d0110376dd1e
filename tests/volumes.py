"""Contacts of a made-up centre, and what a check finds in them, run through the real SQL.

It opens from 8 to 17 on weekdays, Mondays the busiest; each row stands for many contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from laboratory import Laboratory, laboratory

__all__ = ["laboratory"]  # the fixture

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY_TO_FRIDAY = (120, 108, 100, 95, 85)
Row = dict[str, Any]
Contacts = list[Row]


def row(day: date, hour: int, contacts: int, outcome: str = "answered") -> Row:
    return {
        "source": "calls", "channel": "phone", "queue": "umum", "outcome": outcome,
        "month": day.replace(day=1), "local_date": day, "contacts": contacts,
        "entered_at": datetime(day.year, day.month, day.day, hour, 30, tzinfo=JAKARTA),
    }  # fmt: skip


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def served(first: str, last: str, by_hour: float = 1.0) -> Contacts:
    """Every weekday's contacts from 8 to 17: 120 an hour on a Monday, times `by_hour`."""
    return [
        row(day, hour, round(MONDAY_TO_FRIDAY[day.weekday()] * by_hour))
        for day in days(date.fromisoformat(first), date.fromisoformat(last))
        if day.weekday() < 5
        for hour in range(8, 17)
    ]


def even(first: str, last: str, contacts: int) -> Contacts:
    """Every weekday so many."""
    return [
        row(day, 10, contacts)
        for day in days(date.fromisoformat(first), date.fromisoformat(last))
        if day.weekday() < 5
    ]


def without(contacts: Contacts, first: str, last: str = "", hours: range = range(24)) -> Contacts:
    """The same, without the contacts of some hours of some days."""
    gone = set(days(date.fromisoformat(first), date.fromisoformat(last or first)))
    return [r for r in contacts if r["local_date"] not in gone or r["entered_at"].hour not in hours]


Found = Callable[..., list[Row]]
APRIL = date(2024, 4, 1)
QUIET = served("2024-03-01", "2024-04-30")


@pytest.fixture
def found(laboratory: Laboratory) -> Callable[..., list[Row]]:
    """The rows that a check finds in April 2024, of March's and April's contacts."""

    def run(check: str, contacts: Contacts, as_of: str = "2024-05-10", **more: Any) -> list[Row]:
        rule = laboratory.rules[f"checks/{check}"]
        given = {"fact.contacts": contacts, "ops.month": [{"month": date(2024, 4, 1)}],
                 "ops.coverage": more.get("coverage", [])}  # fmt: skip
        reads = tuple(sorted(rule.listed("reads")))
        with laboratory.tables(reads, given, date.fromisoformat(as_of)):
            relation = laboratory.connection.sql(f"select * from ({rule.body}) order by all")
            return [dict(zip(relation.columns, r, strict=True)) for r in relation.fetchall()]

    return run
