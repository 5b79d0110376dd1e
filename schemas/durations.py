"""Durations in seconds: numbers by the decimal mark, clock texts, units, or typed durations.

`h:mm:ss` and `mm:ss`, with a fraction after a point or comma; hours may pass 24, and so may the
minutes of `mm:ss` pass 59, or not be there, as switches write `:25`. Whole days may stand before:
`1 day, 2:03:04`. The sign is kept: a negative duration is for the contract to reject. Units are
those of `1d 2h 3m 4s`, also in words, English or Indonesian, and of ISO 8601 (`PT1M23S`).
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import polars as pl

from schemas.numbers import decimals, half_up, plain, then_half_up, within_scale
from schemas.stages import Converted, all_failed, blank, in_stages, positions

SECONDS = pl.Decimal(12, 3)
RULE = "not_a_duration"
USUAL_CLOCK = r"^[0-9]{1,5}:[0-5][0-9]:[0-5][0-9]$"
USUAL_MINUTES = r"^[0-9]{1,5}:[0-5][0-9]$"
# Hours are there or not; the minutes' 0 to 59 is asked for only when they are.
CLOCK = (
    r"^(?<sign>[+-]?)(?:(?:(?<hours>[0-9]{1,9}):)(?<minutes>[0-5]?[0-9])|(?<only>[0-9]{1,9})?)"
    r":(?<seconds>[0-5]?[0-9])(?:[.,](?<fraction>[0-9]+))?$"
)
# Without a sign: -1 day, 23:59:50 is ten seconds back to some programs, two days to others.
DAYS = (
    r"(?i)^(?<sign>)(?<days>[0-9]{1,6}) ?(?:days?|hari),? (?<hours>[0-9]{1,2}):"
    r"(?<minutes>[0-5]?[0-9]):(?<seconds>[0-5]?[0-9])(?:[.,](?<fraction>[0-9]+))?$"
)
# Each unit is there or not; a number without one is no duration of this kind.
UNITS = (
    r"(?i)^(?<sign>[+-]?)(?:PT|P?(?<days>[0-9]{1,6}) ?(?:d|days?|hari)(?:,? ?|T))?"
    r"(?:(?<hours>[0-9]{1,9}) ?(?:h|hrs?|hours?|jam))?"
    r"(?:,? ?(?<minutes>[0-9]{1,9}) ?(?:m|mins?|minutes?|menit|mnt))?"
    r"(?:,? ?(?<seconds>[0-9]{1,9})(?:[.,](?<fraction>[0-9]+))? ?(?:s|secs?|seconds?|detik|dtk))?$"
)
# Days to some, to others seconds (detik): "45 d" beside "2 m 5 d".
LONE_D = r"(?i)^[+-]?0*[1-9][0-9]* ?d,?$"
PARTS = {"days": 86_400, "hours": 3600, "minutes": 60, "only": 60, "seconds": 1}


def durations(column: pl.Series, mark: str, nulls: Collection[str]) -> Converted:
    """A column of durations."""
    if column.dtype == pl.String:
        return in_stages(
            column, nulls, lambda text: quick(text, mark), lambda text: careful(text, mark)
        )
    if column.dtype == pl.Time:
        return timed(column.cast(pl.Duration("ns")))
    if column.dtype == pl.Duration:
        return timed(column)
    if column.dtype.is_numeric():
        return decimals(column, SECONDS, mark, nulls, RULE)
    return all_failed(column, SECONDS, RULE)


def quick(text: pl.Series, mark: str) -> pl.Series:
    """Columns are written one way: the first cells tell numbers, clocks and clocks with hours."""
    colons = text.drop_nulls().head(100).str.count_matches(":", literal=True).max()
    if not colons:
        return within_scale(text, SECONDS, mark)
    return usual_clock(text) if colons == 2 else usual_minutes(text)


def usual_clock(text: pl.Series) -> pl.Series:
    """`h:mm:ss` with two digits each for minutes and seconds."""
    clock = blank(text, ~text.str.contains(USUAL_CLOCK))
    hours, minutes = clock.str.head(-6), clock.str.slice(-5, 2)
    total = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64) * 60
    return (total + clock.str.slice(-2, 2).cast(pl.Int64)).cast(SECONDS)


def usual_minutes(text: pl.Series) -> pl.Series:
    """`mm:ss` with two digits for seconds."""
    clock = blank(text, ~text.str.contains(USUAL_MINUTES))
    minutes, seconds = clock.str.head(-3), clock.str.slice(-2, 2)
    return (minutes.cast(pl.Int64) * 60 + seconds.cast(pl.Int64)).cast(SECONDS)


def careful(text: pl.Series, mark: str) -> Converted:
    has_days = text.str.contains(DAYS)
    is_clock = text.str.contains(":", literal=True) & ~has_days
    has_units = text.str.contains(UNITS) & text.str.contains("[0-9]") & ~text.str.contains(LONE_D)
    ways = (
        in_parts(blank(text, ~is_clock), CLOCK),
        in_parts(blank(text, ~has_days), DAYS),
        in_parts(blank(text, ~has_units), UNITS),
        then_half_up(plain(blank(text, has_days | is_clock | has_units), mark, RULE), SECONDS),
    )
    values = pl.select(pl.coalesce(way.values for way in ways)).to_series()
    return Converted(values, tuple(chain.from_iterable(way.failures for way in ways)))


def in_parts(text: pl.Series, pattern: str) -> Converted:
    """Every accepted way to write a clock or units, through whole seconds and the fraction."""
    part = text.str.extract_groups(pattern).struct.unnest()
    total = pl.sum_horizontal(
        pl.col(name).cast(pl.Int64) * seconds
        for name, seconds in PARTS.items()
        if name in part.columns
    )
    # what does not match has no sign, not even an empty one
    shown = part.select(
        pl.concat_str(pl.col("sign"), total, pl.lit("."), pl.col("fraction").fill_null("0"))
    ).to_series()
    read = half_up(shown, SECONDS)
    return Converted(
        read.values,
        ((RULE, positions(text.is_not_null() & shown.is_null())), *read.failures),
    )


def timed(column: pl.Series) -> Converted:
    """Typed durations, rounded half up to the millisecond."""
    exact = column.dt.total_nanoseconds().cast(pl.Decimal(38, 9)) / 1_000_000_000
    read = pl.DataFrame({"given": column, "exact": exact})
    values = exact.round(3, mode="half_away_from_zero").cast(SECONDS, strict=False)
    lost = positions(read["given"].is_not_null() & values.is_null())
    return Converted(values, (("number_out_of_range", lost),))
