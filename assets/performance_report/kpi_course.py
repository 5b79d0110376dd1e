"""How a KPI went: its course over the year, and the cells that moved it most."""

from __future__ import annotations

from typing import Any

from assets.performance_report.figures import Node, Part, Point, Row
from assets.performance_report.reader import Reader
from assets.performance_report.services import CELL

_MOVERS = 6
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


def trend_of(reader: Reader, rule: Row, periods: dict[str, Node]) -> list[Point]:
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


def pulls_of(reader: Reader, parts: list[Part]) -> list[Row]:
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
