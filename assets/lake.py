"""Durable files: written aside, synced, renamed; and the record of each built output.

A record is written last and names its parquet by content, so a kill at any moment leaves
the output before or the output after. What outputs mean belongs to the steps that build them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.home import Home

# of a large file, hashed between two looks at whether to stop; each asks for Python's lock, for
# which it waits while pages are made or rows read beside it
_AT_A_TIME = 1 << 24
WHOLE = "whole"


def sha256_file(path: Path, edge: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file's bytes, hex; `edge` is called now and then, and may raise to stop."""
    found = hashlib.sha256()
    with path.open("rb", buffering=0) as handle:
        while part := handle.read(_AT_A_TIME):
            found.update(part)
            edge()
    return found.hexdigest()


_seen: set[tuple[Path, str, int]] = set()


def is_sound(path: Path, sha256: str) -> bool:
    """Whether a file is what its record says; a file that has not changed is read once."""
    if not path.is_file():
        return False
    # taken before it is read: what another thread does to it meanwhile is seen the next time
    mark = _mark(path, sha256)
    if mark not in _seen:
        if sha256_file(path) != sha256:
            return False
        _seen.add(mark)
    return True


def trust(path: Path, sha256: str) -> None:
    """Take a file at its word, as long as it stays as it is: this process has just read it."""
    _seen.add(_mark(path, sha256))


def _mark(path: Path, sha256: str) -> tuple[Path, str, int]:
    return path, sha256, path.stat().st_ctime_ns


def digest(*parts: object) -> str:
    """A short digest of values that have one JSON form; order matters, dict order does not."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:24]


def sync(path: Path) -> None:
    """Flush a file or folder to the disk; an error here is fatal, never ignored."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with naming(path):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have the disk's refusal name a path: a write or a sync knows none by itself."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from None


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """Create a folder and its parents, private to the owner."""
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    return path


@contextmanager
def aside(home: Home, target: Path) -> Iterator[Path]:
    """A scratch path that becomes `target` whole, or not at all."""
    scratch = make_folder(home.scratch) / f"{os.getpid()}-{digest(str(target))}"
    try:
        yield scratch
        place(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


def place(written: Path, target: Path) -> None:
    """Sync a finished file and rename it to its place, durably."""
    sync(written)
    make_folder(target.parent)
    written.replace(target)
    sync(target.parent)


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file that is never altered a second name."""
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        target.write_bytes(path.read_bytes())


def write_text(home: Home, target: Path, text: str) -> None:
    """Write a text file atomically."""
    with aside(home, target) as scratch, naming(scratch):
        scratch.write_text(text, encoding="utf-8")


def write_json(home: Home, target: Path, content: object) -> None:
    """Write a record atomically."""
    write_text(home, target, _as_json(content))


def _as_json(content: object) -> str:
    return json.dumps(content, indent=1, sort_keys=True, default=str) + "\n"


def read_json(path: Path) -> Any:
    """A record's content; None where there is none or the disk has damaged it."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def sweep(home: Home, spared: Path | None = None) -> None:
    """Remove what a killed run left behind; call with the run lock held.

    `spared` is what this process itself is building.
    """
    if home.scratch.exists():
        shutil.rmtree(home.scratch)
    for folder in home.versions.glob(".*"):  # being built, or being removed
        if folder == spared:
            continue
        folder.chmod(0o700)
        shutil.rmtree(folder)
    for folder in home.revision("").glob(".building-*"):
        shutil.rmtree(folder)
    trials = (home.lake, home.published, home.dagster)
    for pattern, folders in (
        (".trial-*", trials), (".current-*", (home.published,)), (".key.*", (home.root,)),
    ):  # fmt: skip
        for file in (file for folder in folders for file in folder.glob(pattern)):
            file.unlink()


def sweep_folder(folder: Path, named: Container[str]) -> None:
    """Remove the parquet files of a folder that no record names."""
    for path in folder.glob("*.parquet"):
        if path.name not in named:
            path.unlink()


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
            if content := read_json(path):  # a damaged one counts as none: it is built anew
                self._enter(OutputRecord(**content))

    def _enter(self, record: OutputRecord) -> None:
        self._records.setdefault(record.table, {})[record.month] = record

    def _get(self, table: str, month: str) -> OutputRecord | None:
        return self._records.get(table, {}).get(month)

    def get(self, table: str, month: date | None = None) -> OutputRecord | None:
        return self._get(table, month_name(month))

    def of_table(self, table: str) -> list[OutputRecord]:
        return [record for _, record in sorted(self._records.get(table, {}).items())]

    def all(self) -> list[OutputRecord]:
        return [record for table in sorted(self._records) for record in self.of_table(table)]

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
        return [r for r in self.of_table(table) if wanted is None or r.month in wanted]

    def paths(self, table: str, months: Iterable[date] | None = None) -> list[Path]:
        """The parquet files of a table, for the months asked (all by default)."""
        return [self.path(r) for r in self.records(table, months)]

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
            noted.write_text(_as_json(asdict(record)), encoding="utf-8")
        noted.replace(folder / f"{record.month}.json")
        before = self._get(record.table, record.month)
        if before and before.file != record.file:
            (folder / before.file).unlink(missing_ok=True)
        self._enter(record)
        return record

    def sweep(self) -> None:
        """Remove the files that no record names: of a killed run, or of a damaged record."""
        for folder in self._home.outputs.glob("*"):
            sweep_folder(folder, {record.file for record in self.of_table(folder.name)})

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


def month_name(month: date | None) -> str:
    return WHOLE if month is None else f"{month:%Y-%m}"


def output_file(month: date | None, sha256: str) -> str:
    return f"{month_name(month)}.{sha256[:12]}.parquet"
