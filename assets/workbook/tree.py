"""The sheet of periods: KPIs from what they rest on, and the tree above them, both bases."""

from __future__ import annotations

from itertools import groupby

from assets.workbook import formulas
from assets.workbook.grid import Column, Expr, Grid, live, number
from assets.workbook.parts import Parts
from assets.workbook.plain_sheets import PlainSheets
from assets.workbook.reading import Reader, Row
from assets.workbook.words import Words
from schemas.register_columns import LEVELS

_UPWARDS = ("kpi", *reversed(LEVELS))
_POINTS = (
    "target", "realisation", "index_raw", "cap_low", "cap_high", "index", "points_lost_to_cap",
)  # fmt: skip
_PERIODS = Column.listed(
    "period basis is_official level code id:id name:wide parent_id:id target:number "
    "realisation:number index_raw:number cap_low:number cap_high:number index:number "
    "points_lost_to_cap:number weight:weight contribution:number measured_weight:weight polarity "
    "consolidation status reason:wide"
)
_SCORECARD = Column.listed(
    "level code name:wide target:number official_basis official_realisation:number "
    "official_index:number computed_realisation:number computed_index:number "
    "reported_realisation:number reported_index:number weight:weight measured_weight:weight "
    "status reason:wide period id:id"
)
Place = tuple[str, str, str]


class Tree:
    """Every row of kpi.scorecard of the year; `where` by period, basis and id."""

    def __init__(self, reader: Reader, words: Words, sheets: PlainSheets, parts: Parts) -> None:
        self.reader, self.sheets, self.parts = reader, sheets, parts
        self.grid = Grid("periods", words.sheet("periods"), _PERIODS)
        self.where: dict[Place, int] = {}
        # by which period's target a value is measured; versions of before do not say
        self.scales = {
            (row["period"], row["basis"], row["kpi_id"]): row.get("target_period")
            for row in reader.rows("select * from kpi.realisations where year = $year")
        }
        self.rows = sorted(
            reader.rows("select * from kpi.scorecard where year = $year"), key=self._order
        )
        for row in self.rows:
            row["name"] = row[f"name_{words.language}"]
            self._add(row)

    def _order(self, row: Row) -> tuple[object, ...]:
        """Children of one parent stand together, and before it."""
        return (self.reader.periods.index(row["period"]), row["basis"],
                _UPWARDS.index(row["level"]), str(row["parent_id"]), row["id"])  # fmt: skip

    def _add(self, row: Row) -> None:
        told = ("period", "basis", "is_official", "level", "code", "id", "name", "parent_id",
                "polarity", "consolidation", "status", "reason")  # fmt: skip
        place = self.grid.add(**{key: row[key] for key in told})
        self.where[row["period"], row["basis"], row["id"]] = place
        weight = self.sheets.find("weights", row["period"], child_id=row["id"])
        self._set(place, row, "weight", self._of("weights", weight, "weight"))
        if row["level"] == "kpi":
            self._kpi(place, row)
        else:
            self._node(place, row)
        parts = (self.grid.ref(place, "weight"), self.grid.ref(place, "index"))
        self._set(place, row, "contribution", formulas.product(*parts))

    def _kpi(self, place: int, row: Row) -> None:
        rule = self.sheets.find("kpis", row["period"], kpi_id=row["id"])
        closed = self.parts.scored.get((row["period"], row["id"]))
        for key in ("cap_low", "cap_high"):
            cap = self._of("kpis", rule, key)
            held = float(closed[key]) if closed else cap.value if cap else None
            self.grid.set(place, key, live(cap, held))
        scale = self.scales.get((row["period"], row["basis"], row["id"])) or row["period"]
        target = self.sheets.target(row["id"], scale)
        self._set(place, row, "target", self._of("targets", target, "target"))
        self._set(place, row, "realisation", self._realisation(place, row))
        cells = {key: self.grid.ref(place, key) for key in _POINTS}
        raw = formulas.achievement(row["polarity"], cells["realisation"], cells["target"])
        self._set(place, row, "index_raw", raw)
        raw = self.grid.ref(place, "index_raw")
        index = formulas.capped(raw, cells["cap_low"], cells["cap_high"])
        self._set(place, row, "index", index)
        self._set(place, row, "points_lost_to_cap", formulas.above(raw, cells["cap_high"]))
        measured = formulas.is_measured(self.grid.ref(place, "index"))
        self._set(place, row, "measured_weight", measured)

    def _node(self, place: int, row: Row) -> None:
        children = [
            self.where[child["period"], child["basis"], child["id"]] for child in self.rows
            if child["parent_id"] == row["id"] and child["period"] == row["period"]
            and child["basis"] == row["basis"]
        ]  # fmt: skip
        weights = self.grid.span(children, "weight")
        index = formulas.weighted_mean(weights, self.grid.span(children, "index"))
        self._set(place, row, "index", index)
        self._set(place, row, "index_raw", self.grid.ref(place, "index"))
        self.grid.set(place, "points_lost_to_cap", row["points_lost_to_cap"])  # no cap up here
        share = formulas.measured_share(weights, self.grid.span(children, "measured_weight"))
        self._set(place, row, "measured_weight", share)

    def _realisation(self, place: int, row: Row) -> Expr | None:
        """By the KPI's source in the period, or from its quarters; or as reported."""
        kpi, period = row["id"], row["period"]
        if row["basis"] == "reported":
            found = self.sheets.find("reported", kpi_id=kpi, period=period)
            return self._of("reported", found, "realisation")
        if not period.startswith("Q") and row["consolidation"] != "pooled":
            return self._from_quarters(row)
        rule = self.sheets.find("kpis", period, kpi_id=kpi)
        if rule is None:
            return None
        named = self.sheets.rows["kpis"][rule]
        figure = self.parts.figure(named["source"], named["channel"], named["service"], period)
        if figure is not None and figure.value is not None:
            return self._converted(row, figure)
        if named["zero_rule"] == "award_cap":
            return self.grid.ref(place, "cap_high")
        return None

    def _converted(self, row: Row, figure: Expr) -> Expr | None:
        """Quarters of a KPI with a conversion table are converted by the piece they fall in."""
        for piece in self.sheets.all("conversions", kpi_id=row["id"]):
            held = self.sheets.rows["conversions"][piece]
            low, high = float(held["from_value"]), held["to_value"]
            if (
                row["period"].startswith("Q")
                and self.reader.holds_on(held, row["period"])
                and figure.value is not None
                and low <= figure.value < (float("inf") if high is None else float(high))
            ):
                grid = self.sheets.grids["conversions"]
                keys = ("base_index", "base_value", "divisor")
                return formulas.converted(figure, *(grid.ref(piece, key) for key in keys))
        return figure

    def _from_quarters(self, row: Row) -> Expr | None:
        places = [
            self.where[quarter, "computed", row["id"]]
            for quarter in self.reader.quarters[row["period"]]
            if (quarter, "computed", row["id"]) in self.where
        ]
        cells = [self.grid.ref(place, "realisation") for place in places]
        known = [cell for cell in cells if cell.value is not None]
        if not known:
            return None
        by = row["consolidation"]
        if by == "last":
            return known[-1]
        return formulas.mean(cells) if by == "average" else formulas.added(cells)

    def _of(self, name: str, place: int | None, key: str) -> Expr | None:
        return None if place is None else self.sheets.grids[name].ref(place, key)

    def _set(self, place: int, row: Row, key: str, expr: Expr | None) -> None:
        self.grid.set(place, key, live(expr, row[key]))


