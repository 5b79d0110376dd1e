"""Tables of each month that readers get beside facts and figures; no figure rests on them."""

from __future__ import annotations

from datetime import date

from assets.lake import OutputRecord
from assets.rules import trailing
from assets.workbench import Workbench


def build_table(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Build one month of a table of `sql/tables`, in the order its header states."""
    rule = bench.plan.rules.tables[name]
    bench.lay_out(rule.listed("reads"), month, trailing(rule))
    body = f"select * from ({rule.body}) order by {rule.header['order']}"
    return bench.build(rule, name, month, bench.plan.rule(rule, month), body)
