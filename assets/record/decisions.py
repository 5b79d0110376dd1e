"""The log of decisions about published figures: who closed, reopened or rolled back what, and why.

Append-only: each entry carries the digest of the one before, so a removed or altered line
shows. What closing a period does to its figures is `closing`'s.
"""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from assets.home import Home, HomeError
from assets.lake import digest, make_folder, write_text

CLOSED, REOPENED, ROLLED_BACK = "closed", "reopened", "rolled back"


@dataclass(frozen=True)
class Decision:
    """One entry, with the columns of ops.decisions.

    `version` is the one whose figures were closed, left or gone back to. `content` is
    the digest of the files that a closing kept.
    """

    number: int
    action: str
    year: int | None
    period: str | None
    revision: int | None
    version: str
    decided_at: str
    decided_by: str
    reason: str
    content: str | None
    previous: str

    @property
    def digest(self) -> str:
        return digest(asdict(self))


def decisions(home: Home) -> list[Decision]:
    """Every entry, oldest first; raises HomeError where a line is not what was written."""
    if not home.decisions.is_file():
        return []
    entries: list[Decision] = []
    # as a text pasted from a browser has them, a reason may hold other ends of lines than the feed
    lines = home.decisions.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            entry = Decision(**json.loads(line))
        except (ValueError, TypeError):
            raise HomeError(f"record/decisions.jsonl line {number}: {_ALTERED}") from None
        if entry.previous != (entries[-1].digest if entries else ""):
            raise HomeError(f"record/decisions.jsonl line {number}: {_ALTERED}")
        entries.append(entry)
    return entries


def stamp(home: Home) -> dict[str, object]:
    """How far the log goes, for the manifest of a version: number and digest of the last entry."""
    entries = decisions(home)
    return {"number": len(entries), "digest": entries[-1].digest if entries else ""}


def require_kept(home: Home, stamped: dict[str, object] | None) -> None:
    """Raise HomeError where the log no longer begins as it was when a version was published."""
    if not stamped or not stamped["number"]:
        return
    number = int(str(stamped["number"]))
    entries = decisions(home)
    if len(entries) < number or entries[number - 1].digest != stamped["digest"]:
        raise HomeError(f"record/decisions.jsonl: entry {number} {_ALTERED}")


_ALTERED = "is not what kring wrote; the log only grows, so restore the file from the last backup"


def decide(
    home: Home,
    action: str,
    *,
    version: str,
    reason: str,
    by: str | None = None,
    year: int | None = None,
    period: str | None = None,
    revision: int | None = None,
    content: str | None = None,
) -> Decision:
    """Append an entry; the caller holds the run lock. The log is replaced whole, durably."""
    entries = decisions(home)
    entry = Decision(
        number=len(entries) + 1,
        action=action,
        year=year,
        period=period,
        revision=revision,
        version=version,
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
        decided_by=by or _user(),
        reason=reason,
        content=content,
        previous=entries[-1].digest if entries else "",
    )
    make_folder(home.record)
    lines = [json.dumps(asdict(each), ensure_ascii=False) for each in (*entries, entry)]
    write_text(home, home.decisions, "\n".join(lines) + "\n")
    return entry


def _user() -> str:
    """Who runs the command, by the system's account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