def scorecard(words: Words, tree: Tree) -> Grid:
    """The longest period begun, from the organisation down: what to quote, and both bases."""
    grid = Grid("scorecard", words.sheet("scorecard"), _SCORECARD)
    held = [row for row in tree.rows if row["period"] == tree.rows[-1]["period"]]
    by_id = {key: list(rows) for key, rows in groupby(_downwards(held), lambda row: row["id"])}
    for rows in by_id.values():
        _line(grid, tree, rows)
    return grid


def _downwards(rows: list[Row]) -> list[Row]:
    """Each node before its children; all bases of a node together."""
    ordered: list[Row] = []

    def descend(parent: str | None) -> None:
        ids = {row["id"]: str(row["code"] or row["id"]) for row in rows
               if row["parent_id"] == parent}  # fmt: skip
        for id_ in sorted(ids, key=lambda one: (ids[one], one)):
            ordered.extend(row for row in rows if row["id"] == id_)
            descend(id_)

    descend(None)
    return ordered


def _line(grid: Grid, tree: Tree, rows: list[Row]) -> None:
    official = next((row for row in rows if row["is_official"]), rows[0])
    told = {key: official[key] for key in ("level", "code", "name", "status", "reason", "period",
                                           "id")}  # fmt: skip
    place = grid.add(**told, official_basis=official["basis"])
    wanted = [("target", official, "target"), ("weight", official, "weight"),
              ("measured_weight", official, "measured_weight")]  # fmt: skip
    for row, basis in [(official, "official"), *((row, row["basis"]) for row in rows)]:
        wanted += [(f"{basis}_{key}", row, key) for key in ("realisation", "index")]
    for column, row, key in wanted:
        cell = tree.grid.ref(tree.where[row["period"], row["basis"], row["id"]], key)
        grid.set(place, column, live(cell, number(row[key])))
