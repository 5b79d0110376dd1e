"""A sheet of a workbook as the view `export`.

Cells are typed; each is written as text in the source's conventions. A number of 16 digits
or more has lost its last ones in the spreadsheet, so a record that uses it is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from assets.arrivals.sources import Source
from assets.exports.batches import ROWS, Batches
from assets.exports.columns import used_columns
from assets.exports.refused import Refused
from assets.exports.rendering import Times, duration_text, elapsed, float_text
from assets.exports.staging import Staged
from assets.exports.view import Export, column_names, header_cells
from assets.exports.workbook import check_workbook, faulty_cells

_EXACT = 1e15


def open_xlsx(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over one sheet; blank rows are no records, hidden rows are."""
    check_workbook(staged.path, staged.name)
    try:
        book = CalamineWorkbook.from_path(str(staged.path))
        sheet, notes = _sheet(book, source, staged.name)
    except CalamineError:
        raise Refused(
            "damaged", f"{staged.name}: the workbook cannot be read; save it again"
        ) from None
    return _Reader(con, staged, source, sheet).read(notes)


def _sheet(
    book: CalamineWorkbook, source: Source, name: str
) -> tuple[CalamineSheet, tuple[str, ...]]:
    wanted, names = source.options.sheet, book.sheet_names
    listed = ", ".join(f"`{each}`" for each in names)
    if wanted is None:
        visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        if len(visible) != 1:
            raise Refused(
                "sheet", f"{name}: has the sheets {listed}; declare sheet='...' in options"
            )
        wanted = visible[0]
    elif isinstance(wanted, int):
        if not 1 <= wanted <= len(names):
            raise Refused("sheet", f"{name}: has no sheet number {wanted}; it has {listed}")
        wanted = names[wanted - 1]
    elif wanted not in names:
        raise Refused("sheet", f"{name}: has no sheet `{wanted}`; it has {listed}")
    others = [each for each in names if each != wanted]
    notes = (f"sheets not read: {', '.join(others)}",) if others else ()
    return book.get_sheet_by_name(wanted), notes


class _Reader:
    """Turns one sheet's rows into batches of text."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, staged: Staged, source: Source, sheet: CalamineSheet
    ) -> None:
        self.con, self.staged, self.source, self.sheet = con, staged, source, sheet
        self.times = Times(source)
        self.left = (sheet.start or (0, 0))[1]
        self.where = f"{staged.name} sheet {sheet.name}"

    def read(self, notes: tuple[str, ...]) -> Export:
        columns, rows = self._start()
        used = used_columns(self.con, self.source)
        watched = [used is None or name.casefold() in used for name in columns]
        faults = self._faulty_cells(watched)
        batches = Batches(self.staged, self.source)
        numbers: list[int] = []
        texts: list[list[str | None]] = []
        number = 0
        for sheet_row, cells in rows:
            if sheet_row not in faults and all(cell == "" for cell in cells):
                continue
            number += 1
            fault = faults.get(sheet_row) or self._fault(cells, watched)
            if fault:
                column = columns[fault[0]] if fault[0] < len(columns) else None
                batches.rejects.add(number, column, fault[1], self.sheet.height)
                continue
            numbers.append(number)
            row = [self._text(cell) for cell in cells[: len(columns)]]
            texts.append(row + [None] * (len(columns) - len(row)))
            if len(texts) == ROWS:
                self._flush(batches, columns, numbers, texts)
        self._flush(batches, columns, numbers, texts)
        batches.create_view(self.con, columns)
        return Export(self.where, columns, number, batches.rejects.found, notes)

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
        lines = [[self._text(cell) or "" for cell in cells] for cells in header]
        names = header_cells(lines, options.header_row)
        return column_names(names, self.source, self.where)[0], self._data(rows)

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

    def _fault(self, cells: Sequence[Any], watched: Sequence[bool]) -> tuple[int, str] | None:
        for position, (cell, watch) in enumerate(zip(cells, watched, strict=False)):
            if watch and isinstance(cell, float | int) and abs(cell) >= _EXACT:
                return position, "id_numeric_cell"
        if any(cell != "" for cell in cells[len(watched) :]):
            return len(watched), "field_count"  # beyond the header: the row may have moved
        return None

    def _text(self, cell: Any) -> str | None:
        if isinstance(cell, str):
            return cell or None
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, float | int):
            return float_text(float(cell), self.source.decimal)
        if isinstance(cell, datetime):
            since = elapsed(cell)
            return self.times.text(cell) if since is None else duration_text(since)
        if isinstance(cell, date):
            since = elapsed(datetime.combine(cell, time()))
            return self.times.date_text(cell) if since is None else duration_text(since)
        if isinstance(cell, time):
            cell = timedelta(
                hours=cell.hour,
                minutes=cell.minute,
                seconds=cell.second,
                microseconds=cell.microsecond,
            )
        return duration_text(cell) if isinstance(cell, timedelta) else str(cell)

    def _flush(
        self,
        batches: Batches,
        columns: Sequence[str],
        numbers: list[int],
        texts: list[list[str | None]],
    ) -> None:
        if texts:
            by_column = [list(column) for column in zip(*texts, strict=True)]
            batches.write(numbers, dict(zip(columns, by_column, strict=True)))
            numbers.clear()
            texts.clear()
