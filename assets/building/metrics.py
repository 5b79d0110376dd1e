"""Metrics: each SQL file run over a month, brought to the one shape that can be added up.

Also `metric.monthly`, where each month of each metric gets its value, its status and the
reason for it. Dividing happens there and nowhere before.
"""

from __future__ import annotations

from datetime import date

from assets.building.workbench import Workbench
from assets.stored.outputs import OutputRecord
from sql.header import HeaderError, Statement, place
from sql.run import SqlError, literal

# what a metric's select may return beside month, numerator and denominator
SHAPE = {
    "channel": "text", "queue": "text", "service": "text", "source": "text",
    "policy_id": "text", "eligible": "decimal(38, 12)", "provisional_until": "date",
}  # fmt: skip
_SETTLES_BY = "provisional_until"
_ORDER = "channel, queue, service, source, policy_id"


def build_metric(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Build one month of a metric: numerator and denominator per cell, exact decimals."""
    rule = bench.plan.rules.metrics[name]
    bench.lay_out(rule.listed("reads"), month)
    body = f"{shaped(bench, rule)} order by {_ORDER}, numerator, denominator"
    settles_by = _SETTLES_BY if _SETTLES_BY in _columns(bench, rule) else ""
    return bench.build(
        rule, f"metric.{name}", month, body, settles_by,
        lambda rows: _can_be_added_up(bench, rule, month, rows),
    )  # fmt: skip


def _can_be_added_up(bench: Workbench, rule: Statement, month: date, rows: str) -> None:
    """A metric sees one month: what it dates otherwise would be in no figure, without a word."""
    ((strays,),) = bench.connection.execute(
        f"select count(*) from {rows} where month is distinct from date {literal(month)}"
    ).fetchall()
    if strays:
        raise SqlError(
            f"{place(rule.path)}: {strays} of its rows of {month:%Y-%m} have another day than "
            f"{month} as month; return the `month` of the rows that it reads"
        )
    require_counts(bench, rule, rows, f"{month:%Y-%m}")


def require_counts(bench: Workbench, rule: Statement, rows: str, named: str) -> None:
    """Raise SqlError where one of the two is null beside the other: in sums it would be 0."""
    for column, other in (("numerator", "denominator"), ("denominator", "numerator")):
        ((unknown,),) = bench.connection.execute(
            f"select count_if({column} is null and {other} <> 0) from {rows}"
        ).fetchall()
        if unknown:
            raise SqlError(
                f"{place(rule.path)}: {column} is null in {unknown} of its rows of {named} that "
                f"have a {other}, and would be added up as 0; where none was counted return "
                "coalesce(..., 0), and where it is unknown leave the row out"
            )


def shaped(bench: Workbench, rule: Statement, moment: str = "cast(month as date) as month") -> str:
    """A select of a metric's rows in the shape that all share; what it reads is laid out."""
    given = _columns(bench, rule)
    dimensions = ", ".join(
        f"cast({column if column in given else 'null'} as {kind}) as {column}"
        for column, kind in SHAPE.items()
    )
    return (
        f"select {moment}, {literal(rule.name)} as metric_id, {dimensions}, "
        "cast(numerator as decimal(38, 12)) as numerator, "
        f"cast(denominator as decimal(38, 12)) as denominator from ({rule.body}\n)"
    )


def _columns(bench: Workbench, rule: Statement) -> set[str]:
    columns = {name.lower() for name in bench.columns(rule)}
    required = {"month", "numerator", "denominator"}
    if missing := required - columns:
        named = ", ".join(sorted(missing))
        raise HeaderError(f"{place(rule.path)}: the select must return {named}")
    if unknown := columns - required - set(SHAPE):
        raise HeaderError(
            f"{place(rule.path)}: unknown columns {', '.join(sorted(unknown))}; a metric returns "
            f"month, numerator, denominator and any of {', '.join(SHAPE)}"
        )
    return columns


def build_monthly(bench: Workbench, month: date) -> OutputRecord:
    """Every metric of a month with value, status and reason."""
    rule = bench.plan.rules.kpi["monthly"]
    bench.lay_out(rule.listed("reads"), month)
    body = f"select * from ({rule.body}) where month = date {literal(month)}"
    body += f" order by {rule.header['order']}"
    return bench.build(
        rule, "metric.monthly", month, body,
        judge=lambda rows: _each_once(bench, month, rows),
    )  # fmt: skip


def _each_once(bench: Workbench, month: date, rows: str) -> None:
    doubled = bench.connection.execute(
        "select distinct metric_id from (select metric_id, channel, queue, service, source, "
        f"policy_id from {rows} group by all having count(*) > 1) order by all"
    ).fetchall()
    if doubled:
        names = ", ".join(f"metrics/{name}.sql" for (name,) in doubled)
        raise SqlError(
            f"{names}: several rows of {month:%Y-%m} have the same channel, queue, service, "
            "source and policy; group by what the select returns"
        )
