"""What lies in landing and whose it is: found, claimed, settled. Nothing is opened here.

Other systems drop files there; kring never alters them. A file is claimed by the sources
whose `files:` match its path; one that nobody claims is reported, not ignored.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.arrivals.sources import Source
from assets.home import Home

# Names that editors, browsers and desktops leave behind; listed as ignored, never an error.
_NOISE_NAMES = (".*", "~$*", "*.swp", "*.tmp", "*.part", "*.partial", "*.crdownload", "*.filepart",
          "*~", "*.done", "*.lock", "Thumbs.db", "desktop.ini")  # fmt: skip
_NOISE = re.compile("|".join(map(fnmatch.translate, _NOISE_NAMES)))


def is_noise(name: str) -> bool:
    """Whether a file's name, without its folders, is of what programs leave behind."""
    return _NOISE.match(name) is not None


@dataclass(frozen=True)
class Found:
    """One entry of landing: its path relative to landing, its stat, the sources claiming it."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    regular: bool
    sources: tuple[Source, ...]
    ignored: bool = False
    expected: int | None = None  # records it must have, where a NAME.done beside it says so

    @property
    def stamp(self) -> tuple[int, int, int]:
        return self.size, self.mtime_ns, self.ctime_ns


def scan(home: Home, sources: tuple[Source, ...]) -> list[Found]:
    """Every entry below landing in order of path, symlinks and folders unfollowed."""
    found = []
    entries = list(_entries(home.landing))
    stated = {entry.path for entry in entries if entry.name.endswith(".done")}
    above = len(str(home.landing)) + 1
    for entry in entries:
        relative = entry.path[above:]
        try:
            info = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        noise = is_noise(entry.name)
        claims = () if noise else tuple(s for s in sources if s.claims(relative))
        regular = stat.S_ISREG(info.st_mode)
        if not regular and stat.S_ISDIR(info.st_mode) and not claims:
            continue
        done = f"{entry.path}.done"
        expected = _expected(Path(done)) if claims and done in stated else None
        found.append(
            Found(relative, info.st_size, info.st_mtime_ns, info.st_ctime_ns, regular, claims,
                  ignored=noise, expected=expected)
        )  # fmt: skip
    return sorted(found, key=lambda f: f.path)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _entries(Path(entry.path))


def _expected(done: Path) -> int | None:
    """The count a `.done` file states; null where there is none or it only says `done`."""
    try:
        text = done.read_bytes()[:100].decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() else None


def unsettled(home: Home, files: list[Found]) -> set[str]:
    """Paths among `files` that somebody is still writing: size or time did not stand still."""
    pause = home.settings.settle_seconds
    now = time.time()
    recent = [f for f in files if abs(now - f.mtime_ns / 1e9) < pause]
    if not recent:
        return set()
    time.sleep(min(pause, 1.0))
    return {f.path for f in recent if _stamp(home.landing / f.path) != f.stamp}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        info = path.lstat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns
