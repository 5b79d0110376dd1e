"""A sheet of a workbook, or several laid out alike, as the view `export`.

Belongs here: headers, records and their numbers over several sheets. Which sheets are read, and
what a cell says, is `sheets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from assets.arrivals.sources import Source
from assets.exports.batches import ROWS, Batches
from assets.exports.columns import meant_columns, select_columns, used_columns
from assets.exports.refused import Refused
from assets.exports.sheets import SheetCells, chosen_sheets
from assets.exports.staging import Staged
from assets.exports.view import SHEET, Export, column_names, header_cells
from assets.exports.xlsx_parts import check_workbook, faulty_cells


def open_xlsx(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over one sheet, or over several one after the other, of which `_sheet` tells which.

    Blank rows are no records, hidden rows are. Records are counted on from sheet to sheet.
    """
    check_workbook(staged.path, staged.name)
    try:
        book = CalamineWorkbook.from_path(str(staged.path))
        names, together = chosen_sheets(book.sheets_metadata, source.options.sheet, staged.name)
        reader = _Reader(con, staged, source, together)
        for name in names:
            reader.read(book.get_sheet_by_name(name))
    except CalamineError:
        raise Refused(
            "damaged", f"{staged.name}: the workbook cannot be read; save it again"
        ) from None
    return reader.export([each for each in book.sheet_names if each not in names])


