"""The ledger of deliveries: one record per export file as it came, written last.

Answers which files were read, by which rules, with what result, and which chunks of which
month they gave. What a record says is `ledger_record`; which row of a key counts is `keys`'.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assets.arrivals.ledger_record import (
    LOADED,
    WITHDRAWN,
    Chunk,
    Delivery,
    read_record,
    record_path,
    write_record,
)
from assets.home import Home

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
            delivery = known[1] if known and known[0] == mark else read_record(Path(path))
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

    def deliveries(self, source: str | None = None) -> list[Delivery]:
        """Deliveries in order of delivery, of all sources or of one."""
        # all taken in one step: the records of other sources may be written meanwhile
        every = list(self._by_place.values())
        return _in_order(d for d in every if source in (None, d.source))

    def loaded(self, source: str) -> list[Delivery]:
        """The deliveries of a source whose rows count."""
        return [d for d in self.deliveries(source) if d.status == LOADED]

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
        contents = self._contents.get((source, path), ())
        there = (self._by_place[source, path, sha256] for sha256 in contents)
        return next((d for d in there if d.stamp == stamp), None)

    def names(self, source: str, sha256: str) -> list[Delivery]:
        """The deliveries of a content, one for each name that it came under, the first first."""
        paths = self._paths.get((source, sha256), ())
        return _in_order(self._by_place[source, path, sha256] for path in paths)

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
        write_record(self._home, delivery)
        self._enter(delivery)
        return delivery

    def forget(self, delivery: Delivery) -> None:
        """Drop a record that another one has taken over."""
        record_path(self._home, delivery).unlink(missing_ok=True)
        source, path, sha256 = delivery.source, delivery.path, delivery.sha256
        if self._by_place.pop((source, path, sha256), None):
            self._counting.pop(source, None)
            self._contents[source, path].discard(sha256)
            self._paths[source, sha256].discard(path)

    def rename_source(self, old: str, new: str) -> None:
        """Carry a renamed source's records over (`was:` in its header)."""
        for delivery in self.deliveries(old):
            self.write(replace(delivery, source=new))
            self.forget(delivery)


def _in_order(deliveries: Iterable[Delivery]) -> list[Delivery]:
    return sorted(deliveries, key=lambda d: (d.sequence, d.path))


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
