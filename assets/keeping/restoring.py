"""A home made again from a backup: every hash first, then every file, then one rename.

What a backup leaves out is named: the key, which must be put back by hand, and landing, from
which the next run catches up.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from assets.home import FORMAT, HomeError
from assets.keeping.aside import filled_aside, is_taken
from assets.keeping.backup import BACKUP_SCHEMA, CONTENT, MANIFEST, copy_file
from assets.lake import sha256_file, sync


def restore(source: Path, target: Path) -> tuple[Path, dict[str, Any]]:
    """Make a home of a backup; the home's folder, and the backup's manifest.

    Raises HomeError where the backup is damaged or too new.
    """
    backup, place = source.expanduser().absolute(), target.expanduser().absolute()
    if is_taken(place):
        raise HomeError(f"{place} is there already; restore into a new folder: --home DIR")
    manifest = _read_manifest(backup)
    problems = _damage(backup, manifest)
    if problems:
        raise HomeError(
            f"{backup} is damaged, nothing was restored: {'; '.join(problems[:5])}"
            + (f" and {len(problems) - 5} more" if len(problems) > 5 else "")
        )
    with filled_aside(place, "restoring", 0o750) as building:
        _fill(backup, manifest, building)
    return place, manifest


def _read_manifest(backup: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text())
        schema, form = int(manifest["schema"]), int(manifest["format"])
    except (OSError, ValueError, KeyError, TypeError):
        raise _none(backup) from None
    if schema > BACKUP_SCHEMA or form > FORMAT:
        raise HomeError(
            f"{backup} was made by kring {manifest.get('code')}, which is later than this one; "
            "install that version and restore with it"
        )
    if not _is_whole(manifest):
        raise _none(backup)
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    """Whether it says all that a home is made of."""
    stated = {"version", "with_landing", "key_fingerprint", "files"}
    of_a_file = {"path", "sha256", "mode", "mtime_ns"}
    try:
        return manifest.keys() >= stated and all(f.keys() >= of_a_file for f in manifest["files"])
    except (TypeError, AttributeError):
        return False


def _none(backup: Path) -> HomeError:
    return HomeError(
        f"{backup} is no backup that kring can read (its {MANIFEST} is missing or damaged)"
    )


def _damage(backup: Path, manifest: dict[str, Any]) -> list[str]:
    """Files that are missing or not as they were when the backup was made."""
    problems = []
    for file in manifest["files"]:
        path = backup / CONTENT / file["path"]
        if not path.resolve().is_relative_to((backup / CONTENT).resolve()):
            problems.append(f"{file['path']} leads out of the backup")
        elif not path.is_file():
            problems.append(f"{file['path']} is missing")
        elif sha256_file(path) != file["sha256"]:
            problems.append(f"{file['path']} is not as it was backed up (its sha256 differs)")
    return problems


def _fill(backup: Path, manifest: dict[str, Any], building: Path) -> None:
    first: dict[tuple[int, int], Path] = {}
    for file in manifest["files"]:
        source, path = backup / CONTENT / file["path"], building / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        info = source.stat()
        before = first.get((info.st_dev, info.st_ino))
        if before is not None:
            path.hardlink_to(before)
            continue
        copy_file(source, path)
        path.chmod(file["mode"])
        os.utime(path, ns=(file["mtime_ns"], file["mtime_ns"]))
        first[info.st_dev, info.st_ino] = path
    (building / "landing").mkdir(exist_ok=True)
    published = building / "published"
    if manifest["version"]:
        (published / "current").symlink_to(Path("versions") / manifest["version"])
        for path in (published, *published.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o750)
    for folder, _, _ in os.walk(building, topdown=False):
        sync(Path(folder))
