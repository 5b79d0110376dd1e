"""Why a figure is what it is: the tree below it, read from the published kpi.explain.

Read from the published database alone, so an explanation cannot disagree with what readers
see. What rests on what is decided by `sql/explanation`; showing it is the command's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from assets.answers.explained import Key, Node, below, key_of, of_basis, of_part
from assets.home import HomeError
from sql.run import records

_REACHED = """
with recursive reached as (
    select {figures} as figure
    union
    select {{'year': e.year, 'period': e.part_period, 'basis': e.part_basis, 'figure': e.part}}
    from reached
    join kpi.explain as e
        on e.year = reached.figure.year and e.period = reached.figure.period
        and e.basis = reached.figure.basis and e.figure = reached.figure.figure
    where e.part_basis is not null
)

select e.*
from kpi.explain as e
join (select distinct figure from reached) as reached
    on e.year = reached.figure.year and e.period = reached.figure.period
    and e.basis = reached.figure.basis and e.figure = reached.figure.figure
order by e.year, e.period, e.figure, e.kind, e.part_period, e.part, e.first_row
"""


class Explainer:
    """Explains figures of one published database (a read-only connection)."""

    def __init__(self, connection: Any) -> None:
        self._con = connection

    def explain(self, name: str, year: int, period: str) -> Node:
        """The tree below a node, composite or metric, by code or id, in a period or month.

        Raises HomeError where there is no such figure or period.
        """
        cards = self._rows(
            "select * from kpi.scorecard where year = ? and period = ? "
            "and (lower(code) = lower(?) or lower(id) = lower(?)) order by is_official desc",
            [year, period, name, name],
        )
        if cards:
            return self._card(cards)
        figures = self._parts(name, year, period)
        if not figures:
            raise self._unknown(name, year, period)
        edges = self._edges([(year, period, "computed", str(f["figure"])) for f in figures])
        nodes = [
            of_part(f, below((year, period, "computed", str(f["figure"])), edges)) for f in figures
        ]
        if len(nodes) == 1:
            return nodes[0]
        return Node(f"metric {name}", f"{len(nodes)} cells in {period}", None, children=nodes)

    def _card(self, cards: list[dict[str, Any]]) -> Node:
        card = cards[0]
        keys = [key_of(each) for each in cards]
        edges = self._edges(keys)
        node = Node(
            f"{card['level']} {card['code'] or card['id']} index",
            f"{card['name_en']} ({card['name_id']}), {card['basis']} basis: {card['reason']}",
            card["index"],
            card["status"],
            {
                key: card[key]
                for key in (
                    "id", "code", "year", "period", "basis", "target", "realisation",
                    "index_raw", "points_lost_to_cap", "weight", "contribution",
                    "measured_weight", "polarity", "consolidation", "revision",
                )
            },
        )  # fmt: skip
        if card["level"] == "kpi" or len(cards) > 1:
            node.children = [of_basis(each, below(key_of(each), edges)) for each in cards]
        else:
            node.children = below(keys[0], edges)
        return node

    def _parts(self, name: str, year: int, period: str) -> list[dict[str, Any]]:
        """A composite or the cells of a metric in a period, by id."""
        return self._rows(
            "select 'composite:' || composite_id as figure, value, status, reason, "
            "null as numerator, null as denominator from kpi.composites "
            "where year = $1 and period = $2 and composite_id = $3 union all "
            "select 'metric:' || metric_id || coalesce(' ' || channel, '') "
            "|| coalesce(' ' || service, ''), value, status, reason, numerator, denominator "
            "from kpi.cells where year = $1 and period = $2 and metric_id = $3 order by figure",
            [year, period, name],
        )

    def _unknown(self, name: str, year: int, period: str) -> HomeError:
        moved = self._rows(
            "select distinct other.year, this.code, this.id from kpi.scorecard as other "
            "join kpi.scorecard as this on this.id = other.id and this.year = $1 "
            "and this.period = $2 where lower(other.code) = lower($3) order by other.year desc",
            [year, period, name],
        )
        if moved:
            return HomeError(
                f"no figure {name} for {year}-{period}: it is the code of {moved[0]['year']}; "
                f"in {year} the same figure ({moved[0]['id']}) is {moved[0]['code']}"
            )
        known = self._rows("select distinct year, period from kpi.scorecard order by all", [])
        others = self._rows(
            "select distinct year from kpi.scorecard "
            "where lower($1) in (lower(code), lower(id)) order by year",
            [name],
        )
        years = [row["year"] for row in others]
        if years and year not in years and {"year": year, "period": period} in known:
            alone = ", ".join(map(str, years))
            return HomeError(f"no figure {name} for {year}-{period}: it is one of {alone} alone")
        periods = ", ".join(f"{row['year']}-{row['period']}" for row in known)
        return HomeError(
            f"no figure {name} for {period if period[:1].isdigit() else f'{year}-{period}'}; "
            "kring scorecard lists the codes, metrics and composites go by their id, and months "
            f"have no KPIs; published periods are: {periods or 'none'}"
        )

    def _edges(self, keys: Iterable[Key]) -> dict[Key, list[dict[str, Any]]]:
        """Every step reachable from some figures, by the figure it explains."""
        listed = [
            {"year": year, "period": period, "basis": basis, "figure": figure}
            for year, period, basis, figure in keys
        ]
        found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows(_REACHED.format(figures="unnest(?)"), [listed]):
            found[key_of(row)].append(row)
        return found

    def _rows(self, query: str, parameters: list[object]) -> list[dict[str, Any]]:
        return records(self._con, query, parameters)
