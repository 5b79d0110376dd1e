"""Revisions: the periods that were closed, as they were kept, and which of them stand now.

Read only. What a standing revision provides, and for which months, is said here; `closing`
makes one, and says whether each still is what was closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assets.home import Home
from assets.lake import digest, read_json
from assets.periods import PERIODS, quarter_of
from assets.record.decisions import CLOSED, REOPENED, Decision, decisions

# the tables of months of which a closed month keeps its own file; `_as_now` holds all that is known
MONTHLY = ("metric.monthly", "fact.evidence")


@dataclass(frozen=True)
class Revision:
    """A period as it was closed: `2024-Q1.r1`."""

    folder: Path
    year: int
    period: str
    number: int
    decision: Decision

    @property
    def name(self) -> str:
        return revision_name(self.year, self.period, self.number)

    def file(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def month_file(self, table: str, month: str) -> Path:
        return self.folder / table / f"{month}.parquet"

    @property
    def months(self) -> list[str]:
        """The months it holds: those of its period that lie in the home's months."""
        held = {Path(name).stem for name in self.hashes if name.startswith(f"{MONTHLY[0]}/")}
        return [name for name in month_names(self.year, self.period) if name in held]

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file of the folder; empty where its manifest is missing or damaged."""
        manifest = self.folder / "manifest.json"
        found = read_json(manifest) if manifest.is_file() else None
        if not isinstance(found, dict) or not all(isinstance(h, str) for h in found.values()):
            return {}
        return found


Share = tuple[Revision, list[str]]


def revision_name(year: int, period: str, number: int) -> str:
    return f"{year}-{period}.r{number}"


def month_names(year: int, period: str) -> list[str]:
    """The months of a period: 2024-01 to 2024-03 for Q1."""
    return [f"{year}-{number:02}" for number in PERIODS[period]]


def quarter_names(period: str) -> list[str]:
    """The quarters of a period: Q1 and Q2 for S1."""
    return sorted({quarter_of(number) for number in PERIODS[period]})


def revisions(home: Home) -> list[Revision]:
    """Every revision ever closed, oldest first."""
    return [
        Revision(
            home.revision(revision_name(d.year, d.period, d.revision)),
            d.year, d.period, d.revision, d,
        )
        for d in decisions(home)
        if d.action == CLOSED and d.year and d.period and d.revision
    ]  # fmt: skip


def closed_from(home: Home) -> set[str]:
    """The versions whose figures were closed: they are kept for good."""
    return {revision.decision.version for revision in revisions(home)}


def standing(home: Home) -> list[Revision]:
    """The revisions of the periods that are closed now, oldest first."""
    open_again = {(d.year, d.period, d.revision) for d in decisions(home) if d.action == REOPENED}
    return [r for r in revisions(home) if (r.year, r.period, r.number) not in open_again]


def frozen_months(home: Home, table: str) -> dict[str, Path]:
    """The months of closed periods and the file that holds their rows as published.

    A month closed with its quarter and again with its year stands as it was closed first.
    """
    found: dict[str, Path] = {}
    for revision in standing(home):
        for month in revision.months:
            found.setdefault(month, revision.month_file(table, month))
    return found


def standing_digest(home: Home) -> str:
    """Digest of which revisions stand."""
    return digest([(r.name, r.decision.digest) for r in standing(home)])


def shares(home: Home) -> list[Share]:
    """Each standing revision with the periods (its own, its months) whose rows it provides.

    A month that is closed twice is provided once; its rows are the same in both.
    """
    return _each_once((r, [r.period, *r.months]) for r in standing(home))


def quarter_shares(given: list[Share]) -> list[Share]:
    """Each of these revisions with the quarters whose inputs it provides, each but once."""
    return _each_once((r, quarter_names(r.period)) for r, _ in given)


def _each_once(named: Iterable[Share]) -> list[Share]:
    given: set[tuple[int, str]] = set()
    found = []
    for revision, names in named:
        found.append((revision, [name for name in names if (revision.year, name) not in given]))
        given |= {(revision.year, name) for name in names}
    return found
