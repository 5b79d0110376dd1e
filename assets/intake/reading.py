"""Export files of one source, from landing to chunks of accepted rows.

Batches flow: select, conversion, contract, parquet. Small files share a batch, a large one is
many batches; nothing is held whole. Values never leave this module in a message: a reject is
file, record, column and rule.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, pairwise
from pathlib import Path

import polars as pl

from assets.arrivals.source_values import Tolerance
from assets.arrivals.sources import Source
from assets.exports import (
    Export,
    Limits,
    Refused,
    Staged,
    open_export,
    require_columns,
    sandbox,
    stage,
)  # fmt: skip
from assets.home import Home
from assets.intake.accounts import Reading, UsedRecords, settle_accounts
from assets.intake.chunks import Chunks
from assets.intake.selecting import Selecting
from assets.lake import make_folder
from assets.lanes import side_by_side
from schemas.contract import Bounds, Contract, contract, validate
from schemas.conversion import Conventions, convert
from schemas.pseudonyms import Pseudonyms
from sql.header import HeaderError
from sql.run import HERE

MACROS = HERE / "source_macros.sql"
BATCH_ROWS = 250_000
NOT_YET = ("unstable", "vanished")  # left for the next run, not refused
ANY = Tolerance(rows=2**62)
_FILES_TOGETHER = 256
# In a shared batch a record's number carries its file's place above this many bits.
_ROW_BITS = 40


@dataclass
class Opened:
    """A file whose select has begun: its first rows, and how to get the others."""

    reading: Reading
    export: Export
    rows: pl.DataFrame
    more: Iterator[pl.DataFrame]
    used: UsedRecords


class Reader:
    """Reads the files of one source through one sandboxed engine, one in the box at a time."""

    def __init__(
        self, home: Home, source: Source, pseudonyms: Pseudonyms, as_of: date,
        edge: Callable[[], None] = lambda: None, memory: str = "1GB",
        watch: Callable[[pl.DataFrame, pl.DataFrame], None] | None = None,
    ) -> None:  # fmt: skip
        """`edge` is called between batches, and may raise to stop there. `watch` is for who tries
        a source: it sees each batch as the select returns it and its rejects, and a file that
        was read to its end is then kept whatever the source tolerates."""
        self.home, self.source, self.pseudonyms, self._edge = home, source, pseudonyms, edge
        self._watch = watch
        self.contract: Contract = contract(source.kind)
        self.box = make_folder(home.scratch / f"box-{source.name}")
        zone = source.timezone or home.settings.timezone
        fixed = zone.startswith(("+", "-"))
        self.connection = sandbox(
            self.box, f"GMT{zone}" if fixed else zone, MACROS.read_text(encoding="utf-8"), memory
        )
        self._selecting = Selecting(self.connection, source, self.contract)
        settings = home.settings
        self._limits = Limits(raw_bytes=settings.max_file_mb << 20)
        self.bounds = Bounds(settings.first_month, as_of + timedelta(days=1), settings.timezone)
        self.conventions = Conventions(
            timezone=zone,
            days_in=settings.timezone,
            times=source.read_times,
            decimal=source.decimal,  # type: ignore[arg-type]
            nulls=source.nulls,
            identifiers=source.identifiers,
        )
        self._fitting: set[tuple[str, ...]] = set()
        self._waiting: list[Opened] = []

    def close(self) -> None:
        """End the engine and leave no copy of an export behind."""
        self.connection.close()
        shutil.rmtree(self.box, ignore_errors=True)

    def stage(self, path: str, at: Path | None = None) -> Staged | Reading:
        """Take a private copy of a landing file; a refusal is an answer, not an exception.

        `path` is below landing, and what the file is called; `at` is where it lies, if elsewhere.
        """
        try:
            return stage(at or self.home.landing / path, self.source, self.box, path, self._limits)
        except Refused as refusal:
            return Reading(refused=str(refusal), rule=refusal.rule)

    def load(self, staged: Staged | Reading) -> Reading:
        """Read one file to its end."""
        reading = self.take(staged)
        self.settle()
        return reading

    def take(self, staged: Staged | Reading, expected: int | None = None) -> Reading:
        """Begin a file; its answer stands once `settle` was called (at once for a large one).

        `expected` is the number of records it must have, where its sender says so.
        """
        if isinstance(staged, Reading):
            return staged
        reading = Reading(sha256=staged.sha256)
        try:
            export = open_export(self.connection, staged, self.source)
            reading.columns, reading.notes = export.columns, export.notes
            if expected is not None and export.records != expected:
                raise Refused(
                    "row_count", f"{staged.name}: expected {expected} records, got {export.records}"
                )
            if export.records and export.records == self.source.options.row_limit:
                reading.warning = (
                    f"{staged.name}: has exactly {export.records} records, at which its system "
                    "cuts an export; export shorter spans"
                )
            self._require_fit(export)
            opened = self._begin(staged.name, reading, export)
            if opened.rows.height < BATCH_ROWS:
                opened.used.add(opened.rows)
                self._waiting.append(opened)
                if self.is_full:
                    self.settle()
            else:
                self._stream(opened)
        except Refused as refusal:
            reading.refused, reading.rule = str(refusal), refusal.rule
        except ValueError as error:  # the select's text itself: HeaderError and its like
            placed = isinstance(error, HeaderError)
            why = str(error) if placed else f"sources/{self.source.name}.sql: {error}"
            reading.refused, reading.rule = f"{staged.name}: {why}", "select"
        finally:
            for leftover in self.box.iterdir():
                leftover.unlink()
        return reading

    def _require_fit(self, export: Export) -> None:
        """Raise Refused where the select does not fit the header; of headers alike one is asked.

        Every column of an export is text, so its header decides.
        """
        if export.columns not in self._fitting:
            require_columns(self.connection, self.source, export)
            self._selecting.check(export.file)
            self._fitting.add(export.columns)

    def _begin(self, file: str, reading: Reading, export: Export) -> Opened:
        """Fetch the first batch's worth of rows, which for most files are all of them."""
        more = self._selecting.batches(file, BATCH_ROWS)
        parts: list[pl.DataFrame] = []
        while (
            sum(part.height for part in parts) < BATCH_ROWS
            and (part := next(more, None)) is not None
        ):
            parts.append(part)
        rows = pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame()
        return Opened(reading, export, rows, more, UsedRecords(export.records))

    @property
    def selected(self) -> frozenset[str]:
        """The columns that the select returned of the last file whose header was new."""
        return self._selecting.columns

    @property
    def is_empty(self) -> bool:
        """Whether every file begun has its answer."""
        return not self._waiting

    @property
    def is_full(self) -> bool:
        rows = sum(opened.rows.height for opened in self._waiting)
        return rows >= BATCH_ROWS or len(self._waiting) >= _FILES_TOGETHER

    def settle(self) -> None:
        """Convert, check and keep the files that wait, as one batch."""
        waiting, self._waiting = self._waiting, []
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
            with Chunks(self.home, self.source, self.contract, opened.reading.sha256) as chunks:
                if accepted:
                    chunks.write(accepted[place])
                self._account(opened, chunks, rejected[place : place + 1])

        # encoding, and waiting for the disk, go on outside Python's lock
        side_by_side(finish, range(len(waiting)))

    def _stream(self, opened: Opened) -> None:
        """A file of many batches, each checked and written before the next is fetched."""
        rejects = []
        with Chunks(self.home, self.source, self.contract, opened.reading.sha256) as chunks:
            # one batch is encoded while the next is read; never more, for memory's sake
            with ThreadPoolExecutor(1) as writer:
                writing = None
                for batch in chain([opened.rows], opened.more):
                    self._edge()
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
        converted = convert(batch, self.contract, self.conventions, self.pseudonyms.series)
        valid = validate(converted.accepted, self.contract, self.bounds)
        return valid.accepted, pl.concat([converted.rejects, valid.rejects])

    def _account(self, opened: Opened, chunks: Chunks, rejects: list[pl.DataFrame]) -> None:
        source = replace(self.source, tolerance=ANY) if self._watch else self.source
        settle_accounts(opened.reading, opened.export, source, chunks, opened.used, rejects)


def _by_file(rows: pl.DataFrame, files: int) -> list[pl.DataFrame]:
    """The rows of each file of a shared batch, under their own numbers again."""
    place = pl.col("_row") // (1 << _ROW_BITS)
    if not rows.select(place).to_series().is_sorted():  # rejects come by rule
        rows = rows.sort(place, maintain_order=True)
    begins = rows.select(place).to_series().search_sorted(pl.Series(range(files + 1)))
    own = rows.with_columns(pl.col("_row") % (1 << _ROW_BITS))
    return [own.slice(at, end - at) for at, end in pairwise(begins)]
