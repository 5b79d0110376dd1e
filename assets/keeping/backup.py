"""A backup of a home: what it remembers, hashed file by file, whole or not there at all.

In it: settings, sources, register, rules and report texts of the home's own, the record of
closed periods, the lake with its ledger, the version readers see. Not in it: the key (a backup
that holds it would undo the pseudonyms), Dagster's history, and landing unless asked for, which
belongs to the systems that write there. Reading one back is `restoring`.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.code_version import code_version
from assets.home import FORMAT, Home, HomeError
from assets.keeping.aside import filled_aside, is_taken
from assets.key import expected_fingerprint
from assets.lake import naming, sync
from assets.record.versions import current

BACKUP_SCHEMA = 1
MANIFEST, CONTENT = "backup.json", "home"
_KEPT = ("kring.toml", "sample.json", "sources", "register", "reference", "metrics", "checks",
         "report", "record", "lake")  # fmt: skip
# what is of a run that works, or of this machine
_PASSING = {"lake/tmp", "lake/run.lock", "lake/began.json", "lake/began.new"}
_BLOCK = 1 << 20


def back_up(
    home: Home, destination: Path, *, with_landing: bool
) -> tuple[Path, dict[str, Any], list[str]]:
    """Copy the home to a new folder; the caller holds the run lock.

    Gives the folder, its manifest, and what was damaged before. Raises HomeError where the folder
    is in use or lies in the home itself.
    """
    target = destination.expanduser().absolute()
    _require_free(home, target)
    with filled_aside(target, "backup", 0o700) as building:
        copier = _Copier(building / CONTENT)
        for path, name in _files(home, with_landing):
            copier.copy(path, name)
        manifest = _manifest(home, copier.files, with_landing)
        (building / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
        for folder in (building / MANIFEST, *_folders(building)):
            sync(folder)
    return target, manifest, _not_as_published(home, copier.files)


def _require_free(home: Home, target: Path) -> None:
    if is_taken(target):
        raise HomeError(f"{target} is there already; a backup goes into a new folder")
    if target.resolve().is_relative_to(home.root):
        raise HomeError(f"{target} lies in the home; a backup beside it would be lost with it")


def _files(home: Home, with_landing: bool) -> Iterator[tuple[Path, str]]:
    """Every file to copy, with its name in the backup: a path below the home."""
    asked = (*_KEPT, *(["landing"] if with_landing else []))
    tops = [(home.root / name, name) for name in asked]
    version = current(home)
    if version is not None:
        tops.append((version.path, f"published/versions/{version.id}"))
    for top, prefix in tops:
        if top.is_file():
            yield top, prefix
        for folder, folders, names in os.walk(top):
            inner = prefix / Path(folder).relative_to(top)
            folders[:] = sorted(f for f in folders if str(inner / f) not in _PASSING)
            kept = (name for name in sorted(names) if str(inner / name) not in _PASSING)
            yield from ((Path(folder, name), str(inner / name)) for name in kept)


class _Copier:
    """Copies files, hashing each on the way; a file with two names is written once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[dict[str, Any]] = []
        self._written: dict[tuple[int, int], dict[str, Any]] = {}

    def copy(self, source: Path, name: str) -> None:
        info = source.stat()
        if not stat.S_ISREG(info.st_mode):
            return
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        entry = self._linked(info, target) or self._copied(source, info, target)
        self.files.append({"path": name, **entry})

    def _linked(self, info: os.stat_result, target: Path) -> dict[str, Any] | None:
        before = self._written.get((info.st_dev, info.st_ino)) if info.st_nlink > 1 else None
        if before is None:
            return None
        try:
            target.hardlink_to(self.root / before["path"])
        except OSError:
            return None
        return {key: value for key, value in before.items() if key != "path"}

    def _copied(self, source: Path, info: os.stat_result, target: Path) -> dict[str, Any]:
        with naming(target):
            digest = copy_file(source, target)
        os.utime(target, ns=(info.st_atime_ns, info.st_mtime_ns))
        entry = {
            "bytes": target.stat().st_size, "sha256": digest,
            "mode": stat.S_IMODE(info.st_mode), "mtime_ns": info.st_mtime_ns,
        }  # fmt: skip
        name = str(target.relative_to(self.root))
        self._written[info.st_dev, info.st_ino] = {"path": name, **entry}
        return entry


def copy_file(source: Path, target: Path) -> str:
    """Copy bytes, durably and for the owner alone; their sha256."""
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with source.open("rb") as reader, os.fdopen(descriptor, "wb") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _folders(top: Path) -> list[Path]:
    return sorted((Path(folder) for folder, _, _ in os.walk(top)), reverse=True)


def _manifest(home: Home, files: list[dict[str, Any]], with_landing: bool) -> dict[str, Any]:
    version = current(home)
    return {
        "schema": BACKUP_SCHEMA,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "organisation": home.settings.name,
        "is_sample": home.sample() is not None,
        "code": code_version(),
        "format": FORMAT,
        "version": version.id if version else None,
        "key_fingerprint": expected_fingerprint(home),
        "with_landing": with_landing,
        "files": sorted(files, key=lambda file: str(file["path"])),
    }


def _not_as_published(home: Home, files: list[dict[str, Any]]) -> list[str]:
    """Files of the current version that were damaged before they were copied."""
    version = current(home)
    if version is None:
        return []
    copied = {file["path"]: file["sha256"] for file in files}
    top = f"published/versions/{version.id}"
    problems = []
    with suppress(KeyError):
        for file in version.files():
            if copied.get(f"{top}/{file['path']}") != file["sha256"]:
                problems.append(f"{file['path']} of {version.id} is not as published")
    return problems
