"""What is written down of published columns: what they mean, and an example of each.

Of the register both are its own: its table's word, and its first row. Of the rest they are rows of
`schemas/columns.csv` and, of the synthetic sample, of `schemas/examples.csv`. A column that holds a
person's pseudonym has no example.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from assets.building.plan import Plan
from assets.dictionary.chapters import DictionaryError
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


def column_comment(table: str, column: str) -> str:
    """Meaning and unit of a column; DictionaryError where nobody has written it down."""
    schema, _, name = table.partition(".")
    if schema == "ref" and name in TABLES:
        described = {c.name: c.description for c in TABLES[name].columns}
        return described[column]
    found = _said("description", table, column)
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
    return _said("example", table, column) or ""


def written_digest(what: str) -> str:
    """Digest of the descriptions, or of the examples, that are written down."""
    return digest(sorted((*key, text) for key, text in _written(what).items()))


def _said(what: str, table: str, column: str) -> str | None:
    """Of the column itself, of its like in another table, of its schema's or of any such column."""
    alike, schema = _LIKE.get(table, table.removesuffix("_as_now")), table.partition(".")[0]
    written = _written(what)
    keys = [(place, column) for place in (table, alike, schema, "*")]
    return next((written[key] for key in keys if key in written), None)


@cache
def _written(what: str) -> dict[tuple[str, str], str]:
    with (_SCHEMAS / _FILES[what]).open(encoding="utf-8", newline="") as handle:
        return {(row["table"], row["column"]): row[what] for row in csv.DictReader(handle)}
