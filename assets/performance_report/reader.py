"""Rows of one published database, which is opened read-only: what every part of a report asks.

A small table is asked for once and looked through here: planning a query takes longer than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from assets.performance_report.figures import Node, Row
from schemas.register_columns import PERIODS
from sql.run import questions, records

CELL = ("year", "period", "metric_id", "channel", "service")
_NODE = ("year", "period", "id", "basis")


class Reader:
    """Rows of one published database, for a year up to the end of a period."""

    def __init__(self, connection: Any, year: int, period: str) -> None:
        self._con = connection
        self._asked: dict[tuple[str, str], list[Row]] = {}
        self.year, self.period = year, period
        found = self.query(
            "select distinct month from ref.calendar where year = ? and period = ? order by month",
            [year, period],
        )
        self.months: list[date] = [row["month"] for row in found]
        last = max(self.months, default=date(year, 12, 1))
        self.last_month = last
        # a report of the third quarter tells of everything up to September
        self.year_months = [date(year, n, 1) for n in range(1, last.month + 1)]
        self.month_periods = [f"{month:%Y-%m}" for month in self.year_months]
        ends = self.query(
            "select period, max(month) as last, max(period_end) as ends from ref.calendar "
            "where year = ? group by period",
            [year],
        )
        known = {row["period"]: row["last"] for row in ends}
        self._ends: dict[str, date] = {row["period"]: row["ends"] for row in ends}
        self.periods = [name for name in PERIODS if name in known and known[name] <= last]

    def query(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[dict[str, Any]]:
        return records(self._con, sql, parameters)

    def in_force(self, table: str, key: Sequence[str], period: str = "") -> list[Row]:
        """The dated rows of the register that hold at the end of the period, or of another."""
        holds = "?::date between valid_from and coalesce(valid_to, date '9999-12-31')"
        ends = self._ends.get(period or self.period, date(self.year, 12, 31))
        return self.rows(table, key, holds, [ends])

    def held(self, table: str, key: Sequence[str], since: date) -> list[Row]:
        """The dated rows of the register that hold on some day from then to the period's end."""
        ends = self._ends.get(self.period, date(self.year, 12, 31))
        holds = "valid_from <= ?::date and coalesce(valid_to, date '9999-12-31') >= ?::date"
        return self.rows(table, key, holds, [ends, min(since, ends)])

    def cells(self, periods: Sequence[str]) -> list[Row]:
        """The cells of every metric in these periods of the year."""
        every = self.rows("kpi.cells", CELL, "year = ?", [self.year])
        return [row for row in every if row["period"] in periods]

    def composites(self, name: str, periods: Sequence[str]) -> list[Row]:
        """A composite in these periods of the year."""
        key = ["year", "period", "composite_id"]
        every = self.rows("kpi.composites", key, "year = ?", [self.year])
        return [row for row in of(every, composite_id=name) if row["period"] in periods]

    def rows(
        self, table: str, key: Sequence[str], where: str = "true", parameters: Sequence[object] = ()
    ) -> list[Row]:
        """The rows of a table that satisfy a condition, in the order of their key."""
        order = ", ".join(f"{name} nulls first" for name in key)
        sql = f"select * from {table} where {where} order by {order}"
        return self.grouped(table, key, sql, parameters)

    def grouped(
        self,
        name: str,
        key: Sequence[str],
        sql: str,
        parameters: Sequence[object] | Mapping[str, object],
    ) -> list[Row]:
        """What a query makes of a table, under a name and key of its own; asked once."""
        question = (sql, repr(parameters))
        if question not in self._asked:
            found = self.query(sql, parameters)
            self._asked[question] = [Row(name, {each: row[each] for each in key}, row)
                                     for row in found]  # fmt: skip
        return self._asked[question]

    def asked(
        self, name: str, table: str, key: Sequence[str], parameters: Mapping[str, object]
    ) -> list[Row]:
        """What a statement of `sql/performance_report` makes of a table."""
        return self.grouped(table, key, questions("performance_report")[name].body, parameters)

    def nodes(self, year: int, period: str) -> dict[str, Node]:
        """The scorecard of a period: each node with its bases, the one to quote first."""
        every = self.rows("kpi.scorecard", _NODE, "year in (?, ?)", [self.year, self.year - 1])
        cards = of(every, year=year, period=period)
        bases: dict[str, dict[str, Row]] = {}
        for card in cards:
            bases.setdefault(card["id"], {})[card["basis"]] = card
        return {
            name: Node(next((r for r in rows.values() if r["is_official"]), rows[min(rows)]), rows)
            for name, rows in bases.items()
        }


def of(rows: Iterable[Row], **values: object) -> list[Row]:
    """The rows that have these values; None is a value."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]
