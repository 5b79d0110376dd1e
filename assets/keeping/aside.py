"""A folder that is filled beside its place and is there whole, or not at all."""

from __future__ import annotations

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
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True, mode=mode)
    try:
        yield building
        building.rename(place)
        sync(place.parent)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
