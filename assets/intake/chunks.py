"""The accepted rows of one file as parquet, one chunk per month, in scratch until kept.

Also the one rule that only a whole file shows: two contents under one key and nothing to say
which is newer, so both are rejected.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from assets.arrivals.ledger_record import Chunk
from assets.arrivals.sources import Source
from assets.home import Home
from assets.lake import make_folder, place, sha256_file, trust
from schemas.contract import Contract, dated_day
from schemas.rejects import REJECT_SCHEMA


class Chunks:
    """Parquet writers of one file; use as a context manager, then `keep`."""

    def __init__(self, home: Home, source: Source, kind: Contract, sha256: str) -> None:
        self._home, self._source, self._contract, self._sha256 = home, source, kind, sha256
        self._folder = make_folder(home.scratch / f"chunks-{source.name}-{sha256[:16]}")
        self._writers: dict[str, Any] = {}
        self._days: set[date] = set()
        self.rows = 0

    def __enter__(self) -> Chunks:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        for leftover in self._folder.iterdir():
            leftover.unlink()
        self._folder.rmdir()

    def write(self, frame: pl.DataFrame) -> None:
        """Append accepted rows, each to the month of its own date."""
        if frame.is_empty():
            return
        settings = self._home.settings
        # a case without any date, or dated only by a bill due in the future, has no better month
        day = dated_day(frame, self._contract, settings.timezone).fill_null(settings.first_month)
        frame = frame.with_columns(file_id=pl.lit(self._sha256[:16]))
        days: list[date] = day.unique().to_list()
        self._days.update(days)
        months = sorted({each.replace(day=1) for each in days})
        for month in months:
            # nearly always one, and beside it a little of the month before
            rows = frame.filter(day.dt.month_start() == month) if len(months) > 1 else frame
            self._append(f"{month:%Y-%m}", rows)
        self.rows += int(frame["_rows"].sum())

    def _append(self, month: str, frame: pl.DataFrame) -> None:
        table = frame.to_arrow()
        if month not in self._writers:
            path = self._folder / month
            # Numbers and times stand as differences, words by their dictionary, the key as it is
            # written: smaller, and quicker to write and to read, than one way for all.
            numbers = [n for n, t in frame.schema.items() if t.is_numeric() or t.is_temporal()]
            words = {*frame.columns} - {*numbers, self._contract.key}
            # statistics are a third of the writing, and all but the key is always read whole; by
            # the key's own, a later delivery skips the chunks whose keys lie elsewhere
            self._writers[month] = pq.ParquetWriter(
                path, table.schema, compression="zstd", use_dictionary=sorted(words),
                column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
                store_decimal_as_integer=True, write_statistics=[self._contract.key],
            )  # fmt: skip
        self._writers[month].write_table(table)

    def conflicts(self) -> pl.DataFrame:
        """Take out the rows of keys that have several contents in the file and no version."""
        self._close()
        none = pl.DataFrame(schema=REJECT_SCHEMA)
        paths = sorted(self._folder.iterdir())
        if not paths or self._source.version:
            return none
        key, content = self._contract.key, list(self._contract.columns)
        if (rows := rows_of_repeated_keys(paths, key)) is None:
            return none
        differing = (
            rows.select(*content, "_row", "_rows")
            .collect()
            .with_columns(contents=pl.struct(content).n_unique().over(key))
            .filter(pl.col("contents") > 1)
        )
        if differing.is_empty():
            return none
        self.rows -= int(differing["_rows"].sum())
        for path in paths:
            before = pl.read_parquet(path)
            before.join(differing.select(key, "_row"), on=[key, "_row"], how="anti").write_parquet(
                path, compression="zstd"
            )
        return differing.select("_row", "_rows", column=pl.lit(key), rule=pl.lit("conflict"))

    def keep(self) -> tuple[Chunk, ...]:
        """Move the chunks to their place in the lake, durably, named by content."""
        self._close()
        kept = []
        for path in sorted(self._folder.iterdir()):
            rows = pq.read_metadata(path).num_rows
            if not rows:
                continue
            sha256 = sha256_file(path)
            name = f"{path.name}.{self._sha256[:12]}.{sha256[:12]}.parquet"
            chunk = self._home.chunk(self._source.kind, self._source.name, name)
            place(path, chunk)
            trust(chunk, sha256)
            kept.append(Chunk(path.name, name, sha256, rows))
        return tuple(kept)

    def days(self) -> tuple[date, ...]:
        return tuple(sorted(self._days))

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}


def rows_of_repeated_keys(chunks: list[Path], key: str) -> pl.LazyFrame | None:
    """The rows whose key stands in several rows of these chunks; None where none does."""
    of_key = pl.col(key).hash()
    hashes = pl.scan_parquet(chunks).select(of_key).collect().to_series().sort()
    # equal ones stand beside each other: a seventh of the time and room that counting takes
    twice = hashes.filter(hashes == hashes.shift()).unique()
    if twice.is_empty():
        return None
    return pl.scan_parquet(chunks).filter(of_key.is_in(twice.implode()))


def covered(source: Source, path: str, days: tuple[date, ...]) -> tuple[str, ...]:
    """The days a delivery speaks for: by its name where the source says so, else by its rows."""
    if source.covers == "dates":
        return _ranges(days)
    span = source.covered_by_name(path)
    return (f"{span[0]}..{span[1]}",) if span else ()


def _ranges(days: tuple[date, ...]) -> tuple[str, ...]:
    found: list[list[date]] = []
    for day in days:
        if found and found[-1][1] + timedelta(days=1) == day:
            found[-1][1] = day
        else:
            found.append([day, day])
    return tuple(f"{a}..{b}" if a != b else f"{a}" for a, b in found)
