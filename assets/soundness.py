"""Lake files as their records state them: compared with their digest before they are read.

A byte that a disk has turned would else become a figure. What is damaged is forgotten, so the
next run makes it anew: an output from what it rests on, a chunk from its export.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from assets.arrivals.ledger import Chunk, Delivery, Ledger
from assets.home import Home, HomeError
from assets.lake import OutputRecord, Outputs, is_sound


def sound_outputs(outputs: Outputs, records: Iterable[OutputRecord]) -> list[Path]:
    """The files of built outputs; raises HomeError where one is damaged."""
    found = []
    for record in records:
        path = outputs.path(record)
        if not is_sound(path, record.sha256):
            outputs.drop(record)
            raise HomeError(f"{path} is damaged; it is dropped, and made anew by the next run")
        found.append(path)
    return found


def sound_chunks(
    home: Home,
    ledger: Ledger,
    source: str,
    month: str | None = None,
    among: Collection[Path] | None = None,
) -> list[Path]:
    """The files of a source's rows in a month, or of those named; raises HomeError likewise."""
    chunks = [
        (d, c)
        for d in ledger.loaded(source)
        for c in d.chunks
        if month in (None, c.month) and (among is None or _path(home, d, c) in among)
    ]
    damaged = [(d, c) for d, c in chunks if not is_sound(_path(home, d, c), c.sha256)]
    if damaged:
        raise _set_aside(home, ledger, damaged)
    return [_path(home, d, c) for d, c in chunks]


def _set_aside(home: Home, ledger: Ledger, damaged: list[tuple[Delivery, Chunk]]) -> HomeError:
    """Have the exports of damaged chunks read again, where they still lie in landing."""
    deliveries = {d.path: d for d, _ in damaged}
    gone = sorted(path for path in deliveries if not (home.landing / path).is_file())
    for path, delivery in deliveries.items():
        if path not in gone:
            ledger.write(replace(delivery, rules="damaged"))
    delivery, chunk = damaged[0]
    what = f"{_path(home, delivery, chunk)} is damaged"
    if len(damaged) > 1:
        what += f", and {len(damaged) - 1} more"
    if gone:
        return HomeError(f"{what}; restore it from a backup, or put {gone[0]} into landing again")
    return HomeError(f"{what}; the next run reads {delivery.path} again")


def _path(home: Home, delivery: Delivery, chunk: Chunk) -> Path:
    return home.chunk(delivery.kind, delivery.source, chunk.file)
