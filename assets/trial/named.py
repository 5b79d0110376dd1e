"""What a file's name and the home's last month say, beside what stands in the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl

from assets.arrivals.sources import Source
from assets.home import Home


def by_its_name(
    home: Home, source: Source, export: Path, rows: pl.DataFrame, months: Mapping[str, int]
) -> tuple[str, ...]:
    """What to ask of an export by its name, and the months and days of its accepted `rows`."""
    found = (
        _unclaimed(home, source, export),
        _elsewhere(source, export, months),
        _next_day(source, export, rows),
        _after_the_end(home, source, months),
    )
    return tuple(sentence for sentence in found if sentence)


def _unclaimed(home: Home, source: Source, export: Path) -> str:
    """A file of landing that no run would read by this source, however well it fits."""
    landing = home.landing.resolve()
    if not export.is_relative_to(landing):
        return ""
    path = export.relative_to(landing).as_posix()
    if source.claims(path):
        return ""
    files = "; ".join(source.patterns)
    told = "upper and lower case count, and * stays in one folder"
    return f"`files` is {files} and does not match {path} ({told}): no run will read it so"


def _elsewhere(source: Source, export: Path, months: Collection[str]) -> str:
    """A name and rows of different months: one of the two is misread, and the name is believed."""
    span = source.covered_by_name(str(export)) if source.covers != "dates" else None
    if not span or not months:
        return ""
    # a day's file may have but the call that came before its midnight
    beside = timedelta(days=1 if span[0] == span[1] else 0)
    first, last = (f"{day:%Y-%m}" for day in (span[0] - beside, span[1] + beside))
    if any(first <= month <= last for month in months):
        return ""
    return (
        "no accepted row is of a month that the file's name speaks for: is `covers` right, and "
        "are the years of both of one calendar?"
    )


def _next_day(source: Source, export: Path, rows: pl.DataFrame) -> str:
    """Agents' time after the last day of a file, by the name that the next file's own day has."""
    span = source.covered_by_name(str(export)) if source.covers != "dates" else None
    if not span or "activity_id" not in rows.columns:
        return ""
    # of agent, day, channel and part the last two
    named = pl.col("activity_id").str.replace(r"^[^|]*\|[^|]*\|", "")
    own = rows.filter(pl.col("day").is_between(*span)).select(named).to_series()
    later = rows.filter(pl.col("day") > span[1], named.is_in(own.implode())).height
    if not later:
        return ""
    return (
        f"{later} rows are of a day after those of the file's name, with the channel and `part` of "
        "rows within them: the next file's row of that agent and day would correct them; give them "
        "another `part`, such as 'after midnight'"
    )


def _after_the_end(home: Home, source: Source, months: Mapping[str, int]) -> str:
    """Rows of months that the home does not have; payments of its last cases come then."""
    last = home.last_month()
    if not last or source.kind in ("payments", "outbound_cases"):
        return ""
    later = sum(rows for month, rows in months.items() if month > f"{last:%Y-%m}")
    if not later:
        return ""
    return (
        f"{later} rows are of months after {last:%Y-%m}, the last of this home, and are in no "
        "figure: is their date misread, or is last_month in kring.toml to go on?"
    )
