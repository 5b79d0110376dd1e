"""Landing into the lake: each file once, its record last, then which row of a key counts.

Belongs here: the order of a run over all sources and what is recorded of it. Reading one
file is `reading`, keys are `keys`, what is to be read is `deliveries`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from threading import Lock

from assets.arrivals.deliveries import Pending, is_lost, pending, renamed, rules_of
from assets.arrivals.landing import scan, unsettled
from assets.arrivals.ledger import DUPLICATE, LOADED, REFUSED, WITHDRAWN, Delivery, Ledger
from assets.arrivals.sources import Source, read_sources
from assets.home import Home
from assets.intake import keys
from assets.intake.accounts import Reading
from assets.intake.chunks import covered
from assets.intake.leftovers import sweep_unnamed
from assets.intake.reading import NOT_YET, Reader
from assets.key import pseudonyms, pseudonyms_at
from assets.lake import make_folder, place
from assets.lanes import Edge, cores, in_lanes
from schemas.contract import contract
from schemas.pseudonyms import Pseudonyms

Progress = Callable[[str, int, int], None]
# Much of a file's reading keeps one core busy only, and no source rests on another.
_AT_ONCE = 2
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


def ingest(home: Home, as_of: date, progress: Progress | None = None) -> Ingested:
    """Read what is new in landing; the caller holds the run lock."""
    sources = read_sources(home.sources)
    ledger = Ledger(home)
    for old, new in renamed(sources, ledger):
        # the records last: while one stands under the old name, a killed run goes on here
        _move_chunks(home, old, new, sources)
        ledger.rename_source(old, new)
    found = scan(home, sources)
    todo = pending(home, found, sources, ledger, as_of)
    moving = unsettled(home, [p.found for p in todo])
    # by source, so that small files of one source can share a batch; within it by path
    todo = sorted(
        (p for p in todo if p.found.path not in moving), key=lambda p: (p.source.name, p.found.path)
    )
    present = {file.path: file.stamp for file in found}
    busy = {item.source.name for item in todo}
    at_once = max(1, min(_AT_ONCE, cores(), len(busy)))
    tell = _counted(progress, len(todo))
    run = _Run(home, as_of, ledger, present, pseudonyms(home), tell, at_once)
    lanes = _lanes(run, sources, todo)
    lanes.sort(key=lambda lane: -lane.bytes)  # a long one that begins last ends alone
    in_lanes([lane.work for lane in lanes], at_once)
    sweep_unnamed(home, ledger, sources)
    return _together(moving, lanes)


@dataclass
class _Run:
    """What the deliveries of one run share."""

    home: Home
    as_of: date
    ledger: Ledger
    present: dict[str, tuple[int, int, int]]  # path -> stamp
    secret: Pseudonyms
    tell: Callable[[str], None]
    at_once: int


@dataclass
class _Lane:
    """One source's files, in order, and then its keys: no two lanes meet in a record or a file."""

    run: _Run
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
        kind, source = contract(self.source.kind), self.source.name
        keys.resolve(self.run.home, source, kind.kind, kind.key, kind.columns, self.run.ledger)

    def settle(self) -> None:
        """Finish the files that were begun and write their records."""
        for reader in {id(reader): reader for reader, *_ in self.waiting}.values():
            reader.settle()
        for reader, blank, holder, reading in self.waiting:
            _record(self, reader.source, blank, holder, reading)
        self.waiting.clear()


class _Readers:
    """The readers of a lane: one, and one more where a former key still holds."""

    def __init__(self, lane: _Lane, edge: Edge) -> None:
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


def _lanes(run: _Run, sources: tuple[Source, ...], todo: list[Pending]) -> list[_Lane]:
    """A lane for each source, in order of name; also one without files may have keys to resolve."""
    lanes = {source.name: _Lane(run, source) for source in sorted(sources, key=lambda s: s.name)}
    for sequence, item in enumerate(todo, start=run.ledger.last_sequence() + 1):
        lanes[item.source.name].todo.append((sequence, item))
    return list(lanes.values())


def _together(moving: set[str], lanes: list[_Lane]) -> Ingested:
    whole = Ingested(unstable=sorted(moving))
    for lane in sorted(lanes, key=lambda lane: lane.source.name):
        whole.loaded += lane.done.loaded
        whole.refused += lane.done.refused
        whole.duplicates += lane.done.duplicates
        whole.unstable += lane.done.unstable
    return whole


def _counted(progress: Progress | None, total: int) -> Callable[[str], None]:
    """Tell of each file that is begun, in whichever lane, one after another."""
    numbers, one_at_a_time = count(1), Lock()

    def tell(path: str) -> None:
        with one_at_a_time:
            if progress:
                progress(path, next(numbers), total)

    return tell


