"""Going back to an earlier version: whether readers are there, and what came in its place.

Told from the log of decisions and the version that stands; `versions` switches.
"""

from __future__ import annotations

from assets.home import Home
from assets.record.decisions import ROLLED_BACK, Decision, decisions
from assets.record.versions import current


def rolled_back(home: Home) -> Decision | None:
    """The decision to which readers owe the version they see; None where a run made it current."""
    last, seen = _last(home), current(home)
    return last if last and seen and last.version == seen.id else None


def replaced(home: Home) -> str | None:
    """The version readers had been rolled back to, if the present one came in its place."""
    last, seen = _last(home), current(home)
    follows = seen.manifest.get("follows") if seen else None
    return last.version if last and last.version == follows else None


def _last(home: Home) -> Decision | None:
    """The latest decision, where it is a rollback."""
    log = decisions(home)
    return log[-1] if log and log[-1].action == ROLLED_BACK else None
