"""Checks: queries that return the rows that should not be, per month.

A failed blocking check withholds the figures that rest on the table it speaks of; it does
not stop the night. A `flag` is published and must be looked at, a `warn` is shown. The rows
are kept, so that one can look at them.
"""

from __future__ import annotations

from datetime import date

from assets.building.plan import Plan
from assets.building.workbench import Workbench
from assets.outputs import OutputRecord
from assets.rulebook.headers import trailing
from sql.run import connect, literal, records


def run_check(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Run a check over a month; the record's `rows` is the number of offending rows."""
    rule = bench.plan.rules.checks[name]
    bench.lay_out(rule.listed("reads"), month, trailing(rule))
    body = f"select * from ({rule.body}\n) order by all"
    return bench.build(rule, f"check.{name}", month, body)


def offending_rows(plan: Plan, name: str, month: date, limit: int) -> list[dict[str, object]]:
    """The first rows that a check found in a month, as the lake holds them."""
    record = plan.outputs.get(f"check.{name}", month)
    if record is None:
        return []
    path = literal(plan.outputs.path(record))
    with connect(plan.home.settings.timezone) as engine:
        return records(engine, f"from read_parquet({path}) limit {limit}")
