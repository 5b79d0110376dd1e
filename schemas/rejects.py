"""Rejects: what became of the rows of one batch, without a single value of theirs.

Conversion and validation both end here. A row that breaks several rules is rejected once, under
the rule of the first column in the contract's order, so that counts of rejects are counts of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

REJECT_SCHEMA = pl.Schema(
    {"_row": pl.Int64, "column": pl.String, "rule": pl.String, "_rows": pl.Int64}
)


@dataclass(frozen=True)
class Outcome:
    """Rows that passed, and (_row, column, rule, _rows) of those that did not."""

    accepted: pl.DataFrame
    rejects: pl.DataFrame


@dataclass(frozen=True)
class Failure:
    """The rows (positions in the batch, not `_row`) in which one column breaks one rule."""

    column: str
    rule: str
    rows: pl.Series


def split(frame: pl.DataFrame, failures: Iterable[Failure]) -> Outcome:
    """Part a batch by its failures; an earlier failure in the list names the reject."""
    found = [failure for failure in failures if len(failure.rows)]
    if not found:
        return Outcome(frame, pl.DataFrame(schema=REJECT_SCHEMA))
    first = (
        pl.concat(
            pl.DataFrame({"at": failure.rows.cast(pl.UInt32)}).with_columns(rank=pl.lit(rank))
            for rank, failure in enumerate(found)
        )
        .group_by("at")
        .agg(pl.col("rank").min())
        .sort("at")
    )
    names = pl.DataFrame(
        {
            "column": [failure.column for failure in found],
            "rule": [failure.rule for failure in found],
        }
    )
    rejects = names[first["rank"]].select(
        frame["_row"].gather(first["at"]), "column", "rule", frame["_rows"].gather(first["at"])
    )
    keep = pl.repeat(True, frame.height, eager=True).scatter(first["at"], False)
    return Outcome(frame.filter(keep), rejects.cast(REJECT_SCHEMA))
