"""Times and dates: text by the declared formats, or typed values; times are stored in UTC.

The first format that matches a text reads it. A date where a time is wanted is the begin of that
day in the home's zone, whatever the zone of plain times; a time where a date is wanted is cut to
its local day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.formats import BLANKS, PADDED, Reading, readings
from schemas.stages import Converted, all_failed, blank, in_stages, positions
from schemas.zones import INSTANT, day_begins, local_day, to_utc

LOCAL = pl.Datetime("us")
EPOCH = date(1970, 1, 1)
UNITS = {"ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class Read:
    """Texts as local times, as dates alone or as instants (one of these), and where none was found.

    A date alone is its midnight, whether or not the zone has one on that day.
    """

    local: pl.Series
    day: pl.Series
    instant: pl.Series
    unread: pl.Series


def instants(
    column: pl.Series, formats: tuple[str, ...], zone: str, nulls: Collection[str], days_in: str
) -> Converted:
    """A column of times: those without a zone are of `zone`, days alone of `days_in`."""
    if column.dtype == pl.String or column.dtype.is_numeric():
        ways = readings(formats)

        def quick(text: pl.Series) -> pl.Series:
            way, sure = likely(text, ways)
            values = parse(sure, way)
            if values.dtype == INSTANT:
                return values
            return to_utc(values, days_in if way.day else zone).values

        def careful(text: pl.Series) -> Converted:
            read = parse_any(text, ways)
            local, day = to_utc(read.local, zone), day_begins(read.day, days_in)
            values = read.instant.zip_with(read.instant.is_not_null(), local.values)
            values = values.zip_with(read.day.is_null(), day.values)
            return Converted(values, (("not_a_time", read.unread), *local.failures, *day.failures))

        return in_stages(column.cast(pl.String), nulls, quick, careful)
    if column.dtype == pl.Date or column.dtype == pl.Datetime:
        column, far = within_calendar(column)
        failures = (("not_a_time", far),)
        if getattr(column.dtype, "time_zone", None) is not None:
            return Converted(column.cast(INSTANT), failures)
        is_day = column.dtype == pl.Date
        local = day_begins(column, days_in) if is_day else to_utc(column.cast(LOCAL), zone)
        return Converted(local.values, failures + local.failures)
    return all_failed(column, INSTANT, "not_a_time")


def dates(
    column: pl.Series, formats: tuple[str, ...], zone: str, nulls: Collection[str]
) -> Converted:
    """A column of days."""
    if column.dtype == pl.String or column.dtype.is_numeric():
        ways = readings(formats)

        def quick(text: pl.Series) -> pl.Series:
            way, sure = likely(text, ways)
            return local_day(parse(sure, way), zone)

        def careful(text: pl.Series) -> Converted:
            read = parse_any(text, ways)
            local = read.local.zip_with(read.local.is_not_null(), read.day).dt.date()
            values = local.zip_with(local.is_not_null(), local_day(read.instant, zone))
            return Converted(values, (("not_a_date", read.unread),))

        return in_stages(column.cast(pl.String), nulls, quick, careful)
    if column.dtype == pl.Date or column.dtype == pl.Datetime:
        column, far = within_calendar(column)
        return Converted(local_day(column, zone), (("not_a_date", far),))
    return all_failed(column, pl.Date(), "not_a_date")


def within_calendar(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Typed times without those (an engine's infinity) that no year of four digits holds.

    Told from the stored integers: polars panics when it makes such a time a calendar's.
    """
    per_day = 86_400 * UNITS[column.dtype.time_unit] if isinstance(column.dtype, pl.Datetime) else 1
    first = max((date(1000, 1, 1) - EPOCH).days * per_day, -(2**63))
    last = min((date(9999, 12, 31) - EPOCH).days * per_day, 2**63 - 1)
    far = ~column.to_physical().is_between(first, last)
    return blank(column, far), positions(far)


def likely(text: pl.Series, ways: tuple[Reading, ...]) -> tuple[Reading, pl.Series]:
    """The first reading that fits one of the first cells, and the texts that no reading before it
    may claim: which reading a cell gets must not depend on its neighbours. Of ISO 8601 no text
    has two."""
    sample = text.drop_nulls().head(50)
    way = next((way for way in ways if sample.str.contains(way.looks).any()), ways[0])
    for earlier in ways[: ways.index(way)] if ways != readings(()) else ():
        text = blank(text, text.str.contains(earlier.looks))
    return way, text


def parse(text: pl.Series, way: Reading) -> pl.Series:
    """What one reading makes of the texts; null where a text does not look like it."""
    hit = text.str.contains(way.looks)
    if way.unit:
        seconds = blank(text, ~hit).str.replace(",", ".", literal=True).cast(pl.Decimal(38, 9))
        return (seconds * way.unit).cast(pl.Int64).cast(INSTANT)
    if way.comma:
        text = text.str.replace(r",([0-9]+)", ".$1")
    if way.short:
        text = text.str.replace(*PADDED)
    # The cache of parsed texts pays for days, which repeat, and costs for times, which do not.
    values = text.str.to_datetime(
        way.chrono, strict=False, time_unit="us", cache="%M" not in way.chrono
    )
    values = blank(values, ~hit)
    return values.dt.replace_time_zone("UTC") if way.zoned and values.dtype == LOCAL else values


def parse_any(text: pl.Series, ways: tuple[Reading, ...]) -> Read:
    """Try all readings in order; the first that fits wins."""
    text = text.str.replace_many(BLANKS)
    nothing = pl.repeat(None, len(text), dtype=LOCAL, eager=True)
    local, day, instant = nothing, nothing, nothing.dt.replace_time_zone("UTC")
    left = positions(text.is_not_null())
    for way in ways:
        if not len(left):
            break
        values = parse(text.gather(left), way)
        hit = values.is_not_null()
        if way.zoned:
            instant = instant.clone().scatter(left.filter(hit), values.filter(hit))
        elif way.day:
            day = day.clone().scatter(left.filter(hit), values.filter(hit))
        else:
            local = local.clone().scatter(left.filter(hit), values.filter(hit))
        left = left.filter(~hit)
    return Read(local, day, instant, left)
