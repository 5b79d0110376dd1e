"""Sheets of what was counted: cells by queue, months over their cells, periods over months."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from assets.workbook.formulas import ratio, total
from assets.workbook.grid import Column, Grid, live
from assets.workbook.reading import Reader, Row
from assets.workbook.words import Words

Key = tuple[str, str | None, str | None]
# a share of a cell is 0..1 and shown with four decimals
_CELLS = Column.listed(
    "metric_id:id channel service month:month queue source policy_id:id numerator:number "
    "denominator:number value:share coverage:share lower_95:share upper_95:share is_few status "
    "reason:wide"
)
_FIGURES = Column.listed(
    "metric_id:id channel service period unit numerator:number denominator:number value:number "
    "lower_95:number upper_95:number is_few status reason:wide"
)
_ORDER = "metric_id, channel nulls first, service nulls first"


class Counts:
    """The three sheets, and where each metric's figure of a period or month stands."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self.reader, self.words = reader, words
        self.where: dict[tuple[str, Key], int] = {}
        self.state: dict[tuple[str, Key], str] = {}
        self.scale: dict[str, int] = {}  # of a metric: seconds stay, shares become percentages
        self.cells, by_month = self._cells()
        figures = reader.rows(
            f"select * from kpi.cells where year = $year order by {_ORDER}, period"
        )
        months = [row for row in figures if row["period"] not in reader.periods]
        self.monthly = self._grid("monthly", months, by_month, self.cells)
        by_period = {
            (period, key): [
                self.where[month, key] for month in reader.months[period]
                if (month, key) in self.where
            ]
            for period in reader.periods
            for key in {key for _, key in self.where}
        }  # fmt: skip
        periods = sorted(
            (row for row in figures if row["period"] in reader.periods),
            key=lambda row: (*map(str, _key(row)), reader.periods.index(row["period"])),
        )
        self.components = self._grid("components", periods, by_period, self.monthly)

    def sheet_of(self, period: str) -> Grid:
        return self.components if period in self.reader.periods else self.monthly

    def keys(self, metric: str, channel: str | None, service: str | None) -> list[Key]:
        """The cells a source of the register names; one without channel means all of them."""
        return sorted(
            {key for _, key in self.where
             if key[0] == metric and channel in (None, key[1]) and service in (None, key[2])},
            key=str,
        )  # fmt: skip

    def _cells(self) -> tuple[Grid, dict[tuple[str, Key], list[int]]]:
        grid = Grid("cells", self.words.sheet("cells"), _CELLS)
        found: dict[tuple[str, Key], list[int]] = defaultdict(list)
        for row in self.reader.rows(
            "select * from metric.monthly where year(month) = $year "
            f"order by {_ORDER}, month, queue nulls first, source nulls first, "
            "policy_id nulls first"
        ):
            place = grid.add(**_only(grid, row, leave=("value",)))
            parts = ratio(grid.ref(place, "numerator"), grid.ref(place, "denominator"))
            grid.set(place, "value", live(parts, row["value"]))
            found[f"{row['month']:%Y-%m}", _key(row)].append(place)
        return grid, found

    def _grid(
        self, name: str, rows: list[Row], below: dict[tuple[str, Key], list[int]], under: Grid
    ) -> Grid:
        grid = Grid(name, self.words.sheet(name), _FIGURES)
        for row in rows:
            key, places = (row["period"], _key(row)), below.get((row["period"], _key(row)), [])
            place = grid.add(**_only(grid, row, leave=("numerator", "denominator", "value")))
            for column in ("numerator", "denominator"):
                grid.set(place, column, live(total(under.span(places, column)), row[column]))
            percent = row["unit"] not in ("seconds", "number")
            scale = self.scale[row["metric_id"]] = 100 if percent else 1
            parts = ratio(grid.ref(place, "numerator"), grid.ref(place, "denominator"), scale)
            grid.set(place, "value", live(parts, row["value"]))
            self.where[key], self.state[key] = place, row["status"]
        return grid


def _key(row: Row) -> Key:
    return row["metric_id"], row["channel"], row["service"]


def _only(grid: Grid, row: Row, leave: tuple[str, ...]) -> dict[str, Any]:
    return {c.key: row[c.key] for c in grid.columns if c.key in row and c.key not in leave}
