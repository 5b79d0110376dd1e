"""The dictionary as one structure: tables with their columns, and chapters of what counts.

Tables come from a published database, its comments and types; what stands behind the figures
comes from `chapters`. Nothing here knows how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assets.building.plan import Plan
from assets.database import open_database
from assets.dictionary import chapters
from assets.dictionary.chapters import Chapter, DictionaryError
from assets.dictionary.columns import PSEUDONYMS, example

_SAMPLE = "SYNTHETIC SAMPLE DATA. "
_COMMENTS = """
select t.kind, t.name, t.comment, c.column_name, lower(c.data_type), c.comment
from duckdb_columns() as c
join (
    select 'table' as kind, schema_name || '.' || table_name as name, comment, table_oid as oid
    from duckdb_tables() where database_name = current_database() and not internal
    union all
    select 'view', schema_name || '.' || view_name, comment, view_oid
    from duckdb_views() where database_name = current_database() and not internal
) as t on t.oid = c.table_oid and t.name = c.schema_name || '.' || c.table_name
where c.database_name = current_database() and not c.internal
order by t.name, c.column_index
"""


@dataclass(frozen=True)
class Column:
    """A published column; the meaning gives the unit, the example is synthetic or decided."""

    name: str
    type: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Table:
    """A published table or view; the meaning ends with its grain."""

    name: str
    kind: str
    meaning: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Dictionary:
    """All that is documented of one organisation's figures."""

    organisation: str
    chapters: tuple[Chapter, ...]
    tables: tuple[Table, ...]


def read_dictionary(plan: Plan, database: Path) -> Dictionary:
    """Everything a published database holds, described; raises DictionaryError for a gap."""
    return Dictionary(
        plan.home.settings.name,
        (*chapters.of_plan(plan), chapters.contracts()),
        tuple(_tables(plan, database)),
    )


def lacking(tables: Iterable[Table]) -> list[str]:
    """The columns without an example that hold no pseudonym: somebody forgot to write one."""
    return [
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if not column.example and column.name not in PSEUDONYMS
    ]


def _tables(plan: Plan, database: Path) -> Iterable[Table]:
    with open_database(database) as con:
        rows = con.execute(_COMMENTS).fetchall()
    found: dict[tuple[str, str, str], list[Column]] = {}
    for kind, name, comment, column, type_, meaning in rows:
        head = (name, kind, _said(f"{kind} {name}", comment).removeprefix(_SAMPLE))
        said = _said(f"column {name}.{column}", meaning)
        found.setdefault(head, []).append(Column(column, type_, said, example(plan, name, column)))
    return [Table(*head, tuple(columns)) for head, columns in found.items()]


def _said(what: str, text: str | None) -> str:
    if not (text or "").removeprefix(_SAMPLE).strip():
        raise DictionaryError(f"{what} has no description; schemas/columns.csv or its SQL header "
                              "is where it belongs")  # fmt: skip
    return str(text)
