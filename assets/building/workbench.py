"""An engine laid out for one rule: views of what it reads, of the months asked, and no more.

Belongs here: turning lake files, the register and the ledger into the tables rules name.
What the rules are and when they run is decided elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assets.building.counting import counting_rows
from assets.building.plan import Plan
from assets.building.rule_tables import is_same, ops_table, ref_table
from assets.lake import digest, make_folder, sha256_file
from assets.periods import window
from assets.rulebook.grains import GRAINS, at_grain, moments
from assets.stored.outputs import OutputRecord, month_name, output_file
from assets.stored.soundness import sound_outputs
from sql.header import Statement
from sql.run import (
    columns,
    connect,
    execute,
    literal,
    make_table,
    parquet,
    quoted,
    table_name,
    write_parquet,
)


class Workbench:
    """One in-memory engine over a plan; use as a context manager."""

    def __init__(self, plan: Plan, memory_mb: int = 800, threads: int | None = None) -> None:
        self.plan, self.home = plan, plan.home
        # engines that work at once each spill into a folder of their own
        spill = make_folder(self.home.scratch) / f"spill-{threading.get_ident()}"
        self.connection = connect(
            self.home.settings.timezone, temp=spill, memory=f"{memory_mb}MB", threads=threads
        )
        self._made: dict[str, object] = {}  # the month a view holds; None: all of them
        self._filled: set[str] = set()  # tables of rows that are the same whatever the month
        self._columns: dict[str, tuple[str, ...]] = {}  # what a rule returns, likewise

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def lay_out(
        self,
        names: Sequence[str],
        month: date | None,
        trailing: int = 0,
        grain: str = "",
        only: str = "",
        among: frozenset[Path] | None = None,
    ) -> None:
        """Make the named tables visible as they are in `month`; all others vanish.

        Facts and metrics also show the `trailing` months before it. With a grain, the `month`
        of a fact's rows is their day or their interval. `only` is a clause that rows of exports
        must meet, `among` the chunks in which those are that do.
        """
        for name in list(self._made):
            if name not in names:
                self.connection.execute(f"drop view if exists {table_name(name)}")
                del self._made[name]
        for name in names:
            schema, _, table = name.partition(".")
            mark = (month is None,) if is_same(name) else (month, trailing, grain, only, among)
            if name in self._made and self._made[name] == mark and schema not in ("metric", "ops"):
                continue
            if schema == "raw":
                rows = counting_rows(self.plan, table, month, only, among)
                self.connection.execute(f"create or replace view {table_name(name)} as {rows}")
            else:
                self._view(name, month, trailing, grain)
            self._made[name] = mark

    def _view(self, name: str, month: date | None, trailing: int, grain: str) -> None:
        schema, _, table = name.partition(".")
        if schema in ("ref", "ops"):
            self._rows(name, month)
        elif name in GRAINS.values():
            self.connection.execute(
                f"create or replace view {table_name(name)} as from {held(name)}"
            )
        else:
            months = window(month, trailing) if month else self.plan.months
            metrics = [f"metric.{metric}" for metric in self.plan.rules.metrics]
            shown = metrics if name == "metric.detail" else [name]
            records = [r for each in shown for r in self.plan.outputs.records(each, months)]
            fact = self.plan.rules.facts[table] if grain and schema == "fact" else None
            self.show(name, sound_outputs(self.plan.outputs, records), fact, grain)

    def show(
        self, name: str, paths: Sequence[Path], fact: Statement | None = None, grain: str = ""
    ) -> None:
        """Make a table visible from these files, whatever the lake holds of it.

        The rows of a `fact` are shown at a grain.
        """
        if not paths:
            raise RuntimeError(f"{name} has not been built; run kring run")
        rows = parquet(paths)
        shown = f"select * from {rows}"
        if fact:
            times = held(f"{name} moments")
            if grain == "interval":
                self.connection.execute(f"create or replace table {times} as {moments(fact, rows)}")
            shown = at_grain(fact, grain, rows, times)
        self.connection.execute(f"create or replace view {table_name(name)} as {shown}")

    def _rows(self, name: str, month: date | None) -> None:
        """A small table from Python rows, behind a view of the rule's name."""
        schema, _, table = name.partition(".")
        if name not in self._filled:
            columns, rows = (
                ref_table(self.plan, table) if schema == "ref"
                else ops_table(self.plan, table, month)
            )  # fmt: skip
            make_table(self.connection, held(name), columns, rows)
            if is_same(name):
                self._filled.add(name)
        # a rule of months knows a month's state; that a year ends meanwhile is not its concern
        narrow = name == "ref.calendar" and month is not None
        part = "distinct month, month_state" if narrow else "*"
        self.connection.execute(
            f"create or replace view {table_name(name)} as select {part} from {held(name)}"
        )

    def build(
        self, rule: Statement, table: str, month: date | None, body: str,
        settles_by: str = "", judge: Callable[[str], None] | None = None,
    ) -> OutputRecord:  # fmt: skip
        """Run an ordered select into the lake and record what it was made from.

        `settles_by` is the column that says until when a row is provisional, where there is one.
        `judge` is handed the rows, as what a query is `from`, and raises what is wrong with them
        before they are kept: the next run would take them for whole.
        """
        fingerprint = self.plan.fingerprints.of(table, month)
        scratch, rows = self.write(rule, table, digest(table, str(month)), body)
        if judge is not None:
            judge(f"read_parquet({literal(scratch)})")
        sha256 = sha256_file(scratch)
        record = OutputRecord(
            table=table,
            month=month_name(month),
            fingerprint=fingerprint,
            file=output_file(month, sha256),
            sha256=sha256,
            rows=rows,
            settles_on=self._last_day(scratch, settles_by) if settles_by else "",
        )
        return self.plan.outputs.keep(scratch, record)

    def _last_day(self, file: Path, column: str) -> str:
        """The last day in a column of a file; empty where no row has one."""
        query = f"select max({column}) from read_parquet({literal(file)})"
        ((day,),) = self.connection.execute(query).fetchall()
        return str(day) if day else ""

    def write(self, rule: Statement, table: str, name: str, body: str) -> tuple[Path, int]:
        """Run an ordered select into a file of this name in scratch; the file, and its rows."""
        scratch = make_folder(self.home.scratch) / name
        metadata = {"table": table, "is_sample": "true" if self.home.sample() else "false"}
        return scratch, write_parquet(self.connection, rule, body, scratch, metadata)

    def columns(self, rule: Statement) -> tuple[str, ...]:
        """The columns a rule returns; what it reads is laid out, whatever the month or grain."""
        if rule.name not in self._columns:
            self._columns[rule.name] = columns(self.connection, rule)
        return self._columns[rule.name]

    def query(self, rule: Statement) -> list[tuple[Any, ...]]:
        return execute(self.connection, rule, rule.body)


def held(name: str) -> str:
    """The table in which the rows behind a view of this name are held."""
    return "memory.main." + quoted("held " + name)
