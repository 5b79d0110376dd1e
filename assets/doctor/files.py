"""The home's folders on this machine: whose they are, room, what a killed run left, the clock."""

from __future__ import annotations

import os
import shutil
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

from assets.doctor.answers import BAD, OK, WARN, Answer, Patient
from assets.record.revisions import closed_from
from assets.record.versions import UNREADABLE_DO, current, unreadable, versions

_MB = 1 << 20
_ROOM = 256 * _MB  # for what grows by itself: Dagster's books, the scratch of one file
_CLOCK_SECONDS = 300


def permissions(patient: Patient) -> list[Answer]:
    home, answers = patient.home, []
    for folder in (home.lake, home.dagster):
        if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            answers.append(Answer(BAD, f"{folder} is open to others", f"chmod 700 {folder}"))
    if home.published.is_dir() and stat.S_IMODE(home.published.stat().st_mode) & 0o007:
        do = f"chmod o-rwx {home.published}"
        answers.append(Answer(BAD, f"{home.published} is open to everybody", do))
    for folder in (home.lake, home.published, home.dagster, home.record):
        place = folder if folder.exists() else home.root
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            do = "run kring as the home's owner, chown it, or chmod u+rwx what is its own"
            if os.statvfs(place).f_flag & os.ST_RDONLY:
                do = "its disk is read-only: mend or mount it for writing"
            answers.append(Answer(BAD, f"{folder} cannot be written", do))
    if not os.access(home.landing, os.R_OK | os.X_OK):
        do = f"make it, readable for kring's user: {home.landing}"
        answers.append(Answer(BAD, "landing cannot be read", do))
    return answers or [Answer(OK, "lake and dagster for the owner, published for the group")]


def space(patient: Patient) -> list[Answer]:
    """A run writes at most the lake's months anew, the database, and copies of new exports."""
    home = patient.home
    version = current(home)
    database = int(version.manifest["database"]["bytes"]) if version else 0
    needed = 2 * database + _size(home.outputs) + _ROOM
    free = shutil.disk_usage(home.root).free
    said = f"{free // _MB:,} MB free; a run needs up to {needed // _MB:,} MB"
    do = "make room, or lower published.keep_versions"
    entries = os.statvfs(home.root)
    if entries.f_files and entries.f_favail < 10_000:
        return [Answer(BAD, f"room for {entries.f_favail:,} more files only", do)]
    return [Answer(BAD if free < needed else WARN if free < 3 * needed else OK, said,
                   do if free < 3 * needed else "")]  # fmt: skip


def retention(patient: Patient) -> list[Answer]:
    home = patient.home
    kept, standing = home.settings.keep_versions, versions(home)
    signed = closed_from(home) & {version.id for version in standing[kept:]}
    said = f"{len(standing)} versions, {_size(home.versions) // _MB:,} MB; {kept} are kept"
    if signed:
        said += f", and {len(signed)} whose figures were closed"
    if len(standing) > kept + len(signed) + 1:
        return [Answer(WARN, said, f"they go {home.settings.grace_hours} hours after readers left")]
    return [Answer(OK, said)]


def leftovers(patient: Patient) -> list[Answer]:
    home, answers = patient.home, []
    if names := unreadable(home):
        said = f"{len(names)} folders of published/versions are no version, first {names[0]}"
        do = f"the manifest.json of each is gone or damaged: {UNREADABLE_DO}"
        answers.append(Answer(WARN, said, do))
    left = [*home.scratch.glob("*"), *home.versions.glob(".building-*")]
    if not left or patient.holder:
        return answers or [Answer(OK, "a run works" if patient.holder else "none")]
    said = f"{len(left)} of a run that was killed"
    return [*answers, Answer(WARN, said, "the next kring run removes them")]


def clock(patient: Patient) -> list[Answer]:
    """Whether something was written after now: then the clock is behind, or was."""
    home, now = patient.home, time.time()
    answers = []
    version = current(home)
    if version:
        made = datetime.fromisoformat(version.manifest["created_at"])
        if made.timestamp() > now + _CLOCK_SECONDS:
            said = f"the current version was made at {made:%Y-%m-%d %H:%M} UTC, after now"
            answers.append(Answer(BAD, said, "set the machine's clock (timedatectl)"))
    ahead = [p for p in (home.lock_file, *_top(home.landing)) if _mtime(p) > now + _CLOCK_SECONDS]
    if ahead:
        said = f"{len(ahead)} files are of the future, first {ahead[0].name}"
        do = "harmless for figures, which go by content; look at the clock of who wrote them"
        answers.append(Answer(WARN, said, do))
    zone = f"{datetime.now(UTC):%H:%M} UTC is {patient.as_of} in {home.settings.timezone}"
    return answers or [Answer(OK, zone)]


def _top(folder: Path) -> list[Path]:
    """The files of a folder and of those right below it; enough to see a clock that is off."""
    return [path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file()]


def _mtime(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    """Bytes below a folder; a file with several names once."""
    seen: dict[tuple[int, int], int] = {}
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                info = Path(top, name).lstat()
            except OSError:
                continue
            seen[info.st_dev, info.st_ino] = info.st_size
    return sum(seen.values())


FILES = (permissions, space, retention, leftovers, clock)
