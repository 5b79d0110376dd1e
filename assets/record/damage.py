"""Whether what was decided and closed is what was kept; no figure may rest on what is not."""

from __future__ import annotations

from assets.home import Home, HomeError
from assets.lake import digest, sha256_file
from assets.record.decisions import require_kept
from assets.record.revisions import revisions
from assets.record.versions import versions


def damaged(home: Home) -> list[str]:
    """What is wrong with the kept revisions: missing or changed files."""
    problems = []
    for revision in revisions(home):
        if not revision.hashes:
            problems.append(f"record: revision {revision.name} is missing; restore it")
        elif digest(revision.hashes) != revision.decision.content:
            problems.append(f"record: {revision.name}/manifest.json is not as closed; restore it")
        for name, sha256 in revision.hashes.items():
            path = revision.folder / name
            if not path.is_file() or sha256_file(path) != sha256:
                problems.append(f"record: {revision.name}/{name} is not as closed; restore it")
    return problems


def require_log(home: Home) -> None:
    """Raise HomeError where the log of decisions is not what the newest version knew of it."""
    for version in versions(home)[:1]:
        require_kept(home, version.manifest.get("decisions"))


def require_whole(home: Home) -> None:
    """Raise HomeError where a kept revision is not what was closed: no figure may rest on it."""
    if problems := damaged(home):
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise HomeError("; ".join(problems[:3]) + f"{more} from the last backup of record/")
