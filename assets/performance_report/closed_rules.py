"""What a closed period rests on, as its revision keeps it: weights, rules, the target.

The register says what holds now; a signed figure was counted by what held then. It is read from
the published kpi.explain, as `kring explain` reads it; comparing it with the register is done here.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from assets.performance_report.figures import ClosedRules, Node, Part, Row
from assets.performance_report.reader import Reader, of
from schemas.register_text import from_words

POLICIES = ("service_level_policy", "outbound_policy", "occupancy_formula")
_KEY = ("year", "period", "basis", "figure", "kind", "part_period", "part")
_RULE = ("source", "channel", "service", "polarity", "consolidation", "cap_low", "cap_high",
         "zero_rule", "note", "valid_from")  # fmt: skip
Edges = dict[tuple[str, str], list[Row]]


def closed_rules(reader: Reader, node: Node, period: str) -> ClosedRules | None:
    """What a KPI of a closed period rests on; None where the period is not closed."""
    if node.official["revision"] is None:
        return None
    edges = _edges(reader)
    own = edges[period, f"kpi:{node.id}"]
    rule = next((scored(row) for row in own if row["part"] == f"kpis:{node.id}"), None)
    cells = _cells(reader)
    weights, figures = [], _sources(rule, cells) if rule else []
    for figure in [name for name in figures if name.startswith("composite:")]:
        weights = [e for e in edges[period, figure] if e["kind"] == "metric"]
        figures = [edge["part"] for edge in weights]
    months = [e for name in figures for e in edges[period, name] if e["kind"] == "month"]
    counted = [row for e in months for row in edges[e["part_period"], e["part"]]]
    told = [row for row in (*own, *counted) if row["kind"] in ("rule", "definition", "target")]
    rules = list({(row["part"], row["text"]): row for row in told}.values())
    return ClosedRules(period, node.official, rule, _parts(reader, weights, cells, rules), rules)


def scored(row: Row) -> Row:
    """How a KPI was scored, its columns as the register's words name them."""
    values: dict[str, Any] = dict.fromkeys(_RULE)
    values |= from_words(str(row["text"]))
    values |= {name: Decimal(values[name]) for name in ("cap_low", "cap_high") if values[name]}
    values |= {name: row[name] for name in ("authority", "is_assumption", "text")}
    return Row(row.table, row.key, values)


def as_registered(reader: Reader, period: str) -> set[tuple[str, str]]:
    """What the register and the metrics' definitions of now say of a period's end, so said."""
    rows = reader.in_force("ref.register_rows", ["table_name", "row_key", "valid_from"], period)
    found = {(f"{row['table_name']}:{row['row_key']}", ", ".join(row["decides"])) for row in rows}
    return found | {
        (f"definition:{row['metric_id']}", _definition(row["numerator"], row["denominator"]))
        for row in reader.rows("ref.metric_definitions", ["metric_id"])
    }


def said(rule: Row) -> tuple[str, str]:
    """A rule as it is compared: a definition by what it counts, whatever its code."""
    return str(rule["part"]), str(rule["text"]).partition(" (definition ")[0]


def _definition(numerator: str, denominator: str) -> str:
    return f"{numerator} / {denominator}"


def _edges(reader: Reader) -> Edges:
    tables = ["kpis", "conversions", *POLICIES]
    found: Edges = defaultdict(list)
    asked = {"year": reader.year, "tables": tables}
    for row in reader.asked("closed_edges", "kpi.explain", _KEY, asked):
        found[row["period"], row["figure"]].append(row)
    return found


def _cells(reader: Reader) -> dict[str, Row]:
    """A row of each counted cell, by the name that explanations give it."""
    found = {}
    for row in reader.cells([*reader.periods, *reader.month_periods]):
        name = " ".join(filter(None, (row["metric_id"], row["channel"], row["service"])))
        found[f"metric:{name}"] = row
    return found


def _sources(rule: Row, cells: dict[str, Row]) -> list[str]:
    """The composite, or the cells, that a KPI rests on."""
    if rule["source"].startswith("composite:"):
        return [rule["source"]]
    return [
        figure
        for figure, cell in cells.items()
        if rule["source"] == f"metric:{cell['metric_id']}"
        and rule["channel"] in (None, cell["channel"])
        and rule["service"] in (None, cell["service"])
    ]


def _parts(
    reader: Reader, weights: list[Row], cells: dict[str, Row], rules: list[Row]
) -> list[Part]:
    """The parts of a composite with their weights; all cells of one without channel are one."""
    by_part: dict[str, list[Row]] = defaultdict(list)
    for edge in weights:
        by_part[str(edge["text"]).partition(": ")[0]].append(edge)
    parts = []
    for edges in by_part.values():
        held = [cells[edge["part"]] for edge in edges]
        metric = str(held[0]["metric_id"])
        channel, service = (
            held[0][name] if len({cell[name] for cell in held}) == 1 else None
            for name in ("channel", "service")
        )
        parts.append(Part(metric, channel, service, edges[0], _counts(reader, metric, rules)))
    return parts


def _counts(reader: Reader, metric: str, rules: list[Row]) -> Row:
    """What a metric counted when its period was closed."""
    texts = [said(row)[1] for row in rules if row["part"] == f"definition:{metric}"]
    for row in of(reader.rows("ref.metric_definitions", ["metric_id"]), metric_id=metric):
        if not texts or _definition(row["numerator"], row["denominator"]) in texts:
            return row
    numerator, _, denominator = texts[-1].partition(" / ")
    return Row("kpi.explain", {}, {"numerator": numerator, "denominator": denominator})
