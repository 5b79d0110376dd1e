"""Numbers: text by its declared decimal mark, or typed values, all exact.

A grouping mark is believed only where it cannot be a decimal mark. `12.5` in a column whose
decimal mark is a comma is ambiguous: it is rejected, never guessed. Digits beyond the column's
scale are rounded half up, away from zero, on the written digits and not on a binary value.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import polars as pl

from schemas.stages import Converted, all_failed, blank, in_stages, positions

MARKS = {",": ".", ".": ","}  # decimal mark -> grouping mark
WHOLE = r"^[+-]?[0-9]+(?:\.0+)?$"
# As Java, and with it Spark, writes 12345678 and 0.0005. A spreadsheet writes 1.23E+07, and has
# left digits out.
JAVA = r"^[+-]?[0-9]\.[0-9]+E-?[0-9]{1,2}$"


def grammar(mark: str) -> str:
    """A whole number or decimal by this mark, grouped by the other only where that is certain.

    One group and no decimals (`1.234`) could be a decimal of the other convention.
    """
    point, group = rf"\{mark}", rf"\{MARKS[mark]}"
    simple = rf"[0-9]+(?:{point}[0-9]+)?|{point}[0-9]+"
    groups = rf"(?:{group}[0-9]{{3}}){{2,}}(?:{point}[0-9]+)?|{group}[0-9]{{3}}{point}[0-9]+"
    return rf"^[+-]?(?:{simple}|[1-9][0-9]{{0,2}}(?:{groups}))$"


def plain(text: pl.Series, mark: str, rule: str) -> Converted:
    """Numbers in point notation without grouping; null where the text is no such number."""
    text = written_out(text, mark)
    own = text.str.contains(grammar(mark))
    other = text.str.contains(grammar(MARKS[mark]))
    bare = text.str.replace_all(MARKS[mark], "", literal=True).str.replace(mark, ".", literal=True)
    failures = (
        ("ambiguous_number", positions(~own & other)),
        (rule, positions(~own & ~other)),
    )
    return Converted(blank(bare, ~own), failures)


def written_out(text: pl.Series, mark: str) -> pl.Series:
    """Java's large and small numbers without their exponent."""
    at = positions(text.str.contains(JAVA))
    if not len(at):
        return text
    plainly = [format(Decimal(each), "f").replace(".", mark) for each in text.gather(at)]
    return text.clone().scatter(at, plainly)


def half_up(number: pl.Series, dtype: pl.Decimal) -> Converted:
    """Point notation to a decimal, cut to one digit more than wanted so as to round only once."""
    kept = number.str.extract(rf"^([+-]?[0-9]*(?:\.[0-9]{{0,{dtype.scale + 1}}})?)")
    exact = kept.cast(pl.Decimal(38, dtype.scale + 1), strict=False)
    return fitted(number, exact, dtype)


def fitted(given: pl.Series, exact: pl.Series, dtype: pl.Decimal) -> Converted:
    """Round half up to the column's scale; what is too large for the column is a failure."""
    values = exact.round(dtype.scale, mode="half_away_from_zero").cast(dtype, strict=False)
    lost = positions(values.is_null() & given.is_not_null())
    return Converted(values, (("number_out_of_range", lost),))


def then_half_up(read: Converted, dtype: pl.Decimal) -> Converted:
    rounded = half_up(read.values, dtype)
    return Converted(rounded.values, read.failures + rounded.failures)


def decimals(
    column: pl.Series,
    dtype: pl.Decimal,
    mark: str,
    nulls: Collection[str],
    rule: str = "not_a_number",
) -> Converted:
    """A column of amounts, scores or plain seconds."""
    if column.dtype != pl.String:
        return typed(column, dtype, rule)

    def quick(text: pl.Series) -> pl.Series:
        return within_scale(text, dtype, mark)

    def careful(text: pl.Series) -> Converted:
        return then_half_up(plain(text, mark, rule), dtype)

    return in_stages(column, nulls, quick, careful)


def within_scale(text: pl.Series, dtype: pl.Decimal, mark: str) -> pl.Series:
    """The usual cell: no sign, no grouping, no more digits than the column holds: no rounding."""
    whole = (dtype.precision or 38) - dtype.scale
    usual = rf"^[0-9]{{1,{whole}}}(?:\{mark}[0-9]{{1,{dtype.scale}}})?$"
    pointed = text if mark == "." else text.str.replace(mark, ".", literal=True)
    return blank(pointed.cast(dtype, strict=False), ~text.str.contains(usual))


def typed(column: pl.Series, dtype: pl.Decimal, rule: str) -> Converted:
    """Numbers that come as numbers."""
    if column.dtype.is_float():
        # The shortest text of a binary value is what was meant: 12.3445 is 12.344499... in binary.
        # Below 1e-5 that text has an exponent, and the value rounds to 0 in every column.
        safe = pl.when(column.abs() < 1e-5).then(0.0).otherwise(column)
        shown = blank(pl.select(safe).to_series(), ~column.is_finite())
        read = half_up(shown.cast(pl.String), dtype)
        huge = positions(shown.abs() >= 1e16)  # shown with an exponent from here on
        bad = (rule, positions(~column.is_finite())), ("number_out_of_range", huge)
        return Converted(blank(read.values, shown.abs() >= 1e16), bad + read.failures)
    if column.dtype.is_integer() or column.dtype.is_decimal():
        scale = column.dtype.scale if isinstance(column.dtype, pl.Decimal) else 0
        exact = column.cast(pl.Decimal(38, max(scale, dtype.scale)), strict=False)
        return fitted(column, exact, dtype)
    return all_failed(column, dtype, rule)


def counts(column: pl.Series, mark: str, nulls: Collection[str]) -> Converted:
    """A column of whole numbers."""
    if column.dtype == pl.String:
        return in_stages(column, nulls, digits_only, lambda text: ungrouped(text, mark))
    if column.dtype.is_float():
        read = typed(column, pl.Decimal(38, 9), "not_a_number")
        shown = whole(read.values.cast(pl.String), ".")
        return Converted(shown.values, read.failures + shown.failures)
    if column.dtype.is_integer() or column.dtype.is_decimal():
        return whole(column.cast(pl.String), ".")
    return all_failed(column, pl.Int64(), "not_a_number")


def digits_only(text: pl.Series) -> pl.Series:
    return blank(text.cast(pl.Int64, strict=False), ~text.str.contains(r"^[0-9]{1,18}$"))


def ungrouped(text: pl.Series, mark: str) -> Converted:
    """A count has no decimals, so `1.000` is more likely a thousand than a one: not guessed."""
    thousands = text.str.contains(rf"^[+-]?[1-9][0-9]{{0,2}}\{mark}000$")
    read = whole(blank(text, thousands), mark)
    return Converted(read.values, (("ambiguous_number", positions(thousands)), *read.failures))


def whole(text: pl.Series, mark: str) -> Converted:
    read = plain(text, mark, "not_a_number")
    values = read.values.str.extract(r"^\+?([^.]*)").cast(pl.Int64, strict=False)
    is_whole = read.values.str.contains(WHOLE)
    failures = (
        ("not_whole", positions(~is_whole)),
        ("number_out_of_range", positions(is_whole & values.is_null())),
    )
    return Converted(blank(values, ~is_whole), read.failures + failures)
