"""Why a figure is what it is: the tree below it, read from the published kpi.explain.

Read from the published database alone, so an explanation cannot disagree with what readers
see. What rests on what is decided by `sql/published/kpi.explain.sql`; showing it is the
command's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# what a row of the register decides, as a reader calls it; others go by their table's name
_RULES = {
    "kpis": "how it is scored", "composites": "how it is combined", "metrics": "how it is wanted",
    "requirements": "what must be there",
}  # fmt: skip
_NAMED_RULES = {
    "conversions": "conversion", "service_level_policy": "policy", "outbound_policy": "policy",
    "occupancy_formula": "formula",
}  # fmt: skip
_TREE = ("kpi", "objective", "perspective", "organisation")
# in this order below a figure; a month's state is told by the month itself
_KINDS = (
    "closing", "target", "reported", "rule", "definition", "check", *_TREE, "quarter",
    "composite", "metric", "input", "month", "file",
)  # fmt: skip
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


class UnknownFigureError(ValueError):
    """No such figure or period in the published version."""


@dataclass
class Node:
    """One step of the explanation: what it is, its figure, the rule in words, what it rests on."""

    what: str
    text: str
    value: float | None = None
    status: str = "measured"
    detail: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Key = tuple[int, str, str, str]


class Explainer:
    """Explains figures of one published database (a read-only connection)."""

    def __init__(self, database: Path) -> None:
        import duckdb

        self._con = duckdb.connect(str(database), read_only=True)

    def close(self) -> None:
        self._con.close()

    def explain(self, name: str, year: int, period: str) -> Node:
        """The tree below a node, composite or metric, by code or id, in a period or month."""
        cards = self._rows(
            "select * from kpi.scorecard where year = ? and period = ? "
            "and (lower(code) = lower(?) or lower(id) = lower(?)) order by is_official desc",
            [year, period, name, name],
        )
        if cards:
            return self._card(cards)
        figures = self._measures(name, year, period)
        if not figures:
            raise self._unknown(name, year, period)
        edges = self._edges([(year, period, "computed", str(f["figure"])) for f in figures])
        nodes = [
            _measure(f, _below((year, period, "computed", str(f["figure"])), edges))
            for f in figures
        ]
        if len(nodes) == 1:
            return nodes[0]
        return Node(f"metric {name}", f"{len(nodes)} cells in {period}", None, children=nodes)

    def _card(self, cards: list[dict[str, Any]]) -> Node:
        card = cards[0]
        keys = [_key(each) for each in cards]
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
            node.children = [_basis(each, _below(_key(each), edges)) for each in cards]
        else:
            node.children = _below(keys[0], edges)
        return node

    def _measures(self, name: str, year: int, period: str) -> list[dict[str, Any]]:
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

    def _unknown(self, name: str, year: int, period: str) -> UnknownFigureError:
        moved = self._rows(
            "select distinct other.year, this.code, this.id from kpi.scorecard as other "
            "join kpi.scorecard as this on this.id = other.id and this.year = $1 "
            "and this.period = $2 where lower(other.code) = lower($3) order by other.year desc",
            [year, period, name],
        )
        if moved:
            return UnknownFigureError(
                f"no figure {name} for {year}-{period}: it is the code of {moved[0]['year']}; "
                f"in {year} the same figure ({moved[0]['id']}) is {moved[0]['code']}"
            )
        known = self._rows("select distinct year, period from kpi.scorecard order by all", [])
        periods = ", ".join(f"{row['year']}-{row['period']}" for row in known)
        return UnknownFigureError(
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
            found[_key(row)].append(row)
        return found

    def _rows(self, query: str, parameters: list[object]) -> list[dict[str, Any]]:
        found = self._con.execute(query, parameters)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _key(row: dict[str, Any]) -> Key:
    figure = row["figure"] if "figure" in row else f"{row['level']}:{row['id']}"
    return int(row["year"]), row["period"], row["basis"], figure


def _basis(card: dict[str, Any], children: list[Node]) -> Node:
    what = f"{card['basis']} ({'official' if card['is_official'] else 'beside it'})"
    if card["level"] != "kpi":
        return Node(what, card["reason"], card["index"], card["status"], {}, children)
    return Node(
        what,
        _index_rule(card),
        card["realisation"],
        card["status"],
        {"target": card["target"], "index": card["index"], "reason": card["reason"]},
        children,
    )


def _measure(row: dict[str, Any], children: list[Node]) -> Node:
    detail = {key: row[key] for key in ("numerator", "denominator")}
    what = str(row["figure"]).replace(":", " ", 1)
    return Node(what, row["reason"], row["value"], row["status"], detail, children)


def _below(key: Key, edges: dict[Key, list[dict[str, Any]]]) -> list[Node]:
    """What a figure rests on, in the order people read it."""
    ordered = sorted(
        (e for e in edges.get(key, []) if e["kind"] in _KINDS and _tells(e)),
        key=lambda e: _KINDS.index(e["kind"]),
    )
    return _hoist([_step(edge, edges) for edge in ordered])


def _tells(edge: dict[str, Any]) -> bool:
    """Whether a step says something: a row that decides nothing here is left out."""
    return bool(edge["text"]) or edge["value"] is not None


def _step(edge: dict[str, Any], edges: dict[Key, list[dict[str, Any]]]) -> Node:
    detail = {
        name: edge[name]
        for name in (
            "kind", "weight", "numerator", "denominator", "authority", "file_id", "rows",
            "first_row", "last_row",
        )
        if edge[name] is not None
    }  # fmt: skip
    below = []
    if edge["part_basis"] is not None:
        key = (int(edge["year"]), edge["part_period"], edge["part_basis"], edge["part"])
        # that its period is closed is said once, at the top
        below = [node for node in _below(key, edges) if node.detail.get("kind") != "closing"]
    return Node(_what(edge), _text(edge), edge["value"], edge["status"] or "measured", detail,
                below)  # fmt: skip


def _what(edge: dict[str, Any]) -> str:
    kind, name = edge["kind"], str(edge["part"]).partition(":")[2]
    if kind in _TREE:
        return f"{kind} {name} index"
    if kind in ("quarter", "month"):
        return edge["part_period"] if kind == "month" else f"{edge['year']}-{edge['part_period']}"
    if kind == "rule":
        table = edge["part"].partition(":")[0]
        return _RULES.get(table) or f"{_NAMED_RULES.get(table, 'rule ' + table)} {name}"
    return kind if kind in ("target", "reported") else f"{kind} {name}"


def _text(edge: dict[str, Any]) -> str:
    weight = f"weight {edge['weight']:.4g}" if edge["weight"] is not None else ""
    assumed = "an assumption" if edge["is_assumption"] else ""
    told = edge["authority"] if edge["kind"] in ("rule", "target", "reported", "input") else ""
    weighed = ", ".join(filter(None, (weight, assumed if weight else "")))
    on_what = "; ".join(filter(None, ("" if weight else assumed, told)))
    return "; ".join(filter(None, (weighed, edge["text"], on_what)))


def _hoist(nodes: list[Node]) -> list[Node]:
    """What all months or quarters share is told once, before them."""
    mine = [node for node in nodes if node.detail.get("kind") in ("rule", "target")]
    for quarter in nodes:
        if quarter.detail.get("kind") == "quarter":
            quarter.children = [child for child in quarter.children if child not in mine]
    months = [node for node in nodes if node.detail.get("kind") == "month"]
    if len(months) < 2:
        return nodes
    shared = [
        child
        for child in months[0].children
        if child.detail.get("kind") in ("rule", "definition")
        and all(child in month.children for month in months[1:])
    ]
    for month in months:
        month.children = [child for child in month.children if child not in shared]
    return [*shared, *nodes]


def _index_rule(card: dict[str, Any]) -> str:
    """How the index follows from target and realisation, in words."""
    if card["index"] is None:
        return f"no index: {card['reason']}"
    formula = {
        "maximise": "realisation / target x 100",
        "minimise": "(1 + (1 - realisation / target)) x 100",
        "stabilise": "distance from the target on either side, rescaled",
    }[card["polarity"]]
    capped = (
        f", capped: {card['points_lost_to_cap']:.2f} points lost"
        if card["points_lost_to_cap"]
        else ""
    )
    return f"index = {formula} = {card['index_raw']:.4f}{capped}"
