"""Zones: local time to UTC and back, for IANA names and fixed offsets such as +07:00.

Where a zone's offset stands still over a batch (always in Jakarta) it is one subtraction. Where
it moves, a local time that is skipped or repeated has no one instant: it fails, and is counted.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from schemas.stages import Converted, positions

INSTANT = pl.Datetime("us", "UTC")
OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
LAST = datetime(9999, 12, 31)
LONGEST = 800  # days over which a still offset is looked for, day by day


class ZoneError(ValueError):
    """A zone that is neither an IANA name nor a fixed offset."""


def fixed_offset(zone: str) -> timedelta | None:
    found = OFFSET.fullmatch(zone)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    return timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)


def check_zone(zone: str) -> None:
    try:
        if fixed_offset(zone) is None:
            ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise ZoneError(
            f"timezone: {zone!r} is neither a zone like Asia/Jakarta nor an offset like +07:00"
        ) from None


@lru_cache(maxsize=512)
def still_offset(zone: str, first: date, last: date) -> timedelta | None:
    """The zone's offset if it is the same on all these days and the two around them."""
    fixed = fixed_offset(zone)
    if fixed is not None or (last - first).days > LONGEST:
        return fixed
    at, info = datetime.combine(first, time(), UTC), ZoneInfo(zone)
    days = range(-2, min((last - first).days, (LAST.date() - first).days - 2) + 3)
    offsets = {(at + timedelta(days=day)).astimezone(info).utcoffset() for day in days}
    return offsets.pop() if len(offsets) == 1 else None


def to_utc(naive: pl.Series, zone: str) -> Converted:
    """Local times as instants.

    The calendar's last day is left out: west of Greenwich its evening is in no year of four digits.
    """
    too_late = positions(naive >= LAST)
    if len(too_late):
        naive = naive.clone().scatter(too_late, None)
    read = _to_utc(naive, zone)
    return Converted(read.values, (("not_a_time", too_late), *read.failures))


def _to_utc(naive: pl.Series, zone: str) -> Converted:
    first, last = naive.min(), naive.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return Converted(naive.dt.replace_time_zone("UTC"))
    offset = still_offset(zone, first.date(), last.date())
    if offset is not None:
        return Converted((naive - offset).dt.replace_time_zone("UTC"))
    local = naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    lost = positions(local.is_null() & naive.is_not_null())
    earliest = naive.gather(lost).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    failures = (
        ("time_does_not_exist", lost.gather(positions(earliest.is_null()))),
        ("time_exists_twice", lost.gather(positions(earliest.is_not_null()))),
    )
    return Converted(local.dt.convert_time_zone("UTC"), failures)


def day_begins(days: pl.Series, zone: str) -> Converted:
    """Local days as the instants at which they begin.

    Where clocks change at midnight a day has no 00:00, or two, and begins all the same.
    """
    found = to_utc(days.cast(pl.Datetime("us")), zone)
    values, far = found.values, []
    for rule, rows in found.failures:
        if rule == "not_a_time":
            far.append((rule, rows))
        elif len(rows):
            begins = [day_starts(day, zone) for day in days.gather(rows).cast(pl.Date)]
            values = values.clone().scatter(rows, pl.Series(begins, dtype=INSTANT))
    return Converted(values, tuple(far))


def local_day(values: pl.Series, zone: str) -> pl.Series:
    """The local days of instants; days and times without a zone are cut to their day."""
    if getattr(values.dtype, "time_zone", None) is None:
        return values.cast(pl.Date)
    first, last = values.min(), values.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return values.dt.date()
    offset = still_offset(zone, first.date(), last.date())
    # adding an offset that stands still takes a twentieth of the time of a calendar's question
    local = values.dt.convert_time_zone(zone) if offset is None else values + offset
    return local.dt.date()


def day_starts(day: date, zone: str) -> datetime:
    """The instant at which a local day begins (the first of two, where midnight repeats)."""
    offset = fixed_offset(zone)
    if offset is not None:
        return datetime.combine(day, time(), UTC) - offset
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
