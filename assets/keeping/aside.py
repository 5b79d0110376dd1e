"""A folder that is filled beside its place and is there whole, or not at all.

What one that was killed left beside it goes as soon as the same place is asked for again.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.lake import sync


def is_taken(place: Path) -> bool:
    """Whether something is there already; an empty folder is nothing."""
    return place.exists() and (not place.is_dir() or any(place.iterdir()))


@contextmanager
def filled_aside(place: Path, what: str, mode: int) -> Iterator[Path]:
    """The folder to fill, which takes its place at the end; gone where anything fails."""
    building = place.with_name(f".{place.name}.{what}-{os.getpid()}")
    for left in place.parent.glob(f".{glob.escape(place.name)}.{what}-*"):
        if left == building or not _is_alive(left.name.rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    building.mkdir(parents=True, mode=mode)
    building.chmod(mode)  # whatever the umask of who asks
    try:
        yield building
        building.rename(place)
        sync(place.parent)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True  # another account's
    return True
