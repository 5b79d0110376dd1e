"""Export files of one source, opened one after another and handed on as the select's rows.

What becomes of the rows is `judging`'s: conversion, contract, chunks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

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
from assets.intake.accounts import Reading, UsedRecords
from assets.intake.judging import Judge, Opened, Watch
from assets.intake.selecting import Selecting
from assets.lake import make_folder
from schemas.contract import Contract, contract
from schemas.pseudonyms import Pseudonyms
from sql.header import HeaderError
from sql.run import HERE

MACROS = HERE / "source_macros.sql"
BATCH_ROWS = 250_000
NOT_YET = ("unstable", "vanished")  # left for the next run, not refused
_FILES_TOGETHER = 256


class Reader:
    """Reads the files of one source through one sandboxed engine, one in the box at a time."""

    def __init__(
        self, home: Home, source: Source, pseudonyms: Pseudonyms, as_of: date,
        edge: Callable[[], None] = lambda: None, memory: str = "1GB",
        watch: Watch | None = None,
    ) -> None:  # fmt: skip
        """`edge` is called between batches, and may raise to stop there. `watch` is for who tries
        a source: it sees each batch as the select returns it and its rejects, and a file that
        was read to its end is then kept whatever the source tolerates."""
        self.home, self.source, self._edge = home, source, edge
        self.judge = Judge(home, source, pseudonyms, as_of, watch)
        self.contract: Contract = contract(source.kind)
        self.box = make_folder(home.scratch / f"box-{source.name}")
        zone = source.timezone or home.settings.timezone
        fixed = zone.startswith(("+", "-"))
        self.connection = sandbox(
            self.box, f"GMT{zone}" if fixed else zone, MACROS.read_text(encoding="utf-8"), memory
        )
        self._selecting = Selecting(self.connection, source, self.contract)
        self._limits = Limits(raw_bytes=home.settings.max_file_mb << 20)
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
                self.judge.stream(opened, self._edge)
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
        """Finish the files that wait, as one batch."""
        waiting, self._waiting = self._waiting, []
        self.judge.settle(waiting)
