"""The normal dirt of exports, at low rates, none of which may move a figure.

Rows of the file before come again, identical, at the top of the next (overlapping exports);
some rows cannot be read. The latter are extra: copies of good rows under a name of their own
with one value spoilt, and few enough that every file stays within its source's tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

import numpy as np
import polars as pl

REPEATING_FILES = 0.6
REPEATED_ROWS = 200  # one row in so many comes again
# One spoilt row needs so many good ones beside it: half of the tolerance of 0.5 %.
ROWS_PER_REJECT = 400
MOST_REJECTS = 3

Spoilt = Sequence[tuple[str, str]]  # column and the value that cannot be read


def split(frame: pl.DataFrame, keys: Sequence[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each file, in order, and a frame without rows where a file has none."""
    by_file = {
        str(key[0]): rows
        for key, rows in frame.partition_by(
            "_file", as_dict=True, include_key=False, maintain_order=True
        ).items()
    }
    unexpected = sorted(by_file.keys() - set(keys))
    if unexpected:
        raise ValueError(f"rows for a file that is not written: {unexpected[0]}")
    nothing = frame.drop("_file").clear()
    for key in keys:
        yield key, by_file.get(key, nothing)


def soiled(
    rng: np.random.Generator,
    files: Iterator[tuple[str, pl.DataFrame]],
    identity: str,
    spoilt: Spoilt,
    *,
    share_with_rejects: float = 1.0,
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The files with repeated rows at their top and unreadable ones among the others."""
    faults = cycle(spoilt)
    before: pl.DataFrame | None = None
    for key, rows in files:
        wanted = min(rows.height // ROWS_PER_REJECT, MOST_REJECTS)
        if rng.random() >= share_with_rejects:
            wanted = 0
        mixed = rows
        for at in sorted(rng.integers(0, max(rows.height, 1), wanted).tolist(), reverse=True):
            bad = _spoil(rows[at : at + 1], identity, *next(faults))
            mixed = pl.concat([mixed[: at + 1], bad, mixed[at + 1 :]])
        if before is not None and before.height > 1 and rng.random() < REPEATING_FILES:
            mixed = pl.concat([before.tail(max(1, before.height // REPEATED_ROWS)), mixed])
        yield key, mixed
        before = rows


def _spoil(row: pl.DataFrame, identity: str, column: str, value: str) -> pl.DataFrame:
    return row.with_columns(pl.col(identity) + "X", pl.lit(value).alias(column))
