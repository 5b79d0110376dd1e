"""Keys that were delivered more than once: their rows, and the fate of each row, by one rule.

Belongs here: the engine's side of resolving keys; the rule is `sql/intake`. Which deliveries
there are, and what is kept of the answer, is `keys`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assets.home import Home
from sql.run import connect, literal, make_table, parquet, questions, quoted

if TYPE_CHECKING:
    import polars as pl

    from schemas.shape import Contract
    from sql.header import Statement

_COUNTS = """
select file_id, coalesce(sum(rows) filter (fate = 'correction'), 0),
    coalesce(sum(rows) filter (fate = 'duplicate'), 0),
    coalesce(sum(rows) filter (fate = 'correction' and is_moved), 0)
from {fates} join chunks using (chunk) group by file_id
"""
_REPLACED = """
select chunks.file_id, winning.file_id, sum(rows) from {fates} as fates
join chunks using (chunk) join chunks as winning on winning.chunk = fates.winner
where not counts and fate_of_winner = 'correction' and chunks.file_id <> winning.file_id
group by all
"""
# Beside it another source may be read or resolved. Of a year's exports that all came five times
# over, half the memory costs a sixth more time: what finds no room is sorted on disk.
_MEMORY = "400MB"
_NAMED = ", filename = true"
_CHUNKS = {"chunk": "integer", "filename": "text", "file_id": "text", "sequence": "integer",
           "month": "text", "is_new": "boolean"}  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """A chunk: where it lies, its file, when delivered, its month, and whether it just came."""

    path: str
    file_id: str
    sequence: int
    month: str
    is_new: bool


class Tally(NamedTuple):
    """Of a file's rows: those that corrected an earlier row, those that said nothing new, and the
    corrections that took the id of a row of a day beyond the file's own."""

    corrections: int = 0
    duplicates: int = 0
    moved: int = 0

    def plus(self, other: Sequence[int], sign: int) -> Tally:
        return Tally(*(mine + sign * int(its) for mine, its in zip(self, other, strict=True)))


def fates_rule() -> Statement:
    """Which delivered row of a key counts."""
    return questions("intake")["fates"]


