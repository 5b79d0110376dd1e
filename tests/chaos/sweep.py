"""The sweep: a fault at one durable call after another, and what must hold after each.

`python tests/chaos/sweep.py SECONDS [SEED]`. There are tens of thousands of calls, so within
the time a sample is met: by turns from every start, fault, kind of call and place.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import tracing
from starts import COMMAND, STARTS, Start, copied, run
from tracing import Point
from whole import Content, left, published, strangers, unnamed

# an error at these may be survived: nothing rests on a removal, a mode is set again, a folder
# may be there already, what cannot be linked is copied (and sqlite passes over some of its own)
_MAY_PASS = ("unlink", "chmod", "mkdir", "link")
# that a run cannot be told about is told, and fails no run
_TOLD_ONLY = ("lake/began.json", "published/status.json", "published/.status-")


@dataclass(frozen=True)
class Prepared:
    """A start, what readers saw before, and what an undisturbed run makes of it."""

    start: Start
    root: Path
    before: Content | None
    after: Content
    left: frozenset[str]
    code: int
    points: list[Point]
    command: Sequence[str]


@dataclass(frozen=True)
class Trial:
    """One fault at one point of a run from one start."""

    prepared: Prepared
    point: Point
    fault: str

    def __str__(self) -> str:
        p = self.point
        return f"{self.prepared.start.name}: {self.fault} at {p.call} {p.nth} ({p.path})"


@dataclass
class Counts:
    """What a sweep came to."""

    landed: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    not_met: int = 0
    survived: int = 0
    failures: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        return {
            "points": sum(self.landed.values()),
            "by fault and call": dict(sorted(self.landed.items())),
            "by place": dict(sorted(self.places.items())), "errors survived": self.survived,
            "not met": self.not_met, "failures": self.failures,
        }  # fmt: skip


def prepare(start: Start, base: Path, command: Sequence[str] = COMMAND) -> Prepared:
    """Make a start and see what a run makes of it, undisturbed."""
    root = base / start.name
    root.parent.mkdir(parents=True, exist_ok=True)
    start.make(root)
    before = published(root)
    calm = copied(root, base / f"{start.name}-calm")
    found = tracing.points(calm, base / f"{start.name}.log", command)
    after = published(calm)
    assert after is not None and (before is None or after.differs(before))
    assert unnamed(calm) == []
    again = run(calm, command)
    return Prepared(start, root, before, after, left(calm), again.returncode, found, command)


def trials(prepared: Sequence[Prepared], seed: int) -> Iterator[Trial]:
    """Every trial there is, by turns from each start, fault, kind of call and place."""
    rng = random.Random(seed)
    strata: dict[tuple[str, ...], list[Trial]] = defaultdict(list)
    for each in prepared:
        for point in each.points:
            for fault in tracing.FAULTS:
                key = (each.start.name, fault, point.kind, point.place)
                strata[key].append(Trial(each, point, fault))
    for stratum in strata.values():
        rng.shuffle(stratum)
    turns = list(strata.values())
    rng.shuffle(turns)
    for turn in zip_longest(*turns):
        yield from filter(None, turn)


def attempt(
    trial: Trial, base: Path, command: Sequence[str] | None = None, *, all_cores: bool = False
) -> tuple[str, list[str]]:
    """Disturb, look, run again, look again: what came of it, and what is wrong."""
    command = command or trial.prepared.command
    home = copied(trial.prepared.root, base / "home")
    ended = tracing.disturbed(
        home, base / "log", trial.point, trial.fault, command, all_cores=all_cores
    )
    if not ended.landed:
        return "not met", []
    wrong = _disturbed(trial, home, ended)
    again = run(home, command)
    if again.returncode != trial.prepared.code:
        wrong.append(
            f"run again it ends with {again.returncode}: {(again.stdout + again.stderr)[-600:]}"
        )
    wrong += _afterwards(trial, home)
    return ("survived" if ended.code in (0, 3) else "landed"), wrong


def _disturbed(trial: Trial, home: Path, ended: tracing.Ended) -> list[str]:
    """Readers see the content before or after; an error is told, with its place."""
    wrong = []
    try:
        content = published(home)
        if content not in (trial.prepared.before, trial.prepared.after):
            wrong.append("what is published is neither the content before nor the one after")
    except (AssertionError, OSError, ValueError, KeyError) as error:
        wrong.append(f"what is published is not whole: {error}")
    if trial.fault == "SIGKILL":
        return wrong
    if "Traceback" in ended.said:
        wrong.append(f"a traceback: {ended.said[-500:]}")
    if ended.code in (0, 3):
        may_pass = trial.point.kind in _MAY_PASS or str(ended.at).startswith(_TOLD_ONLY)
        if not may_pass and ended.at and tracing.place_of(ended.at) != "dagster":
            wrong.append(f"the error at {ended.at} was passed over (exit {ended.code})")
    elif ended.code != 1:
        wrong.append(f"exit {ended.code}: {ended.said[-500:]}")
    elif str(home) not in ended.said:
        wrong.append(f"the message names no path: {ended.said[-500:]}")
    return wrong


def _afterwards(trial: Trial, home: Path) -> list[str]:
    """After the same command again: as if nothing had been, and nothing left behind."""
    try:
        content = published(home)
        differing = content.differs(trial.prepared.after) if content else ["everything"]
        wrong = [f"other content than undisturbed: {differing}"] if differing else []
        wrong += [f"left: {name}" for name in strangers(home, trial.prepared.left)]
        return wrong + unnamed(home)
    except (AssertionError, OSError, ValueError, KeyError) as error:
        return [f"not whole after another run: {error}"]


def sweep(
    chosen: Iterator[Trial],
    base: Path,
    seconds: float,
    workers: int = 2,
    *,
    all_cores: bool = False,
) -> Counts:
    """Trials one after another until the time is over; the counts of what they came to."""
    counts, until = Counts(), time.monotonic() + seconds

    def work(number: int) -> None:
        place = base / f"worker-{number}"
        place.mkdir(parents=True, exist_ok=True)
        while time.monotonic() < until and (trial := next(shared, None)) is not None:
            _count(counts, trial, *attempt(trial, place, all_cores=all_cores))

    shared = _Shared(chosen)
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, number) for number in range(workers)]:
            done.result()
    return counts


class _Shared:
    """An iterator that several threads take from."""

    def __init__(self, of: Iterator[Trial]) -> None:
        from threading import Lock

        self._of, self._lock = of, Lock()

    def __next__(self) -> Trial:
        with self._lock:
            return next(self._of)


def _count(counts: Counts, trial: Trial, came: str, wrong: list[str]) -> None:
    if came == "not met":
        counts.not_met += 1
        return
    counts.landed[f"{trial.fault} {trial.point.kind}"] += 1
    counts.places[trial.point.place] += 1
    counts.survived += came == "survived" and trial.fault != "SIGKILL"
    if wrong:
        counts.failures.append(f"{trial}: {'; '.join(wrong)}")
        print(counts.failures[-1], file=sys.stderr, flush=True)


def main(seconds: float, seed: int) -> int:
    if reason := tracing.missing():
        print(f"skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="kring-sweep-") as folder:
        base = Path(folder)
        prepared = [prepare(start, base) for start in STARTS]
        counts = sweep(trials(prepared, seed), base, seconds)
        there = sum(len(each.points) for each in prepared) * len(tracing.FAULTS)
        print(json.dumps({"seed": seed, "of": there, **counts.summary()}, indent=1))
    return bool(counts.failures)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
