"""Sheets as grids of cells, and expressions that are a formula and its value at once.

An expression is composed as text and worked out beside it, so that a formula can be compared
with the published figure before it is written. Nothing here knows of the metrics or of xlsx.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

_CLOSE = 1e-9


@dataclass(frozen=True)
class Expr:
    """A formula's text without `=`, and what it comes to (None: nothing)."""

    text: str
    value: float | None

    @property
    def is_plain(self) -> bool:
        """Whether it is one cell, needing no brackets inside another."""
        return self.text.endswith(tuple("0123456789")) and "!" in self.text


@dataclass(frozen=True)
class Span:
    """A range of one column, and the values in it."""

    text: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Live:
    """A cell with a formula whose result is the published figure."""

    formula: str
    value: float


@dataclass(frozen=True)
class Kept:
    """A published figure that today's cells do not give; written as it is, and marked."""

    value: float


Cell = None | str | bool | int | float | Decimal | date | datetime | Live | Kept


def live(expr: Expr | None, published: float | Decimal | None) -> Cell:
    """The published figure as a formula; as a marked value where the formula gives another."""
    if published is None:
        return None
    stored = float(published)
    if expr is None or expr.value is None:
        return Kept(stored)
    is_close = math.isclose(expr.value, stored, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return Live(expr.text, stored) if is_close else Kept(stored)


def number(cell: Cell) -> float | None:
    """What a cell counts as in a formula; None where it is blank or words."""
    if isinstance(cell, Live | Kept):
        return cell.value
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return None
    return float(cell)


@dataclass(frozen=True)
class Column:
    """A column: its key among the words, and its kind, which decides width and format."""

    key: str
    kind: str = "text"

    @staticmethod
    def listed(columns: str) -> tuple[Column, ...]:
        """Columns told as `key` or `key:kind`, parted by blanks."""
        return tuple(Column(*column.split(":")) for column in columns.split())


@dataclass
class Grid:
    """One sheet: headings on the second line, rows from the third."""

    key: str
    sheet: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)

    FIRST = 2

    def add(self, **cells: Cell) -> int:
        """Append a row by column key; columns not named stay blank. Returns its number."""
        unknown = cells.keys() - {column.key for column in self.columns}
        assert not unknown, f"{self.key} has no column {unknown}"
        self.rows.append(tuple(cells.get(column.key) for column in self.columns))
        return len(self.rows) - 1

    def set(self, row: int, key: str, cell: Cell) -> None:
        place = self._place(key)
        self.rows[row] = (*self.rows[row][:place], cell, *self.rows[row][place + 1 :])

    def ref(self, row: int, key: str) -> Expr:
        """A cell as another sheet refers to it."""
        return Expr(f"{self._at}{self._name(row, key)}", number(self.rows[row][self._place(key)]))

    def span(self, rows: Sequence[int], key: str) -> Span | None:
        """The cells of one column in rows that follow each other; None where they do not."""
        if not rows or list(rows) != list(range(rows[0], rows[-1] + 1)):
            return None
        place = self._place(key)
        text = f"{self._at}{self._name(rows[0], key)}:{self._name(rows[-1], key)}"
        return Span(text, tuple(number(self.rows[row][place]) for row in rows))

    @property
    def _at(self) -> str:
        return "'" + self.sheet.replace("'", "''") + "'!"

    def _place(self, key: str) -> int:
        return [column.key for column in self.columns].index(key)

    def _name(self, row: int, key: str) -> str:
        return f"${letters(self._place(key))}${row + self.FIRST + 1}"


def letters(place: int) -> str:
    """Column 0 as A, 26 as AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
