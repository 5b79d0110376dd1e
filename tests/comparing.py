"""Two published databases compared in plain Python, sharing no SQL with kring's own comparison."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

Key = tuple[Any, ...]
Numbers = tuple[float | None, ...]
Figures = dict[Key, Numbers]


def figures(database: Path) -> Figures:
    """Every published number by its key: table, period, basis, id, channel, queue, service, source.

    Of metric.monthly value, numerator and denominator over all policies; of kpi.cells the same;
    of a composite its value; of a node of the scorecard its index, realisation and target.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        found: Figures = {}
        pooled: dict[Key, list[Decimal | None]] = {}
        for row in con.execute(
            "select strftime(month, '%Y-%m'), metric_id, channel, queue, service, source, "
            "numerator, denominator from metric.monthly"
        ).fetchall():
            period, name, channel, queue, service, source, *parts = row
            key = ("metric.monthly", period, "computed", name, channel, queue, service, source)
            sums = pooled.setdefault(key, [None, None])
            for n, part in enumerate(parts):
                if part is not None:
                    sums[n] = part if sums[n] is None else sums[n] + part  # type: ignore[operator]
        for key, (numerator, denominator) in pooled.items():
            found[key] = (_divided(numerator, denominator), _number(numerator),
                          _number(denominator))  # fmt: skip
        for year, period, name, channel, service, *numbers in con.execute(
            "select year, period, metric_id, channel, service, value, numerator, denominator "
            "from kpi.cells"
        ).fetchall():
            key = (
                "kpi.cells",
                _named(year, period),
                "computed",
                name,
                channel,
                None,
                service,
                None,
            )
            found[key] = tuple(_number(n) for n in numbers)
        for year, period, name, value in con.execute(
            "select year, period, composite_id, value from kpi.composites"
        ).fetchall():
            key = ("kpi.composites", _named(year, period), "computed", name, None, None, None, None)
            found[key] = (value, None, None)
        for year, period, basis, level, name, *numbers in con.execute(
            "select year, period, basis, level, id, index, realisation, target from kpi.scorecard"
        ).fetchall():
            key = ("kpi.scorecard", _named(year, period), basis, f"{level} {name}",
                   None, None, None, None)  # fmt: skip
            found[key] = tuple(_number(n) for n in numbers)
    return found


def differing(before: Figures, after: Figures) -> dict[Key, tuple[Numbers, Numbers]]:
    """The numbers there were before that are others after, or are gone (then three nulls)."""
    gone: Numbers = (None, None, None)
    return {
        key: (numbers, after.get(key, gone))
        for key, numbers in before.items()
        if (key not in after and any(n is not None for n in numbers))
        or after.get(key, numbers) != numbers
    }


def logged(database: Path, version: str) -> list[tuple[Key, tuple[Numbers, Numbers], str]]:
    """The rows of the log a version has of its own, in the same form, each with its cause."""
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "select table_name, period, basis, if(table_name = 'kpi.scorecard', level || ' ', '') "
            "|| id, channel, queue, service, source, old_value, old_numerator, old_denominator, "
            "new_value, new_numerator, new_denominator, cause from ops.restatements "
            "where version = ?", [version],
        ).fetchall()  # fmt: skip
    return [(row[:8], (row[8:11], row[11:14]), row[14]) for row in rows]


def _named(year: int, period: str) -> str:
    return period if len(period) == 7 else f"{year}-{period}"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _divided(numerator: Decimal | None, denominator: Decimal | None) -> float | None:
    if numerator is None or not denominator:
        return None
    return float(numerator) / float(denominator)
