"""The register as rows in words: what each row decides, for explanations and differences.

One text per register row, whatever its table, so that two versions compare row by row. How a KPI
was scored is read back from it where its period is closed. No judgement of the rows; that is
`register_rules`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from schemas.register import Register, Table
from schemas.register_tables import TABLES

COLUMNS = {
    "table_name": "text", "row_key": "text", "valid_from": "date", "valid_to": "date",
    "year": "integer", "period": "text", "channel": "text", "items": "text[]",
    "decides": "text[]",
    "authority": "text", "is_assumption": "boolean",
}  # fmt: skip
_TOLD_APART = ("valid_from", "valid_to", "authority", "is_assumption", "note")
# how the index follows, by the polarity of a KPI
INDEX = {
    "maximise": "realisation / target x 100",
    "minimise": "(1 + (1 - realisation / target)) x 100",
    "stabilise": "nearness to the target: 120 on it, 100 at 10 % on either side",
}
# what a row says and no figure rests on: names, units, owners, proofs
_SAID = frozenset({
    "code", "name_id", "name_en", "title", "unit", "owner", "direction", "since", "minimum_n",
    "target_share", "follows", "evidence", "is_synthetic",
})  # fmt: skip


def register_texts(register: Register) -> list[tuple[object, ...]]:
    """Every row of the register as (table, key, validity, what it says), in a fixed order."""
    rows = [row for table in register.tables.values() for row in _texts(table)]
    return sorted(rows, key=lambda row: (str(row[0]), str(row[1]), str(row[2])))


def _texts(table: Table) -> list[tuple[object, ...]]:
    key = [name for name in TABLES[table.name].key if name != "valid_from"]
    found: list[tuple[object, ...]] = []
    for row in table.rows:
        items = {
            name: f"{name} {text}"
            for name, value in row.items()
            if name not in (*key, *_TOLD_APART) and (text := in_words(value))
        }
        found.append(
            (
                table.name,
                " ".join(in_words(row[name]) or "-" for name in key),
                row.get("valid_from"),
                row.get("valid_to"),
                row.get("year"),
                row.get("period"),
                row.get("channel"),
                list(items.values()),
                [text for name, text in items.items() if name not in _SAID],
                row.get("authority"),
                row.get("is_assumption"),
            )
        )
    return found


def from_words(text: str) -> dict[str, str]:
    """How a KPI is scored, by column: what its row decides, written one after the other.

    A closed period keeps it so. None of these columns is a text that may hold a comma.
    """
    return dict(item.split(" ", 1) for item in text.split(", "))


def in_words(value: object) -> str:
    """A register value as one writes it: 0.4 for two fifths, 1/3 where decimals do not end."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return f"{float(value):g}" if Fraction(f"{float(value):g}") == value else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
