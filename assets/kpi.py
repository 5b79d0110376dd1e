"""The scorecard: metrics pooled over periods, composites, indices, and the tree above them.

Cheap, so it is always computed whole and never stale. The rules are `sql/kpi/*.sql`; here
is only the order in which they build on each other, and the climb up the tree.
"""

from __future__ import annotations

from assets.lake import OutputRecord
from assets.rules import KPI_ORDER
from assets.workbench import Workbench
from sql.header import Statement
from sql.run import SqlError, failure, quoted

# what the scorecard's statements leave for readers, beside the scorecard itself
KEPT = ("cells", "composites", "realisations", "scorecard")
_DEEPEST = 10


def build_scorecard(bench: Workbench) -> list[OutputRecord]:
    """Compute and keep the KPI tables of all periods."""
    plan, connection = bench.plan, bench.connection
    fingerprint = plan.scorecard()
    rules = [plan.rules.kpi[name] for name in KPI_ORDER]
    refs = {name for rule in rules for name in rule.listed("reads") if name.startswith("ref.")}
    bench.lay_out([*sorted(refs), "metric.monthly"], None)
    records = []
    for name in KPI_ORDER:
        rule = plan.rules.kpi[name]
        if name == "parents":
            _climb(bench, rule)
            continue
        _table(bench, rule, f"kpi.{name}")
        if name in KEPT:
            body = f"select * from kpi.{quoted(name)} order by {rule.header['order']}"
            records.append(bench.build(rule, f"kpi.{name}", None, fingerprint, body))
    connection.execute("drop table if exists kpi.children")
    return records


def _table(bench: Workbench, rule: Statement, name: str) -> None:
    try:
        bench.connection.execute(f"create or replace table {name} as {rule.body}")
    except Exception as error:
        raise failure(rule, error) from None


def _climb(bench: Workbench, rule: Statement) -> None:
    """From KPIs to objectives, perspectives and the organisation: one statement, run upwards."""
    connection = bench.connection
    connection.execute("create or replace table kpi.tree as from kpi.indices")
    connection.execute("create or replace table kpi.children as from kpi.indices")
    for _ in range(_DEEPEST):
        _table(bench, rule, "kpi.parents")
        if not connection.execute("select count(*) from kpi.parents").fetchall()[0][0]:
            return
        connection.execute("insert into kpi.tree by name from kpi.parents")
        connection.execute("create or replace table kpi.children as from kpi.parents")
    raise SqlError("register/weights.csv: the tree of weights has a loop")
