"""What a new version follows: the version it is compared with, and the logs that it goes on from.

Somebody may have removed or damaged what readers saw. Then it follows what is still whole, so that
no number changes without a row that says so, and no row of a log is lost that stands anywhere.
"""

from __future__ import annotations

from pathlib import Path

from assets.home import Home, HomeError
from assets.lake import is_sound
from assets.publishing.database import Before
from assets.publishing.provenance import LOGS
from assets.record import decisions
from assets.record.versions import Version, followed, touched, verify, versions


def before(home: Home, seen: Version | None, content: str) -> Before:
    """What a new version is compared with, the logs so far, and the older manifests.

    The logs are those of the newest version that has them whole. Rows that a later one alone had
    are found again by comparing with that version, or with an older one.
    """
    known = versions(home)
    manifests = [version.manifest for version in known]
    if not known:
        return Before([], {name: [] for name in LOGS}, manifests)
    logged, logs = _newest_logs(known)
    compared = [v for v in (seen, *known) if v and v.id <= logged.id]
    if seen and compared[0] is seen and seen.manifest["content"] == content:
        del compared[1:]  # nothing differs from it, readable or not
    return Before(compared, logs, manifests)


def follows(home: Home) -> str | None:
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


def _newest_logs(known: list[Version]) -> tuple[Version, dict[str, list[Path]]]:
    for version in known:
        if (logs := _logs(version)) is not None:
            return version, logs
    raise HomeError(
        f"the log of restatements of {known[0].id} is gone or damaged, and no other version stands "
        f"that has it: copy {known[0].path / 'parquet'}/ops.* out of the last backup; or, to go on "
        f"without it, move {known[0].path} away; then kring run"
    )


def _logs(version: Version) -> dict[str, list[Path]] | None:
    """The files of each log as the version carries it on; None where one is not as published."""
    found: dict[str, list[Path]] = {}
    for name in LOGS:
        files = version.manifest["tables"].get(name, {}).get("files", [])
        found[name] = [version.path / file["path"] for file in files]
        if not all(map(is_sound, found[name], (file["sha256"] for file in files))):
            return None
    return found
