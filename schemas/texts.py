"""Texts: ids, names of queues and campaigns, words of a category, yes and no.

Text is trimmed and in NFC. Invisible characters are rejected: two agents who look alike would be
two people. Ids keep their leading zeros and their case.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schemas.stages import Converted, all_failed, in_stages, positions, trimmed

INVISIBLE = r"[\p{Cc}\p{Cf}]"
INVISIBLE_ASCII = r"[\x00-\x1f\x7f]"
# An id that a spreadsheet took for a number: its last digits are gone, so it may be many ids.
SHORTENED = r"^[0-9]+(?:[.,][0-9]+)?E\+[0-9]+$"
YES = ("true", "1", "yes", "y", "ya")
NO = ("false", "0", "no", "n", "tidak")


def texts(
    column: pl.Series, nulls: Collection[str], lower: bool = False, is_id: bool = False
) -> Converted:
    """A column of text."""
    if column.dtype.is_float():
        return all_failed(column, pl.String(), "not_text")
    text = trimmed(column.cast(pl.String), nulls)
    ascii_only = bool((text.str.len_bytes() == text.str.len_chars()).all())
    if not ascii_only:
        text = text.str.normalize("NFC")
    invisible = INVISIBLE_ASCII if ascii_only else INVISIBLE
    rules = {"control_character": invisible}
    if is_id:
        rules["id_lost_digits"] = SHORTENED
    failures: tuple[tuple[str, pl.Series], ...] = ()
    if text.str.contains(rf"{invisible}|E\+").any():
        failures = tuple((rule, positions(text.str.contains(bad))) for rule, bad in rules.items())
    return Converted(text.str.to_lowercase() if lower else text, failures)


def booleans(column: pl.Series, nulls: Collection[str]) -> Converted:
    """A column of yes and no."""
    if column.dtype == pl.Boolean:
        return Converted(column)
    if column.dtype != pl.String and not column.dtype.is_integer():
        return all_failed(column, pl.Boolean(), "not_a_boolean")

    def quick(text: pl.Series) -> pl.Series:
        word = text.str.to_lowercase()
        answers = pl.when(word.is_in(YES)).then(True).when(word.is_in(NO)).then(False)
        return pl.select(answers).to_series()

    def careful(text: pl.Series) -> Converted:
        values = quick(text)
        return Converted(
            values, (("not_a_boolean", positions(values.is_null() & text.is_not_null())),)
        )

    return in_stages(column.cast(pl.String), nulls, quick, careful)
