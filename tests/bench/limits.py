"""A memory limit that the kernel holds a process to: a control group of its own.

Needs the right to make one (root, or a delegated group); else nothing limits and the peak that
was measured must be read against the limit.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}


def size(text: str) -> int:
    """`2GB` or `1500M` in bytes."""
    number = text.upper().removesuffix("B")
    return int(float(number[:-1]) * _UNITS[number[-1]]) if number[-1] in _UNITS else int(number)


@contextmanager
def memory_group(limit: int | None) -> Iterator[Path | None]:
    """A group with this limit, page cache included; None where there is none to be had."""
    folder = _made(limit) if limit else None
    try:
        yield folder
    finally:
        if folder:
            with suppress(OSError):
                folder.rmdir()


def _made(limit: int) -> Path | None:
    for parent, names in (
        (Path("/sys/fs/cgroup/memory"), ("memory.limit_in_bytes",)),
        (Path("/sys/fs/cgroup"), ("memory.max", "memory.swap.max")),
    ):
        folder = parent / f"kring-bench-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            for name in names:
                (folder / name).write_text("0" if "swap" in name else str(limit))
        except OSError:
            folder.rmdir()
            continue
        return folder
    print("no control group can be made here: nothing limits the memory", file=sys.stderr)
    return None
