"""When customers call: the year's days, the months' shares, and the curve over a day.

Belongs here: how many and when. Does not belong here: what becomes of a contact (contacts.py).
Times are local wall-clock time, as whole milliseconds since 1970-01-01 00:00.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
OPENS, SLOT, SLOTS = 8 * HOUR, 900_000, 36  # quarter hours from 08.00 to 17.00

# Annual returns are due at the end of March (persons) and of April (companies).
INBOUND_SEASON = (1.35, 1.45, 1.80, 1.40, 0.85, 0.80, 0.90, 0.85, 0.85, 0.85, 0.90, 1.00)
# Reminders are planned work: even, less in the months when everybody answers calls.
OUTBOUND_SEASON = (0.85, 0.90, 0.80, 0.90, 1.05, 1.05, 1.10, 1.10, 1.10, 1.10, 1.10, 0.95)
WEEKDAY = (1.20, 1.08, 1.00, 0.95, 0.85, 0.0, 0.0)
# Holidays of a fixed date; the movable ones are left out.
HOLIDAYS = {(1, 1), (5, 1), (6, 1), (8, 17), (12, 25)}


@dataclass(frozen=True)
class Calendar:
    """The days of a year: day number since 1970, month 0..11, weekday 0..6, working or not."""

    year: int
    days: Ints
    month: Ints
    weekday: Ints
    working: Flags
    last_of_month: Flags

    def quarter_bounds(self, quarter: int) -> tuple[int, int]:
        """First millisecond of the quarter 0..3 and of the one after it."""
        inside = self.days[self.month // 3 == quarter]
        return int(inside[0]) * DAY, (int(inside[-1]) + 1) * DAY


def calendar(year: int) -> Calendar:
    """The calendar of a year, without a zone."""
    dates = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    days = dates.astype(np.int64)
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64) % 12
    of_month = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    holiday = np.array(
        [(m + 1, d) in HOLIDAYS for m, d in zip(month.tolist(), of_month.tolist(), strict=True)]
    )
    last = np.append(month[1:] != month[:-1], True)
    return Calendar(year, days, month, weekday, (weekday < 5) & ~holiday, last)


def monthly(total: float, season: tuple[float, ...]) -> list[int]:
    """A year's total shared over its months."""
    return [round(total * share / sum(season)) for share in season]


def day_curve(of: Calendar, *, late_on_last_day: bool) -> Floats:
    """Expected demand per day and quarter hour, relative; none outside the service hours."""
    hours = 8 + (np.arange(SLOTS) + 0.5) / 4
    curve = (
        0.15
        + np.exp(-(((hours - 9.75) / 1.6) ** 2))
        + 0.8 * np.exp(-(((hours - 13.75) / 1.4) ** 2))
    )
    open_slots = np.tile(hours < 16, (of.days.size, 1))
    if late_on_last_day:
        open_slots |= of.last_of_month[:, None]
    weight = np.asarray(WEEKDAY)[of.weekday] * of.working
    return weight[:, None] * curve * open_slots


def noisy(rng: np.random.Generator, expected: Floats) -> Floats:
    """The demand as it comes: each day and each quarter hour has its own luck."""
    by_day = rng.lognormal(0.0, 0.12, (expected.shape[0], 1))
    by_slot = rng.lognormal(0.0, 0.18, expected.shape)
    return expected * by_day * by_slot


def out_of_hours(rng: np.random.Generator, of: Calendar, n: int) -> Ints:
    """Times at which nobody is served: early, in the evening, at weekends; never 00-05."""
    share = np.where(of.working, 1.0, 0.5)
    day = rng.choice(of.days.size, n, p=share / share.sum())
    drawn = rng.random(n)
    early = drawn * 11 < 3
    on_workday = np.where(early, 5 + drawn * 11, 16 + (drawn * 11 - 3)) * HOUR
    at = np.where(of.working[day], on_workday, (5 + drawn * 19) * HOUR)
    return of.days[day] * DAY + at.astype(np.int64) // SECOND * SECOND


def around_the_day(rng: np.random.Generator, of: Calendar, n: int) -> Ints:
    """Times at which the menu (or the bot) answers: mostly working days, 06-24."""
    season = np.asarray(INBOUND_SEASON)[of.month]
    share = np.where(of.working, 1.0, 0.2) * season
    day = rng.choice(of.days.size, n, p=share / share.sum())
    at = 6 + 18 * rng.beta(2.0, 3.4, n)
    return of.days[day] * DAY + (at * HOUR).astype(np.int64) // SECOND * SECOND
