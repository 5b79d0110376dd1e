"""Versions as they stand: which there are, which one readers see, and whether it is whole.

A version is a folder that never changes again: the database, the same tables as parquet, the
performance reports, a manifest. Readers of an older version keep it; nobody is ever blocked.
Making one is `published`' work.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assets.home import Home, HomeError
from assets.lake import read_json, sha256_file, sync
from assets.record.decisions import ROLLED_BACK, Decision, decisions

REMOVING = ".removing-"
LOST_DO = "kring run; or kring rollback ID to one that stands (kring versions)"
UNREADABLE_DO = "put it back from a backup, or remove the folder"
# what every manifest has said since the first
_STATED = {
    "version": str, "is_sample": bool, "organisation": str, "content": str, "code": str,
    "database": dict, "tables": dict, "months": dict,
}  # fmt: skip


@dataclass(frozen=True)
class Version:
    """One published version as its manifest states it."""

    path: Path
    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.manifest["version"])

    @property
    def database(self) -> Path:
        return self.path / "kring.duckdb"

    def files(self) -> Iterator[dict[str, Any]]:
        """Every published file but the manifest: path, sha256, bytes."""
        yield self.manifest["database"]
        yield from self.manifest.get("documents", [])
        for table in self.manifest["tables"].values():
            yield from table["files"]
        # versions of before there were reports say nothing of them
        yield from self.manifest.get("reports", {}).get("files", [])


def current(home: Home) -> Version | None:
    """The version readers see now."""
    return load(home.current.resolve()) if home.current.exists() else None


def followed(home: Home) -> Version | None:
    """The version readers see; the newest that stands where `current` leads to none."""
    return current(home) or next(iter(versions(home)), None)


def lost(home: Home) -> str | None:
    """That readers see no version though one was published; None where that is not so."""
    if current(home) or not (os.path.lexists(home.current) or versions(home)):
        return None
    link = home.current.readlink() if home.current.is_symlink() else "it is no link"
    why = ", whose manifest.json is gone or damaged" if home.current.is_dir() else ""
    return f"published/current leads to no version ({link}{why})"


def versions(home: Home) -> list[Version]:
    """The versions that still stand, newest first."""
    found = [version for path in _folders(home) if (version := load(path))]
    return sorted(found, key=lambda v: v.id, reverse=True)


def unreadable(home: Home) -> list[str]:
    """The folders among the versions that are none: their manifest is gone or damaged."""
    return sorted(path.name for path in _folders(home) if not load(path))


def _folders(home: Home) -> list[Path]:
    return [p for p in home.versions.glob("*") if p.is_dir() and not p.name.startswith(".")]


def load(path: Path) -> Version | None:
    """The version of a folder; None where there is none, or none that its manifest tells."""
    version = Version(path, read_json(path / "manifest.json"))
    return version if _is_told(version) else None


def _is_told(version: Version) -> bool:
    manifest = version.manifest
    try:
        date.fromisoformat(manifest["as_of"])
        datetime.fromisoformat(manifest["created_at"])
        return all(isinstance(manifest[name], kind) for name, kind in _STATED.items()) and all(
            {"path", "sha256", "bytes"} <= file.keys() for file in version.files()
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def touched(version: Version) -> bool:
    """Whether a file is gone, resized or newer than the manifest, which is written last.

    Judged by stat alone, so that it can be asked at every run; `verify` reads the bytes.
    """
    made = (version.path / "manifest.json").stat().st_mtime_ns
    for file in version.files():
        try:
            info = (version.path / file["path"]).stat()
        except FileNotFoundError:
            return True
        if info.st_size != file["bytes"] or info.st_mtime_ns > made:
            return True
    return False


def verify(version: Version) -> list[str]:
    """What is wrong with a version's files: missing, changed or strange ones."""
    expected = {file["path"]: file["sha256"] for file in version.files()}
    problems = []
    for name, sha256 in sorted(expected.items()):
        path = version.path / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif sha256_file(path) != sha256:
            problems.append(f"{name} is not as published (its sha256 differs)")
    there = {str(p.relative_to(version.path)) for p in version.path.rglob("*") if p.is_file()}
    problems += [f"{name} does not belong here" for name in there - {*expected, "manifest.json"}]
    return problems


def remove(home: Home, version: Version) -> None:
    """Remove a version; renamed first, so that a version that is listed is always whole."""
    removing = version.path.rename(home.versions / f"{REMOVING}{version.id}")
    shutil.rmtree(removing)


def last_seen(version: Version) -> float:
    """When readers were last sent from this version to another, or else when it was made.

    Told by its folder's time, which nothing else changes; a copied version is as young as its copy.
    A time in the future, from a clock that was wrong, is set to now.
    """
    if version.path.stat().st_mtime > time.time():
        with suppress(PermissionError):
            os.utime(version.path)
    return version.path.stat().st_mtime


def require_switchable(home: Home, version: str) -> None:
    """Raise HomeError where `current` cannot point at a version."""
    is_name = Path(version).name == version and not version.startswith(".")  # not another home's
    if not (is_name and load(home.versions / version)):
        raise HomeError(absent(home, f"there is no version {version}", version))
    if home.current.is_dir() and not home.current.is_symlink():
        why = "is a folder where a link belongs, as in a home that was copied without its links"
        raise HomeError(f"{home.current} {why}: remove it, then kring run")


def absent(home: Home, said: str, asked: str) -> str:
    """What to tell who asks for a version that is none: it may stand without its manifest."""
    for name in unreadable(home):
        if name.startswith(asked):
            return f"{said}: the manifest.json of {name} is gone or damaged; {UNREADABLE_DO}"
    return f"{said}; kring versions lists them"


def switch(home: Home, version: str) -> None:
    """Point `current` at a version, in one step."""
    require_switchable(home, version)
    with suppress(FileNotFoundError, PermissionError):  # gone, or of a run by another account
        os.utime(home.current)  # the folder it leads to: see `last_seen`
    link = home.published / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("versions") / version)
    link.replace(home.current)
    sync(home.published)


def rolled_back(home: Home) -> Decision | None:
    """The rollback that gave readers the version they see; None where a run published it."""
    last, seen = _last(home), current(home)
    return last if last and seen and last.version == seen.id else None


def replaced(home: Home) -> str | None:
    """The version that readers had been rolled back to before the current one was published."""
    last, seen = _last(home), current(home)
    follows = seen.manifest.get("follows") if seen else None
    return last.version if last and last.version == follows else None


def _last(home: Home) -> Decision | None:
    """The latest decision, where it is a rollback."""
    log = decisions(home)
    return log[-1] if log and log[-1].action == ROLLED_BACK else None
