"""Durations in seconds: numbers by the decimal mark, clock texts, or typed durations.

`h:mm:ss` and `mm:ss`, with a fraction after a point or comma; hours may pass 24, and so may the
minutes of `mm:ss` pass 59. The sign is kept: a negative duration is for the contract to reject.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schemas.numbers import decimals, half_up, plain, then_half_up, within_scale
from schemas.stages import Converted, all_failed, blank, in_stages, positions

SECONDS = pl.Decimal(12, 3)
RULE = "not_a_duration"
USUAL_CLOCK = r"^[0-9]{1,5}:[0-5][0-9]:[0-5][0-9]$"
# Hours are there or not; the minutes' 0 to 59 is asked for only when they are.
CLOCK = (
    r"^(?<sign>[+-]?)(?:(?:(?<hours>[0-9]{1,9}):)(?<minutes>[0-5]?[0-9])|(?<only>[0-9]{1,9}))"
    r":(?<seconds>[0-5]?[0-9])(?:[.,](?<fraction>[0-9]+))?$"
)


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
    """Columns are written one way: the first cell tells numbers from clocks."""
    sample = text.head(100).str.contains(":", literal=True)
    return usual_clock(text) if sample.any() else within_scale(text, SECONDS, mark)


def usual_clock(text: pl.Series) -> pl.Series:
    """`h:mm:ss` with two digits each for minutes and seconds."""
    clock = blank(text, ~text.str.contains(USUAL_CLOCK))
    hours, minutes = clock.str.head(-6), clock.str.slice(-5, 2)
    total = hours.cast(pl.Int64) * 3600 + minutes.cast(pl.Int64) * 60
    return (total + clock.str.slice(-2, 2).cast(pl.Int64)).cast(SECONDS)


def careful(text: pl.Series, mark: str) -> Converted:
    is_clock = text.str.contains(":", literal=True)
    if not is_clock.any():
        return then_half_up(plain(text, mark, RULE), SECONDS)
    clocks = any_clock(blank(text, ~is_clock))
    rest = then_half_up(plain(blank(text, is_clock), mark, RULE), SECONDS)
    return Converted(
        clocks.values.zip_with(clocks.values.is_not_null(), rest.values),
        clocks.failures + rest.failures,
    )


def any_clock(text: pl.Series) -> Converted:
    """Every accepted way to write a clock, through whole seconds and the written fraction."""
    part = text.str.extract_groups(CLOCK).struct
    number = {name: part.field(name).cast(pl.Int64) for name in ("hours", "minutes", "only")}
    minutes = number["hours"].fill_null(0) * 60 + number["minutes"].fill_null(number["only"])
    total = minutes * 60 + part.field("seconds").cast(pl.Int64)
    shown = pl.select(
        pl.concat_str(part.field("sign"), total, pl.lit("."), part.field("fraction").fill_null("0"))
    ).to_series()
    read = half_up(shown, SECONDS)
    return Converted(
        read.values,
        ((RULE, positions(text.is_not_null() & total.is_null())), *read.failures),
    )


def timed(column: pl.Series) -> Converted:
    """Typed durations, rounded half up to the millisecond."""
    exact = column.dt.total_nanoseconds().cast(pl.Decimal(38, 9)) / 1_000_000_000
    read = pl.DataFrame({"given": column, "exact": exact})
    values = exact.round(3, mode="half_away_from_zero").cast(SECONDS, strict=False)
    lost = positions(read["given"].is_not_null() & values.is_null())
    return Converted(values, (("number_out_of_range", lost),))
