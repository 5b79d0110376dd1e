"""What of accepted rows a person should look at twice: each is right, and together they may not be.

Sentences of counts and columns, without any value. What cannot be right is the contract's, or
`chunks`', and is rejected.
"""

from __future__ import annotations

import polars as pl

from schemas.contract import Contract
from schemas.times import LOCAL
from schemas.zones import local_day, to_utc

_LONG, _DAY = 10_000, 86_400  # seconds: of a contact, and of an agent's day
_FEW = 10  # fewer than one in so many may be real: counted by the hour, one in 24 is at midnight


def doubts(rows: pl.DataFrame, kind: Contract, timezone: str) -> tuple[str, ...]:
    """What to ask of the accepted rows of one file; `timezone` is the source's."""
    found = (
        _said_again(rows, kind),
        _not_rated(rows),
        _at_midnight(rows, timezone),
        _one_wait_of_many(rows),
        *(_other_unit(rows, column) for column in rows.columns if column.endswith("_seconds")),
    )
    return tuple(sentence for sentence in found if sentence)


def _said_again(rows: pl.DataFrame, kind: Contract) -> str:
    """Rows of one id and one content are taken for one, also where the id is too coarse."""
    again = rows.height - rows.select(list(kind.columns)).unique().height
    if not again:
        return ""
    ask = (
        f"is `{kind.key}` unique?" if kind.key not in kind.made else "does `part` tell them apart?"
    )
    return f"{again} rows have the id and content of another row of this file and count once: {ask}"


def _not_rated(rows: pl.DataFrame) -> str:
    """On a scale that begins at 0 a blank alone is not rated, which leaves nothing to ask."""
    if "scale_min" not in rows.columns:
        return ""
    unrated = rows.filter(
        (pl.col("status") == "not_rated") & (pl.col("scale_min").fill_null(1) > 0)
    ).height
    if not unrated:
        return ""
    return (
        f"{unrated} of {rows.height} responses are not_rated: their score is blank, or it is 0; "
        "where 0 is an answer, the scale begins there: return 0 as scale_min"
    )


def _at_midnight(rows: pl.DataFrame, timezone: str) -> str:
    """A date alone is its midnight, when a centre may be closed and nobody can abandon."""
    if "entered_at" not in rows.columns:
        return ""
    entered = rows["entered_at"]
    midnight = to_utc(local_day(entered, timezone).cast(LOCAL), timezone).values
    found = int((entered == midnight).sum())
    if found * _FEW < max(rows.height, 1):
        return ""
    return (
        f"entered_at has no time of day in {found} of {rows.height} rows: they count at 00:00, and "
        "outside service hours whoever was not answered is after_hours; "
        "return a time within them, such as \"Day\" || ' 12:00'"
    )


def _one_wait_of_many(rows: pl.DataFrame) -> str:
    """A mean is within the threshold, or is not, and with it would be all whose mean it is."""
    if "wait_seconds" not in rows.columns:
        return ""
    found = rows.filter(
        (pl.col("outcome") == "answered") & (pl.col("contacts") > 1),
        pl.col("wait_seconds").is_not_null(),
        pl.all_horizontal(pl.col("wait_within_seconds", "wait_over_seconds").is_null()),
    ).height
    if not found:
        return ""
    return (
        f"{found} rows stand for several answered contacts with one wait, by which all of them are "
        "in time or none; where it is their mean, return beside it what is known of the single "
        "waits, as wait_within_seconds and wait_over_seconds (0 as wait_over_seconds: nothing)"
    )


def _other_unit(rows: pl.DataFrame, column: str) -> str:
    """A number says nothing of its unit, and reads as seconds whatever it was."""
    known = rows[column].filter(rows[column] > 0).cast(pl.Float64)
    if not known.len():
        return ""
    if known.max() < 1:  # type: ignore[operator]
        return (
            f"{column} is below one second in all of {known.len()} rows: is it the share of a day "
            "that a spreadsheet keeps for a time? Then return it times 86400"
        )
    if known.median() > (_DAY if "day" in rows.columns else _LONG):  # type: ignore[operator]
        return (
            f"{column} is of many hours in most of {known.len()} rows: is it in milliseconds, or "
            "the total of several contacts?"
        )
    return ""
