"""The scorecard: metrics pooled over periods, composites, indices, and the tree above them.

Cheap, so it is always computed whole and never stale. The rules are `sql/kpi/*.sql`; here
is only the order in which they build on each other, the climb up the tree, and that closed
periods keep what was published while `scorecard_as_now` knows everything.
"""

from __future__ import annotations

from pathlib import Path

from assets.building.workbench import Workbench
from assets.record import closing, revisions
from assets.record.revisions import Revision, Share
from assets.rulebook.headers import reads_of
from assets.rulebook.rules import KPI_ORDER
from assets.stored.outputs import OutputRecord
from schemas.register_columns import LEVELS
from sql.header import Statement
from sql.run import create, literal, make_table, quoted, table_name

# what the scorecard's statements leave for readers, beside the scorecard itself
KEPT = ("inputs", "cells", "composites", "realisations", "scorecard")
# of these, rows of a KPI's first months alone, which are the KPI's and no figures of the period
COUNTED_FROM = ("cells", "composites")
AS_NOW = "kpi.scorecard_as_now"
# what longer periods take from quarters that are closed
CLOSED_REALISATIONS = {
    "kpi_id": "text", "year": "integer", "period": "text", "value": "double", "status": "text",
    "reason": "text", "is_proven": "boolean",
}  # fmt: skip
# the cells counted now of the months that are closed, whatever these were closed with
COUNTED_NOW = {
    "month": "date", "metric_id": "text", "channel": "text", "service": "text", "status": "text",
}  # fmt: skip


def build_scorecard(bench: Workbench) -> list[OutputRecord]:
    """Compute and keep the KPI tables of all periods, as now and as published."""
    plan = bench.plan
    closing.require_whole(plan.home)
    closing.require_ended(plan.home, plan.as_of)
    scorecard = plan.rules.kpi["scorecard"]
    rules = [plan.rules.kpi[name] for name in KPI_ORDER]
    refs = {f"ref.{name}" for rule in rules for name in reads_of(rule, "ref")}
    bench.lay_out([*sorted(refs), "metric.monthly"], None)
    _counted_now(bench, [])
    _compute(bench, [])
    ordered = f"select * from kpi.scorecard order by {scorecard.header['order']}"
    bench.build(scorecard, AS_NOW, None, ordered)
    closed = revisions.shares(plan.home)
    if closed:
        _counted_now(bench, closed)
        bench.show("metric.monthly", published_months(bench))
        _compute(bench, closed)
        for name in KEPT[1:]:
            for revision, names in closed:
                _keep_closed(bench, f"kpi.{name}", revision, names)
    records = []
    for name in KEPT:
        rule = plan.rules.kpi[name]
        rows = f"from kpi.{quoted(name)}"
        if name in COUNTED_FROM:
            rows = f"select * exclude (counted_from) {rows} where counted_from is null"
        body = f"{rows} order by {rule.header['order']}"
        records.append(bench.build(rule, f"kpi.{name}", None, body))
    return records


def published_months(bench: Workbench) -> list[Path]:
    """The files of metric.monthly as readers see them: closed months as they were closed."""
    frozen = revisions.frozen_months(bench.plan.home, "metric.monthly")
    outputs = bench.plan.outputs
    records = outputs.records("metric.monthly", bench.plan.months)
    return [frozen.get(record.month) or outputs.path(record) for record in records]


def _compute(bench: Workbench, closed: list[Share]) -> None:
    """Run the statements in their order; closed quarters keep their inputs and realisations."""
    _closed_realisations(bench, closed)
    for name in KPI_ORDER:
        rule = bench.plan.rules.kpi[name]
        if name == "parents":
            _climb(bench, rule)
        else:
            create(bench.connection, rule, f"kpi.{name}")
        if name == "inputs":
            for revision, quarters in revisions.quarter_shares(closed):
                _keep_closed(bench, "kpi.inputs", revision, quarters)
    bench.connection.execute("drop table if exists kpi.children")


def _closed_realisations(bench: Workbench, closed: list[Share]) -> None:
    make_table(bench.connection, "kpi.closed_realisations", CLOSED_REALISATIONS, [])
    for revision, _ in closed:
        file = revision.file("kpi.realisations")
        bench.connection.execute(
            f"insert into kpi.closed_realisations by name select {', '.join(CLOSED_REALISATIONS)} "
            f"from read_parquet({literal(file)}) where basis = 'computed' and period like 'Q%'"
        )


def _counted_now(bench: Workbench, closed: list[Share]) -> None:
    """Keep what the months as now hold of closed ones, before these show as they were closed."""
    months = ", ".join(literal(f"{m}-01") for revision, _ in closed for m in revision.months)
    where = f"month in ({months})" if closed else "false"
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COUNTED_NOW.items())
    bench.connection.execute(
        "create or replace table kpi.counted_now as "
        f"select distinct {columns} from metric.monthly where {where}"
    )


def _keep_closed(bench: Workbench, table: str, revision: Revision, names: list[str]) -> None:
    """Put a closed period's own rows in the place of those just computed."""
    if not names:
        return
    periods = ", ".join(literal(name) for name in names)
    where = f"where year = {revision.year} and period in ({periods})"
    con = bench.connection
    con.execute(f"delete from {table_name(table)} {where}")
    kept = [c[0] for c in con.execute(f"describe {table_name(table)}").fetchall()]
    file = literal(revision.file(table))
    held = {c[0] for c in con.execute(f"describe from read_parquet({file})").fetchall()}
    columns = ", ".join(quoted(name) for name in kept if name in held)
    rows = f"select {columns} from read_parquet({file}) {where}"
    con.execute(f"insert into {table_name(table)} by name {rows}")


def _climb(bench: Workbench, rule: Statement) -> None:
    """From KPIs to objectives, perspectives and the organisation: one statement, run upwards.

    A parent waits for its own level: its children may lie on different ones.
    """
    connection = bench.connection
    connection.execute("create or replace table kpi.tree as from kpi.indices")
    for level in reversed(LEVELS):
        connection.execute("create or replace table kpi.children as from kpi.tree")
        create(connection, rule, "kpi.parents")
        connection.execute(
            f"insert into kpi.tree by name from kpi.parents where level = {literal(level)}"
        )
