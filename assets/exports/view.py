"""The view `export`: text columns under their headers' names, beside `_file` and `_row`.

Names are compared trimmed, in NFC, and as the engine compares them: without regard to case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from assets.arrivals.source_values import header_form
from assets.arrivals.sources import Source
from assets.exports.refused import Refused, Reject
from assets.exports.staging import Staged
from sql.run import literal, quoted

RESERVED = ("_file", "_row")
SHEET = "_sheet"  # of a workbook whose sheets are read together, the sheet that a record stands in


@dataclass(frozen=True)
class Export:
    """An open export: `records` = rows of the view + rejects, and the caller can check it."""

    file: str
    columns: tuple[str, ...]
    records: int
    rejects: Sequence[Reject] = ()
    notes: tuple[str, ...] = field(default=())
    """What a person should know of the file, such as sheets that were not read."""
    sheets: tuple[tuple[int, str], ...] = field(default=())
    """Of sheets read one after the other, each one's last record and its name."""

    def spot(self, record: int) -> str:
        """A record as a person finds it: by its sheet too, where there are several."""
        before = 0
        for last, name in self.sheets:
            if record <= last:
                return f"record {record}, which is {record - before} of sheet `{name}`"
            before = last
        return f"record {record}"


def header_cells(lines: Sequence[Sequence[str]], row: int) -> list[str]:
    """The cells of the header line that names the columns, `row`.

    An empty cell, as merged cells leave it, takes the name that the nearest other header line has
    there, unless several columns would then share it: those are told apart by position alone.
    """
    cells = [header_form(cell) for cell in lines[row - 1]]
    nearest = sorted(range(len(lines)), key=lambda line: abs(line - row + 1))[1:]
    taken: dict[int, str] = {}
    for at in (place for place, cell in enumerate(cells) if not cell):
        there = (header_form(lines[line][at]) for line in nearest if at < len(lines[line]))
        taken[at] = next(filter(None, there), "")
    called = Counter(name.casefold() for name in (*cells, *taken.values()))
    once = {at: name for at, name in taken.items() if called[name.casefold()] == 1}
    return [once.get(at, cell) for at, cell in enumerate(cells)]


def column_names(
    raw: Sequence[str], source: Source, name: str, meant: Collection[str] | None = None
) -> tuple[tuple[str, ...], int]:
    """The columns by the header's cells, and how many empty cells at its end were dropped.

    Columns without a name go by their places. So do those of one name, as many systems write a
    column for each comment, unless the source means one of them: of `meant` each may stand once.
    """
    aliases = {other.casefold(): to for other, to in source.aliases.items()}
    cells = [header_form(cell) for cell in raw]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        raise Refused("header", f"{name}: the header is empty; check skip and header_rows")
    called = [aliases.get(cell.casefold(), cell) for cell in cells]
    times = Counter(each.casefold() for each in called)
    unmeant = {each for each in times if meant is not None and each not in meant}
    names = [
        f"column_{position}"
        if not each or (each.casefold() in unmeant and times[each.casefold()] > 1)
        else each
        for position, each in enumerate(called, start=1)
    ]
    check_names(names, name, by_place=meant is not None)
    return tuple(names), len(raw) - len(cells)


def check_names(names: Sequence[str], file: str, by_place: bool = False) -> None:
    """Refuse a header that names two columns alike, or one that only kring may name.

    `by_place`: whether a select may ask for one of the two by its place.
    """
    seen: dict[str, int] = {}
    for place, column in enumerate(names, start=1):
        first = seen.setdefault(column.casefold(), place)
        if first != place:
            ask = f", or ask for one by its place, `column_{first}` or `column_{place}`"
            raise Refused(
                "duplicate_column",
                f"{file}: has two columns `{column}`, and which of them is meant is unknown "
                f"(spellings count as one through aliases); rename one{ask if by_place else ''}",
            )
        if column.casefold() in RESERVED or "\0" in column:
            raise Refused("header", f"{file}: a column may not be called `{column!r}`")


def create_view(
    con: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    staged: Staged,
    source: Source,
    row: str,
    of: str,
) -> None:
    """Replace view `export`: column name to SQL expression, the record's number, a relation.

    Columns that the source calls optional are null where the export does not have them.
    """
    have = {name.casefold() for name in columns}
    absent = [name for name in source.options.optional if name.casefold() not in have]
    listed = [f"{text} as {quoted(name)}" for name, text in columns.items()]
    listed += [f"cast(null as varchar) as {quoted(name)}" for name in absent]
    file = literal(staged.name.encode("utf-8", "backslashreplace").decode())
    listed += [f"{file} as _file", f"{row} as _row"]
    con.execute(f"create or replace view export as select {', '.join(listed)} from {of}")


def create_empty_view(con: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> None:
    """Replace view `export` by one of these columns without a record, for a select without any."""
    own = {name for name in columns if name.casefold() not in RESERVED}
    listed = [f"cast(null as varchar) as {quoted(name)}" for name in sorted(own)]
    listed += ["'' as _file", "cast(0 as bigint) as _row"]
    con.execute(f"create or replace view export as select {', '.join(listed)} where false")
