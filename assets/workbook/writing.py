"""A workbook as an xlsx file: formats, widths, frozen headings; text is always text.

Formulas are written with their result, so that a program that does not recalculate shows the
published figures. The same version gives the same bytes.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.workbook.building import Workbook
from assets.workbook.grid import Cell, Grid, Kept, Live, letters

_WIDTHS = {"text": 14, "id": 26, "wide": 48, "number": 14, "share": 12, "weight": 10,
           "whole": 8, "date": 18, "month": 18}  # fmt: skip
_NUMBERS = {"number": "#,##0.00", "share": "#,##0.0000", "weight": "0.0000", "whole": "0"}
_DATES = {"en": {"date": "[$-809]d mmmm yyyy", "month": "[$-809]mmmm yyyy"},
          "id": {"date": "[$-421]d mmmm yyyy", "month": "[$-421]mmmm yyyy"}}  # fmt: skip
_LIVE, _KEPT, _HEAD = "#E8F1FA", "#FFF2CC", "#1F3864"
_LONGEST_TEXT = 32_000
# a program may take such a text for a formula once somebody edits the cell
_SUSPECT = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(workbook: Workbook, path: Path) -> None:
    """Write the file in one step: it is there whole, or as it was."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _Writer(workbook, making).write()
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


class _Writer:
    def __init__(self, workbook: Workbook, path: Path) -> None:
        self.book, self.words = workbook, workbook.words
        self.file = xlsxwriter.Workbook(
            str(path),
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._formats: dict[tuple[str, str], Format] = {}
        self.heading = self.file.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD, "text_wrap": True,
             "valign": "top"}
        )  # fmt: skip
        self.title = self.file.add_format({"bold": True, "font_size": 14})
        self.warning = self.file.add_format({"bold": True, "font_color": "#C00000"})

    def write(self) -> None:
        manifest = self.book.manifest
        created = datetime.fromisoformat(manifest["created_at"]).replace(tzinfo=None)
        title = self.words.about("title").format(
            year=self.book.year, organisation=manifest["organisation"]
        )
        self.file.set_properties({"title": title, "created": created, "author": "kring"})
        self._about(title)
        for grid in self.book.grids:
            self._sheet(grid)
        try:
            self.file.close()
        except FileCreateError as error:  # only at its end is anything written
            raise OSError(str(error)) from None

    def _about(self, title: str) -> None:
        sheet = self.file.add_worksheet(self.words.sheet("about"))
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 80)
        sheet.set_column(2, 4, 12)
        sheet.write_string(0, 0, title, self.title)
        row = 1
        if self.book.manifest["is_sample"]:
            sheet.write_string(row, 0, self.words.about("sample"), self.warning)
        for key, name in (("version", "version"), ("as_of", "as_of"), ("made", "created_at"),
                          ("content", "content")):  # fmt: skip
            row += 1
            sheet.write_string(row, 0, self.words.about(key))
            self._text(sheet, row, 1, str(self.book.manifest[name]), "wide")
        row += 1
        for kind in ("live", "kept", "value"):
            row += 1
            sheet.write_blank(row, 0, None, self._format("text", kind))
            sheet.write_string(row, 1, self.words.about(kind), self._format("wide", "value"))
        for key in ("units", "blank", "register"):
            row += 1
            sheet.write_string(row, 1, self.words.about(key), self._format("wide", "value"))
        self._contents(sheet, row + 2)
        self._print(sheet, title)

    def _contents(self, sheet: Worksheet, row: int) -> None:
        for place, key in enumerate(("sheet", "holds", "rows", "live_cells", "kept_cells")):
            sheet.write_string(row, place, self.words.about(key), self.heading)
        for step, grid in enumerate(self.book.grids, start=1):
            cells = [cell for line in grid.rows for cell in line]
            sheet.write_url(row + step, 0, f"internal:'{grid.sheet}'!A1", string=grid.sheet)
            sheet.write_string(row + step, 1, self.words.holds(grid.key))
            counted = (len(grid.rows), _many(cells, Live), _many(cells, Kept))
            for place, count in enumerate(counted, start=2):
                sheet.write_number(row + step, place, count)

    def _sheet(self, grid: Grid) -> None:
        sheet = self.file.add_worksheet(grid.sheet)
        said = self.words.holds(grid.key)
        sheet.write_string(0, 0, said, self.title)
        if self.book.manifest["is_sample"]:
            sheet.write_string(0, min(4, len(grid.columns) - 1), self.words.about("sample"),
                               self.warning)  # fmt: skip
        for place, column in enumerate(grid.columns):
            sheet.set_column(place, place, _WIDTHS[column.kind])
            sheet.write_string(1, place, self.words.heading(column.key), self.heading)
        for number, line in enumerate(grid.rows, start=Grid.FIRST):
            for place, cell in enumerate(line):
                self._cell(sheet, number, place, cell, grid.columns[place].kind)
        sheet.set_row(1, 30)
        sheet.freeze_panes(Grid.FIRST, 0)
        last = max(len(grid.rows) + Grid.FIRST - 1, Grid.FIRST)
        sheet.autofilter(1, 0, last, len(grid.columns) - 1)
        # codes such as 1 are names, and neighbours may follow another rule
        everywhere = f"A1:{letters(len(grid.columns) - 1)}{last + 1}"
        sheet.ignore_errors({"number_stored_as_text": everywhere, "formula_differs": everywhere,
                             "formula_range": everywhere})  # fmt: skip
        self._print(sheet, said)

    def _print(self, sheet: Worksheet, title: str) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        mark = f"&R{self.words.about('sample')}" if self.book.manifest["is_sample"] else ""
        sheet.set_header(f"&L{title.replace('&', '&&')}{mark}"[:255])
        sheet.set_footer(f"&L{self.book.manifest['version']}&R&P / &N")

    def _cell(self, sheet: Worksheet, row: int, place: int, cell: Cell, kind: str) -> None:
        if cell is None:
            return
        if isinstance(cell, Live):
            form = self._format(kind, "live")
            sheet.write_formula(row, place, f"={cell.formula}", form, cell.value)
        elif isinstance(cell, Kept):
            sheet.write_number(row, place, cell.value, self._format(kind, "kept"))
        elif isinstance(cell, bool):
            sheet.write_string(row, place, self.words.yes_no(cell))
        elif isinstance(cell, int | float | Decimal):
            sheet.write_number(row, place, float(cell), self._format(kind, "value"))
        elif isinstance(cell, datetime) or not isinstance(cell, date):
            self._text(sheet, row, place, str(cell), kind)
        else:
            sheet.write_datetime(row, place, cell, self._format(kind, "value"))

    def _text(self, sheet: Worksheet, row: int, place: int, text: str, kind: str) -> None:
        """A text as text, whatever it begins with."""
        state = "quoted" if text.startswith(_SUSPECT) else "value"
        text = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} ..."
        sheet.write_string(row, place, text, self._format(kind, state))

    def _format(self, kind: str, state: str) -> Format:
        if (kind, state) not in self._formats:
            self._formats[kind, state] = self.file.add_format(self._looks(kind, state))
        return self._formats[kind, state]

    def _looks(self, kind: str, state: str) -> dict[str, Any]:
        looks: dict[str, Any] = {"valign": "top"}
        shown = _NUMBERS.get(kind) or _DATES[self.words.language].get(kind)
        if shown:
            looks |= {"num_format": shown}
        if state in ("live", "kept"):
            looks |= {"bg_color": _LIVE if state == "live" else _KEPT}
        if state == "quoted":
            looks |= {"quote_prefix": True}
        return looks


def _many(cells: list[Cell], kind: type) -> int:
    return sum(isinstance(cell, kind) for cell in cells)