def _deliver(lane: _Lane, item: Pending, sequence: int, readers: _Readers) -> None:
    run, ledger = lane.run, lane.run.ledger
    path, rules = item.found.path, rules_of(run.home, item.source)
    staged = readers.of().stage(path)
    if any(staged.sha256 == reading.sha256 for *_, reading in lane.waiting):
        lane.settle()
    holder = ledger.holder(item.source.name, staged.sha256) if staged.sha256 else None
    blank = _blank(run, item, sequence, staged.sha256, rules)
    if holder and holder.status == WITHDRAWN:
        # in its place, should it be given back
        again = replace(blank, status=WITHDRAWN, error=holder.error, sequence=holder.sequence)
        ledger.write(again)
        return
    is_there = holder and run.present.get(holder.path) == holder.stamp
    if holder and holder.path != path and (is_there or holder.rules == rules):
        covers = covered(item.source, path, ())
        repeated = replace(blank, status=DUPLICATE, covers=covers, error=holder.path)
        lane.done.duplicates.append(ledger.write(repeated))
        return
    unchanged = holder and (holder.path, holder.rules, holder.expected) == (
        path,
        rules,
        blank.expected,
    )
    if holder and unchanged and not holder.awaits_later_day and not is_lost(run.home, holder):
        ledger.write(_restamped(holder, item))
        return
    # what was refused, or taken back and given again, keeps its place in the order, and its key
    first = ledger.first(item.source.name, staged.sha256) if staged.sha256 else None
    if first:
        blank = replace(blank, sequence=first.sequence)
    reader = readers.of(first)
    reading = reader.take(staged, item.found.expected)
    lane.waiting.append((reader, blank, holder, reading))
    if reader.is_empty:
        lane.settle()


def _record(
    lane: _Lane, source: Source, blank: Delivery, holder: Delivery | None, reading: Reading
) -> None:
    """Write what came of a file; from here its rows count."""
    run, done = lane.run, lane.done
    if reading.rule in NOT_YET:
        done.unstable.append(blank.path)
        return
    delivery = _recorded(blank, source, reading)
    _keep_rejects(run.home, delivery, reading)
    run.ledger.write(delivery)
    (done.refused if delivery.status == REFUSED else done.loaded).append(delivery)
    if holder and holder.path != delivery.path and (delivery.accepted or not holder.covers):
        run.ledger.forget(holder)
    elif holder and holder.path != delivery.path:
        # without rows it said that there were none, of months that its name told
        run.ledger.write(replace(holder, status=DUPLICATE, error=delivery.path, chunks=()))


def _blank(run: _Run, item: Pending, sequence: int, sha256: str, rules: str) -> Delivery:
    size, mtime_ns, ctime_ns = item.found.stamp
    return Delivery(
        source=item.source.name,
        kind=item.source.kind,
        path=item.found.path,
        sha256=sha256,
        size=size,
        mtime_ns=mtime_ns,
        ctime_ns=ctime_ns,
        sequence=sequence,
        rules=rules,
        status=REFUSED,
        expected=item.found.expected,
        as_of=run.as_of.isoformat(),
        loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _restamped(delivery: Delivery, item: Pending) -> Delivery:
    size, mtime_ns, ctime_ns = item.found.stamp
    return replace(delivery, size=size, mtime_ns=mtime_ns, ctime_ns=ctime_ns)


def _recorded(blank: Delivery, source: Source, reading: Reading) -> Delivery:
    return replace(
        blank,
        status=REFUSED if reading.refused else LOADED,
        error=reading.refused,
        warning=reading.warning,
        rows=reading.rows,
        filtered=reading.filtered,
        accepted=reading.accepted,
        rejected=reading.rejected,
        rejects=reading.rejects,
        chunks=reading.chunks,
        covers=covered(source, blank.path, reading.days),
    )


def _keep_rejects(home: Home, delivery: Delivery, reading: Reading) -> None:
    """Keep what was rejected as record, column and rule, beside the ledger."""
    if reading.rejected_rows.is_empty():
        return
    scratch = make_folder(home.scratch) / f"rejects-{delivery.source}-{delivery.file_id}"
    reading.rejected_rows.sort("_row", "column", "rule").write_parquet(scratch)
    place(scratch, home.rejects_file(delivery.source, delivery.file_id))


def _move_chunks(home: Home, old: str, new: str, sources: tuple[Source, ...]) -> None:
    """A renamed source keeps its chunks; its keys are resolved anew under the new name."""
    kind = next(source.kind for source in sources if source.name == new)
    for folder in (home.chunks / kind, home.rejects):
        # the new name may have been read under already, where `was` was forgotten at first
        for file in sorted((folder / old).glob("*")):
            file.replace(make_folder(folder / new) / file.name)
        if (folder / old).is_dir():
            (folder / old).rmdir()
