"""Lake files as their records state them: compared with their digest before they are read.

A byte that a disk has turned would else become a figure. What is damaged is forgotten, so the
next run makes it anew: an output from what it rests on, a chunk from its export.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import Chunk, Delivery
from assets.home import Home, HomeError
from assets.lake import is_sound, sha256_file
from assets.stored.outputs import OutputRecord, Outputs


def sound_outputs(outputs: Outputs, records: Iterable[OutputRecord]) -> list[Path]:
    """The files of built outputs; raises HomeError where one is damaged."""
    found = []
    for record in records:
        path = outputs.path(record)
        if not is_sound(path, record.sha256):
            outputs.drop(record)
            raise made_anew(path)
        found.append(path)
    return found


def made_anew(path: Path) -> HomeError:
    """What to say of a damaged file that was dropped, and is made of what stands."""
    return HomeError(f"{path} is damaged; it is dropped, and made anew by the next run")


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
        for d, c in ledger.chunks(source, month)
        if among is None or _path(home, d, c) in among
    ]
    damaged = [(d, c) for d, c in chunks if not is_sound(_path(home, d, c), c.sha256)]
    if damaged:
        raise _to_be_read_again(home, ledger, damaged)
    return [_path(home, d, c) for d, c in chunks]


def _to_be_read_again(
    home: Home, ledger: Ledger, damaged: list[tuple[Delivery, Chunk]]
) -> HomeError:
    """Have the exports of damaged chunks read again, where they still lie in landing."""
    again: dict[str, str] = {}  # the delivery's path -> where its content lies
    for delivery in {d.path: d for d, _ in damaged}.values():
        same = [d for d in ledger.deliveries(delivery.source) if d.sha256 == delivery.sha256]
        there = [d for d in same if _holds(home.landing / d.path, d.sha256)]
        for each in [delivery, *there] if there else []:
            ledger.write(replace(each, rules="damaged"))
            again[delivery.path] = there[0].path
    gone = sorted({d.path for d, _ in damaged}.difference(again))
    delivery, chunk = damaged[0]
    what = f"{_path(home, delivery, chunk)} is damaged"
    if len(damaged) > 1:
        what += f", and {len(damaged) - 1} more"
    if gone:
        return HomeError(
            f"{what}; restore it from a backup, or put the content that {gone[0]} had into "
            "landing again"
        )
    return HomeError(f"{what}; the next run reads {again[delivery.path]} again")


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256


def _path(home: Home, delivery: Delivery, chunk: Chunk) -> Path:
    return home.chunk(delivery.kind, delivery.source, chunk.file)
