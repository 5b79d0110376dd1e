"""Which records of an export a select has used: what it left out is counted as filtered."""

from __future__ import annotations

import numpy as np
import polars as pl


class UsedRecords:
    """Which records of an export a select has used; an aggregate says how many."""

    def __init__(self, records: int) -> None:
        self._seen = np.zeros(records + 1, dtype=bool)
        self._stated = 0

    def add(self, batch: pl.DataFrame) -> None:
        if "_rows" in batch.columns:
            self._stated += int(batch["_rows"].cast(pl.Int64).sum())
        elif batch.height:
            numbers = batch["_row"].drop_nulls().to_numpy()
            self._seen[numbers[(numbers > 0) & (numbers < len(self._seen))]] = True

    @property
    def count(self) -> int:
        return self._stated or int(self._seen.sum())
