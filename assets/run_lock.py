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
from datetime import datetime
from pathlib import Path

from assets.home import FORMAT, Home


class BusyError(RuntimeError):
    """Another run holds the home's lock."""


_held: dict[Path, int] = {}


@contextmanager
def run_lock(home: Home, *, wait: bool) -> Iterator[None]:
    """Hold the home for writing; re-entrant within the process.

    Raises BusyError, naming the holder's start, where `wait` is false and another run works.
    """
    path = home.lock_file
    if _held.get(path):
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            _take(descriptor, wait)
        except BlockingIOError:
            since = os.pread(descriptor, 64, 0).decode(errors="replace").strip()
            raise BusyError(f"another run holds this home since {since or 'just now'}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, datetime.now().astimezone().isoformat("T", "seconds").encode(), 0)
        _held[path] = 1
        if not home.format_file.exists():
            _write_format(home)
        yield
    finally:
        _held.pop(path, None)
        os.close(descriptor)


def _write_format(home: Home) -> None:
    """Give the lake its number at once: whoever comes meanwhile reads it before taking the lock."""
    aside = home.format_file.with_name(".format")
    aside.unlink(missing_ok=True)
    aside.touch(0o600)
    with aside.open("w") as file:
        file.write(f"{FORMAT}\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(home.format_file)


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