class Contest:
    """The contested keys of a source."""

    def __init__(self, home: Home, source: str, kind: Contract) -> None:
        self._at = f"coalesce({', '.join(map(quoted, kind.dated_by))})"
        scratch = home.scratch / f"keys-{source}"
        self._con: Any = connect(home.settings.timezone, temp=scratch, memory=_MEMORY)
        # the columns are what makes two rows the same
        self._key, self._columns = quoted(kind.key), sorted(kind.columns)

    def __enter__(self) -> Contest:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def gather(self, chunks: Sequence[Delivered]) -> bool:
        """Find the keys that a new chunk has and another row too; false where there are none."""
        new = [chunk.path for chunk in chunks if chunk.is_new]
        old = [chunk.path for chunk in chunks if not chunk.is_new]
        if not new:
            return False
        came = self._hashes(new)
        twice = came.filter(came == came.shift()).unique()
        near = ""
        if old:
            ((first, last),) = self._con.execute(
                f"select min({self._key}), max({self._key}) from {parquet(new)}"
            ).fetchall()
            # what lies beyond is skipped by the statistics of its chunk
            near = f"where {self._key} between {literal(first)} and {literal(last)}"
            others = self._hashes(old, near)
            twice = twice.append(others.filter(others.is_in(came.implode()))).unique()
        if twice.is_empty():
            return False
        self._con.register("twice", twice.to_frame("h"))
        rows = [(n, c.path, c.file_id, c.sequence, c.month, c.is_new)
                for n, c in enumerate(chunks)]  # fmt: skip
        make_table(self._con, "chunks", _CHUNKS, rows)
        files = parquet([*new, *old], _NAMED + ", file_row_number = true, union_by_name = true")
        self._con.execute(
            f"create temp table contested as select {self._key} as key, _version as version, "
            f"{self._content(files)} as content, _row as file_row, file_row_number as place, "
            f"_rows as rows, chunk, sequence, cast({self._at} as date) as day, is_new from {files} "
            f"semi join twice on hash({self._key}) = h join chunks using (filename) {near}"
        )
        self._span(chunks)
        rule = fates_rule()
        for fates, which in (("fates", "true"), ("fates_before", "not is_new")):
            self._con.execute(
                f"create or replace temp view considered as from contested where {which}"
            )
            self._con.execute(f"create temp table {fates} as {rule.body}")
        return True

    def _content(self, files: str) -> str:
        """What makes rows of a key the same: the contract's columns, null where no chunk has one.

        A file that left landing was read by the contract of its time, which had fewer. The hash
        of 64 bits is compared among rows of one key alone; a text takes eight times as long.
        """
        there = {row[0] for row in self._con.execute(f"describe from {files}").fetchall()}
        listed = (quoted(each) if each in there else "null" for each in self._columns)
        return f"hash({', '.join(listed)})"

    def _span(self, chunks: Sequence[Delivered]) -> None:
        """First and last day of each file that has a contested key, over all of its rows.

        The day of an instant is dear to ask: of two a file, not of each row.
        """
        found = self._con.execute("select distinct sequence from contested").fetchall()
        contesting = {sequence for (sequence,) in found}
        paths = [chunk.path for chunk in chunks if chunk.sequence in contesting]
        self._con.execute(
            f"create temp table spans as select sequence, cast(min({self._at}) as date) "
            f"as first_day, cast(max({self._at}) as date) as last_day "
            f"from {parquet(paths, _NAMED)} join chunks using (filename) group by sequence"
        )

    def _hashes(self, files: Sequence[str], where: str = "") -> pl.Series:
        """The hashes of all keys, in order: ten million fit in memory as numbers, as text not.

        Equal ones then stand beside each other, which takes a third of the time of grouping.
        """
        select = f"select hash({self._key}) as h from {parquet(files)} {where}"
        found: pl.DataFrame = self._con.sql(select).pl()
        return found["h"].sort()

    def tallies(self, before: Mapping[str, Tally]) -> dict[str, Tally]:
        """The tally of each file, brought up to date; files without are left out.

        What the contested keys came to before the new chunks is taken off `before` first.
        """
        found = dict(before)
        for sign, (file_id, *counted) in self._signed(_COUNTS):
            found[file_id] = found.get(file_id, Tally()).plus(counted, sign)
        return {file_id: tally for file_id, tally in sorted(found.items()) if any(tally)}

    def replaced(self, before: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """Of each file how many rows a correction replaced, by the file that it is in; brought up
        to date like the tallies."""
        found = {file_id: dict(by) for file_id, by in before.items()}
        for sign, (file_id, winner, rows) in self._signed(_REPLACED):
            by = found.setdefault(file_id, {})
            by[winner] = by.get(winner, 0) + sign * int(rows)
        counted = {f: {w: n for w, n in sorted(by.items()) if n} for f, by in sorted(found.items())}
        return {file_id: by for file_id, by in counted.items() if by}

    def _signed(self, query: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """What a query gives of the fates before, to be taken off, and of those of now."""
        for fates, sign in (("fates_before", -1), ("fates", 1)):
            for row in self._con.execute(query.format(fates=fates)).fetchall():
                yield sign, row

    def months(self) -> list[str]:
        """The months whose losing rows may be others now."""
        rows = self._con.execute(
            "select distinct month from (select * from fates union all from fates_before) "
            "join chunks using (chunk) where not counts order by month"
        ).fetchall()
        return [month for (month,) in rows]

    def write_losers(self, month: str, before: Path | None, target: Path) -> int:
        """Write a month's rows that do not count, with those of `before`; returns their number.

        Each by its place in its chunk: of one record there may be several rows of a key.
        """
        select = (
            "select key, parse_filename(filename) as chunk, place from fates "
            "join chunks using (chunk) "
            f"where not counts and month = {literal(month)}"
        )
        if before:
            select += (
                f" union all select key, chunk, place from read_parquet({literal(before)}) "
                "anti join (select distinct key from contested) using (key)"
            )
        copied = self._con.execute(
            f"copy (from ({select}) order by chunk, place) to {literal(target)} "
            "(format parquet, compression zstd)"
        ).fetchall()
        return int(copied[0][0])
