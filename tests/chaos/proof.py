"""The campaign's own proof: each seeded defect, disturbed where it is weak, must be noticed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tracing
from defective import DEFECTS, HERE
from plain import COMMAND
from starts import STARTS, copied
from sweep import Prepared, Trial, attempt, prepare
from tracing import Point


@dataclass(frozen=True)
class Noticed:
    """A seeded defect and what the sweep said of it; nothing: it got away."""

    defect: str
    wrong: list[str]


def weak_point(prepared: Prepared, base: Path, name: str) -> Trial:
    """Where a defect cannot stand its fault: the first such call of the defective run."""
    _, _, fault, kind, path = DEFECTS[name]
    points = tracing.points(copied(prepared.root, base / "home"), base / "log", _command(name))
    return Trial(prepared, weakest(points, kind, path), fault)


def notice(name: str, prepared: Prepared, base: Path) -> Noticed:
    """Disturb a defective run, then let the defective command try again."""
    base.mkdir(parents=True, exist_ok=True)
    trial = weak_point(prepared, base, name)
    came, wrong = attempt(trial, base, _command(name))
    assert came != "not met", trial
    return Noticed(name, wrong)


def weakest(points: Sequence[Point], kind: str, path: str) -> Point:
    """The second call of a kind on a path (a regular expression), else the only one.

    A record that is written piece by piece is half there by then.
    """
    return [p for p in points if p.kind == kind and re.search(path, p.path)][:2][-1]


def all_noticed(base: Path) -> Iterator[Noticed]:
    """Every defect in turn, over starts that are made once."""
    wanted = {start for _, start, *_ in DEFECTS.values()}
    prepared = {s.name: prepare(s, base, COMMAND) for s in STARTS if s.name in wanted}
    for name, (_, start, *_) in DEFECTS.items():
        yield notice(name, prepared[start], base / name)


def _command(name: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "defective.py"), name)
