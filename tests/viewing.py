"""Views and questions over tables of a few given rows, in the shapes of the published ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from homes import TestHome

from assets.rulebook.headers import VIEW_KEYS
from sql.run import HERE, connect, literal, questions, records, statements, table_name

Rows = list[dict[str, Any]]
Seen = Callable[..., Rows]
RULES = {
    **statements(HERE / "views", VIEW_KEYS),
    **{
        f"{folder}/{name}": rule
        for folder in ("comparison", "workbook", "performance_report")
        for name, rule in questions(folder).items()
    },
}
JANUARY, FEBRUARY, MARCH, APRIL = (date(2024, month, 1) for month in range(1, 5))


@pytest.fixture
def seen(sample_home: TestHome) -> Seen:
    """The rows of a view, or of a question asked with parameters; what is not given is null."""
    database = literal(sample_home.root / "published/current/kring.duckdb")

    def rows_of(name: str, given: dict[str, Rows], **asked: Any) -> Rows:
        con = connect("Asia/Jakarta")
        con.execute(f"attach {database} as published (read_only)")
        for table, rows in ((table_name(each), rows) for each, rows in given.items()):
            con.execute(f"create table {table} as from published.{table} limit 0")
            for row in rows:
                marks = ", ".join("?" for _ in row)
                con.execute(
                    f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
                )
        return records(con, RULES[name].body, asked or None)

    return rows_of


def only(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of each row."""
    return [tuple(row[column] for column in columns) for row in rows]
