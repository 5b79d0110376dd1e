"""Checks: queries that return the rows that should not be, per month.

A failed blocking check withholds the figures that rest on the table it speaks of; it does
not stop the night. Its rows are kept, so that one can look at them.
"""

from __future__ import annotations

from datetime import date

from assets.lake import OutputRecord
from assets.rules import trailing
from assets.workbench import Workbench


def run_check(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Run a check over a month; the record's `rows` is the number of offending rows."""
    rule = bench.plan.rules.checks[name]
    bench.lay_out(rule.listed("reads"), month, trailing(rule))
    body = f"select * from ({rule.body}) order by all"
    return bench.build(rule, f"check.{name}", month, bench.plan.rule(rule, month), body)
