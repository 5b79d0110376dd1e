"""Durable files: written aside, synced, renamed; read as what their records say, and swept.

What the files are belongs to whoever writes them; the built tables' own record is `outputs`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from assets.home import Home

_Made = TypeVar("_Made")
# of a large file, hashed between two looks at whether to stop; each asks for Python's lock, for
# which it waits while pages are made or rows read beside it
_AT_A_TIME = 1 << 24
_REPORT_SECONDS = 60  # no report takes longer to write


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


def make_folder(path: Path) -> Path:
    """Create a folder and its parents, private to the owner."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def place(written: Path, target: Path) -> None:
    """Sync a finished file and rename it to its place, durably."""
    sync(written)
    make_folder(target.parent)
    written.replace(target)
    sync(target.parent)


def stated(path: Path) -> dict[str, Any]:
    """A file as a manifest states it."""
    return {"path": path.name, "sha256": sha256_file(path), "bytes": path.stat().st_size}


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file that is never altered a second name."""
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        target.write_bytes(path.read_bytes())


def write_text(home: Home, target: Path, text: str) -> None:
    """Write a text file whole, or not at all."""
    scratch = make_folder(home.scratch) / f"{os.getpid()}-{digest(str(target))}"
    try:
        with naming(scratch):
            scratch.write_text(text, encoding="utf-8")
        place(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


def write_json(home: Home, target: Path, content: object) -> None:
    write_text(home, target, as_json(content))


def as_json(content: object) -> str:
    return json.dumps(content, indent=1, sort_keys=True, default=str) + "\n"


def read_json(path: Path) -> Any:
    """A record's content; None where there is none or the disk has damaged it."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValueError):
        return None


def read_as(path: Path, made: Callable[[Any], _Made]) -> _Made | None:
    """What is made of a record; None where there is none, or none of its shape any more."""
    try:
        return made(read_json(path))
    except (AttributeError, KeyError, TypeError):
        return None


def sweep(home: Home, spared: Path | None = None) -> None:
    """Remove what a killed run left behind; call with the run lock held.

    `spared` is what this process itself is building.
    """
    if home.scratch.exists():
        shutil.rmtree(home.scratch)
    for pattern in (".building-*", ".removing-*"):
        for folder in home.versions.glob(pattern):
            if folder != spared:
                folder.chmod(0o700)
                shutil.rmtree(folder)
    for folder in home.revision("").glob(".building-*"):
        shutil.rmtree(folder)
    trials = (home.lake, home.published, home.dagster)
    for pattern, folders in (
        (".trial-*", trials), (".key.*", (home.root,)), (".current-*", (home.published,)),
    ):  # fmt: skip
        for file in (file for folder in folders for file in folder.glob(pattern)):
            file.unlink()
    for file in home.published.glob(".status-*"):
        # of a report that a sensor writes at this moment, without the lock, it is still needed
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime > _REPORT_SECONDS:
                file.unlink()


def sweep_folder(folder: Path, named: Container[str]) -> None:
    """Remove the parquet files of a folder that no record names."""
    for path in folder.glob("*.parquet"):
        if path.name not in named:
            path.unlink()
