"""Publishing: a version is built aside, checked, and put in place by one atomic switch.

Belongs here: what makes a version and what takes old ones away. What stands is `versions`' to say.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assets.building.plan import Plan
from assets.code_version import code_version
from assets.dictionary import NAME as DICTIONARY
from assets.dictionary import read_dictionary, write_page
from assets.home import Home
from assets.lake import as_json, make_folder, stated, sync
from assets.performance_report.writing import get_ready, write_reports
from assets.periods import month_end
from assets.publishing.content import content_digest
from assets.publishing.database import write_database
from assets.publishing.following import before, follows, made_before
from assets.publishing.zone_data import disagree_from
from assets.record import decisions, revisions
from assets.record.closing import require_record
from assets.record.copying import Copy
from assets.record.versions import (
    Version,
    current,
    last_seen,
    load,
    remove,
    switch,
    touched,
    versions,
)

MANIFEST_SCHEMA = 1
_FILE_MODE, _FOLDER_MODE = 0o440, 0o750


def is_current(plan: Plan) -> bool:
    """Whether what readers see is what the lake holds, and nobody has touched it since."""
    return _is_seen(plan.home, content_digest(plan))


def _is_seen(home: Home, content: str) -> bool:
    seen = current(home)
    return seen is not None and seen.manifest["content"] == content and not touched(seen)


def publish(plan: Plan, copy: Copy) -> Version | None:
    """Build, check and switch to a new version; None where the content is the current one.

    The new database is made of `copy`. A version that stands with the same content and follows
    the one readers see is switched to: a killed run may have come as far as that, or somebody has
    rolled back since.
    """
    home, content = plan.home, content_digest(plan)
    if _is_seen(home, content):
        return None
    require_record(home)
    if again := made_before(home, content):
        switch(home, again.id)
        retain(home)
        return again
    header = _header(plan, content)
    building = make_folder(home.versions / f".building-{header['version']}")
    with ThreadPoolExecutor(1) as beside:
        beside.submit(get_ready, home)
        written = write_database(plan, building, header, before(home, copy.version, content), copy)
        # the database is hashed and put on the disk while the pages are made
        database = beside.submit(_finish, building / "kring.duckdb")
        write_page(read_dictionary(plan, building / "kring.duckdb"), building)
        reports = write_reports(home, building)
    header["clocks_disagree_from"] = _clocks_disagree_from(plan)
    manifest = {
        **header, **written, "database": {**written["database"], **database.result()},
        "documents": [stated(building / DICTIONARY)], "reports": reports,
    }  # fmt: skip
    (building / "manifest.json").write_text(as_json(manifest))
    _seal(building, home)
    target = building.rename(home.versions / header["version"])
    sync(home.versions)
    switch(home, header["version"])
    retain(home)
    return load(target)


def _header(plan: Plan, content: str) -> dict[str, Any]:
    """What a manifest says of a version before anything of it is written."""
    home, made = plan.home, datetime.now(UTC)
    return {
        "schema": MANIFEST_SCHEMA,
        "version": f"{_stamp(home, made)}Z-{content[:8]}",
        "created_at": made.isoformat(timespec="seconds"),
        "as_of": plan.as_of.isoformat(),
        "is_sample": home.sample() is not None,
        "organisation": home.settings.name,
        "content": content,
        "code": code_version(),
        "register": plan.register.digest[:24],
        "settings": _settings(home),
        "decisions": decisions.stamp(home),
        "follows": follows(home),
    }


def _stamp(home: Home, made: datetime) -> str:
    """The time that a version is known by: after that of each that stands.

    The log of restatements goes on from the newest one's; a clock that has gone back loses none.
    """
    known = versions(home)
    if known:
        last = datetime.strptime(known[0].id.partition("Z")[0], "%Y%m%dT%H%M%S%f")
        made = max(made, last.replace(tzinfo=UTC) + timedelta(milliseconds=1))
    return f"{made:%Y%m%dT%H%M%S}{made.microsecond // 1000:03}"


def _settings(home: Home) -> dict[str, str]:
    """The settings that decide what is counted."""
    settings = home.settings
    return {
        "timezone": settings.timezone,
        "first_month": settings.first_month.isoformat(),
        "last_month": str(home.last_month()),
    }


def _clocks_disagree_from(plan: Plan) -> str | None:
    """From which day of its months on the libraries tell other times of the home's zone."""
    if not plan.months:
        return None
    last = min(plan.as_of, month_end(plan.months[-1]))
    day = disagree_from(plan.home.settings.timezone, plan.months[0], last)
    return day.isoformat() if day else None


def _finish(path: Path) -> dict[str, Any]:
    sync(path)
    return stated(path)


def _seal(folder: Path, home: Home) -> None:
    """Make a finished version read-only, for the home's group to read, and durable."""
    paths = (*sorted(folder.rglob("*"), reverse=True), folder)
    # all modes before the first sync: between two syncs each would be a journal entry of its own
    for path in paths:
        open_to_group(path, home)
    for path in paths:
        sync(path)
    for path in (home.versions, home.published):
        open_to_group(path, home)


def open_to_group(path: Path, home: Home) -> None:
    """Readable by the home's group, by nobody else, writable by none but the owner's folders."""
    path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
    group = home.root.stat().st_gid
    if path.stat().st_gid != group:
        with suppress(PermissionError):
            os.chown(path, -1, group)


def retain(home: Home) -> None:
    """Remove versions beyond those to keep.

    Never the current one, one that was current within the grace, or one whose figures were closed.
    """
    seen = current(home)
    signed = revisions.closed_from(home)
    grace = datetime.now(UTC) - timedelta(hours=home.settings.grace_hours)
    for version in versions(home)[home.settings.keep_versions :]:
        is_read = (seen and version.id == seen.id) or last_seen(version) > grace.timestamp()
        if is_read or version.id in signed:
            continue
        remove(home, version)
