"""The sample year's tables, of which a test alters some, explained anew by the real SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from homes import TestHome

from assets.publishing.explaining import EXPLANATION
from sql.run import connect, literal, table_name

Rows = list[tuple[Any, ...]]


class Explained:
    """Tables of a version, and what is said of its figures."""

    def __init__(self, home: TestHome) -> None:
        self.con = connect("Asia/Jakarta")
        database = literal(home.root / "published/current/kring.duckdb")
        self.con.execute(f"attach {database} as published (read_only)")
        held = self.con.execute(
            "select distinct schema_name, table_name from duckdb_columns() "
            "where database_name = 'published' and schema_name in ('kpi', 'ref', 'ops', 'fact')"
        ).fetchall()
        for schema, table in held:
            name = table_name(f"{schema}.{table}")
            self.con.execute(f"create view {name} as from published.{name}")

    def alter(self, table: str, change: str) -> None:
        """Put a copy in a table's place, and change that."""
        self.con.execute(f"drop view {table}")
        self.con.execute(f"create table {table} as from published.{table}")
        self.con.execute(change.format(table))

    def rests(
        self, figure: str, period: str, kind: str, columns: str = "part", basis: str = "computed"
    ) -> Rows:
        """What a figure of 2024 rests on, in order."""
        EXPLANATION.lay_out(self.con)
        return list(
            self.con.execute(
                f"select {columns} from parts where year = 2024 and figure = {literal(figure)} "
                f"and period = {literal(period)} and kind = {literal(kind)} "
                f"and coalesce(basis, 'computed') = {literal(basis)} order by all"
            ).fetchall()
        )


@pytest.fixture
def explained(sample_home: TestHome) -> Iterator[Explained]:
    made = Explained(sample_home)
    yield made
    made.con.close()
