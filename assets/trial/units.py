"""Durations of accepted rows that look as if they were in another unit than seconds, or none.

A number says nothing of its unit; what is beside it, or how large such numbers are, may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

SOME = 20  # rows that are no accident
_LONG, _DAY = 10_000, 86_400  # seconds: of a contact, and of an agent's day
_SHORT_TALK, _A_DAY_IN_HOURS, _A_DAY_IN_MINUTES = 10, 24, 24 * 60
_FAR = 30  # times: as an hour is from a minute, and a minute from a second


def of_units(rows: pl.DataFrame, selected: frozenset[str]) -> Iterator[str]:
    """What to ask of each duration; `selected` are the columns that the select returns."""
    yield from _beside_times(rows)
    yield from _nothing(rows, selected)
    for column in rows.columns:
        if column.endswith("_seconds"):
            yield _other_unit(rows, column, selected)


def of_thousands(cells: pl.DataFrame, mark: str) -> Iterator[str]:
    """Durations in which the decimal mark seems to part thousands; `cells` as they are returned."""
    for column in cells.columns:
        if not column.endswith("_seconds") or cells[column].dtype != pl.String:
            continue
        texts = cells[column].drop_nulls().str.strip_chars()
        grouped = int(texts.str.contains(f"^[1-9][0-9]{{0,2}}{re.escape(mark)}[0-9]{{3}}$").sum())
        # a fraction has now and then fewer digits, or as many everywhere; and no number of
        # thousands is written without the mark
        others = texts.str.contains(mark, literal=True).sum() > grouped
        short, long = (texts.str.contains(f"^[0-9]{{{n}}}$").any() for n in ("1,3", "4,"))
        if grouped >= SOME and short and not (others or long):
            yield (
                f"{column} has three digits behind the `{mark}` in all of {grouped} cells that "
                f"have one, and no number has four without it: is 1{mark}234 there 1234? Then "
                f"return replace(x, '{mark}', '')"
            )


def _beside_times(rows: pl.DataFrame) -> Iterator[str]:
    """Durations that the times beside them tell otherwise, by far and in most rows."""
    if "outcome" not in rows.columns:
        return
    answered = rows.filter(pl.col("outcome") == "answered")
    asks = {
        ("wait_seconds", "entered_at", "answered_at"):
            "is it in another unit, or does entered_at say when the call began, before the queue?",
        ("talk_seconds", "answered_at", "ended_at"): "is it in another unit, such as minutes?",
    }  # fmt: skip
    for (column, start, stop), ask in asks.items():
        known = answered.filter(pl.col(column) > 0, (pl.col(stop) > pl.col(start)))
        lasted = (pl.col(stop) - pl.col(start)).dt.total_seconds()
        far = known.filter(lasted > _FAR * pl.col(column).cast(pl.Float64)).height
        if 2 * far > known.height:
            yield (
                f"{column} is less than a {_FAR}th of the time from {start} to {stop} in {far} of "
                f"{known.height} rows: {ask}"
            )


def _nothing(rows: pl.DataFrame, selected: frozenset[str]) -> Iterator[str]:
    """The sum of what no row is, as of a state that is spelt otherwise, is 0 and passes for it."""
    of = ""
    if "outcome" in rows.columns:
        rows, of = rows.filter(pl.col("outcome") == "answered", pl.col("contacts") > 0), " answered"
    asked = {"wait_seconds", "talk_seconds", "active_seconds"} & selected
    for column in sorted(asked) if rows.height >= SOME else ():
        if (rows[column] == 0).all(ignore_nulls=False):
            yield (
                f"{column} is 0 in all of {rows.height}{of} rows: is it another column, or are the "
                "words by which it is chosen spelt otherwise in the export?"
            )


def _other_unit(rows: pl.DataFrame, column: str, selected: frozenset[str]) -> str:
    """A number says nothing of its unit, and reads as seconds whatever it was."""
    known = rows[column].filter(rows[column] > 0).cast(pl.Float64)
    if not known.len():
        return ""
    if known.max() < 1:  # type: ignore[operator]
        return (
            f"{column} is below one second in all of {known.len()} rows: is it the share of a day "
            "that a spreadsheet keeps for a time, or of an hour or a minute? Then return it times "
            "86400, 3600 or 60"
        )
    if column == "talk_seconds" and known.len() >= SOME and known.median() < _SHORT_TALK:  # type: ignore[operator]
        return (
            f"{column} is below {_SHORT_TALK} seconds in most of {known.len()} rows: is it in "
            "minutes? Then return it times 60"
        )
    if column in ("active_seconds", "staffed_seconds") and known.max() <= _A_DAY_IN_HOURS:  # type: ignore[operator]
        return (
            f"{column} is at most {_A_DAY_IN_HOURS} seconds in all of {known.len()} rows: is it in "
            "hours? Then return it times 3600"
        )
    if (
        column in ("active_seconds", "staffed_seconds")
        and "part" not in selected
        and known.len() >= SOME
        and known.max() <= _A_DAY_IN_MINUTES  # type: ignore[operator]
    ):
        return (
            f"{column} is below 25 minutes in all of {known.len()} rows: is it in minutes, or "
            "hours and minutes (`8:30`)? Then return seconds_of(x) * 60"
        )
    of_agents = "day" in rows.columns
    if known.median() > (_DAY if of_agents else _LONG):  # type: ignore[operator]
        total = "several days? Such a total counts in the month of the day that you return"
        return (
            f"{column} is of many hours in most of {known.len()} rows: is it in milliseconds, or "
            f"the total of {total if of_agents else 'several contacts?'}"
        )
    return ""
