"""How a KPI went: its course over the year, and the cells that moved it most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assets.performance_report.figures import Node, Part, Point, Row
from assets.performance_report.reader import Reader, of
from assets.periods import quarter_of

_MOVERS = 6
_PULL = """
with parts as (
    select month, metric_id, channel, queue, service,
        sum(numerator) as numerator, sum(denominator) as denominator
    from metric.monthly
    where list_contains($months, month)
    group by month, metric_id, channel, queue, service
),

whole as (
    select
        metric_id, channel, service,
        sum(numerator) as numerator, sum(denominator) as denominator
    from parts
    group by metric_id, channel, service
)

select
    parts.*,
    $first_month as first_month,
    $last_month as last_month,
    if(definitions.unit in ('seconds', 'number'), 1, 100) as scale,
    scale * cast(parts.numerator as double) / nullif(cast(parts.denominator as double), 0) as value,
    scale * (
        cast(parts.numerator as double)
        - cast(parts.denominator as double) * cast(whole.numerator as double)
            / nullif(cast(whole.denominator as double), 0)
    ) / nullif(cast(whole.denominator as double), 0) as pull
from parts
join whole
    on
        whole.metric_id = parts.metric_id
        and whole.channel is not distinct from parts.channel
        and whole.service is not distinct from parts.service
join ref.metric_definitions as definitions on definitions.metric_id = parts.metric_id
where parts.denominator <> 0
order by month, queue nulls first
"""


def named(months: list[date]) -> list[str]:
    """Months as kpi.cells and kpi.composites name them."""
    return [f"{month:%Y-%m}" for month in months]


def trend_of(
    reader: Reader, rule: Row, periods: dict[str, Node], months: list[date]
) -> list[Point]:
    """By month where months are counted, else by quarter; with the target of the quarter."""
    kind, _, name = str(rule["source"]).partition(":")
    rows: list[Row] = []
    if kind == "metric":
        rows = of(
            reader.cells(named(months)),
            metric_id=name, channel=rule["channel"], service=rule["service"],
        )  # fmt: skip
    if kind == "composite":
        rows = reader.composites(name, named(months))
    if any(row["value"] is not None for row in rows):
        return [
            Point(row["period"], row, _target_of(periods, row["period"]), "value") for row in rows
        ]
    quarters = [(label, node.official) for label, node in periods.items() if label[0] == "Q"]
    return [Point(label, row, row, "realisation") for label, row in quarters]


def _target_of(periods: dict[str, Node], month: str) -> Row | None:
    node = periods.get(quarter_of(int(month[5:])))
    return node.official if node else None


def pulls_of(reader: Reader, parts: list[Part], months: list[date]) -> list[Row]:
    """The months, channels, queues and services that moved the figure most, either way."""
    if not months:
        return []
    pulls = reader.grouped(
        "pull(metric.monthly)",
        ["month", "metric_id", "channel", "queue", "service", "first_month", "last_month"],
        _PULL,
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
