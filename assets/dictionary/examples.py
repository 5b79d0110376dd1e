"""Examples of columns: of the register its own first row, of the rest one written down.

Those written down (`schemas/examples.csv`) are of the synthetic sample. A column that holds a
person's pseudonym has none.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from assets.building.plan import Plan
from assets.lake import digest
from schemas import register_text
from schemas.register_tables import TABLES

_FILE = Path(__file__).resolve().parent.parent.parent / "schemas" / "examples.csv"
PSEUDONYMS = ("agent_key", "respondent_key", "customer_key", "activity_id")


def example(plan: Plan, table: str, column: str) -> str:
    """A value as it may stand in the column; empty where it would be a person's pseudonym."""
    schema, _, name = table.partition(".")
    if column in PSEUDONYMS:
        return ""
    if schema == "ref" and name in TABLES:
        for row in plan.register.rows(name):
            if row[column] is not None:
                return register_text.in_words(row[column])
    written = _written()
    alike = table.removesuffix("_as_now").replace("kpi.revisions", "kpi.scorecard")
    keys = ((table, column), (alike, column), (schema, column), ("*", column))
    return next((written[key] for key in keys if key in written), "")


def written_digest() -> str:
    """Digest of the examples written down."""
    return digest(sorted((*key, text) for key, text in _written().items()))


@cache
def _written() -> dict[tuple[str, str], str]:
    with _FILE.open(encoding="utf-8", newline="") as handle:
        return {(r["table"], r["column"]): r["example"] for r in csv.DictReader(handle)}
