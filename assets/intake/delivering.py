"""The files of one source, read in the order of delivery, and then its keys.

Belongs here: whether a file is read, and by which key of pseudonyms. What its record says is
`recording`, the order of a run over all sources `ingest`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from assets.arrivals.deliveries import Pending, is_lost, rules_of
from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import DUPLICATE, REFUSED, WITHDRAWN, Delivery
from assets.arrivals.sources import Source
from assets.home import Home
from assets.intake import keys
from assets.intake.accounts import Reading
from assets.intake.chunks import covered
from assets.intake.left_out import lacking
from assets.intake.reading import NOT_YET, Reader
from assets.intake.recording import blank, record, restamped
from assets.key import pseudonyms_at
from assets.lanes import Edge
from schemas.contract import contract
from schemas.pseudonyms import Pseudonyms

_MEMORY_MB = 1_000  # of the engines that read, together


@dataclass
class Ingested:
    """What a run of ingest did; paths are relative to landing."""

    loaded: list[Delivery] = field(default_factory=list)
    refused: list[Delivery] = field(default_factory=list)
    duplicates: list[Delivery] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)

    def months(self) -> dict[str, set[str]]:
        """The months each kind received rows for."""
        touched: dict[str, set[str]] = {}
        for delivery in self.loaded:
            touched.setdefault(delivery.kind, set()).update(c.month for c in delivery.chunks)
        return touched


@dataclass
class Run:
    """What the deliveries of one run share."""

    home: Home
    as_of: date
    ledger: Ledger
    present: dict[str, tuple[int, int, int]]  # path -> stamp
    secret: Pseudonyms
    tell: Callable[[str], None]
    at_once: int


@dataclass
class Lane:
    """One source's files, in order, and then its keys: no two lanes meet in a record or a file."""

    run: Run
    source: Source
    todo: list[tuple[int, Pending]] = field(default_factory=list)  # each with its sequence
    done: Ingested = field(default_factory=Ingested)
    waiting: list[tuple[Reader, Delivery, Delivery | None, Reading]] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        return sum(item.found.size for _, item in self.todo)

    def work(self, edge: Edge) -> None:
        readers = _Readers(self, edge)
        try:
            for sequence, item in self.todo:
                edge()
                self.run.tell(item.found.path)
                _deliver(self, item, sequence, readers)
            self.settle()
        finally:
            readers.close()
        edge()
        kind = contract(self.source.kind)
        keys.resolve(self.run.home, self.source.name, kind, self.run.ledger)

    def settle(self) -> None:
        """Finish the files that were begun and write their records."""
        for reader in {id(reader): reader for reader, *_ in self.waiting}.values():
            reader.settle()
        for _, begun, holder, reading in self.waiting:
            self._record(begun, holder, reading)
        self.waiting.clear()

    def _record(self, begun: Delivery, holder: Delivery | None, reading: Reading) -> None:
        if reading.rule in NOT_YET:
            self.done.unstable.append(begun.path)
            return
        run = self.run
        delivery = record(run.home, run.ledger, self.source, begun, holder, reading)
        (self.done.refused if delivery.status == REFUSED else self.done.loaded).append(delivery)


class _Readers:
    """The readers of a lane: one, and one more where a former key still holds."""

    def __init__(self, lane: Lane, edge: Edge) -> None:
        self._lane, self._edge = lane, edge
        self._open: dict[str, Reader] = {}

    def of(self, holder: Delivery | None = None) -> Reader:
        """The reader for a file; what was read before keeps its pseudonyms when read again."""
        run, source = self._lane.run, self._lane.source
        secret = pseudonyms_at(run.home, holder.sequence) if holder else run.secret
        if secret.fingerprint not in self._open:
            self._lane.settle()
            self._open[secret.fingerprint] = Reader(
                run.home, source, secret, run.as_of, self._edge, f"{_MEMORY_MB // run.at_once}MB"
            )
        return self._open[secret.fingerprint]

    def close(self) -> None:
        for reader in self._open.values():
            reader.close()


def _deliver(lane: Lane, item: Pending, sequence: int, readers: _Readers) -> None:
    run, ledger = lane.run, lane.run.ledger
    path, rules = item.found.path, rules_of(run.home, item.source)
    staged = readers.of().stage(path)
    if any(staged.sha256 == reading.sha256 for *_, reading in lane.waiting):
        lane.settle()
    source, sha256 = item.source.name, staged.sha256
    begun = blank(item, sequence, sha256, rules, run.as_of)
    if taken_back := ledger.withdrawal(source, path, sha256) if sha256 else None:
        ledger.write(_still_withdrawn(lane.source, taken_back, item, begun))
        return
    holder = ledger.holder(source, sha256) if sha256 else None
    if holder and holder.status == WITHDRAWN:
        holder = None  # of another name, that alone
    if holder and holder.path != path and _is_held(run, holder, begun):
        lane.done.duplicates.append(ledger.write(_repeated(lane, holder, begun)))
        return
    if holder and _stands(run, holder, begun):
        ledger.write(restamped(holder, item))
        return
    # what was refused, or taken back and given again, keeps its place in the order, and its key
    first = ledger.first(source, sha256) if sha256 else None
    if first:
        begun = replace(begun, sequence=first.sequence)
    reader = readers.of(first)
    reading = reader.take(staged, item.found.expected)
    lane.waiting.append((reader, begun, holder, reading))
    if reader.is_empty:
        lane.settle()


def _still_withdrawn(
    source: Source, taken_back: Delivery, item: Pending, begun: Delivery
) -> Delivery:
    """The record of a file whose content is withdrawn: in its place, should it be given back."""
    if taken_back.path == begun.path:
        return restamped(taken_back, item)
    days = covered(source, begun.path, ())
    return replace(begun, status=WITHDRAWN, standing=taken_back.standing, error=taken_back.error,
                   sequence=taken_back.sequence, covers=days)  # fmt: skip


def _is_held(run: Run, holder: Delivery, begun: Delivery) -> bool:
    """Whether a content is held under another name, and need not be read again.

    What is to be looked at twice may be so by its name: under another one it is read again. So is
    what has another count beside it.
    """
    counted = holder.rows if holder.expected is None else holder.expected
    if begun.expected not in (None, counted):
        return False
    is_there = run.present.get(holder.path) == holder.stamp
    return is_there or (holder.rules == begun.rules and not holder.warning)


def _repeated(lane: Lane, holder: Delivery, begun: Delivery) -> Delivery:
    """The record of a name whose content is held under another one."""
    run, source, here = lane.run, lane.source, replace(holder, path=begun.path)
    missing = lacking(run.home, source, run.ledger.before(here), here)
    days = covered(source, begun.path, ())
    return replace(begun, status=DUPLICATE, covers=days, error=holder.path, warning=missing)


def _stands(run: Run, holder: Delivery, begun: Delivery) -> bool:
    """Whether a file was read under this name as it would be now.

    Not where it was put back in the place of a newer one, whose rows go on counting.
    """
    now = (begun.path, begun.rules, begun.expected)
    if (holder.path, holder.rules, holder.expected) != now or holder.awaits_later_day:
        return False
    is_back = any(d.sequence > holder.sequence for d in run.ledger.before(holder))
    return not is_back and not is_lost(run.home, holder)
