"""The ledger of deliveries: one record per export file as it came, written last.

Answers which files were read, by which rules, with what result, and which chunks of which
month they gave. Reading the files is ingest's work; which row of a key counts is `keys`'.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
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


# the records as this process read them last, by the stat they had: a run looks six times
_read_before: dict[Path, dict[str, tuple[tuple[int, int, int], Delivery]]] = {}


class Ledger:
    """All deliveries of a home; each source's by one thread at a time."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._by_place: dict[tuple[str, str, str], Delivery] = {}
        # asked of every rule and month: by source and month, until the source has another record
        self._counting: dict[str, dict[str | None, list[tuple[Delivery, Chunk]]]] = {}
        # asked once per file of landing, so neither question may walk over all records
        self._contents: dict[tuple[str, str], set[str]] = {}  # (source, path) -> sha256
        self._paths: dict[tuple[str, str], set[str]] = {}  # (source, sha256) -> path
        before, now = _read_before.get(home.ledger, {}), {}
        for path, mark in _records(home.ledger):
            known = before.get(path)
            delivery = known[1] if known and known[0] == mark else _read(Path(path))
            if delivery:
                now[path] = mark, delivery
                self._enter(delivery)
        _read_before[home.ledger] = now

    def _enter(self, delivery: Delivery) -> None:
        source, path, sha256 = delivery.source, delivery.path, delivery.sha256
        self._by_place[source, path, sha256] = delivery
        self._counting.pop(source, None)
        self._contents.setdefault((source, path), set()).add(sha256)
        self._paths.setdefault((source, sha256), set()).add(path)

    def deliveries(self, sources: Iterable[str] | None = None) -> list[Delivery]:
        """Deliveries in order of delivery, optionally of some sources only."""
        wanted = None if sources is None else set(sources)
        # all taken in one step: the records of other sources may be written meanwhile
        every = list(self._by_place.values())
        found = [d for d in every if wanted is None or d.source in wanted]
        return sorted(found, key=lambda d: (d.sequence, d.path))

    def loaded(self, source: str) -> list[Delivery]:
        """The deliveries of a source whose rows count."""
        return [d for d in self.deliveries([source]) if d.status == LOADED]

    def chunks(self, source: str, month: str | None = None) -> list[tuple[Delivery, Chunk]]:
        """The chunks of a source whose rows count, of a month or of all, in order of delivery."""
        if source not in self._counting:
            every = [(d, c) for d in self.loaded(source) for c in d.chunks]
            found: dict[str | None, list[tuple[Delivery, Chunk]]] = {None: every}
            for each in every:
                found.setdefault(each[1].month, []).append(each)
            self._counting[source] = found
        return self._counting[source].get(month, [])

    def known(self, source: str, path: str, stamp: tuple[int, int, int]) -> Delivery | None:
        """The delivery of this very file as it lies there, judged by its stat alone."""
        for sha256 in self._contents.get((source, path), ()):
            d = self._by_place[source, path, sha256]
            if d.stamp == stamp:
                return d
        return None

    def names(self, source: str, sha256: str) -> list[Delivery]:
        """The deliveries of a content, one for each name that it came under, the first first."""
        found = (self._by_place[source, p, sha256] for p in self._paths.get((source, sha256), ()))
        return sorted(found, key=lambda d: (d.sequence, d.path))

    def holder(self, source: str, sha256: str) -> Delivery | None:
        """The delivery that holds this content's rows, or else its withdrawal, if any."""
        found = self.names(source, sha256)
        holding = (d for status in (LOADED, WITHDRAWN) for d in found if d.status == status)
        return next(holding, None)

    def first(self, source: str, sha256: str) -> Delivery | None:
        """The first delivery of this content whatever came of it: its place in the order."""
        return next(iter(self.names(source, sha256)), None)

    def says_none(self, source: str, sha256: str) -> bool:
        """Whether a content was read and gave no record: each of its names then says of its own
        days that there was none, and is taken back for itself. A name that was refused says
        nothing."""
        held = (d for d in self.names(source, sha256) if d.status in (LOADED, WITHDRAWN))
        read = [d for d in held if d.rules]
        return bool(read) and all(d.is_none and not d.is_taken_out for d in read)

    def withdrawal(self, source: str, path: str, sha256: str) -> Delivery | None:
        """The withdrawal that a file falls under: its own, or, where it has rows, its content's."""
        own = self._by_place.get((source, path, sha256))
        if own and own.status == WITHDRAWN:
            return own
        holder = self.holder(source, sha256)
        if not holder or holder.status != WITHDRAWN or self.says_none(source, sha256):
            return None
        # one that was refused as it had none of the records counted for it, that alone
        names = (d for d in self.names(source, sha256) if d.status == WITHDRAWN)
        return next((d for d in names if d.rules or d.rows or d.expected is None), None)

    def before(self, delivery: Delivery) -> list[Delivery]:
        """The other contents that lay under a delivery's name and count, the newest first."""
        contents = self._contents.get((delivery.source, delivery.path), set()) - {delivery.sha256}
        found = (self._by_place[delivery.source, delivery.path, each] for each in contents)
        return sorted((d for d in found if d.status == LOADED), key=lambda d: -d.sequence)

    def last_sequence(self) -> int:
        return max((d.sequence for d in self._by_place.values()), default=0)

    def write(self, delivery: Delivery) -> Delivery:
        """Write the record; from this moment the delivery's rows count."""
        content = asdict(delivery)
        if _standing(content) == delivery.standing:
            del content["standing"]  # an earlier kring, installed again, knows no such field
        write_json(self._home, self._place(delivery), {**content, "seal": digest(content)})
        self._enter(delivery)
        return delivery

    def forget(self, delivery: Delivery) -> None:
        """Drop a record that another one has taken over."""
        self._place(delivery).unlink(missing_ok=True)
        source, path, sha256 = delivery.source, delivery.path, delivery.sha256
        if self._by_place.pop((source, path, sha256), None):
            self._counting.pop(source, None)
            self._contents[source, path].discard(sha256)
            self._paths[source, sha256].discard(path)

    def rename_source(self, old: str, new: str) -> None:
        """Carry a renamed source's records over (`was:` in its header)."""
        for delivery in self.deliveries([old]):
            self.write(replace(delivery, source=new))
            self.forget(delivery)

    def _place(self, delivery: Delivery) -> Path:
        name = f"{delivery.file_id}-{digest(delivery.path)[:8]}.json"
        return self._home.ledger / delivery.source / name


def _records(ledger: Path) -> list[tuple[str, tuple[int, int, int]]]:
    """Each record, and by what it is known again: taken before it is read."""
    found = []
    for folder in (path for path in ledger.glob("*") if path.is_dir()):
        with os.scandir(folder) as entries:
            records = [entry for entry in entries if entry.name.endswith(".json")]
        for record in records:
            with suppress(FileNotFoundError):  # it was just taken away
                info = record.stat()
                found.append((record.path, (info.st_ino, info.st_size, info.st_ctime_ns)))
    return sorted(found)


def _read(path: Path) -> Delivery | None:
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
