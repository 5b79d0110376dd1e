"""One record of the ledger: an export file as it came, and how it is written and read again.

A record is sealed, so that one that somebody has changed is not believed. Which records there are,
and what follows from them together, is `ledger`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets.home import Home, HomeError
from assets.lake import digest, read_json, write_json

LOADED, REFUSED, DUPLICATE, WITHDRAWN = "loaded", "refused", "duplicate_file", "withdrawn"
# how a record stands beside its status, where somebody decided about it
GIVEN_BACK, TAKEN_OUT = "given_back", "taken_out"
# with which the reason begins where a content went on a person's request: records of before there
# was a standing say it so, and so do those of now, that an earlier kring keeps what is out out
ON_REQUEST = "taken out on request"


@dataclass(frozen=True)
class Chunk:
    """The accepted rows of one delivery in one month, as parquet in the lake."""

    month: str
    file: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Delivery:
    """One file read for one source.

    `rules` is the digest of what it was read by, empty of a withdrawn file that had been refused.
    """

    source: str
    kind: str
    path: str
    sha256: str
    size: int
    mtime_ns: int
    ctime_ns: int
    sequence: int
    rules: str
    status: str
    rows: int = 0
    filtered: int = 0
    accepted: int = 0
    rejected: int = 0
    rejects: Mapping[str, int] = field(default_factory=dict)
    chunks: tuple[Chunk, ...] = ()
    covers: tuple[str, ...] = ()
    expected: int | None = None
    as_of: str = ""
    loaded_at: str = ""
    error: str = ""
    warning: str = ""
    standing: str = ""

    @property
    def file_id(self) -> str:
        return self.sha256[:16]

    @property
    def stamp(self) -> tuple[int, int, int]:
        """By which a file of landing is known again without being read."""
        return self.size, self.mtime_ns, self.ctime_ns

    def files(self, home: Home) -> list[Path]:
        """Where its rows lie in the lake, chunk by chunk."""
        return [home.chunk(self.kind, self.source, chunk.file) for chunk in self.chunks]

    @property
    def awaits_later_day(self) -> bool:
        """Rows of this file lay after its run's as_of, so a later run reads it again."""
        return any(rule.startswith("after_as_of") for rule in self.rejects)

    @property
    def is_given_back(self) -> bool:
        """Its withdrawal was taken back: nobody refused it, and the next run reads it."""
        return self.standing == GIVEN_BACK

    @property
    def is_none(self) -> bool:
        """No record of it came further than the source's own choice."""
        return self.rows == self.filtered

    @property
    def is_taken_out(self) -> bool:
        """Its rows went on a person's request, and do not come back."""
        return self.standing == TAKEN_OUT

    def covered_days(self) -> list[date]:
        """The days (inclusive ranges `a..b`) this delivery speaks for."""
        days: list[date] = []
        for text in self.covers:
            first, _, last = text.partition("..")
            day, end = date.fromisoformat(first), date.fromisoformat(last or first)
            while day <= end:
                days.append(day)
                day += timedelta(days=1)
        return days


def write_record(home: Home, delivery: Delivery) -> None:
    content = asdict(delivery)
    if _standing(content) == delivery.standing:
        del content["standing"]  # an earlier kring, installed again, knows no such field
    write_json(home, record_path(home, delivery), {**content, "seal": digest(content)})


def record_path(home: Home, delivery: Delivery) -> Path:
    name = f"{delivery.file_id}-{digest(delivery.path)[:8]}.json"
    return home.ledger / delivery.source / name


def read_record(path: Path) -> Delivery | None:
    """A record as it was written; those of before there were seals have none.

    None where it was just taken away. Raises HomeError where somebody has changed it: its rows
    would be counted as they never came.
    """
    content = read_json(path)
    if content is None and not path.exists():
        return None
    try:
        raw: dict[str, Any] = content or {}
        seal = raw.pop("seal", None)
        chunks = tuple(Chunk(**chunk) for chunk in raw["chunks"])
        read = {"standing": _standing(raw), **raw}
        delivery = Delivery(**{**read, "chunks": chunks, "covers": tuple(raw["covers"])})
        whole = seal in (None, digest(raw))
    except (ValueError, TypeError, KeyError, AttributeError):
        whole = False
    if not whole:
        raise HomeError(
            f"lake/ledger/{path.parent.name}/{path.name} is damaged or was changed by hand; "
            "put it back from a backup, or remove it and kring run reads its file again"
        )
    return delivery


def _standing(raw: Mapping[str, Any]) -> str:
    """That of a record which does not name it, as all of before it was named."""
    if raw["status"] == REFUSED and not raw["rules"]:
        return GIVEN_BACK
    is_out = raw["status"] == WITHDRAWN and not raw["rows"] and raw["error"].startswith(ON_REQUEST)
    return TAKEN_OUT if is_out else ""
