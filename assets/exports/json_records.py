"""JSON records (json lines, or an array) as the view `export`.

A value at the top of a record is a column, its text as written; objects and arrays stay JSON
text for the source's SQL to unnest. Columns are the union of the records' keys, or the places of
records that are arrays.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

import duckdb

from assets.arrivals.source_values import header_form
from assets.arrivals.sources import Source
from assets.exports.batches import ROWS, Batches
from assets.exports.columns import ALL, select_columns
from assets.exports.json_stream import Bad, Number, array_values, line_values
from assets.exports.refused import Refused
from assets.exports.rendering import number_text
from assets.exports.staging import Staged
from assets.exports.view import RESERVED, Export, check_names

_DEEPEST = 256  # levels of a record's value; Pythons differ in how many more they would read
_WIDEST = 1000  # values of a record that is an array, and not an array of records
_COLUMNS = 5000  # of all records; the engine's work grows with the square of their number
_WORDS = {None: "null", True: "true", False: "false"}


class _FaultyError(ValueError):
    """A record with a value that cannot be taken as text; its argument is the rule."""


def open_json(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over the records; what is no JSON object is rejected by its number."""
    batches = Batches(staged, source)
    names = _Names(source)
    numbers: list[int] = []
    rows: list[dict[str, str | None]] = []
    number = 0
    values = array_values(staged, source) if source.format == "json" else line_values(staged)
    at_most = staged.path.stat().st_size // 2  # records, for judging the tolerance early
    for value, careful in values:
        number += 1
        try:
            row = _row(value, names, source.decimal, careful)
        except _FaultyError as fault:
            batches.rejects.add(number, None, str(fault), at_most)
            continue
        numbers.append(number)
        rows.append(row)
        if len(names.columns) > _COLUMNS:
            raise _too_wide(staged.name, number)
        if len(rows) == ROWS:
            _flush(batches, numbers, rows)
    _flush(batches, numbers, rows)
    check_names(list(names.columns), staged.name)
    # Without a single record there is no telling which columns there would be.
    columns = tuple(names.columns) or tuple(
        sorted(select_columns(con, source.statement) - {ALL, *RESERVED})
    )
    batches.create_view(con, columns)
    return Export(staged.name, columns, number, batches.rejects.found)


def _too_wide(file: str, record: int) -> Refused:
    return Refused(
        "too_wide",
        f"{file}: has more than {_COLUMNS:,} columns up to record {record:,}; where ids stand as "
        "keys, have an array exported, or a name around the object, whose rows json_keys takes out",
    )


class _Names(dict[str, str]):
    """Key to column name; remembers the order in which columns first appear."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.aliases = {other.casefold(): to for other, to in source.aliases.items()}
        self.columns: dict[str, None] = {}
        self.width = 0  # of records that are arrays

    def __missing__(self, key: str) -> str:
        form = header_form(key) or "column"
        name = self[key] = self.aliases.get(form.casefold(), form)
        return name

    def by_place(self, values: list[Any]) -> dict[str, Any]:
        """A record that is an array, if the first is one: all are as wide as that."""
        if not self.columns and len(values) <= _WIDEST:
            self.width = len(values)
        if not self.width:
            raise _FaultyError("not_an_object")
        if len(values) != self.width:
            raise _FaultyError("field_count")
        return {f"column_{place}": each for place, each in enumerate(values, start=1)}


def _row(value: Any, names: _Names, decimal: str, careful: bool) -> dict[str, str | None]:
    if isinstance(value, list):
        value = names.by_place(value)
    elif not isinstance(value, dict):
        raise _FaultyError(value.rule if isinstance(value, Bad) else "not_an_object")
    row = {
        names[key]: each if each.__class__ is str else _text(each, decimal)
        for key, each in value.items()
    }
    if len(row) != len(value):
        raise _FaultyError("duplicate_key")
    if careful:
        for text in (*value, *row.values()):
            _check_storable(text or "")
    if not row.keys() <= names.columns.keys():
        names.columns.update(dict.fromkeys(row))
    return row


def _check_storable(text: str) -> None:
    """Escapes can spell what is no text: half a surrogate pair, or NUL."""
    if "\0" in text:
        raise _FaultyError("nul_byte")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _FaultyError("not_text") from None


def _text(value: Any, decimal: str) -> str | None:
    if isinstance(value, Number):
        return number_text(value, decimal)
    if value is None:
        return None
    return _json(value, _DEEPEST)


def _json(value: Any, room: int) -> str:
    """A nested value as JSON text, its numbers as they were written; `room` levels at most."""
    if value.__class__ is str:
        return encode_basestring(value)
    if isinstance(value, Bad):
        raise _FaultyError(value.rule)
    if isinstance(value, Number):
        return str(value)
    if not room:
        raise _FaultyError("not_json")
    if isinstance(value, dict):
        pairs = [f"{encode_basestring(key)}:{_json(each, room - 1)}" for key, each in value.items()]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(each, room - 1) for each in value) + "]"
    return _WORDS[value]


def _flush(batches: Batches, numbers: list[int], rows: list[dict[str, str | None]]) -> None:
    if rows:
        keys = dict.fromkeys(key for row in rows for key in row)
        batches.write(numbers, {key: [row.get(key) for row in rows] for key in keys})
        numbers.clear()
        rows.clear()