class _Reader:
    """Turns the rows of sheets into batches of text, one sheet at a time."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, staged: Staged, source: Source, together: bool
    ) -> None:
        self.con, self.staged, self.source, self.together = con, staged, source, together
        self.cells = SheetCells(source)
        self.used = used_columns(con, source)
        self.batches = Batches(staged, source)
        self.number = 0
        self.columns: dict[str, None] = {}
        self.layout: tuple[str, frozenset[str]] | None = None
        self.told: list[str] = []
        self.ends: list[tuple[int, str]] = []

    def export(self, others: Sequence[str]) -> Export:
        """The view over the sheets that were read."""
        if not self.columns:
            raise Refused("header", f"{self.staged.name}: all sheets that fit sheet= are empty")
        columns = tuple(self.columns)
        self.batches.create_view(self.con, (*columns, SHEET) if self.together else columns)
        notes = [f"sheets not read: {', '.join(others)}"] if others else []
        if self.together:
            notes.append(f"sheets read, one after the other: {', '.join(self.told)}")
        where = self.staged.name if self.together else self.where
        rejects = self.batches.rejects.found
        return Export(where, columns, self.number, rejects, tuple(notes), tuple(self.ends))

    def read(self, sheet: CalamineSheet) -> None:
        """The records of one sheet, behind those of the sheets before it."""
        self.sheet, self.left = sheet, (sheet.start or (0, 0))[1]
        self.where = f"{self.staged.name} sheet {sheet.name}"
        before = self.number
        if self.together and not sheet.height:
            self.told.append(f"`{sheet.name}` is empty")
            return
        columns, rows = self._start()
        if self.together:
            columns = self._alike(columns)
        self.columns.update(dict.fromkeys(columns))
        self._write(columns, rows)
        span = f"records {before + 1:,} to {self.number:,}" if self.number > before else "no record"
        self.told.append(f"`{sheet.name}` {span}")
        if self.together:
            self.ends.append((self.number, sheet.name))

    def _alike(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """A sheet's columns as the first sheet spells them; it must have those the select names.

        What a select takes by `*` may differ, as the days of months do.
        """
        if any(name.casefold() == SHEET for name in columns):
            raise Refused("header", f"{self.where}: a column may not be called `{SHEET}`")
        asked = {name.casefold() for name in select_columns(self.con, self.source.statement)}
        asked -= {name.casefold() for name in self.source.options.optional}
        needed = frozenset(asked & {name.casefold() for name in columns})
        first, others = self.layout = self.layout or (self.sheet.name, needed)
        if odd := sorted(needed ^ others):
            listed = ", ".join(f"`{name}`" for name in odd)
            raise Refused(
                "sheet",
                f"{self.where}: differs from sheet `{first}` in the columns {listed}; leave it out "
                "of sheet= in options, name the columns optional, or have the sheets made alike",
            )
        spelt = {name.casefold(): name for name in self.columns}
        return tuple(spelt.get(name.casefold(), name) for name in columns)

    def _write(self, columns: tuple[str, ...], rows: Iterator[tuple[int, list[Any]]]) -> None:
        watched = [self.used is None or name.casefold() in self.used for name in columns]
        faults = self._faulty_cells(watched)
        numbers: list[int] = []
        texts: list[list[str | None]] = []
        at_most = self.number + self.sheet.height
        for sheet_row, cells in rows:
            if sheet_row not in faults and all(cell == "" for cell in cells):
                continue
            self.number += 1
            fault = faults.get(sheet_row) or self.cells.fault(cells, watched)
            if fault:
                column = columns[fault[0]] if fault[0] < len(columns) else None
                self.batches.rejects.add(self.number, column, fault[1], at_most)
                continue
            numbers.append(self.number)
            row = [self.cells.text(cell) for cell in cells[: len(columns)]]
            texts.append(row + [None] * (len(columns) - len(row)))
            if len(texts) == ROWS:
                self._flush(columns, numbers, texts)
        self._flush(columns, numbers, texts)

    def _faulty_cells(self, watched: Sequence[bool]) -> dict[int, tuple[int, str]]:
        """By the sheet's row, the first cell in use that shows an error or lacks its value."""
        faults: dict[int, tuple[int, str]] = {}
        first = self.left + 1 if self.source.options.header else 1
        for row, column, rule in faulty_cells(self.staged.path, self.sheet.name, self.staged.name):
            if first <= column < first + len(watched) and watched[column - first]:
                faults.setdefault(row, (column - first, rule))
        return faults

    def _start(self) -> tuple[tuple[str, ...], Iterator[tuple[int, list[Any]]]]:
        """The columns, and the data rows with their number in the sheet."""
        options = self.source.options
        rows = self._rows()
        for _ in range(options.skip):
            next(rows, None)
        if not options.header:
            return column_names(options.names, self.source, self.where)[0], self._data(rows)
        header: list[list[Any]] = []
        for _, cells in rows:
            if header or any(cell != "" for cell in cells):
                header.append(cells)
            if len(header) == options.header_rows:
                break
        if len(header) < options.header_rows:
            raise Refused("header", f"{self.where}: has no header; check skip, header_rows, sheet")
        lines = [[self.cells.text(cell) or "" for cell in cells] for cells in header]
        names = header_cells(lines, options.header_row)
        meant = meant_columns(self.con, self.source)
        return column_names(names, self.source, self.where, meant)[0], self._data(rows)

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        # Rows come from the sheet's first on, but only from the first used column. Columns
        # that are named by position must count from the sheet's first.
        pad = [""] * (0 if self.source.options.header else self.left)
        for position, cells in enumerate(self.sheet.iter_rows(), start=1):
            yield position, pad + cells

    def _data(self, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
        footer = self.source.options.footer
        if not footer:
            yield from rows
            return
        kept = list(rows)
        while kept and all(cell == "" for cell in kept[-1][1]):
            kept.pop()
        yield from kept[: max(len(kept) - footer, 0)]

    def _flush(
        self, columns: Sequence[str], numbers: list[int], texts: list[list[str | None]]
    ) -> None:
        if texts:
            by_column: dict[str, Sequence[str | None]] = dict(
                zip(columns, map(list, zip(*texts, strict=True)), strict=True)
            )
            if self.together:
                by_column[SHEET] = [self.sheet.name] * len(numbers)
            self.batches.write(numbers, by_column)
            numbers.clear()
            texts.clear()
