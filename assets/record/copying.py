"""The database readers see, copied while a run still finds out what its next version will hold.

Belongs here: whether it may be built upon, and a copy that is proven to be what its manifest
says. Bringing the copy up to date is `publishing`'s.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

from assets.home import Home
from assets.lake import make_folder, sha256_file
from assets.lanes import Edge, Stopped, cores, in_lanes
from assets.record.versions import followed

# A database that was patched often keeps holes; beyond this growth it is written whole.
_GROWTH = 1.5
# copied between two looks at whether to stop
_AT_A_TIME = 1 << 24


@dataclass
class Carried:
    """What the copied database holds: of each large table the digest of each month's file."""

    compact_bytes: int = 0
    """The size of the database when it was last written whole; 0: this one is."""
    held: dict[str, dict[str, str]] = field(default_factory=dict)


class Copy:
    """A copy of the version that a new one follows, as of when it was asked for; the caller holds
    the lock."""

    def __init__(self, home: Home) -> None:
        self.version = followed(home)
        self.folder = home.versions / ".building-copy"
        self.is_taken = False
        self._stop = Event()
        self._beginning = Lock()
        self._beside: ThreadPoolExecutor | None = None
        self._made: Future[Carried] | None = None
        self._has_folder = False

    def begin(self) -> None:
        """Copy beside other work, once, whoever asks; one core copies when the copy is taken."""
        with self._beginning:
            if self._beside is None and cores() > 1:
                self._beside = ThreadPoolExecutor(1, "copy")
                self._made = self._beside.submit(self._make)

    def take(self, target: Path) -> Carried:
        """Move the copy to its place; nothing is carried where it is not as its manifest says."""
        self.is_taken = True
        carried = self._made.result() if self._made else self._make()
        if carried.held:
            self._file.rename(target)
        return carried

    def drop(self) -> None:
        """Stop copying, and leave nothing that was not taken."""
        self._stop.set()
        if self._beside:
            self._beside.shutdown()
        if self._has_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _file(self) -> Path:
        return self.folder / "kring.duckdb"

    def _make(self) -> Carried:
        if self.version is None:
            return Carried()
        stated = self.version.manifest["database"]
        compact_bytes = int(stated.get("compact_bytes", 0))
        if not compact_bytes or stated["bytes"] > _GROWTH * compact_bytes:
            return Carried()
        source, sha256 = self.version.database, [""]
        if not source.is_file():
            return Carried()
        self._has_folder = True
        make_folder(self.folder)
        self._file.unlink(missing_ok=True)

        def copied(edge: Edge) -> None:
            _copy(source, self._file, lambda: self._edge(edge))

        def hashed(edge: Edge) -> None:
            sha256[0] = sha256_file(source, lambda: self._edge(edge))

        in_lanes([copied, hashed], min(2, cores()))
        if sha256[0] != stated["sha256"]:
            self._file.unlink()
            return Carried()
        held = {
            name: {Path(file["path"]).stem: file["sha256"] for file in table["files"]}
            for name, table in self.version.manifest["tables"].items()
        }
        return Carried(compact_bytes, held)

    def _edge(self, edge: Edge) -> None:
        edge()
        if self._stop.is_set():
            raise Stopped


_begun: Copy | None = None


@contextmanager
def beginning(home: Home) -> Iterator[None]:
    """Copy while the caller works, for the session in this process that publishes."""
    global _begun
    _begun = Copy(home)
    _begun.begin()
    try:
        yield
    finally:
        _begun.drop()
        _begun = None


def begun() -> Copy | None:
    """The copy that was begun for this process's sessions, if none has taken it."""
    return None if _begun is None or _begun.is_taken else _begun


def _copy(source: Path, target: Path, edge: Edge) -> None:
    """Copy onto the disk part by part, so that nobody who syncs meanwhile waits for all of it."""
    with source.open("rb") as old, target.open("xb") as new:
        try:  # within the kernel, which shares the blocks where the file system can
            while os.copy_file_range(old.fileno(), new.fileno(), _AT_A_TIME):
                os.fdatasync(new.fileno())
                edge()
        except OSError:  # not between these file systems, or not by this kernel
            old.seek(0)
            new.seek(0)
            while part := old.read(_AT_A_TIME):
                new.write(part)
                new.flush()
                os.fdatasync(new.fileno())
                edge()
        os.fsync(new.fileno())
