"""Rows that are totals of others: with a time and a count of their own, they count all twice."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

# the word alone, or before what an id is made of beside it; `Total Care`, `Total-Care` and
# `Total_Care` may be queues
_TOTAL = (
    r"(?i)^(grand |sub)?(totals?|jumlah|summe|gesamt|average|rata-rata)"
    r"\s*([|:;,/]|[_-]+\s*([0-9]|$)|$)"
)


def of_totals(cells: pl.DataFrame, key: str) -> Iterator[str]:
    """What to ask of rows that the select returns under a name that stands for several."""
    for column in ("queue", "agent", "campaign", key):
        if column not in cells.columns or cells[column].dtype != pl.String:
            continue
        if found := int(cells[column].str.strip_chars().str.contains(_TOTAL).sum()):
            yield (
                f"{found} of {cells.height} rows have a word for a total or a mean as {column}: "
                "do they count what other rows count? Leave them out by `where`"
            )
            return
