"""Delimited text (csv, tsv) as the view `export`.

The engine reads it where counts prove that it can be read in one way only: as many records
and delimiters as the scan found, none too long or too short. Without a quote the scan proves it
alone; with quotes the engine counts too. Where counts do not prove it (ragged, NUL, blank lines)
the offending records are taken out by number first, and the proof is repeated.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from assets.arrivals.source_options import Options
from assets.arrivals.sources import Source
from assets.exports.batches import Rejects
from assets.exports.columns import meant_columns
from assets.exports.refused import Refused
from assets.exports.repair import Layout, repair
from assets.exports.scan import Shape, scan
from assets.exports.staging import Staged
from assets.exports.view import Export, column_names, create_view, header_cells
from sql.run import literal

# Fewer delimiters on a line may be a sentence with commas.
_TELLING_WIDTH = 4
_USUAL = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def open_delimited(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over a csv or tsv; every record is in it or among the rejects."""
    options = source.options
    columns, surplus = _header(con, staged, source)
    layout = Layout(len(columns), surplus, options.ragged)
    rejects = Rejects(staged.name, source.tolerance)
    reader = _Engine(con, staged, source, columns)
    shape = scan(staged.path, staged.name, options.delim, options.quote, options.multiline)
    if not shape.nuls and not shape.may_have_blanks and reader.read_any(staged.path, layout, shape):
        return Export(staged.name, columns, shape.records)
    path, usual = repair(staged, source, layout, shape, rejects)
    shape = scan(path, staged.name, options.delim, options.quote, options.multiline)
    if not reader.read(path, layout.width + layout.surplus, shape, rejects, usual):
        raise Refused(
            "unreadable",
            f"{staged.name}: cannot be read with certainty as declared; "
            "check delim, quote and multiline in options",
        )
    return Export(staged.name, columns, shape.records, rejects.found)


def _header(
    con: duckdb.DuckDBPyConnection, staged: Staged, source: Source
) -> tuple[tuple[str, ...], int]:
    options = source.options
    if not options.header:
        return column_names(options.names, source, staged.name)
    text = staged.head.decode()
    rows = _header_rows(text, options)
    if rows is None:
        raise Refused("header", f"{staged.name}: the header's quotes do not pair up")
    if len(rows) < options.header_rows:
        raise Refused(
            "header", f"{staged.name}: has fewer lines than header_rows={options.header_rows}"
        )
    cells = rows[options.header_row - 1]
    columns, dropped = column_names(
        header_cells(rows, options.header_row), source, staged.name, meant_columns(con, source)
    )
    if len(cells) == 1 and (options.quote is None or options.quote not in text):
        found = [mark for mark in _USUAL if mark != options.delim and mark in cells[0]]
        if found:
            raise Refused(
                "delimiter",
                f"{staged.name}: expected delimiter {_spelt(options.delim)}, but the "
                f"header looks divided by {' or '.join(map(_spelt, found))}; declare "
                f"{' or '.join(map(_declared, found))} in options, or export it as before",
            )
    return columns, dropped


def _header_rows(text: str, options: Options) -> list[list[str]] | None:
    """The header's cells; None where a stray quote makes records a part of the header."""
    if options.quote and options.multiline and text.count(options.quote) % 2:
        return None
    try:
        rows = list(_csv_rows(text, options))
    except csv.Error:
        return None
    swallowed = any(
        line.count(options.delim) >= max(len(cells) - 1, 1)
        for cells in rows
        for cell in cells
        for line in cell.split("\n")[1:]
    )
    return None if swallowed or len(rows) > options.header_rows else rows


def _spelt(mark: str) -> str:
    return _USUAL.get(mark, f"`{mark}`")


def _declared(mark: str) -> str:
    return "delim=tab" if mark == "\t" else f"delim='{mark}'"


def _csv_rows(text: str, options: Options) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    if options.quote is None:
        return csv.reader(lines, delimiter=options.delim, quoting=csv.QUOTE_NONE, quotechar=None)
    return csv.reader(lines, delimiter=options.delim, quotechar=options.quote, strict=True)


class _Engine:
    """DuckDB's reader, believed only where it finds exactly the records that were counted."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, staged: Staged, source: Source, columns: Sequence[str]
    ) -> None:
        self.con, self.staged, self.source, self.columns = con, staged, source, columns

    def read_any(self, path: Path, layout: Layout, shape: Shape) -> bool:
        """A trailing empty column may be in the header, in the rows, or in both alike."""
        width, surplus = layout.width, layout.surplus
        return any(self.read(path, each, shape) for each in {width, width + 1, width + surplus})

    def read(
        self, path: Path, width: int, shape: Shape, rejects: Rejects | None = None, usual: int = 0
    ) -> bool:
        """Make the view; False where the file is not of exactly this width throughout.

        `usual`: how many fields most records had before they were made as wide.
        """
        # The engine passes over an empty field too many; the count does not.
        if shape.delimiters != shape.records * (width - 1):
            return False
        hidden = [f"c{position}" for position in range(width)]
        of = self._relation(path, hidden)
        if shape.width != width or width > len(self.columns):  # else the scan has proved it
            surplus = " or ".join(f"{name} <> ''" for name in hidden[len(self.columns) :])
            try:
                found = self.con.sql(
                    f"select count(*), count(*) filter (where {surplus or 'false'}) from {of}"
                ).fetchall()
            except duckdb.InvalidInputException:
                return False
            if found != [(shape.records, 0)]:
                return False
        usual = usual or width
        if shape.breaks_in_quotes and usual >= _TELLING_WIDTH:
            self._refuse_swallowed(of, hidden, usual)
        if rejects and rejects.found:
            of = f"(select *, row_number() over () as n from {of}) {rejects.without(self.con, 'n')}"
        row = "n" if rejects and rejects.found else "row_number() over ()"
        texts = dict(zip(self.columns, hidden, strict=False))
        create_view(self.con, texts, self.staged, self.source, row, of)
        return True

    def _refuse_swallowed(self, of: str, hidden: Sequence[str], usual: int) -> None:
        """Two stray quotes in one column make a field of all the records between them.

        Quotes then pair up and every count agrees; only the text gives it away, by a line
        with as many delimiters as most records have.
        """
        mark = re.escape(self.source.options.delim)
        record = literal(f"\n(?:[^{mark}\n]*{mark}){{{usual - 1}}}[^{mark}\n]*\n")
        swallows = " or ".join(f"regexp_matches({name}, {record})" for name in hidden)
        found = self.con.sql(
            f"select n from (select *, row_number() over () as n from {of}) where {swallows} "
            "order by n limit 1"
        ).fetchall()
        if found:
            raise Refused(
                "stray_quote",
                f"{self.staged.name}: record {found[0][0]:,}: a quoted field holds whole records, "
                "so a quote before it does not belong there; the file is damaged",
            )

    def _relation(self, path: Path, hidden: Sequence[str]) -> str:
        names = ", ".join(map(literal, hidden))
        typed = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in hidden)
        quote = literal(self.source.options.quote or "")
        return (
            f"read_csv({literal(path)}, columns={{{typed}}}, auto_detect=false, "
            f"header=false, delim={literal(self.source.options.delim)}, quote={quote}, "
            f"escape={quote}, new_line='\\n', strict_mode=true, force_not_null=[{names}])"
        )
