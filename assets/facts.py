"""Facts: the rows that count, one parquet per fact and month, in their contract's order."""

from __future__ import annotations

from datetime import date

from assets import spans
from assets.lake import OutputRecord
from assets.plan import Plan
from assets.workbench import Workbench
from sql.header import Statement
from sql.run import literal


def survey_spans(plan: Plan) -> None:
    """Look at the facts that rest on other months, where what they rest on has changed."""
    todo = _unsurveyed(plan)
    if not todo:
        return
    with Workbench(plan) as bench:
        for rule in todo:
            spans.survey(
                plan.home, bench.connection, rule, plan.span_inputs(rule), bench.parts(rule)
            )


def spans_current(plan: Plan) -> bool:
    """Whether the judge knows the months of every such fact."""
    return not _unsurveyed(plan)


def _unsurveyed(plan: Plan) -> list[Statement]:
    rules = [rule for rule in plan.rules.facts.values() if rule.header.get("spans")]
    return [r for r in rules if not spans.is_current(plan.home, r, plan.span_inputs(r))]


def build_fact(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Build one month of a fact; its rows are ordered by a total key, so bytes repeat."""
    rule = bench.plan.rules.facts[name]
    rows = rule.body
    if rule.header.get("spans"):
        rows = bench.whole(rule, bench.plan.span_inputs(rule))
    else:
        bench.lay_out(rule.listed("reads"), month)
    body = (
        f"select * from ({rows}) where month = date {literal(month)} "
        f"order by {rule.header.get('order') or rule.header['key']}"
    )
    return bench.build(rule, f"fact.{name}", month, bench.plan.fact(rule, month), body)
