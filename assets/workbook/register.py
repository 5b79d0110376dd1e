"""Sheets of what was decided: the register's rows as formulas refer to them."""

from __future__ import annotations

from typing import Any

from assets.workbook.formulas import ratio
from assets.workbook.grid import Column, Grid, live
from assets.workbook.reading import Reader, Row
from assets.workbook.words import Words

_DATED = (Column("valid_from", "date"), Column("valid_to", "date"))
_SAID = (Column("authority", "wide"), Column("is_assumption"))
_POINTS = "number"
_COLUMNS: dict[str, tuple[Column, ...]] = {
    "kpis": (
        Column("kpi_id", "id"), Column("code"), Column("name", "wide"), *_DATED,
        Column("source", "id"), Column("channel"), Column("service"), Column("polarity"),
        Column("consolidation"), Column("cap_low", _POINTS), Column("cap_high", _POINTS),
        Column("zero_rule"), Column("owner"), *_SAID, Column("note", "wide"),
    ),
    "weights": (Column("parent_id", "id"), Column("child_id", "id"), *_DATED,
                Column("weight", "weight"), *_SAID, Column("note", "wide")),
    "targets": (Column("kpi_id", "id"), Column("year", "whole"), Column("period"),
                Column("target", _POINTS), Column("decided_on", "date"), *_SAID),
    "inputs": (
        Column("input_id", "id"), Column("period"), Column("numerator", _POINTS),
        Column("denominator", _POINTS), Column("value", _POINTS), Column("result", _POINTS),
        Column("is_synthetic"), Column("evidence", "wide"), Column("authority", "wide"),
    ),
    "reported": (Column("kpi_id", "id"), Column("period"), Column("realisation", _POINTS),
                 Column("authority", "wide"), Column("note", "wide")),
    "conversions": (
        Column("conversion_id", "id"), Column("kpi_id", "id"), *_DATED,
        Column("from_value", _POINTS), Column("to_value", _POINTS), Column("base_index", _POINTS),
        Column("base_value", _POINTS), Column("divisor", _POINTS), *_SAID,
    ),
    "parts": (Column("composite_id", "id"), Column("part_id", "id"), *_DATED,
              Column("source", "id"), Column("channel"), Column("service"),
              Column("weight", "weight"), *_SAID),
}  # fmt: skip
_QUERIES = {
    "kpis": "select * from ref.kpis order by code, kpi_id, valid_from",
    "weights": "select * from ref.weights order by parent_id, child_id, valid_from",
    "targets": "select * from ref.targets where year = $year order by kpi_id, period, decided_on",
    "inputs": "select * from ref.inputs where year = $year order by input_id, period",
    "reported": "select * from ref.reported where year = $year order by kpi_id, period",
    "conversions": "select * from ref.conversions order by kpi_id, from_value, valid_from",
    "parts": "select * from ref.composite_parts order by composite_id, part_id, valid_from",
}


class Register:
    """The sheets by name; `find` gives the row that holds."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self._reader = reader
        self.rows: dict[str, list[Row]] = {name: reader.rows(sql) for name, sql in _QUERIES.items()}
        for row in self.rows["kpis"]:
            row["name"] = row[f"name_{words.language}"]
        self.grids = {
            name: _filled(Grid(name, words.sheet(name), _COLUMNS[name]), rows)
            for name, rows in self.rows.items()
        }
        self._results(self.grids["inputs"])

    def find(self, name: str, on: str | None = None, **values: Any) -> int | None:
        """The first row with these values that holds at the end of the period `on`."""
        return next(iter(self.all(name, on, **values)), None)

    def all(self, name: str, on: str | None = None, **values: Any) -> list[int]:
        return [
            place
            for place, row in enumerate(self.rows[name])
            if all(row[key] == value for key, value in values.items())
            and (on is None or self._reader.holds_on(row, on))
        ]

    def target(self, kpi: str, period: str) -> int | None:
        """The latest decision for the period itself, else for every period of the year."""
        own = self.all("targets", kpi_id=kpi, period=period)
        found = own or self.all("targets", kpi_id=kpi, period="*")
        return found[-1] if found else None

    def _results(self, grid: Grid) -> None:
        """What an input comes to: its value, or its components divided. Percentage points."""
        for place, row in enumerate(self.rows["inputs"]):
            expr = grid.ref(place, "value")
            if row["denominator"]:
                parts = (grid.ref(place, "numerator"), grid.ref(place, "denominator"))
                expr = ratio(*parts, 100) or expr
            grid.set(place, "result", live(expr, expr.value))


def _filled(grid: Grid, rows: list[Row]) -> Grid:
    for row in rows:
        grid.add(**{c.key: row[c.key] for c in grid.columns if c.key in row})
    return grid
