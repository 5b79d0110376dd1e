"""What came of one file: its accounting, and its weighing against the source's tolerance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from assets.arrivals.ledger_record import Chunk
from assets.arrivals.sources import Source
from assets.exports import Export
from assets.intake.chunks import Chunks
from schemas.rejects import REJECT_SCHEMA


@dataclass
class Reading:
    """What came of one file: its accounting, its chunks, the days it speaks of."""

    sha256: str = ""
    rows: int = 0
    filtered: int = 0
    accepted: int = 0
    rejected: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    rejected_rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECT_SCHEMA))
    chunks: tuple[Chunk, ...] = ()
    days: tuple[date, ...] = ()
    refused: str = ""
    rule: str = ""
    warning: str = ""
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def settle_accounts(
    reading: Reading, export: Export, source: Source, chunks: Chunks, used: UsedRecords,
    rejects: list[pl.DataFrame],
) -> None:  # fmt: skip
    """Count every record of a file that was read to its end, and keep its chunks if it passes."""
    unread = pl.DataFrame(
        [(*reject, 1) for reject in export.rejects], schema=REJECT_SCHEMA, orient="row"
    )
    conflicts = chunks.conflicts()
    found = [frame.select(list(REJECT_SCHEMA)) for frame in (unread, *rejects, conflicts)]
    # a row whose records are counted by another (`_rows` 0) is lost too, and must not go unsaid
    weighed = pl.concat(found).with_columns(pl.col("_rows").clip(1))
    reading.rejected_rows = weighed.sort("_row", "column", "rule")
    reading.rejected = int(reading.rejected_rows["_rows"].sum())
    reading.accepted = chunks.rows
    reading.filtered = max(export.records - unread.height - used.count, 0)
    # a select that unnests makes several rows of one record; the balance is kept in rows
    reading.rows = reading.accepted + reading.rejected + reading.filtered
    reading.rejects = _by_rule(reading.rejected_rows)
    reading.days = chunks.days()
    _weigh(reading, source, export)
    reading.chunks = () if reading.refused else chunks.keep()


def _weigh(reading: Reading, source: Source, export: Export) -> None:
    if source.tolerance.allows(reading.rejected, reading.rows):
        return
    worst = sorted(reading.rejects.items(), key=lambda item: (-item[1], item[0]))[:3]
    named = ", ".join(f"{rule} {count}" for rule, count in worst)
    first = reading.rejected_rows.row(0)
    allowed = source.statement.header.get("tolerance") or "0"
    reading.rule = "tolerance"
    reading.refused = (
        f"{export.file}: {reading.rejected} of {reading.rows} rows rejected, above the source's "
        f"tolerance of {allowed}: {named}; first at {export.spot(first[0])}{_of_earlier(worst)}"
    )


def _of_earlier(worst: list[tuple[str, int]]) -> str:
    """What to do about rows that were there before the home: its first file often has some."""
    if not any(rule.startswith("before_first_month") for rule, _ in worst):
        return ""
    return (
        "; if that date is right, set first_month in kring.toml to its month, or leave such rows "
        "out by a where in the source"
    )


def _by_rule(rejects: pl.DataFrame) -> dict[str, int]:
    """Rejected rows by rule and column."""
    counts: Counter[str] = Counter()
    for _, column, rule, rows in rejects.iter_rows():
        counts[f"{rule} {column or ''}".strip()] += rows
    return dict(counts)


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
