"""How a KPI went: its course over the year, and the cells that moved it most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assets.performance_report.figures import Node, Part, Point, Row
from assets.performance_report.reader import Reader, of
from assets.periods import quarter_of

_MOVERS = 6


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
