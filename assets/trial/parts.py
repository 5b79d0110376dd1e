"""The part of an export that is looked at twice: all of it, and of a large one so many rows.

What a trial holds is then bounded by the reading itself, however large the export.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

import polars as pl

MOST_ROWS = 250_000
LAST_ROWS = 100


class Returned:
    """The first rows of a file as its select returns them, as many rejected ones behind, and the
    last, where totals stand."""

    def __init__(self) -> None:
        self._kept: list[pl.DataFrame] = []
        self._last = pl.DataFrame()

    def __call__(self, batch: pl.DataFrame, rejects: pl.DataFrame) -> None:
        """Take in one batch, and which of its records were rejected."""
        kept = pl.col("_row").is_in(rejects["_row"].unique().implode())
        if not self._kept:
            kept |= pl.int_range(pl.len()) < MOST_ROWS
        room = 2 * MOST_ROWS - sum(each.height for each in self._kept)
        self._kept.append(batch.filter(kept).head(room))
        self._last = batch.filter(~kept).tail(LAST_ROWS)

    def numbered(self) -> pl.DataFrame:
        """The rows, each by a number of its own: all that are taken out of one document of JSON
        have the document's."""
        if not self._kept:
            return pl.DataFrame()
        rows = pl.concat([*self._kept, self._last], how="vertical_relaxed")
        return rows.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))


def drawn(chunks: list[Path], rows: int, key: str) -> pl.DataFrame:
    """The accepted rows that lie in `chunks`; of more than so many as many as one in several is.

    All of one id and record are drawn together, and the same ones each time.
    """
    one_in = ceil(rows / MOST_ROWS)
    if not one_in:
        return pl.DataFrame()
    lot = pl.struct(key, "_row").hash() % one_in == 0
    return pl.scan_parquet(chunks).filter(lot).collect(engine="streaming")


def first_rows(chunks: list[Path], count: int) -> pl.DataFrame:
    """The accepted rows of the first records."""
    if not chunks:
        return pl.DataFrame()
    return pl.scan_parquet(chunks).bottom_k(count, by="_row").sort("_row").collect()
