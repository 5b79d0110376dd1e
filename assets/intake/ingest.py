"""Landing into the lake: each file once, its record last, then which row of a key counts.

Belongs here: the order of a run over all sources. The files of one source are `delivering`,
reading one is `reading`, keys are `keys`, what is to be read is `deliveries`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from threading import Lock

from assets.arrivals.deliveries import Pending, pending, renamed
from assets.arrivals.landing import scan, unsettled
from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import Source, read_sources
from assets.home import Home
from assets.intake.delivering import Ingested, Lane, Run
from assets.intake.leftovers import sweep_unnamed
from assets.key import pseudonyms
from assets.lake import make_folder
from assets.lanes import cores, in_lanes

Progress = Callable[[str, int, int], None]
# Much of a file's reading keeps one core busy only, and no source rests on another.
_AT_ONCE = 2


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
    run = Run(home, as_of, ledger, present, pseudonyms(home), tell, at_once)
    lanes = _lanes(run, sources, todo)
    lanes.sort(key=lambda lane: -lane.bytes)  # a long one that begins last ends alone
    in_lanes([lane.work for lane in lanes], at_once)
    sweep_unnamed(home, ledger, sources)
    return _together(moving, lanes)


def _lanes(run: Run, sources: tuple[Source, ...], todo: list[Pending]) -> list[Lane]:
    """A lane for each source, in order of name; also one without files may have keys to resolve."""
    lanes = {source.name: Lane(run, source) for source in sorted(sources, key=lambda s: s.name)}
    for sequence, item in enumerate(todo, start=run.ledger.last_sequence() + 1):
        lanes[item.source.name].todo.append((sequence, item))
    return list(lanes.values())


def _together(moving: set[str], lanes: list[Lane]) -> Ingested:
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


def _move_chunks(home: Home, old: str, new: str, sources: tuple[Source, ...]) -> None:
    """A renamed source keeps its chunks; its keys are resolved anew under the new name."""
    kind = next(source.kind for source in sources if source.name == new)
    for folder in (home.chunks / kind, home.rejects):
        # the new name may have been read under already, where `was` was forgotten at first
        for file in sorted((folder / old).glob("*")):
            file.replace(make_folder(folder / new) / file.name)
        if (folder / old).is_dir():
            (folder / old).rmdir()
