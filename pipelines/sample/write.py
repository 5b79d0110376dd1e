"""The files' formats: text with a delimiter, JSON lines, and workbooks with typed cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl

Writer = Callable[[pl.DataFrame, Path], None]


def delimited(separator: str) -> Writer:
    """A writer of delimited text, UTF-8, line feeds, one header row, null as empty."""

    def write(rows: pl.DataFrame, path: Path) -> None:
        rows.write_csv(path, separator=separator, line_terminator="\n")

    return write


def json_lines(rows: pl.DataFrame, path: Path) -> None:
    """One object per line."""
    rows.write_ndjson(path)


def workbook(sheet: str, numeric: frozenset[str]) -> Writer:
    """A writer of one sheet: date-times as such, digits of `numeric` columns as numbers."""

    def write(rows: pl.DataFrame, path: Path) -> None:
        import xlsxwriter

        book = xlsxwriter.Workbook(str(path))
        book.set_properties({"created": datetime(2024, 1, 1)})  # else the clock is in the bytes
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        page = book.add_worksheet(sheet)
        for at, name in enumerate(rows.columns):
            page.write_string(0, at, name)
            for line, value in enumerate(rows[name].to_list(), start=1):
                if isinstance(value, datetime):
                    page.write_datetime(line, at, value, moment)
                elif value and name in numeric and value.isdigit():
                    page.write_number(line, at, int(value))
                elif value:
                    page.write_string(line, at, value)
        page.set_column(0, len(rows.columns) - 1, 18)
        book.close()

    return write
