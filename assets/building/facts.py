"""Facts: the rows that count, one parquet per fact and month, in their contract's order."""

from __future__ import annotations

from datetime import date

from assets.building.plan import Plan
from assets.building.workbench import Workbench
from assets.lake import digest, is_sound, link_or_copy, make_folder
from assets.stored import spans
from assets.stored.outputs import OutputRecord, month_name, output_file
from assets.stored.soundness import made_anew
from sql.header import Statement
from sql.run import literal


def build_fact(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Build one month of a fact; its rows are ordered by a total key, so bytes repeat."""
    rule = bench.plan.rules.facts[name]
    if rule.header.get("apart") and (surveyed := _surveyed(bench.plan, rule, month)):
        return surveyed
    bench.lay_out(rule.listed("reads"), month)
    # of a fact that spans months this month was found to have no rows
    where = "false" if rule.header.get("apart") else f"month = date {literal(month)}"
    order = rule.header.get("order") or rule.header["key"]
    body = f"select * from ({rule.body}) where {where} order by {order}"
    return bench.build(rule, f"fact.{name}", month, body)


def _surveyed(plan: Plan, rule: Statement, month: date) -> OutputRecord | None:
    """Take over a month's rows from their survey; None where it has none.

    Raises HomeError where the disk has damaged them: they are made anew by the next run.
    """
    found = spans.last_survey(plan.home, rule.name)
    prepared = found.months.get(month_name(month)) if found else None
    if prepared is None:
        return None
    file = spans.file(plan.home, rule.name, prepared)
    if not is_sound(file, prepared.sha256):
        spans.forget(plan.home, rule.name)
        raise made_anew(file)
    record = OutputRecord(
        f"fact.{rule.name}", month_name(month), plan.fingerprints.fact(rule, month),
        output_file(month, prepared.sha256), prepared.sha256, prepared.rows,
    )  # fmt: skip
    scratch = make_folder(plan.home.scratch) / digest(record.table, record.month)
    scratch.unlink(missing_ok=True)
    link_or_copy(file, scratch)
    return plan.outputs.keep(scratch, record)
