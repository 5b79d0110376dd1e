"""What the report reads of each KPI: its periods, what decides it, how it went, its data."""

from __future__ import annotations

from assets.performance_report.figures import Kpi, Node, Part, Row
from assets.performance_report.kpi_course import pulls_of, trend_of
from assets.performance_report.kpi_rules import (
    parts_of,
    policies_of,
    rule_of,
    target_of,
    targets_of,
)
from assets.performance_report.reader import Reader
from assets.performance_report.services import CELL


def read_kpis(reader: Reader, nodes: list[Node]) -> list[Kpi]:
    """The KPIs of the report's period in the order of their codes."""
    periods = {name: reader.nodes(reader.year, name) for name in reader.periods}
    before = reader.nodes(reader.year - 1, reader.period)
    definitions = {
        row["metric_id"]: row for row in reader.rows("ref.metric_definitions", ["metric_id"], "1=1")
    }
    return [_kpi(reader, node, periods, before, definitions) for node in nodes]


def _kpi(
    reader: Reader,
    node: Node,
    periods: dict[str, dict[str, Node]],
    before: dict[str, Node],
    definitions: dict[str, Row],
) -> Kpi:
    rule = rule_of(reader, node.id)
    parts = parts_of(reader, rule, definitions)
    kinds = _kinds(reader, parts)
    own = [(name, cards[node.id]) for name, cards in periods.items() if node.id in cards]
    return Kpi(
        node=node,
        periods=own,
        before=_before(reader, node.id, before),
        target_before=target_of(reader, node.id, reader.year - 1, reader.period),
        rule=rule,
        targets=targets_of(reader, node.id),
        parts=parts,
        policies=policies_of(reader, parts),
        trend=trend_of(reader, rule, dict(own)),
        pulls=pulls_of(reader, parts),
        inputs=_inputs(reader, rule),
        deliveries=_deliveries(reader, kinds),
        gaps=reader.rows(
            "ops.coverage", ["kind", "month"],
            "state <> 'complete' and list_contains(?, kind) and list_contains(?, month)",
            [kinds, reader.year_months],
        ),
        states=_states(reader, parts),
    )  # fmt: skip


def _before(reader: Reader, kpi_id: str, nodes: dict[str, Node]) -> Row | None:
    """The same period of the year before: as scored, else as the register has it reported."""
    if kpi_id in nodes:
        return nodes[kpi_id].official
    found = reader.rows(
        "ref.reported", ["kpi_id", "year", "period"], "kpi_id = ? and year = ? and period = ?",
        [kpi_id, reader.year - 1, reader.period],
    )  # fmt: skip
    return found[0] if found else None


def _kinds(reader: Reader, parts: list[Part]) -> list[str]:
    """The kinds of export that the parts rest on."""
    found: set[str] = set()
    for part in parts:
        found |= {
            row["kind"]
            for row in reader.query(
                "select kind from ref.requirements where metric_id = ? "
                "and channel is not distinct from ? and service is not distinct from ?",
                [part.metric, part.channel, part.service],
            )
        }
    return sorted(found)


def _inputs(reader: Reader, rule: Row) -> list[Row]:
    """Values reported by hand that the KPI rests on."""
    kind, _, name = str(rule["source"]).partition(":")
    names = [name] if kind == "input" else []
    if kind == "composite":
        parts = reader.query(
            "select distinct source from ref.composite_parts where composite_id = ? "
            "and starts_with(source, 'input:')", [name],
        )  # fmt: skip
        names = [str(row["source"]).partition(":")[2] for row in parts]
    return reader.rows(
        "ref.inputs", ["input_id", "year", "period"],
        "list_contains(?, input_id) and year = ? and list_contains(?, period)",
        [names, reader.year, reader.periods],
    )  # fmt: skip


def _deliveries(reader: Reader, kinds: list[str]) -> list[Row]:
    """Files and rows of each kind of export in the report's months."""
    found = reader.query(
        "select kind, ? as year, ? as last_month, count(*) as files, sum(rows) as rows, "
        "sum(rejected) as rejected, sum(corrections) as corrections, sum(duplicates) as duplicates "
        "from ops.files where list_contains(?, kind) and list_has_any(months, ?) "
        "group by kind order by kind",
        [reader.year, reader.last_month.month, kinds, [f"{m:%Y-%m}" for m in reader.year_months]],
    )
    return reader.named("sum(ops.files)", ["kind", "year", "last_month"], found)


def _states(reader: Reader, parts: list[Part]) -> list[Row]:
    """Months of the parts that are not simply measured: provisional, incomplete and so on."""
    return [
        row
        for part in parts
        for row in reader.rows(
            "kpi.cells", CELL,
            "metric_id = ? and channel is not distinct from ? and service is not distinct from ? "
            "and year = ? and list_contains(?, period) and status <> 'measured'",
            [part.metric, part.channel, part.service, reader.year,
             [f"{month:%Y-%m}" for month in reader.year_months]],
        )
    ]  # fmt: skip
