"""To which day a row belongs, by its home's zone, and which days a run takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from contracting import reject, run

from schemas.contract import contract, dated_day
from schemas.zones import INSTANT, local_day

FAR = "due_far_ahead"


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("2023-12-31T23:59:59", "before_first_month"),
        ("2024-01-01T00:00:00", None),
        ("2024-12-31T23:59:59", None),
        ("2025-01-01T00:00:00", "after_as_of"),
        ("2023-12-31T17:00:00Z", None),  # 2024 in Jakarta
        ("2024-12-31T17:00:00Z", "after_as_of"),
    ],
)
def test_rows_lie_within_the_local_days_of_the_run(at: str, rule: str | None) -> None:
    assert reject("calls", {"entered_at": at}) == (rule and ("entered_at", rule))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"listed_at": "2023-12-31"}, None),  # of a bill dialled in the first month
        ({"listed_at": "2024-03-01", "issued_at": "2023-01-01", "due_at": "2026-01-01"}, None),
        ({"listed_at": None, "issued_at": "2025-01-01"}, ("issued_at", "after_as_of")),
        ({"listed_at": None, "due_at": "2025-06-01"}, None),  # a bill not yet due
        ({"listed_at": None, "due_at": "2023-06-01"}, None),
        ({"listed_at": None}, None),
        # what programs write for no day: as a due date it would put the case out of scope
        ({"due_at": "1900-01-01"}, ("due_at", "placeholder_date")),
        ({"due_at": "1980-01-01"}, None),
        ({"paid_at": "1970-01-01T00:00:00Z"}, ("paid_at", "placeholder_date")),
    ],
)
def test_a_case_is_dated_by_its_first_known_date(
    dates: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert reject("outbound_cases", dates) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"paid_at": "1970-01-01T00:00:00Z"}, ("paid_at", "placeholder_date")),
        ({"known_at": "1899-12-30"}, ("known_at", "placeholder_date")),
        ({"paid_at": "2001-05-05", "known_at": None}, None),
    ],
)
def test_nobody_paid_on_the_day_that_stands_for_none(
    times: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    """Payments of before the first month are read, for who had paid was not to be called."""
    assert reject("payments", times) == expected


def test_the_dated_day_is_local() -> None:
    accepted = run("calls", {"entered_at": "2024-06-30T17:30:00Z"}).accepted
    assert dated_day(accepted, contract("calls"), "Asia/Jakarta").item() == date(2024, 7, 1)
    assert dated_day(accepted, contract("calls"), "+00:00").item() == date(2024, 6, 30)
    cases = run("outbound_cases", {"listed_at": None, "due_at": "2024-06-30"}, {"listed_at": None})
    days = dated_day(cases.accepted, contract("outbound_cases"), "UTC")
    assert days.to_list() == [date(2024, 6, 30), None]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Jakarta", "-03:30"])
@pytest.mark.parametrize("days", [1, 300, 2000])
def test_the_local_day_is_the_calendars(zone: str, days: int) -> None:
    """Whether the offset stands still (one addition) or moves (Berlin in March and October)."""
    begins = datetime(2024, 3, 30, 0, 30, tzinfo=UTC)
    instants = [begins + timedelta(hours=7 * step) for step in range(days * 24 // 7 + 1)]
    there = timezone(-timedelta(hours=3, minutes=30)) if zone[0] == "-" else ZoneInfo(zone)
    series = pl.Series([*instants, None], dtype=INSTANT)
    expected = [each.astimezone(there).date() for each in instants]
    assert local_day(series, zone).to_list() == [*expected, None]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("complaints", "followed_up_at"), ("payments", "known_at"), ("outbound_cases", "paid_at"),
        ("calls", "answered_at"), ("calls", "ended_at"), ("chats", "accepted_at"),
    ],
)  # fmt: skip
def test_what_is_planned_has_not_happened(kind: str, column: str) -> None:
    """The run takes what has been by the last day of 2024, the whole of that day."""
    assert reject(kind, {column: "2024-12-31T23:59:59"}) is None
    assert reject(kind, {column: "2025-01-01T00:00:00"}) == (column, "after_as_of")


def test_a_call_of_the_last_day_may_end_past_midnight() -> None:
    late = {"entered_at": "2024-12-31T23:59:00", "ended_at": "2025-01-01T00:04:00"}
    assert reject("calls", late) is None
    assert reject("calls", {**late, "ended_at": "2025-01-02T00:04:00"})


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"received_at": "2023-12-29T02:00:00Z", "due_at": "2024-01-05"}, None),
        ({"received_at": "2023-12-29T02:00:00Z"}, ("received_at", "before_first_month")),
        (
            {"received_at": "2023-12-01T02:00:00Z", "due_at": "2023-12-20"},
            ("due_at", "before_first_month"),
        ),
        # the month of a day that stands for "no due date" never comes, and the row was in none
        ({"received_at": "2024-03-01T02:00:00Z", "due_at": "2099-12-31"}, ("due_at", FAR)),
        ({"received_at": "2024-03-01T02:00:00Z", "due_at": "9999-12-31"}, ("due_at", FAR)),
        ({"received_at": "2024-03-01T02:00:00Z", "due_at": "2027-03-01"}, None),
    ],
)
def test_a_complaint_counts_in_the_month_in_which_it_falls_due(
    dates: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert reject("complaints", dates) == expected
