"""Landing into the lake: each file once, its record last, then which row of a key counts.

Belongs here: the order of a run over all sources and what is recorded of it. Reading one
file is `reading`, keys are `keys`, what is to be read is `deliveries`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from assets import keys
from assets.chunks import covered
from assets.deliveries import Pending, is_lost, pending, renamed, rules_of
from assets.home import Home
from assets.key import pseudonyms, pseudonyms_at
from assets.lake import make_folder, place
from assets.landing import scan, unsettled
from assets.ledger import DUPLICATE, LOADED, REFUSED, WITHDRAWN, Delivery, Ledger
from assets.leftovers import sweep_unnamed
from assets.reading import NOT_YET, Reader, Reading
from assets.sources import Source, read_sources
from schemas.contract import contract

Progress = Callable[[str, int, int], None]


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
    done = Ingested(unstable=sorted(moving))
    # by source, so that small files of one source can share a batch; within it by path
    todo = sorted(
        (p for p in todo if p.found.path not in moving), key=lambda p: (p.source.name, p.found.path)
    )
    present = frozenset(file.path for file in found)
    run = _Run(home, as_of, ledger, present, done, ledger.last_sequence())
    _read_all(run, todo, progress)
    for source in sources:
        kind = contract(source.kind)
        keys.resolve(home, source.name, kind.kind, kind.key, kind.columns, ledger)
    sweep_unnamed(home, ledger, sources)
    return done


@dataclass
class _Run:
    """What the deliveries of one run share."""

    home: Home
    as_of: date
    ledger: Ledger
    present: frozenset[str]
    done: Ingested
    sequence: int
    waiting: list[tuple[Reader, Delivery, Delivery | None, Reading]] = field(default_factory=list)

    def settle(self) -> None:
        """Finish the files that were begun and write their records."""
        for reader in {id(reader): reader for reader, *_ in self.waiting}.values():
            reader.settle()
        for reader, blank, holder, reading in self.waiting:
            _record(self, reader.source, blank, holder, reading)
        self.waiting.clear()


class _Readers:
    """The readers of a run: one a source, and one more where a former key still holds."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._present = pseudonyms(run.home)
        self._open: dict[tuple[str, str], Reader] = {}

    def of(self, source: Source, holder: Delivery | None = None) -> Reader:
        """The reader for a file; what was read before keeps its pseudonyms when read again."""
        secret = pseudonyms_at(self._run.home, holder.sequence) if holder else self._present
        name = (source.name, secret.fingerprint)
        if name not in self._open:
            self._run.settle()
            self._open[name] = Reader(self._run.home, source, secret, self._run.as_of)
        return self._open[name]

    def close(self) -> None:
        for reader in self._open.values():
            reader.close()


def _read_all(run: _Run, todo: list[Pending], progress: Progress | None) -> None:
    readers = _Readers(run)
    try:
        for number, item in enumerate(todo, start=1):
            if progress:
                progress(item.found.path, number, len(todo))
            _deliver(run, item, readers)
        run.settle()
    finally:
        readers.close()


def _deliver(run: _Run, item: Pending, readers: _Readers) -> None:
    path, rules, ledger = item.found.path, rules_of(run.home, item.source), run.ledger
    staged = readers.of(item.source).stage(path)
    if any(staged.sha256 == reading.sha256 for *_, reading in run.waiting):
        run.settle()
    holder = ledger.holder(item.source.name, staged.sha256) if staged.sha256 else None
    blank = _blank(run, item, staged.sha256, rules)
    if holder and holder.status == WITHDRAWN:
        ledger.write(replace(blank, status=WITHDRAWN, error=holder.error))
        return
    if holder and holder.path != path and (holder.path in run.present or holder.rules == rules):
        covers = covered(item.source, path, ())
        repeated = replace(blank, status=DUPLICATE, covers=covers, error=holder.path)
        run.done.duplicates.append(ledger.write(repeated))
        return
    unchanged = holder and (holder.path, holder.rules, holder.expected) == (
        path,
        rules,
        blank.expected,
    )
    if holder and unchanged and not holder.awaits_later_day and not is_lost(run.home, holder):
        ledger.write(_restamped(holder, item))
        return
    reader = readers.of(item.source, holder)
    reading = reader.take(staged, item.found.expected)
    run.waiting.append((reader, blank, holder, reading))
    if reader.is_empty:
        run.settle()


def _record(
    run: _Run, source: Source, blank: Delivery, holder: Delivery | None, reading: Reading
) -> None:
    """Write what came of a file; from here its rows count."""
    if reading.rule in NOT_YET:
        run.done.unstable.append(blank.path)
        return
    sequence = holder.sequence if holder else blank.sequence
    delivery = _recorded(replace(blank, sequence=sequence), source, reading)
    _keep_rejects(run.home, delivery, reading)
    run.ledger.write(delivery)
    (run.done.refused if delivery.status == REFUSED else run.done.loaded).append(delivery)
    if holder and holder.path != delivery.path:
        run.ledger.forget(holder)


def _blank(run: _Run, item: Pending, sha256: str, rules: str) -> Delivery:
    size, mtime_ns, ctime_ns = item.found.stamp
    run.sequence += 1
    return Delivery(
        source=item.source.name,
        kind=item.source.kind,
        path=item.found.path,
        sha256=sha256,
        size=size,
        mtime_ns=mtime_ns,
        ctime_ns=ctime_ns,
        sequence=run.sequence,
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
    scratch = make_folder(home.scratch) / f"rejects-{delivery.file_id}"
    reading.rejected_rows.sort("_row", "column", "rule").write_parquet(scratch)
    place(scratch, home.rejects_file(delivery.source, delivery.file_id))


def _move_chunks(home: Home, old: str, new: str, sources: tuple[Source, ...]) -> None:
    """A renamed source keeps its chunks; its keys are resolved anew under the new name."""
    kind = next(source.kind for source in sources if source.name == new)
    for folder in (home.chunks / kind, home.rejects):
        if (folder / old).is_dir():
            (folder / old).rename(folder / new)
