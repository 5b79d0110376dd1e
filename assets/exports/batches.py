"""Rows parsed in Python, handed to the engine as parquet files in the box, batch by batch.

Each row carries its record's number, so order and gaps do not matter; memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.arrivals.source_values import Tolerance
from assets.arrivals.sources import Source
from assets.exports.refused import Refused, Reject
from assets.exports.staging import Staged
from assets.exports.view import create_view
from sql.run import parquet, quoted

ROWS = 20_000
# A source that tolerates fewer than this is not read on to count every rejected record.
_ENOUGH = 10_000


class Rejects:
    """The rejected records of one file, in order of their numbers."""

    def __init__(self, file: str, tolerance: Tolerance) -> None:
        self.file, self.tolerance = file, tolerance
        self.found: list[Reject] = []

    def add(self, row: int, column: str | None, rule: str, records: int) -> None:
        """Note a rejected record; gives up on a file that is rejected as a whole anyway."""
        self.found.append(Reject(row, column, rule))
        count = len(self.found)
        if count > _ENOUGH and not self.tolerance.allows(count, records):
            raise Refused(
                rule,
                f"{self.file}: more than {_ENOUGH:,} records rejected, the last by rule {rule} "
                f"(record {row:,}); check the source's format and options",
            )

    def without(self, con: duckdb.DuckDBPyConnection, column: str) -> str:
        """A condition that leaves the rejected records out, by a table beside the view."""
        con.execute("create or replace table export_rejected (n bigint)")
        con.execute(
            "insert into export_rejected select unnest(?)", [[each.row for each in self.found]]
        )
        return f"where {column} not in (select n from export_rejected)"


class Batches:
    """Collects rows as columns of text; columns may come and go between batches."""

    def __init__(self, staged: Staged, source: Source) -> None:
        self.staged, self.source = staged, source
        self.rejects = Rejects(staged.name, source.tolerance)
        self.paths: list[Path] = []
        self.columns: dict[str, None] = {}

    def write(self, numbers: Sequence[int], columns: dict[str, Sequence[str | None]]) -> None:
        """One batch: the records' numbers, and for each column as many texts."""
        self.columns.update(dict.fromkeys(columns))
        table = pa.table(
            [pa.array(values, pa.string()) for values in columns.values()]
            + [pa.array(numbers, pa.int64())],
            names=[*columns, "_row"],
        )
        path = self.staged.path.parent / f"export_rows_{len(self.paths)}.parquet"
        pq.write_table(table, path, compression="none", write_statistics=False)
        self.paths.append(path)

    def create_view(self, con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
        """The view `export` over what was written; of `columns`, those never seen are null."""
        wrote = bool(self.paths)
        of = parquet(self.paths, ", union_by_name=true") if wrote else "(select 1) where false"
        seen = self.columns if wrote else {}
        texts = {
            name: quoted(name) if name in seen else "cast(null as varchar)" for name in columns
        }
        row = "_row" if wrote else "cast(0 as bigint)"
        create_view(con, texts, self.staged, self.source, row, of)
