"""A step of an explanation: what it is, its figure and rule in words, what it rests on.

What there is to tell comes from the published kpi.explain, by `explanation`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from schemas.register_columns import LEVELS
from schemas.register_text import INDEX

# what a row of the register decides, as a reader calls it; others go by their table's name
_RULES = {
    "kpis": "how it is scored", "composites": "how it is combined", "metrics": "how it is wanted",
    "requirements": "what must be there",
}  # fmt: skip
_NAMED_RULES = {
    "conversions": "conversion", "service_level_policy": "policy", "outbound_policy": "policy",
    "occupancy_formula": "formula",
}  # fmt: skip
_TREE = ("kpi", *reversed(LEVELS))
# in this order below a figure; a month's state is told by the month itself
_KINDS = (
    "closing", "target", "reported", "rule", "definition", "check", *_TREE, "quarter",
    "composite", "metric", "input", "month", "file",
)  # fmt: skip


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


# year, period, basis, figure
Key = tuple[int, str, str, str]


def key_of(row: dict[str, Any]) -> Key:
    """The figure that a row of the scorecard or of an explanation speaks of."""
    figure = row["figure"] if "figure" in row else f"{row['level']}:{row['id']}"
    return int(row["year"]), row["period"], row["basis"], figure


def of_basis(card: dict[str, Any], children: list[Node]) -> Node:
    """One basis of a figure, as computed or as reported."""
    what = f"{card['basis']} ({'official' if card['is_official'] else 'beside it'})"
    if card["level"] != "kpi":
        return Node(what, card["reason"], card["index"], card["status"], {}, children)
    rule = _index_rule(card)
    if not card["is_official"] and card["index"] is not None:
        rule += f"; {card['reason']}"  # that of the official basis is told at the top
    return Node(
        what,
        rule,
        card["realisation"],
        card["status"],
        {"target": card["target"], "index": card["index"], "reason": card["reason"]},
        children,
    )


def of_part(row: dict[str, Any], children: list[Node]) -> Node:
    """A composite or a counted cell of a metric."""
    detail = {key: row[key] for key in ("numerator", "denominator")}
    what = str(row["figure"]).replace(":", " ", 1)
    return Node(what, row["reason"], row["value"], row["status"], detail, children)


def below(key: Key, edges: dict[Key, list[dict[str, Any]]]) -> list[Node]:
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
    parts: list[Node] = []
    if edge["part_basis"] is not None:
        key = (int(edge["year"]), edge["part_period"], edge["part_basis"], edge["part"])
        # that its period is closed is said once, at the top
        parts = [node for node in below(key, edges) if node.detail.get("kind") != "closing"]
    return Node(_what(edge), _text(edge), edge["value"], edge["status"] or "measured", detail,
                parts)  # fmt: skip


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
    lost = card["points_lost_to_cap"]
    capped = f", capped: {lost:.2f} points lost" if lost else ""
    return f"index = {INDEX[card['polarity']]} = {card['index_raw']:.4f}{capped}"
