"""Batches of rows, as a source's select returns them: converted, checked, kept as chunks.

Small files share a batch, a large one is many; nothing is held whole. Values never leave this
module in a message: a reject is file, record, column and rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, pairwise

import polars as pl

from assets.arrivals.source_values import Tolerance
from assets.arrivals.sources import Source
from assets.exports import Export
from assets.home import Home
from assets.intake.accounts import Reading, UsedRecords, settle_accounts
from assets.intake.chunks import Chunks
from assets.lanes import side_by_side
from schemas.contract import Bounds, contract, validate
from schemas.conversion import Conventions, convert
from schemas.pseudonyms import Pseudonyms

ANY = Tolerance(rows=2**62)
# In a shared batch a record's number carries its file's place above this many bits.
_ROW_BITS = 40
Watch = Callable[[pl.DataFrame, pl.DataFrame], None]


@dataclass
class Opened:
    """A file whose select has begun: its first rows, and how to get the others."""

    reading: Reading
    export: Export
    rows: pl.DataFrame
    more: Iterator[pl.DataFrame]
    used: UsedRecords


class Judge:
    """What a source's contract makes of its rows."""

    def __init__(
        self, home: Home, source: Source, pseudonyms: Pseudonyms, as_of: date, watch: Watch | None
    ) -> None:
        self._home, self._source, self._watch = home, source, watch
        self._pseudonyms, self._contract = pseudonyms, contract(source.kind)
        settings = home.settings
        self._bounds = Bounds(settings.first_month, as_of + timedelta(days=1), settings.timezone)
        self._conventions = Conventions(
            timezone=source.timezone or settings.timezone,
            days_in=settings.timezone,
            times=source.read_times,
            decimal=source.decimal,  # type: ignore[arg-type]
            nulls=source.nulls,
            identifiers=source.identifiers,
        )

    def settle(self, waiting: Sequence[Opened]) -> None:
        """Convert, check and keep files as one batch."""
        frames = [
            opened.rows.with_columns(pl.col("_row") + (place << _ROW_BITS))
            for place, opened in enumerate(waiting)
            if opened.rows.height
        ]
        accepted: list[pl.DataFrame] = []
        rejected: list[pl.DataFrame] = []
        if frames:
            batch = self._judged(pl.concat(frames, how="vertical_relaxed"))
            accepted, rejected = (_by_file(rows, len(waiting)) for rows in batch)

        def finish(place: int) -> None:
            opened = waiting[place]
            with self._chunks(opened) as chunks:
                if accepted:
                    chunks.write(accepted[place])
                self._account(opened, chunks, rejected[place : place + 1])

        # encoding, and waiting for the disk, go on outside Python's lock
        side_by_side(finish, range(len(waiting)))

    def stream(self, opened: Opened, edge: Callable[[], None]) -> None:
        """A file of many batches, each checked and written before the next is fetched."""
        rejects = []
        with self._chunks(opened) as chunks:
            # one batch is encoded while the next is read; never more, for memory's sake
            with ThreadPoolExecutor(1) as writer:
                writing = None
                for batch in chain([opened.rows], opened.more):
                    edge()
                    accepted, rejected = self._judged(batch)
                    rejects.append(rejected)
                    opened.used.add(batch)
                    if writing:
                        writing.result()
                    writing = writer.submit(chunks.write, accepted)
                if writing:
                    writing.result()
            self._account(opened, chunks, rejects)

    def _judged(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        accepted, rejected = self.checked(batch)
        if self._watch:
            self._watch(batch, rejected)
        return accepted, rejected

    def checked(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows of a batch that convert and keep the contract, and the rejects."""
        converted = convert(batch, self._contract, self._conventions, self._pseudonyms.series)
        valid = validate(converted.accepted, self._contract, self._bounds)
        return valid.accepted, pl.concat([converted.rejects, valid.rejects])

    def _chunks(self, opened: Opened) -> Chunks:
        return Chunks(self._home, self._source, self._contract, opened.reading.sha256)

    def _account(self, opened: Opened, chunks: Chunks, rejects: list[pl.DataFrame]) -> None:
        source = replace(self._source, tolerance=ANY) if self._watch else self._source
        settle_accounts(opened.reading, opened.export, source, chunks, opened.used, rejects)


def _by_file(rows: pl.DataFrame, files: int) -> list[pl.DataFrame]:
    """The rows of each file of a shared batch, under their own numbers again."""
    place = pl.col("_row") // (1 << _ROW_BITS)
    if not rows.select(place).to_series().is_sorted():  # rejects come by rule
        rows = rows.sort(place, maintain_order=True)
    begins = rows.select(place).to_series().search_sorted(pl.Series(range(files + 1)))
    own = rows.with_columns(pl.col("_row") % (1 << _ROW_BITS))
    return [own.slice(at, end - at) for at, end in pairwise(begins)]
