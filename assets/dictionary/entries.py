"""The dictionary as one structure: tables with their columns, and chapters of what counts.

Tables come from a published database, its comments and types; what stands behind the figures
comes from `chapters`. What published columns mean, and an example of each, are rows of
`schemas/columns.csv` and, of the synthetic sample, of `schemas/examples.csv`; of the register both
are its own: its table's word, and its first row. A column that holds a person's pseudonym has no
example. Nothing here knows how it is shown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assets.building.plan import Plan
from assets.database import open_database
from assets.dictionary import chapters
from assets.dictionary.chapters import Chapter, DictionaryError
from assets.key import PSEUDONYM_COLUMNS
from assets.lake import digest
from schemas import register_text
from schemas.register_tables import TABLES

_SCHEMAS = Path(__file__).resolve().parent.parent.parent / "schemas"
# the files, by the column of theirs that says it
_FILES = {"description": "columns.csv", "example": "examples.csv"}
# tables that hold the columns of another
_LIKE = {"kpi.revisions": "kpi.scorecard"}
PSEUDONYMS = (*PSEUDONYM_COLUMNS, "activity_id")
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


def column_comment(table: str, column: str) -> str:
    """Meaning and unit of a column; DictionaryError where nobody has written it down."""
    schema, _, name = table.partition(".")
    if schema == "ref" and name in TABLES:
        described = {c.name: c.description for c in TABLES[name].columns}
        return described[column]
    found = _found("description", table, column)
    if found is None:
        raise DictionaryError(
            f"schemas/columns.csv describes no column {column} of {table}; add a row"
        )
    return found


def example(plan: Plan, table: str, column: str) -> str:
    """A value as it may stand in the column; empty where it would be a person's pseudonym."""
    schema, _, name = table.partition(".")
    if column in PSEUDONYMS:
        return ""
    if schema == "ref" and name in TABLES:
        for row in plan.register.rows(name):
            if row[column] is not None:
                return register_text.in_words(row[column])
    return _found("example", table, column) or ""


def written_digest(what: str) -> str:
    """Digest of the descriptions, or of the examples, that are written down."""
    return digest(sorted((*key, text) for key, text in _written(what).items()))


def _found(what: str, table: str, column: str) -> str | None:
    """Of the column itself, of its like in another table, of its schema's or of any such column."""
    alike, schema = _LIKE.get(table, table.removesuffix("_as_now")), table.partition(".")[0]
    written = _written(what)
    keys = [(place, column) for place in (table, alike, schema, "*")]
    return next((written[key] for key in keys if key in written), None)


@cache
def _written(what: str) -> dict[tuple[str, str], str]:
    with (_SCHEMAS / _FILES[what]).open(encoding="utf-8", newline="") as handle:
        return {(row["table"], row["column"]): row[what] for row in csv.DictReader(handle)}


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
