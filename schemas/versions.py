"""Versions: what makes a later delivery of a key newer, as text that sorts in that order.

A time (by the declared formats, or ISO 8601) becomes UTC with microseconds,
`2024-01-31T01:15:02.120000Z`; a number is padded to 20 digits, with its fraction less final zeros.
Other text has no order that could be relied on (`v10` sorts before `v9`) and is rejected.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schemas.formats import ISO
from schemas.numbers import plain
from schemas.stages import Converted, positions
from schemas.texts import texts
from schemas.times import instants

ISO_MICROS = "%Y-%m-%dT%H:%M:%S%.6fZ"
DIGITS = 20


def versions(
    column: pl.Series, formats: tuple[str, ...], zone: str, mark: str, nulls: Collection[str]
) -> Converted:
    """A column of versions."""
    if column.dtype.is_temporal():
        return shown_times(instants(column, formats, zone, nulls, zone))
    if column.dtype.is_numeric():
        text, mark = Converted(column.cast(pl.String)), "."
    else:
        text = texts(column, nulls)
    times = shown_times(instants(text.values, (*formats, *ISO), zone, (), zone))
    # DST gaps and repeats are times too, and fail; only what is no time at all is tried further.
    unread = times.values.is_null() & text.values.is_not_null()
    dst = [(rule, rows) for rule, rows in times.failures if rule != "not_a_time"]
    for _, rows in dst:
        unread = unread.clone().scatter(rows, False)
    numbers = shown_numbers(text.values.filter(unread), mark)
    at = positions(unread)
    values = times.values.clone().scatter(at, numbers.values) if len(at) else times.values
    failures = tuple((rule, at.gather(rows)) for rule, rows in numbers.failures)
    return Converted(values, (*text.failures, *dst, *failures))


def shown_times(read: Converted) -> Converted:
    return Converted(read.values.dt.strftime(ISO_MICROS), read.failures)


def shown_numbers(text: pl.Series, mark: str) -> Converted:
    read = plain(text, mark, "not_a_version")
    number = read.values
    digits = number.str.extract(r"^[+-]?0*([0-9]*)")
    fraction = number.str.extract(r"(\.[0-9]*[1-9])0*$").fill_null("")
    failures = (
        *read.failures,
        ("negative_version", positions(number.str.contains(r"^-.*[1-9]"))),
        ("number_out_of_range", positions(digits.str.len_bytes() > DIGITS)),
    )
    return Converted(digits.str.zfill(DIGITS) + fraction, failures)
