"""What the report reads of each KPI: its periods, rule, trend, what moved it, its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assets.performance_report.figures import Kpi, Node, Part, Point, Row
from assets.performance_report.reader import Reader
from assets.performance_report.services import CELL

_MOVERS = 6
# agents' time as the printed formula names it, in its order
_PARTS = {"active": "Active", "hold": "Hold", "acw": "ACW", "not_ready": "NotReady",
          "available": "Available"}  # fmt: skip
_IN_FORCE = "? between valid_from and coalesce(valid_to, date '9999-12-31')"
_POLICIES = {
    "service_level": "service_level_policy", "outbound_behaviour": "outbound_policy",
    "outbound_contact": "outbound_policy", "occupancy": "occupancy_formula",
}  # fmt: skip
_PULL = """
with parts as (
    select month, metric_id, channel, queue, service,
        sum(numerator) as numerator, sum(denominator) as denominator
    from metric.monthly
    where metric_id = $metric and channel is not distinct from $channel
        and service is not distinct from $service and list_contains($months, month)
    group by month, metric_id, channel, queue, service
),

whole as (select sum(numerator) as numerator, sum(denominator) as denominator from parts)

select
    parts.*,
    $last_month as last_month,
    100 * cast(parts.numerator as double) / nullif(cast(parts.denominator as double), 0) as value,
    100 * $weight * (
        cast(parts.numerator as double)
        - cast(parts.denominator as double) * cast(whole.numerator as double)
            / nullif(cast(whole.denominator as double), 0)
    ) / nullif(cast(whole.denominator as double), 0) as pull
from parts, whole
where parts.denominator <> 0
order by month, queue nulls first
"""


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
    rule = _rule(reader, node.id)
    parts = _parts(reader, rule, definitions)
    kinds = _kinds(reader, parts)
    own = [(name, cards[node.id]) for name, cards in periods.items() if node.id in cards]
    return Kpi(
        node=node,
        periods=own,
        before=_before(reader, node.id, before),
        target_before=_target(reader, node.id, reader.year - 1, reader.period),
        rule=rule,
        targets=_targets(reader, node.id),
        parts=parts,
        policies=_policies(reader, parts),
        trend=_trend(reader, rule, dict(own)),
        pulls=_pulls(reader, parts),
        inputs=_inputs(reader, rule),
        deliveries=_deliveries(reader, kinds),
        gaps=reader.rows(
            "ops.coverage", ["kind", "month"],
            "state <> 'complete' and list_contains(?, kind) and list_contains(?, month)",
            [kinds, reader.year_months],
        ),
        states=_states(reader, parts),
    )  # fmt: skip


def _rule(reader: Reader, kpi_id: str) -> Row:
    return reader.rows(
        "ref.kpis", ["kpi_id", "valid_from"],
        f"kpi_id = ? and {_IN_FORCE.replace('?', 'last_day(?::date)')}",
        [kpi_id, reader.last_month],
    )[-1]  # fmt: skip


def _targets(reader: Reader, kpi_id: str) -> list[Row]:
    """The register's targets of the year, the latest decision of each period."""
    rows = reader.rows(
        "ref.targets", ["kpi_id", "year", "period", "decided_on"], "kpi_id = ? and year = ?",
        [kpi_id, reader.year],
    )  # fmt: skip
    return list({row["period"]: row for row in rows}.values())


def _target(reader: Reader, kpi_id: str, year: int, period: str) -> Row | None:
    """The target in force of a period; a row of the period goes before one of all."""
    rows = reader.rows(
        "ref.targets", ["kpi_id", "year", "period", "decided_on"],
        "kpi_id = ? and year = ? and period in (?, '*')", [kpi_id, year, period],
    )  # fmt: skip
    return max(rows, key=lambda row: (row["period"] != "*", row["decided_on"]), default=None)


def _before(reader: Reader, kpi_id: str, nodes: dict[str, Node]) -> Row | None:
    """The same period of the year before: as scored, else as the register has it reported."""
    if kpi_id in nodes:
        return nodes[kpi_id].official
    found = reader.rows(
        "ref.reported", ["kpi_id", "year", "period"], "kpi_id = ? and year = ? and period = ?",
        [kpi_id, reader.year - 1, reader.period],
    )  # fmt: skip
    return found[0] if found else None


