"""How one column converts: a quick reading of the whole, then a careful one of what is left.

Nearly all cells of a column are written alike. The quick reading takes them in bulk and answers
null where it is not sure; only the rest is trimmed, tried as a null spelling and read with care.
Of a column in which few words stand many times each word is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

_SAMPLE = 5_000  # cells, of which a tenth may differ


@dataclass(frozen=True)
class Converted:
    """Typed values, and per rule the positions whose value could not be had (null there)."""

    values: pl.Series
    failures: tuple[tuple[str, pl.Series], ...] = ()


def positions(mask: pl.Series) -> pl.Series:
    return mask.fill_null(False).arg_true()


def all_failed(column: pl.Series, dtype: pl.DataType, rule: str) -> Converted:
    """Every cell of a column whose very type cannot be read."""
    values = pl.repeat(None, len(column), dtype=dtype, eager=True)
    return Converted(values, ((rule, positions(column.is_not_null())),))


def trimmed(text: pl.Series, nulls: Collection[str]) -> pl.Series:
    """Text without outer white space; empty text and the spellings of "nothing" become null."""
    text = text.str.strip_chars()
    return blank(text, text.is_in(["", *(spelling.strip() for spelling in nulls)]))


def blank(values: pl.Series, where: pl.Series) -> pl.Series:
    """Null where the mask is true."""
    if not where.any():
        return values
    kept = pl.when(where).then(None).otherwise(values)
    return pl.select(kept.alias(values.name)).to_series()


def coded(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct texts of a column, and for each cell which of them it holds."""
    oldest = pl.CompatLevel.oldest()  # the engine of arrow does not count the newer texts
    encoded = text.to_arrow(compat_level=oldest).dictionary_encode()
    return pl.Series(encoded.dictionary, dtype=pl.String), pl.Series(encoded.indices)


def each_word_once(text: pl.Series, read: Callable[[pl.Series], Converted]) -> Converted:
    """Read a text column by its distinct words where they are few."""
    sample = text.gather_every(max(len(text) // _SAMPLE, 1))
    if len(sample) < _SAMPLE or sample.n_unique() > _SAMPLE // 10:
        return read(text)
    words, which = coded(text)
    done = read(words)
    failures = tuple(
        (rule, positions(which.is_in(rows.implode()))) for rule, rows in done.failures if len(rows)
    )
    return Converted(done.values.gather(which), failures)


def in_stages(
    text: pl.Series,
    nulls: Collection[str],
    quick: Callable[[pl.Series], pl.Series],
    careful: Callable[[pl.Series], Converted],
) -> Converted:
    """Read a text column quickly, and what that leaves null carefully.

    Spellings of "nothing" come first: `0` may be one of them, and reads as a number as well.
    """
    text = blank(text, text.is_in(["", *nulls]))
    values = quick(text)
    left = positions(values.is_null() & text.is_not_null())
    if not len(left):
        return Converted(values)
    rest = careful(trimmed(text.gather(left), nulls))
    if rest.values.null_count() < len(left):
        values = values.clone().scatter(left, rest.values)
    return Converted(values, tuple((rule, left.gather(rows)) for rule, rows in rest.failures))
