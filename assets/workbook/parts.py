"""What KPIs and composites rest on and what it comes to in a period; the sheet of composites.

What a closed period rests on is read from the published kpi.explain, as `kring explain` reads it:
its revision keeps it, and the sheets of the register hold what it says now.
"""

from __future__ import annotations

from datetime import date

from assets.workbook.counts import Counts
from assets.workbook.formulas import added, ratio, weighted_mean
from assets.workbook.grid import Column, Expr, Grid, live
from assets.workbook.plain_sheets import PlainSheets
from assets.workbook.reading import Reader, Row, holds
from assets.workbook.words import Words
from schemas.register_text import from_words

_CLOSED = "select distinct period from kpi.explain where year = $year and kind = 'closing'"
_COMPOSITES = Column.listed(
    "composite_id:id period part_id:id source:id channel service weight:weight value:number status "
    "reason:wide"
)
_WITHHELD = ("failed", "incomplete", "not_reported")


class Parts:
    """Sources resolved to cells: metric:ID, input:ID, composite:ID."""

    def __init__(self, reader: Reader, words: Words, counts: Counts, sheets: PlainSheets) -> None:
        self.reader, self.counts, self.sheets = reader, counts, sheets
        self._closed = {row["period"] for row in reader.rows(_CLOSED)}
        self._closed_parts = reader.asked("closed_parts")
        self.scored = {
            (row["period"], row["kpi_id"]): from_words(row["text"])
            for row in reader.asked("closed_kpis")
        }
        self._composites: dict[tuple[str, str], int] = {}
        self.composites = self._sheet(words)

    def figure(
        self, source: str, channel: str | None, service: str | None, period: str
    ) -> Expr | None:
        """The figure of a source in a period or month. Percentage points; None: no formula."""
        kind, _, name = source.partition(":")
        if kind == "composite":
            row = self._composites.get((name, period))
            return None if row is None else self.composites.ref(row, "value")
        if kind == "input":
            return self._input(name, period)
        return self._metric(name, channel, service, period)

    def _metric(
        self, metric: str, channel: str | None, service: str | None, period: str
    ) -> Expr | None:
        grid = self.counts.sheet_of(period)
        keys = [(period, key) for key in self.counts.keys(metric, channel, service)]
        places = [self.counts.where[key] for key in keys if key in self.counts.where]
        if any(self.counts.state.get(key) in _WITHHELD for key in keys):
            return None
        if len(places) == 1:
            return grid.ref(places[0], "value")
        if not places:
            return None
        return _pooled(grid, places, self.counts.scale[metric])

    def _input(self, name: str, period: str) -> Expr | None:
        """Components of the quarters pooled; a value alone only in the quarter itself."""
        if period not in self.reader.periods:
            return None
        quarters = self.reader.quarters[period]
        rows = self.sheets.rows["inputs"]
        places = [p for p in self.sheets.all("inputs", input_id=name)
                  if rows[p]["period"] in quarters]  # fmt: skip
        grid = self.sheets.grids["inputs"]
        if len(places) == len(quarters) == 1:
            return grid.ref(places[0], "result")
        return _pooled(grid, places, 100) if places else None

    def _sheet(self, words: Words) -> Grid:
        grid = Grid("composites", words.sheet("composites"), _COMPOSITES)
        published = self.reader.rows(
            "select * from kpi.composites where year = $year order by composite_id, period_end, "
            "length(period) = 7 desc, period"
        )
        for row in published:
            self._add(grid, row)
        return grid

    def _add(self, grid: Grid, row: Row) -> None:
        """A composite's parts, then the composite itself over them."""
        held = self._in_force(row["composite_id"], row["period_end"])
        if row["period"] in self._closed:
            placed = [
                self._part(grid, row, part, held.get(part["part_id"]))
                for part in self._closed_parts
                if all(part[key] == row[key] for key in ("composite_id", "period"))
            ]
        else:
            parts = self.sheets.rows["parts"]
            placed = [self._part(grid, row, parts[place], place) for place in held.values()]
        mean = weighted_mean(grid.span(placed, "weight"), grid.span(placed, "value"))
        whole = grid.add(
            composite_id=row["composite_id"], period=row["period"],
            value=live(mean, row["value"]), status=row["status"], reason=row["reason"],
        )  # fmt: skip
        self._composites[row["composite_id"], row["period"]] = whole

    def _in_force(self, composite: str, end: date) -> dict[str, int]:
        """The parts of the register of now, by their id."""
        return {
            part["part_id"]: place for place, part in enumerate(self.sheets.rows["parts"])
            if part["composite_id"] == composite and holds(part, end)
        }  # fmt: skip

    def _part(self, grid: Grid, row: Row, part: Row, place: int | None) -> int:
        """A part as it is, or was closed; formulas only where the register of now says the same."""
        value = self.figure(part["source"], part["channel"], part["service"], row["period"])
        weight = None if place is None else self.sheets.grids["parts"].ref(place, "weight")
        told = ("part_id", "source", "channel", "service")
        return grid.add(
            composite_id=row["composite_id"], period=row["period"],
            **{key: part[key] for key in told}, weight=live(weight, part["weight"]),
            value=live(value, part.get("value", value and value.value)),
        )  # fmt: skip


def _pooled(grid: Grid, places: list[int], scale: int) -> Expr | None:
    numerators, denominators = (
        added([grid.ref(place, column) for place in places])
        for column in ("numerator", "denominator")
    )
    return ratio(numerators, denominators, scale)
