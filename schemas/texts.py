"""Texts: ids, names of queues and campaigns, words of a category, yes and no.

Text is trimmed and in NFC. Invisible characters are rejected: two agents who look alike would be
two people. Ids keep their leading zeros and their case.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schemas.stages import Converted, all_failed, blank, in_stages, positions

INVISIBLE = r"[\p{Cc}\p{Cf}]"
# Of these signs nothing is to be trimmed, composed or rejected; a plus, a point behind the first
# digit, or one before a last 0, may be of a shortened id.
PLAIN = r"^(?:[0-9]|(?:[0-9][!-*,\-/-~]|[!-*,-/:-~])(?:[!-*,-~]*(?:[!-*,-/1-~]|[!-*\-/-~]0)|0)?)$"
# An id that a spreadsheet (1.7E+17) or a program (1.7e+17, Java 1.7E17) took for a number: its last
# digits are gone, so it may be many ids, also where a select has put a year or a line beside it
# (1.7E+17/2024). So they are of a binary number that is written out with a `.0`, from 2^53 on
# (9007199254740992.0).
SHORTENED = (
    r"(?:^|[^0-9A-Za-z.,])[0-9]+(?:[.,][0-9]+)?[Ee]\+[0-9]{1,3}(?:[^0-9A-Za-z.,]|$)"
    r"|^[0-9]\.[0-9]+[Ee][0-9]+$"
    r"|^(?:[0-9]{17,}|9(?:00[7-9]|0[1-9][0-9]|[1-9][0-9]{2})[0-9]{12})[.,]0$"
)
YES = ("true", "1", "yes", "y", "ya")
NO = ("false", "0", "no", "n", "tidak")


def texts(
    column: pl.Series, nulls: Collection[str], lower: bool = False, is_id: bool = False
) -> Converted:
    """A column of text."""
    if column.dtype.is_float():
        return all_failed(column, pl.String(), "not_text")

    def quick(text: pl.Series) -> pl.Series:
        plain = blank(text, ~text.str.contains(PLAIN))
        return plain.str.to_lowercase() if lower else plain

    return in_stages(column.cast(pl.String), nulls, quick, lambda text: careful(text, lower, is_id))


def careful(text: pl.Series, lower: bool, is_id: bool) -> Converted:
    text = text.str.normalize("NFC")
    rules = {"control_character": INVISIBLE}
    if is_id:
        rules["id_lost_digits"] = SHORTENED
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
