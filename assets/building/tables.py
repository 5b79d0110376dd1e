"""Tables of each month that readers get beside facts and figures; no figure rests on them."""

from __future__ import annotations

from datetime import date

from assets.building.metrics import SHAPE, require_counts, shaped
from assets.building.workbench import Workbench, held
from assets.outputs import OutputRecord
from assets.rulebook.grains import GRAINS, MOMENTS
from assets.rulebook.headers import trailing
from sql.run import literal


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
