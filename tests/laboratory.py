"""Where worked examples are run: an engine whose tables hold given rows, and the real SQL.

Reference tables hold the shipped register unless a case gives rows; such a row changes the shipped
one that it is nearest to, and `preset` sets a service-level rule's switches. Expected cells: null
is null, `"81.13"` is what it prints as (half up), `~text` is contained, anything else is equal;
`percent` is 100 x numerator / denominator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

import pytest
from homes import TestHome

from assets.building.kpi import CLOSED_REALISATIONS, COUNTED_NOW
from assets.building.metrics import SHAPE
from assets.building.plan import Plan
from assets.building.rule_tables import ref_table
from assets.building.workbench import Workbench
from assets.periods import calendar
from assets.rounding import rounded
from assets.rulebook.rules import KPI_ORDER
from schemas.register_columns import KINDS
from sql.header import Statement

AS_OF = date(2025, 1, 31)


class Laboratory:
    """An engine in which any table a rule reads can be filled with given rows."""

    def __init__(self, bench: Workbench) -> None:
        self.plan, self.connection = bench.plan, bench.connection
        rules = self.plan.rules
        self.rules: dict[str, Statement] = {
            **{f"facts/{n}": s for n, s in rules.facts.items()},
            **{f"metrics/{n}": s for n, s in rules.metrics.items()},
            **{f"kpi/{n}": s for n, s in rules.kpi.items()},
            **{f"checks/{n}": s for n, s in rules.checks.items()},
            **{f"tables/{n}": s for n, s in rules.tables.items()},
        }
        self.connection.execute("create schema shape")
        ops = ["ops.coverage", "ops.checks", "ops.accepted", "ops.month", "ops.sources"]
        self._keep(bench, [*(f"raw.{kind}" for kind in KINDS), *ops])
        for name in ops:
            self.connection.execute(f'delete from shape."{name}"')
        self._keep(bench, [f"ref.{n}" for n in (*self.plan.register.tables, "calendar", "clock",
                                                "metric_definitions")])  # fmt: skip
        columns = ", ".join(f"{n} {kind}" for n, kind in SHAPE.items())
        for name in ("detail", *rules.metrics):
            self.connection.execute(
                f'create table shape."metric.{name}" (month date, metric_id text, {columns}, '
                "numerator decimal(38, 12), denominator decimal(38, 12))"
            )
        given = {"closed_realisations": CLOSED_REALISATIONS, "counted_now": COUNTED_NOW}
        for name, kinds in given.items():
            columns = ", ".join(f"{n} {kind}" for n, kind in kinds.items())
            self.connection.execute(f'create table shape."kpi.{name}" ({columns})')
        for name in ("monthly", *KPI_ORDER[: KPI_ORDER.index("parents")]):
            self._shape_of(f"kpi/{name}")
        for name in ("kpi.children", "kpi.tree"):
            self.connection.execute(f'create table shape."{name}" as from shape."kpi.indices"')

    def _keep(self, bench: Workbench, names: list[str]) -> None:
        bench.lay_out(names, None)
        for name in names:
            self.connection.execute(f'create table shape."{name}" as from {name}')
        bench.lay_out([], None)

    def _shape_of(self, rule: str) -> None:
        name = target_of(rule)
        with self.tables(self.rules[rule].listed("reads"), {}, AS_OF):
            self.connection.execute(
                f'create table shape."{name}" as select * from ({self.rules[rule].body}) limit 0'
            )

    def tables(self, names: tuple[str, ...], given: Mapping[str, Any], as_of: date) -> Made:
        return Made(self, names, given, as_of)

    def know(self, name: str) -> None:
        """Have the shape of a fact that no case has named before."""
        if name.startswith("fact.") and not self._has_shape(name):
            self._shape_of(name.replace("fact.", "facts/"))

    def fill(self, name: str, given: Mapping[str, Any], as_of: date) -> None:
        """Make a table of given rows; a reference table without any holds the register's."""
        self.connection.execute(f'create table {name} as from shape."{name}"')
        rows = [dict(row) for row in given.get(name, ())]
        if name in ("ref.calendar", "ref.clock") and as_of != AS_OF:
            rows = calendar(self.plan.home, as_of) if "calendar" in name else [{"as_of": as_of}]
        elif name.startswith("ref.") and rows:
            columns, shipped = ref_table(self.plan, name.removeprefix("ref."))
            bases = [dict(zip(columns, row, strict=True)) for row in shipped]
            rows = [{**nearest(row, bases), **self._preset(row)} for row in rows]
        if name.startswith("raw."):  # every row of an export is a record of a file
            record = {"source": "given", "file_id": "given"}
            rows = [{**record, "file_row": n, **row} for n, row in enumerate(rows, start=1)]
        if rows or name in given:
            self.connection.execute(f"delete from {name}")
        for columns, alike in groupby(rows, key=tuple):
            listed = ", ".join(f'"{column}"' for column in columns)
            marks = ", ".join("?" for _ in columns)
            values = [list(row.values()) for row in alike]
            for at in range(0, len(values), 100):  # one by one takes longer than what is tested
                part = values[at : at + 100]
                self.connection.execute(
                    f"insert into {name} ({listed}) values {', '.join([f'({marks})'] * len(part))}",
                    [value for row in part for value in row],
                )

    def _has_shape(self, name: str) -> bool:
        query = (
            "select count(*) from duckdb_tables() where schema_name = 'shape' and table_name = ?"
        )
        return bool(self.connection.execute(query, [name]).fetchall()[0][0])

    def _preset(self, row: dict[str, Any]) -> dict[str, Any]:
        rule_id = row.pop("preset", None)
        for preset in self.plan.register.rows("service_level_presets") if rule_id else ():
            if preset["rule_id"] == rule_id:
                switches = {
                    k: v for k, v in preset.items() if k not in ("rule_id", "title", "follows")
                }
                return {**switches, **row}
        return row

    def run(self, name: str) -> None:
        """Run a statement and keep its rows under the name it is known by."""
        rule, target = self.rules[name], target_of(name)
        if name.startswith("metrics/"):
            given = set(self.connection.sql(rule.body).columns)
            shape = ", ".join(
                f"cast({column if column in given else 'null'} as {kind}) as {column}"
                for column, kind in SHAPE.items()
            )
            self.connection.execute(
                f"insert into metric.detail by name select month, '{rule.name}' as metric_id, "
                f"{shape}, numerator, denominator from ({rule.body})"
            )
        else:
            self.connection.execute(f"create or replace table {target} as {rule.body}")


