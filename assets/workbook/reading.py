"""What a workbook is made from: rows of the published database, of one year.

Plain queries; nothing is worked out here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.register_columns import PERIODS
from sql.run import questions, records

Row = dict[str, Any]


class Reader:
    """A published database of one year (a read-only connection)."""

    def __init__(self, connection: Any, year: int) -> None:
        self.year, self._con = year, connection
        held = self.rows("select distinct period, period_end, quarter, month from ref.calendar "
                         "where year = $year")  # fmt: skip
        self.ends: dict[str, date] = {row["period"]: row["period_end"] for row in held}
        self.periods = [name for name in PERIODS if name in self.ends]
        self.quarters = {
            name: sorted({row["quarter"] for row in held if row["period"] == name})
            for name in self.periods
        }
        self.months = {
            name: sorted({f"{row['month']:%Y-%m}" for row in held if row["period"] == name})
            for name in self.periods
        }

    def rows(self, sql: str) -> list[Row]:
        """A query's rows by column; `$year` is the workbook's year."""
        return records(self._con, sql, {"year": self.year} if "$year" in sql else None)

    def asked(self, name: str) -> list[Row]:
        """What a statement of `sql/workbook` gives."""
        return self.rows(questions("workbook")[name].body)

    def holds_on(self, row: Row, period: str) -> bool:
        """Whether a dated row of the register holds when the period ends."""
        return holds(row, self.ends[period])


def holds(row: Row, day: date) -> bool:
    return bool(row["valid_from"] <= day <= (row["valid_to"] or date.max))
