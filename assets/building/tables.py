"""What is made of a month's facts and metrics beside figures: tables for readers, on which no
figure rests, and checks, which return the rows that should not be.

A failed blocking check withholds the figures that rest on the table it speaks of; it does not stop
the night. A `flag` is published and must be looked at, a `warn` is shown. The rows are kept, so
that one can look at them.
"""

from __future__ import annotations

from datetime import date

from assets.building.metrics import SHAPE, require_counts, shaped
from assets.building.plan import Plan
from assets.building.workbench import Workbench, held
from assets.rulebook.grains import GRAINS, MOMENTS
from assets.rulebook.headers import trailing
from assets.stored.outputs import OutputRecord
from assets.stored.soundness import sound_outputs
from sql.header import Statement, place
from sql.run import SqlError, connect, literal, parquet, records


def build_table(bench: Workbench, name: str, month: date) -> OutputRecord:
    """Build one month of a table of `sql/tables`, in the order its header states."""
    rule = bench.plan.rules.tables[name]
    for grain, rows in GRAINS.items():
        if rows in rule.listed("reads"):
            _count(bench, grain, month)
    bench.lay_out(rule.listed("reads"), month, trailing(rule))
    body = f"select * from ({rule.body}) order by {rule.header['order']}"
    return bench.build(rule, name, month, body)


def _count(bench: Workbench, grain: str, month: date) -> None:
    """Hold a month's rows of every metric of a grain, each counted by its own SQL."""
    table, (kind, _) = held(GRAINS[grain]), MOMENTS[grain]
    columns = ", ".join(f"{column} {type_}" for column, type_ in SHAPE.items())
    bench.connection.execute(
        f"create or replace table {table} (moment {kind}, metric_id text, {columns}, "
        "numerator decimal(38, 12), denominator decimal(38, 12))"
    )
    for rule in bench.plan.rules.of_grain(grain).values():
        bench.lay_out(rule.listed("reads"), month, grain=grain)
        rows = shaped(bench, rule, f"cast(month as {kind}) as moment")
        bench.connection.execute(f"insert into {table} by name {rows}")
        own = f"{table} where metric_id = {literal(rule.name)}"
        require_counts(bench, rule, own, f"{month:%Y-%m} by {grain}")
        _add_up(bench, rule, own, month, grain)


def _add_up(bench: Workbench, rule: Statement, rows: str, month: date, grain: str) -> None:
    """Raise SqlError where the parts of a month are another than the month, but for rounding."""
    cell, counts = "channel, queue, service, source, policy_id", "numerator, denominator"
    plan, metric = bench.plan, f"metric.{rule.name}"
    record = plan.outputs.get(metric, month)
    if not record or record.fingerprint != plan.fingerprints.of(metric, month):
        return  # of other facts: somebody rebuilds the parts alone, and again once the month is
    whole = sound_outputs(plan.outputs, [record])
    ((unlike,),) = bench.connection.execute(
        f"select count(*) from (select {cell} from (select {cell}, {counts} from {rows} union all "
        f"select {cell}, -numerator, -denominator from {parquet(whole)}) group by all "
        "having abs(sum(numerator)) > 1e-9 * sum(abs(numerator)) "
        "or abs(sum(denominator)) > 1e-9 * sum(abs(denominator)))"
    ).fetchall()
    if unlike:
        raise SqlError(
            f"{place(rule.path)}: by {grain}, {unlike} of its rows of {month:%Y-%m} do not add up "
            "to what they are by month; a count of different things, or what is joined by month, "
            f"has no parts: take {grain} out of `grains`"
        )


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
