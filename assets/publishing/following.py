"""What a new version follows: the version it is compared with, and the logs that it goes on from.

Somebody may have removed or damaged what readers saw. Then it follows what is still whole, so that
no number changes without a row that says so, and no row of a log is lost that stands anywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.home import Home, HomeError
from assets.lake import is_sound
from assets.publishing.database import Before
from assets.publishing.provenance import LOGS
from assets.publishing.relations import export
from assets.record import decisions
from assets.record.versions import Version, followed, touched, verify, versions
from sql.run import connect, literal


def before(home: Home, seen: Version | None, content: str) -> Before:
    """What a new version is compared with, the logs so far, and the older manifests.

    The logs are those of the newest version that has them whole, as files or in its database.
    Rows that a later one alone had are found again by comparing with that version, or with an
    older one.
    """
    known = versions(home)
    manifests = [version.manifest for version in known]
    if not known:
        return Before([], {name: [] for name in LOGS}, manifests)
    logged, logs = _newest_logs(home, known)
    compared = [v for v in (seen, *known) if v and v.id <= logged.id]
    if seen and compared[0] is seen and seen.manifest["content"] == content:
        del compared[1:]  # nothing differs from it, readable or not
    return Before(compared, logs, manifests)


def follows(home: Home) -> str | None:
    """The id of the version that a new one follows, as its manifest has it."""
    seen = followed(home)
    return seen.id if seen else None


def made_before(home: Home, content: str) -> Version | None:
    """The newest whole version with this content, made after the one readers see.

    One made after another would bring back its numbers without a row in the log of changes. Where
    readers see none, the one that a new version would follow does as well.
    """
    seen, stamp = follows(home), decisions.stamp(home)
    alike = (
        v
        for v in versions(home)
        if v.manifest["content"] == content
        and seen in (v.id, v.manifest.get("follows"))
        and v.manifest.get("decisions") == stamp
    )
    return next((v for v in alike if not touched(v) and not verify(v)), None)


def _newest_logs(home: Home, known: list[Version]) -> tuple[Version, dict[str, list[Path]]]:
    for version in known:
        if (logs := _logs(home, version)) is not None:
            return version, logs
    raise HomeError(
        f"the log of restatements of {known[0].id} is gone or damaged, in its database too, and no "
        f"other version stands that has it: copy {known[0].path / 'parquet'}/ops.* out of the last "
        f"backup; or, to go on without it, move {known[0].path} away; then kring run"
    )


def _logs(home: Home, version: Version) -> dict[str, list[Path]] | None:
    """The files of each log as the version carries it on; None where one is lost."""
    found: dict[str, list[Path]] = {}
    for name in LOGS:
        files = version.manifest["tables"].get(name, {}).get("files", [])
        paths = [_log_file(home, version, name, file) for file in files]
        found[name] = [path for path in paths if path]
        if len(found[name]) < len(files):
            return None
    return found


def _log_file(home: Home, version: Version, name: str, file: dict[str, Any]) -> Path | None:
    """A file of a log as published; where it is not, the same rows out of the database.

    Versions share such a file, so what damages it in its place damages it in each of them.
    """
    path: Path = version.path / file["path"]
    if is_sound(path, file["sha256"]):
        return path
    if not is_sound(version.database, version.manifest["database"]["sha256"]):
        return None
    con = connect(home.settings.timezone)
    try:
        con.execute(f"attach {literal(version.database)} as published (read_only)")
        con.execute("use published")
        where = f"where version = {literal(path.stem)}"
        return export(con, name, home.scratch, version.manifest, where, path.name).path
    finally:
        con.close()
