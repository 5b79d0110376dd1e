"""The tables the lake holds as built, by month, and the record of each.

A record is written last and names its parquet by content, so a kill at any moment leaves
the output before or the output after. What outputs mean belongs to the steps that build them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

from assets.home import Home
from assets.lake import as_json, make_folder, naming, read_as, sweep_folder, sync, trust

WHOLE = "whole"


@dataclass(frozen=True)
class OutputRecord:
    """One built table (of one month, or whole): what it was made from and what came out.

    `settles_on` is the last day on which a row is still provisional; empty: none is.
    """

    table: str
    month: str
    fingerprint: str
    file: str
    sha256: str
    rows: int
    settles_on: str = ""


class Outputs:
    """The outputs the lake holds, by table and month."""

    def __init__(self, home: Home) -> None:
        self._home = home
        # by table, then month: the judge asks for each of them, again and again
        self._records: dict[str, dict[str, OutputRecord]] = {}
        for path in sorted(home.outputs.glob("*/*.json")):
            # a damaged one counts as none: it is built anew
            record = read_as(path, lambda content: OutputRecord(**content))
            if record and (record.table, record.month) == (path.parent.name, path.stem):
                self._enter(record)

    def _enter(self, record: OutputRecord) -> None:
        self._records.setdefault(record.table, {})[record.month] = record

    def _get(self, table: str, month: str) -> OutputRecord | None:
        return self._records.get(table, {}).get(month)

    def get(self, table: str, month: date | None = None) -> OutputRecord | None:
        return self._get(table, month_name(month))

    def all(self) -> list[OutputRecord]:
        return [record for table in sorted(self._records) for record in self.records(table)]

    def months_unlike(self, before: Outputs) -> set[str]:
        """The months of which a fact, metric or table is not as it was (checks aside)."""
        return {month for _, month, _ in self._contents() ^ before._contents()}

    def _contents(self) -> set[tuple[str, str, str]]:
        return {
            (record.table, record.month, record.sha256)
            for record in self.all()
            if not record.table.startswith("check.")
        }

    def path(self, record: OutputRecord) -> Path:
        return self._home.outputs / record.table / record.file

    def records(self, table: str, months: Iterable[date] | None = None) -> list[OutputRecord]:
        """The records of a table, for the months asked (all by default)."""
        wanted = None if months is None else {month_name(month) for month in months}
        found = sorted(self._records.get(table, {}).items())
        return [record for month, record in found if wanted is None or month in wanted]

    def keep(self, written: Path, record: OutputRecord) -> OutputRecord:
        """Take a written parquet file in, then its record; what it replaces is removed last.

        Only the file is synced, before a record names it: a record that a power cut takes or
        cuts short counts as none, and its output is built again.
        """
        folder = make_folder(self._home.outputs / record.table)
        sync(written)
        written.replace(folder / record.file)
        trust(folder / record.file, record.sha256)
        noted = written.with_suffix(".json")
        with naming(noted):
            noted.write_text(as_json(asdict(record)), encoding="utf-8")
        noted.replace(folder / f"{record.month}.json")
        before = self._get(record.table, record.month)
        if before and before.file != record.file:
            (folder / before.file).unlink(missing_ok=True)
        self._enter(record)
        return record

    def sweep(self) -> None:
        """Remove the files that no record names: of a killed run, or of a damaged record."""
        for folder in self._home.outputs.glob("*"):
            sweep_folder(folder, {record.file for record in self.records(folder.name)})

    def forget_damaged(self, table: str, month: str) -> None:
        """Drop an output whose file is not what its record says."""
        if record := self._get(table, month):
            self.drop(record)

    def drop(self, record: OutputRecord) -> None:
        """Forget an output whose month or rule no longer exists."""
        folder = self._home.outputs / record.table
        (folder / f"{record.month}.json").unlink(missing_ok=True)
        (folder / record.file).unlink(missing_ok=True)
        self._records.get(record.table, {}).pop(record.month, None)


@cache  # asked of every output
def month_name(month: date | None) -> str:
    return WHOLE if month is None else f"{month:%Y-%m}"


def output_file(month: date | None, sha256: str) -> str:
    return f"{month_name(month)}.{sha256[:12]}.parquet"
