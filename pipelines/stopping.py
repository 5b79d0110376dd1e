"""Ctrl-C and SIGTERM: whether somebody has asked this process to stop, whoever took the signal.

Dagster takes both for itself while it works, ends the run as failed, and forgets a signal that
comes between two steps; the kernel's own note of it is kept here.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

EXIT_CODE = 130
# complains, with a traceback, of a cursor that a signal kept it from closing
_COMPLAINS = logging.getLogger("sqlalchemy.pool")
_asked_by = {signal.SIGINT, signal.SIGTERM}
_notes: int | None = None


@contextmanager
def heeded() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, and keep a note of both."""
    global _notes
    _notes, written = os.pipe()
    os.set_blocking(_notes, False)
    os.set_blocking(written, False)
    before = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    level = _COMPLAINS.level
    _COMPLAINS.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        _COMPLAINS.setLevel(level)
        signal.signal(signal.SIGTERM, handler)
        signal.set_wakeup_fd(before)
        os.close(_notes)
        os.close(written)
        _notes = None


@contextmanager
def told_apart() -> Iterator[None]:
    """Let what breaks because of a signal count as the stop that was asked for.

    A library that is interrupted in the middle of something may fail over it with an error of
    its own, such as that of a closed database.
    """
    try:
        yield
    except Exception:
        check()
        raise


def check() -> None:
    """Raise KeyboardInterrupt where a signal was taken by somebody else since."""
    if _notes is None:
        return
    try:
        noted = os.read(_notes, 4096)
    except BlockingIOError:
        return
    if _asked_by & set(noted):
        raise KeyboardInterrupt
