"""Sheets of rows as the database has them: the register's, to which formulas refer, definitions,
restatements, closed revisions and notes. An empty one says that there is nothing.
"""

from __future__ import annotations

from typing import Any

from assets.workbook.formulas import ratio
from assets.workbook.grid import Column, Grid, live
from assets.workbook.reading import Reader, Row
from assets.workbook.words import Words

# None: what is asked is a rule, of `sql/workbook`
_SHEETS: dict[str, tuple[str | None, str]] = {
    "kpis": (
        "select * from ref.kpis order by code, kpi_id, valid_from",
        "kpi_id:id code name:wide valid_from:date valid_to:date source:id channel service "
        "polarity consolidation cap_low:number cap_high:number zero_rule owner authority:wide "
        "is_assumption note:wide",
    ),
    "weights": (
        "select * from ref.weights order by parent_id, child_id, valid_from",
        "parent_id:id child_id:id valid_from:date valid_to:date weight:weight authority:wide "
        "is_assumption note:wide",
    ),
    "targets": (
        "select * from ref.targets where year = $year order by kpi_id, period, decided_on",
        "kpi_id:id year:whole period target:number decided_on:date authority:wide is_assumption",
    ),
    "inputs": (
        "select * from ref.inputs where year = $year order by input_id, period",
        "input_id:id period numerator:number denominator:number value:number result:number "
        "is_synthetic evidence:wide authority:wide",
    ),
    "reported": (
        "select * from ref.reported where year = $year order by kpi_id, period",
        "kpi_id:id period realisation:number authority:wide note:wide",
    ),
    "conversions": (
        "select * from ref.conversions order by kpi_id, from_value, valid_from",
        "conversion_id:id kpi_id:id valid_from:date valid_to:date from_value:number "
        "to_value:number base_index:number base_value:number divisor:number authority:wide "
        "is_assumption",
    ),
    "parts": (
        "select * from ref.composite_parts order by composite_id, part_id, valid_from",
        "composite_id:id part_id:id valid_from:date valid_to:date source:id channel service "
        "weight:weight authority:wide is_assumption",
    ),
    "definitions": (
        "select d.*, m.owner, m.authority, m.note from ref.metric_definitions as d left join "
        "ref.metrics as m using (metric_id) order by metric_id",
        "metric_id:id title:wide unit numerator:wide denominator:wide rollup since owner "
        "authority:wide note:wide fingerprint",
    ),
    "restatements": (
        "select * from ops.restatements where period like $year || '%' order by all",
        "version:id table_name:id level period basis id:id channel queue service source "
        "old_value:share new_value:share old_status new_status cause:wide",
    ),
    "revisions": (
        "select * from kpi.revisions where year = $year order by period, revision, basis, level, "
        "id",
        "period revision:whole basis level code id:id name:wide target:number "
        "realisation:number index:number status closed_at:id closed_by closed_because:wide "
        "stands",
    ),
    "notes": (
        None,
        "kind period subject:id text:wide",
    ),
}


class PlainSheets:
    """The sheets by name; `find` gives the row that holds."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self._reader = reader
        self.rows: dict[str, list[Row]] = {}
        self.grids: dict[str, Grid] = {}
        for name, (sql, columns) in _SHEETS.items():
            rows = self.rows[name] = reader.rows(sql) if sql else reader.asked(name)
            grid = self.grids[name] = Grid(name, words.sheet(name), Column.listed(columns))
            for row in rows:
                told = row | {"name": row.get(f"name_{words.language}")}
                grid.add(**{c.key: told[c.key] for c in grid.columns if c.key in told})
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
