"""Whether all that know the home's zone agree on it.

Python and polars read local times by their own zone data, DuckDB cuts days and months by its own.
After a country changes its clocks one of them may be older, and figures an hour off.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sql.run import connect

_STEP = "6h"


def disagree_from(zone: str, first: date, last: date) -> date | None:
    """The first of these days on which they tell another local time; None where they agree."""
    import polars as pl

    moments = pl.datetime_range(
        datetime.combine(first, time(), UTC), datetime.combine(last, time(), UTC), _STEP,
        time_zone="UTC", eager=True,
    )  # fmt: skip
    info = ZoneInfo(zone)
    with connect(zone) as engine:
        told = engine.execute(
            "select cast(unnest($moments) as timestamp)", {"moments": moments.to_list()}
        ).fetchall()
    by_polars = moments.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    moment: datetime
    for moment, local, (by_engine,) in zip(moments, by_polars, told, strict=True):
        if not by_engine == local == moment.astimezone(info).replace(tzinfo=None):
            return moment.date()
    return None