def _parts(reader: Reader, rule: Row, definitions: dict[str, Row]) -> list[Part]:
    """The counted cells below a KPI: of its metric, or of its composite's parts in force."""
    kind, _, name = str(rule["source"]).partition(":")
    if kind == "metric":
        return [Part(name, rule["channel"], rule["service"], None, definitions[name])]
    if kind != "composite":
        return []
    rows = reader.rows(
        "ref.composite_parts", ["composite_id", "part_id", "valid_from"],
        f"composite_id = ? and {_IN_FORCE.replace('?', 'last_day(?::date)')}",
        [name, reader.last_month],
    )  # fmt: skip
    metrics = [(row, str(row["source"]).partition(":")) for row in rows]
    return [
        Part(source[2], row["channel"], row["service"], row, definitions[source[2]])
        for row, source in metrics
        if source[0] == "metric"
    ]


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


def _policies(reader: Reader, parts: list[Part]) -> list[Row]:
    """The dated rules of counting in force at the end of the period."""
    found: dict[tuple[str, str], Row] = {}
    for part in parts:
        table = _POLICIES.get(part.metric)
        if table is None:
            continue
        name = "formula_id" if table == "occupancy_formula" else "policy_id"
        rows = reader.rows(
            f"ref.{table}",
            [name, "valid_from"],
            f"last_day(?::date) between valid_from and coalesce(valid_to, date '9999-12-31')"
            f"{' and channel = ?' if table == 'service_level_policy' else ''}",
            [reader.last_month, *([part.channel] if table == "service_level_policy" else [])],
        )
        if table == "occupancy_formula":
            rows = _as_formulas(rows)
        found |= {(table, str(row[name])): row for row in rows}
    return list(found.values())


def _as_formulas(rows: list[Row]) -> list[Row]:
    """The rows of a formula, one for each part, as one row that has it written out."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(str(row["formula_id"]), []).append(row)
    return [
        replace(parts[0], values={**parts[0].values, "formula": formula(parts)})
        for parts in by_id.values()
    ]


def formula(parts: Sequence[Row]) -> str:
    """The quotient that the register's coefficients make: Active / (Active + Hold - NotReady)."""
    sums = []
    for side in ("numerator", "denominator"):
        terms = ""
        for part in sorted(parts, key=lambda row: list(_PARTS).index(row["part"])):
            factor = float(part[side])
            if factor:
                sign = ("-" if factor < 0 else "+") if terms else ("-" if factor < 0 else "")
                size = "" if abs(factor) == 1 else f"{abs(factor):g} x "
                terms += f" {sign} {size}{_PARTS[part['part']]}" if terms else (
                    f"{sign}{size}{_PARTS[part['part']]}"
                )  # fmt: skip
        sums.append(f"({terms})" if " " in terms else terms or "0")
    return " / ".join(sums)


def _trend(reader: Reader, rule: Row, periods: dict[str, Node]) -> list[Point]:
    """By month where months are counted, else by quarter; with the target of the quarter."""
    kind, _, name = str(rule["source"]).partition(":")
    names = [f"{month:%Y-%m}" for month in reader.year_months]
    rows: list[Row] = []
    if kind == "metric":
        rows = reader.rows(
            "kpi.cells", CELL,
            "metric_id = ? and channel is not distinct from ? "
            "and service is not distinct from ? and year = ? and list_contains(?, period)",
            [name, rule["channel"], rule["service"], reader.year, names],
        )  # fmt: skip
    if kind == "composite":
        rows = reader.rows(
            "kpi.composites", ["year", "period", "composite_id"],
            "composite_id = ? and year = ? and list_contains(?, period)",
            [name, reader.year, names],
        )  # fmt: skip
    if any(row["value"] is not None for row in rows):
        return [
            Point(row["period"], row, _target_of(periods, row["period"]), "value") for row in rows
        ]
    quarters = [(label, node.official) for label, node in periods.items() if label[0] == "Q"]
    return [Point(label, row, row, "realisation") for label, row in quarters]


def _target_of(periods: dict[str, Node], month: str) -> Row | None:
    node = periods.get(f"Q{(int(month[5:]) + 2) // 3}")
    return node.official if node else None


def _pulls(reader: Reader, parts: list[Part]) -> list[Row]:
    """The months, channels, queues and services that moved the figure most, either way."""
    found: list[dict[str, Any]] = []
    for part in parts:
        found += reader.query(
            _PULL,
            {
                "metric": part.metric, "channel": part.channel, "service": part.service,
                "months": reader.year_months, "last_month": reader.last_month.month,
                "weight": float(part.weight["weight"]) if part.weight else 1.0,
            },
        )  # fmt: skip
    moved = [row for row in found if row["pull"]]
    moved.sort(key=lambda row: (-abs(row["pull"]), str(row["month"]), row["queue"] or ""))
    key = ["month", "metric_id", "channel", "queue", "service", "last_month"]
    return reader.named("pull(metric.monthly)", key, moved[:_MOVERS])


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
