"""Grains finer than the month: a metric's own SQL, over facts whose month is a day or half hour.

So a day is counted by the month's definition and adds up to it exactly. Belongs here: which
grains there are, and what moment of a fact's row each means. Running them is `tables`' work.
"""

from __future__ import annotations

from collections.abc import Mapping

from sql.header import Statement
from sql.run import quoted

# the rows of a grain under the name by which tables read them
GRAINS = {"day": "metric.by_day", "interval": "metric.by_interval"}
# the type of a moment of a grain, and the key of a fact's header that names its column
MOMENTS = {"day": ("date", "day"), "interval": ("timestamp", "instant")}


def grain_of(table: str) -> str:
    """The grain whose rows are read by this name."""
    return next(grain for grain, name in GRAINS.items() if name == table)


def moments(fact: Statement, rows: str) -> str:
    """The local half hour of each quarter hour in which rows of a fact lie, as a select.

    A half hour is one on the clock on the wall. Of an hour that is repeated when clocks are set
    back, both passes count in it; one that is skipped has none. So every row is in exactly one.
    A zone is dear to ask and changes by quarter hours, so these are asked and not the rows.
    """
    return (
        "select quarter_hour, time_bucket(interval 30 minutes, "
        "cast(to_timestamp(quarter_hour * 900) as timestamp)) as moment "
        f"from (select distinct {_quarter_hour(fact)} as quarter_hour from {rows})"
    )


def at_grain(fact: Statement, grain: str, rows: str, moments: str) -> str:
    """Rows of a fact whose month is their local day, or their local half hour of `moments`."""
    if grain == "day":
        return f"select * replace ({_moment(fact, grain)} as month) from {rows}"
    return (
        f"select rows.* replace (moments.moment as month) from {rows} as rows "
        f"join {moments} as moments on moments.quarter_hour = {_quarter_hour(fact)}"
    )


def _quarter_hour(fact: Statement) -> str:
    return f"epoch_us({_moment(fact, 'interval')}) // 900000000"


def _moment(fact: Statement, grain: str) -> str:
    return quoted(fact.header[MOMENTS[grain][1]])


def check_grains(metric: Statement, facts: Mapping[str, Statement]) -> None:
    """Raise HeaderError where a metric claims a grain that there is not, or its facts lack."""
    for grain in metric.listed("grains"):
        if grain not in GRAINS:
            raise metric.problem("grains", f"must be any of {', '.join(GRAINS)}")
        key = MOMENTS[grain][1]
        for name in metric.listed("reads"):
            schema, _, fact = name.partition(".")
            if schema == "fact" and not facts[fact].header.get(key):
                having = sorted(f"fact.{n}" for n, f in facts.items() if f.header.get(key))
                raise metric.problem(
                    "grains", f"{name} has no {grain}; those that have: {', '.join(having)}"
                )
