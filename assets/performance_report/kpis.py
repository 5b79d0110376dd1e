"""What the report reads of each KPI: its periods, what decides it, how it went, its data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assets.performance_report.closed_rules import closed_rules
from assets.performance_report.figures import ClosedRules, Kpi, Node, Part, Point, Row
from assets.performance_report.kpi_rules import (
    counted_otherwise,
    otherwise,
    parts_of,
    policies_of,
    rule_of,
    target_of,
    targets_of,
)
from assets.performance_report.reader import Reader, of
from assets.periods import quarter_of

_MOVERS = 6


def read_kpi(reader: Reader, node: Node) -> Kpi:
    closed = closed_rules(reader, node, reader.period)
    rule = rule_of(reader, node.id, closed)
    parts = parts_of(reader, rule, closed)
    months = _months(reader, node.id)
    since = max([*reader.months[:1], *months[:1]], default=date(reader.year, 1, 1))
    policies = policies_of(reader, parts, closed, since)
    kinds = _kinds(reader, parts)
    periods = {name: reader.nodes(reader.year, name) for name in reader.periods}
    own = [(name, cards[node.id]) for name, cards in periods.items() if node.id in cards]
    before = _before(reader, node.id)
    return Kpi(
        node=node,
        periods=own,
        before=before,
        target_before=_target_before(reader, node.id, before),
        rule=rule,
        targets=targets_of(reader, node.id, closed),
        parts=parts,
        policies=policies,
        closed=replace(closed, rules=otherwise(reader, closed, policies)) if closed else None,
        former=_former(reader, own, parts, policies),
        trend=_trend(reader, rule, dict(own), months),
        pulls=_pulls(reader, parts, months),
        inputs=_inputs(reader, rule),
        deliveries=_deliveries(reader, kinds),
        gaps=[
            row
            for row in reader.rows("ops.coverage", ["kind", "month"], "state <> 'complete'")
            if row["kind"] in kinds and row["month"] in months
        ],
        states=_states(reader, parts, months),
    )  # fmt: skip


def _months(reader: Reader, kpi_id: str) -> list[date]:
    """The year's months in which the KPI is in force: from the one on in which it began."""
    began = of(reader.rows("ref.kpis", ["kpi_id", "valid_from"]), kpi_id=kpi_id)[0]["valid_from"]
    return [month for month in reader.year_months if month >= began.replace(day=1)]


def _former(
    reader: Reader, own: list[tuple[str, Node]], parts: list[Part], policies: list[Row]
) -> list[ClosedRules]:
    """The other closed periods that rest on other rules than those shown."""
    held = [closed_rules(reader, node, name) for name, node in own if name != reader.period]
    return [
        closed for closed in held if closed and counted_otherwise(reader, closed, parts, policies)
    ]


def _before(reader: Reader, kpi_id: str) -> Row | None:
    """The same period of the year before: as scored, else as the register has it reported."""
    nodes = reader.nodes(reader.year - 1, reader.period)
    if kpi_id in nodes:
        return nodes[kpi_id].official
    reported = reader.rows("ref.reported", ["kpi_id", "year", "period"])
    found = of(reported, kpi_id=kpi_id, year=reader.year - 1, period=reader.period)
    return found[0] if found else None


def _target_before(reader: Reader, kpi_id: str, before: Row | None) -> Row | None:
    """Its target: of a scored year the score's, which a closing keeps, else the register's."""
    if before is not None and before.values.get("target") is not None:
        return before
    return target_of(reader, kpi_id, reader.year - 1, reader.period)


def _kinds(reader: Reader, parts: list[Part]) -> list[str]:
    """The kinds of export that the parts rest on."""
    required = reader.rows("ref.requirements", ["metric_id", "channel", "service", "kind"])
    found = {row["kind"] for part in parts for row in of(required, **part.cell)}
    return sorted(found)


def _inputs(reader: Reader, rule: Row) -> list[Row]:
    """Values reported by hand that the KPI rests on."""
    kind, _, name = str(rule["source"]).partition(":")
    names = [name] if kind == "input" else []
    if kind == "composite":
        parts = reader.rows("ref.composite_parts", ["composite_id", "part_id", "valid_from"])
        sources = [str(row["source"]).partition(":") for row in of(parts, composite_id=name)]
        names = [source[2] for source in sources if source[0] == "input"]
    # a closed quarter's are those it was closed with
    inputs = of(reader.rows("kpi.inputs", ["input_id", "year", "period"]), year=reader.year)
    return [row for row in inputs if row["input_id"] in names and row["period"] in reader.periods]


def _deliveries(reader: Reader, kinds: list[str]) -> list[Row]:
    """Files and rows of each kind of export in the report's months."""
    every = reader.grouped(
        "sum(ops.files)",
        ["kind", "year", "last_month"],
        "select kind, ? as year, ? as last_month, count(*) as files, sum(rows) as rows, "
        "sum(rejected) as rejected, sum(corrections) as corrections, sum(duplicates) as duplicates "
        "from ops.files where list_has_any(months, ?) group by kind order by kind",
        [reader.year, reader.last_month.month, reader.month_periods],
    )
    return [row for row in every if row["kind"] in kinds]


def _states(reader: Reader, parts: list[Part], months: list[date]) -> list[Row]:
    """Months of the parts that are not simply measured: provisional, incomplete and so on."""
    cells = [row for row in reader.cells(_named(months)) if row["status"] != "measured"]
    return [row for part in parts for row in of(cells, **part.cell)]


def _named(months: list[date]) -> list[str]:
    """Months as kpi.cells and kpi.composites name them."""
    return [f"{month:%Y-%m}" for month in months]


def _trend(reader: Reader, rule: Row, periods: dict[str, Node], months: list[date]) -> list[Point]:
    """By month where months are counted, else by quarter; with the target of the quarter."""
    kind, _, name = str(rule["source"]).partition(":")
    rows: list[Row] = []
    if kind == "metric":
        rows = of(
            reader.cells(_named(months)),
            metric_id=name, channel=rule["channel"], service=rule["service"],
        )  # fmt: skip
    if kind == "composite":
        rows = reader.composites(name, _named(months))
    if any(row["value"] is not None for row in rows):
        return [
            Point(row["period"], row, _target_of(periods, row["period"]), "value") for row in rows
        ]
    quarters = [(label, node.official) for label, node in periods.items() if label[0] == "Q"]
    return [Point(label, row, row, "realisation") for label, row in quarters]


def _target_of(periods: dict[str, Node], month: str) -> Row | None:
    node = periods.get(quarter_of(int(month[5:])))
    return node.official if node else None


def _pulls(reader: Reader, parts: list[Part], months: list[date]) -> list[Row]:
    """The months, channels, queues and services that moved the figure most, either way."""
    if not months:
        return []
    pulls = reader.asked(
        "pulls",
        "pull(metric.monthly)",
        ["month", "metric_id", "channel", "queue", "service", "first_month", "last_month"],
        {"months": months, "first_month": months[0].month, "last_month": months[-1].month},
    )
    moved: list[Row] = []
    for part in parts:
        weight = float(part.weight["weight"]) if part.weight else 1.0
        moved += [
            replace(row, values={**row.values, "pull": row["pull"] * weight})
            for row in of(pulls, **part.cell)
            if row["pull"] and weight
        ]
    moved.sort(key=lambda row: (-abs(row["pull"]), str(row["month"]), row["queue"] or ""))
    return moved[:_MOVERS]