class Made:
    """The tables of a case, dropped when it ends."""

    def __init__(
        self, laboratory: Laboratory, names: tuple[str, ...], given: Mapping[str, Any], as_of: date
    ) -> None:
        self.laboratory = laboratory
        # first, because finding a shape fills and drops tables of its own
        for name in names:
            laboratory.know(name)
        for name in names:
            laboratory.fill(name, given, as_of)

    def __enter__(self) -> Made:
        return self

    def __exit__(self, *_: object) -> None:
        connection = self.laboratory.connection
        for (name,) in connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('raw', 'fact', 'metric', 'kpi', 'ops', 'ref')"
        ).fetchall():
            connection.execute(f"drop table {name}")


def nearest(row: dict[str, Any], bases: list[dict[str, Any]]) -> dict[str, Any]:
    """The shipped row that a given row is a change of: the first that agrees with most of it."""
    return max(bases, key=lambda base: sum(base.get(k, row) == v for k, v in row.items()))


def target_of(rule: str) -> str:
    """The table a statement's rows are known by."""
    folder, name = rule.split("/")
    if folder == "metrics":
        return "metric.detail"
    if folder in ("checks", "tables"):
        return "ops.offending" if folder == "checks" else name
    return "metric.monthly" if name == "monthly" else f"{folder.removesuffix('s')}.{name}"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    home = TestHome(tmp_path_factory.mktemp("laboratory") / "home", last_month="2024-12").home
    with Workbench(Plan(home, AS_OF)) as bench:
        yield Laboratory(bench)


def compare(laboratory: Laboratory, case: dict[str, Any]) -> None:
    """Run a case's statements over its rows; the last one's are as it expects."""
    rules = [laboratory.rules[name] for name in case["run"]]
    made = [target_of(name) for name in case["run"]]
    reads = {name for rule in rules for name in rule.listed("reads")} - set(made)
    needed = reads | ({"metric.detail"} & set(made))
    defaults = case.get("defaults", {})
    given = {
        name: [{**defaults.get(name, {}), **row} for row in rows]
        for name, rows in case["given"].items()
    }
    assert case["own"] <= needed, "a case gives only what its statements read"
    with laboratory.tables(tuple(sorted(needed)), given, case.get("as_of", AS_OF)):
        for name in case["run"]:
            laboratory.run(name)
        order = case.get("order") or rules[-1].header.get("order") or "all"
        found = laboratory.connection.sql(
            f"select * from {made[-1]} where {case.get('where', 'true')} order by {order}"
        )
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    expected = case["expect"]
    assert len(rows) == len(expected), rows
    for row, wanted in zip(rows, expected, strict=True):
        if "percent" in wanted:
            row["percent"] = Decimal(100) * row["numerator"] / row["denominator"]
        differing = {
            column: (cell, row[column])
            for column, cell in wanted.items()
            if not agrees(cell, row[column])
        }
        assert not differing, f"(expected, found): {differing}"


def agrees(expected: Any, found: Any) -> bool:
    if expected is None or found is None:
        return expected is None and found is None
    if isinstance(expected, str) and isinstance(found, Decimal | float):
        return printed(found, len(expected.partition(".")[2])) == expected
    if isinstance(expected, str) and expected.startswith("~"):
        return expected[1:] in found
    if isinstance(expected, int | float) and isinstance(found, float):
        return bool(found == pytest.approx(expected, abs=1e-9))
    if isinstance(expected, int | float) and isinstance(found, Decimal):
        return found == Decimal(str(expected))
    return bool(expected == found)


def printed(value: Decimal | float, places: int) -> str:
    """As a figure is printed: by the product's own rounding, where it is a scorecard's double."""
    if isinstance(value, float):
        return rounded(value, places)
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
