"""Reading a report's figures from a published database, which is opened read-only.

Nothing is worked out here but what the page states as its own rule: sums over months, and how
far a month moved a figure. Everything else is a row as published.
"""

from __future__ import annotations

import re
from pathlib import Path

from assets.database import open_database
from assets.home import HomeError
from assets.performance_report.figures import Node, Report, Row
from assets.performance_report.kpis import read_kpi
from assets.performance_report.reader import Reader
from assets.performance_report.services import (
    read_channels,
    read_funnel,
    read_occupancy,
    read_satisfaction,
)


def reported_years(database: Path) -> list[int]:
    """The years a nightly report is made of: the latest, and those with printed figures."""
    with open_database(database) as con:
        found = con.execute(
            "select distinct year from kpi.scorecard where basis = 'reported' "
            "or year = (select max(year) from kpi.scorecard) order by year"
        ).fetchall()
    return [int(year) for (year,) in found]


def read_report(database: Path, organisation: str, timezone: str, year: int, period: str) -> Report:
    """Everything a report of a year, up to the end of a period, says.

    Raises HomeError where the published version has no scorecard of it.
    """
    with open_database(database, timezone) as connection:
        reader = Reader(connection, year, period)
        nodes = reader.nodes(year, period)
        if not nodes:
            known = reader.query("select distinct year, period from kpi.scorecard order by all")
            listed = ", ".join(f"{row['year']} {row['period']}" for row in known)
            raise HomeError(
                f"nothing is published of {year} {period}; there is: "
                f"{listed or 'none, for no KPI of register/kpis.csv is in force in its months'}"
            )
        if not _level(nodes, "organisation"):
            raise HomeError(
                f"the scorecard of {year} {period} has no organisation, and a report is of one; "
                "give the topmost row of register/nodes.csv the level organisation, with weights"
            )
        return _read(reader, organisation, nodes)


def _read(reader: Reader, organisation: str, nodes: dict[str, Node]) -> Report:
    version = reader.rows("ops.versions", ["version"])[-1]
    funnel, funnel_months = read_funnel(reader)
    satisfaction, index = read_satisfaction(reader)
    closings, restatements, pending = _changes(reader)
    return Report(
        year=reader.year,
        period=reader.period,
        organisation=organisation,
        version=version,
        score=_level(nodes, "organisation")[0],
        perspectives=_level(nodes, "perspective"),
        objectives=_level(nodes, "objective"),
        kpis=[read_kpi(reader, node) for node in _level(nodes, "kpi")],
        channels=read_channels(reader),
        breaks=reader.rows(
            "metric.series_breaks", ["month", "event_id"], "year(month) = ? and month <= ?",
            [reader.year, reader.last_month],
        ),
        satisfaction=satisfaction,
        satisfaction_index=index,
        occupancy=read_occupancy(reader),
        funnel=funnel,
        funnel_months=funnel_months,
        closings=closings,
        restatements=restatements,
        pending=pending,
        definitions=reader.rows("ref.metric_definitions", ["metric_id"]),
        findings=_findings(reader),
        files=_files(reader),
        months=reader.year_months,
    )  # fmt: skip


def _level(nodes: dict[str, Node], level: str) -> list[Node]:
    """The nodes of a level by code; those without one in the order of what is below them."""
    found = [node for node in nodes.values() if node.official["level"] == level]

    def place(node: Node) -> tuple[list[tuple[int, str]], str]:
        below = [n.official["code"] for n in nodes.values() if n.official["parent_id"] == node.id]
        code = node.official["code"] or min(filter(None, below), key=_natural, default="")
        return _natural(code), node.id

    return sorted(found, key=place)


def _natural(code: str) -> list[tuple[int, str]]:
    """A code's parts such that 2a comes before 10a."""
    return [(int(digits or 0), rest) for digits, rest in re.findall(r"(\d*)(\D*)", code)]


def _changes(reader: Reader) -> tuple[list[Row], list[Row], list[Row]]:
    """Closed periods that stand, scorecard numbers changed since, and what is held out."""
    closings = reader.grouped(
        "kpi.revisions",
        ["year", "period", "revision"],
        "select distinct year, period, revision, closed_at, closed_by, closed_because "
        "from kpi.revisions where stands and year = ? order by closed_at, period",
        [reader.year],
    )
    restated = reader.rows(
        "ops.restatements",
        ["version", "table_name", "period", "basis", "id"],
        "table_name = 'kpi.scorecard' and starts_with(period, ?) and restated_at > coalesce("
        "(select max(closed_at) from kpi.revisions where stands and year = ?), '-infinity')",
        [f"{reader.year}-", reader.year],
    )
    pending = reader.rows(
        "kpi.pending",
        ["period", "level", "id", "channel", "queue", "service", "basis"],
        "level <> 'metric' and starts_with(period, ?)",
        [f"{reader.year}-"],
    )
    return closings, restated, pending


def _findings(reader: Reader) -> list[Row]:
    """Printed figures that differ from what is computed."""
    return reader.rows(
        "ops.reconciliation",
        ["file", "kind", "rule", "figure_id"],
        "kind = 'figure' and verdict = 'differs' and starts_with(period, ?)",
        [f"{reader.year}-"],
    )


def _files(reader: Reader) -> list[Row]:
    """The exports that gave rows to the year's months, or should have."""
    return reader.rows(
        "ops.files",
        ["path", "source"],
        "list_has_any(months, ?) or (len(months) = 0 and exists (from unnest(covers) as days(day) "
        "where left(day, 4) = ?))",
        [reader.month_periods, str(reader.year)],
    )
