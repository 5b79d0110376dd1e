"""The calendar: months since the first, the periods they make, what has ended by `as_of`.

Pure dates; what exports cover of them is `coverage`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from assets.home import Home
from schemas import register_columns

# the numbers of each period's months
PERIODS = {name: range(first, last + 1) for name, (first, last) in register_columns.PERIODS.items()}


def month_of(day: date) -> date:
    return day.replace(day=1)


def quarter_of(number: int) -> str:
    """The quarter of a month of the year: Q1 of 1 to 3."""
    return f"Q{(number + 2) // 3}"


def month_end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def parse_month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of the months from `first`'s to `last`'s, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_end(month) + timedelta(days=1)


def window(month: date, trailing: int) -> list[date]:
    """A month after the `trailing` months before it, oldest first."""
    found = [month]
    for _ in range(trailing):
        found.insert(0, month_of(found[0] - timedelta(days=1)))
    return found


def months_since_first(home: Home, as_of: date) -> list[date]:
    """The months that exist in this home by `as_of`, the running one included."""
    last = home.last_month()
    return list(months_between(home.settings.first_month, min(last or as_of, as_of)))


def month_state(month: date, as_of: date) -> str:
    """`closed` once the whole month lies before `as_of`, else `in_progress`."""
    return "closed" if month_end(month) < as_of else "in_progress"


def ranges(months: Iterable[date]) -> list[tuple[date, date]]:
    """Months as contiguous ranges (first, last), in order."""
    found: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if found and month_end(found[-1][1]) + timedelta(days=1) == month:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def calendar(home: Home, as_of: date) -> list[dict[str, object]]:
    """One row per year, period and month of it that has begun (table ref.calendar)."""
    months = months_since_first(home, as_of)
    rows: list[dict[str, object]] = []
    for year in sorted({month.year for month in months}):
        for period, numbers in PERIODS.items():
            first = date(year, numbers[0], 1)
            last = month_end(date(year, numbers[-1], 1))
            present = [m for m in months if m.year == year and m.month in numbers]
            rows.extend(
                {
                    "year": year, "period": period, "month": month,
                    "quarter": quarter_of(month.month), "period_begin": first, "period_end": last,
                    "period_state": month_state(last.replace(day=1), as_of),
                    "month_state": month_state(month, as_of),
                }
                for month in present
            )  # fmt: skip
    return rows
