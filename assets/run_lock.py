"""The lock of a home: one run writes at a time.

It is the kernel's (flock), so a killed run leaves nothing to clean. Whoever takes it first gives
the lake its number.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from assets.home import FORMAT, Home
from assets.lake import place


class BusyError(RuntimeError):
    """Another run holds the home's lock."""


@dataclass
class _Hold:
    """This process's hold of a home: the descriptor that has the lock, and how many share it."""

    descriptor: int
    holders: int = 1


_held: dict[Path, _Hold] = {}
_counting = Lock()


@contextmanager
def run_lock(home: Home, *, wait: bool) -> Iterator[None]:
    """Hold the home for writing; re-entrant within the process, whose last holder lets it go.

    Raises BusyError, naming the holder's start, where `wait` is false and another run works.
    """
    path = home.lock_file
    with _counting:
        if hold := _held.get(path):
            hold.holders += 1
    if not hold:
        hold = _held[path] = _Hold(_taken(home, wait))
    try:
        yield
    finally:
        with _counting:
            hold.holders -= 1
            if not hold.holders:
                del _held[path]
                os.close(hold.descriptor)


def _taken(home: Home, wait: bool) -> int:
    """A descriptor that has the kernel's lock, on a file that says since when."""
    home.lock_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            _take(descriptor, wait)
        except BlockingIOError:
            since = os.pread(descriptor, 64, 0).decode(errors="replace").strip()
            raise BusyError(f"another run holds this home since {since or 'just now'}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, datetime.now().astimezone().isoformat("T", "seconds").encode(), 0)
        if not home.format_file.exists():
            _write_format(home)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _write_format(home: Home) -> None:
    """Give the lake its number at once: whoever comes meanwhile reads it before taking the lock."""
    aside = home.format_file.with_name(".format")
    aside.unlink(missing_ok=True)
    aside.touch(0o600)
    aside.write_text(f"{FORMAT}\n")
    place(aside, home.format_file)


def _take(descriptor: int, wait: bool) -> None:
    if wait:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)  # `lock_holder` may just have looked
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_holder(home: Home) -> str | None:
    """Since when a run holds the home; None where it is free. Changes nothing."""
    try:
        descriptor = os.open(home.lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 64, 0).decode(errors="replace").strip() or "just now"
    finally:
        os.close(descriptor)
    return None
