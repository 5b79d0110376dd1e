"""The whole campaign: `python tests/chaos/campaign.py SECONDS [SEED]`, or `make chaos`.

The seeded defects must be noticed and polite signals heeded; then a third of the time each
sweeps faults through the command on all cores, sweeps them through the same steps without
Dagster's books (quicker, and on one core, so that faults land where aimed), and kills at random.
Then closing and opening a period, a quarter of the time. Readers watch 200 versions pass. Says
on standard error what it is at; ends with counts as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import closings
import killer
import plain
import proof
import readers
import tracing
from starts import STARTS
from sweep import Prepared, prepare, sweep, trials

_STOPS = [(number, at) for number in (signal.SIGTERM, signal.SIGINT) for at in (1.5, 2.5, 4.0)]


def main(seconds: float, seed: int) -> int:
    """Run it; 1 where anything failed or a defect got away."""
    if reason := tracing.missing():
        print(f"skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="kring-chaos-") as folder:
        told, failures = _all(Path(folder), seconds, seed)
    print(json.dumps({"seed": seed, **told, "failures": failures}, indent=1))
    return bool(failures)


def _all(base: Path, seconds: float, seed: int) -> tuple[dict[str, object], list[str]]:
    _say("seeded defects")
    noticed = list(proof.all_noticed(base / "proof"))
    _say("starts, and polite stops")
    commanded = [prepare(start, base / "starts") for start in STARTS]
    plainly = [prepare(start, base / "plain", plain.COMMAND) for start in STARTS]
    stops = [
        killer.stopped_politely(commanded[n % len(commanded)], base / "stop", number, moment)
        for n, (number, moment) in enumerate(_STOPS)
    ]
    _say("faults in the command")
    swept = sweep(trials(commanded, seed), base / "swept", seconds / 3, all_cores=True)
    _say("faults without Dagster")
    quickly = sweep(trials(plainly, seed), base / "quickly", seconds / 3)
    _say("random kills")
    met, wrong = killer.campaign(commanded, base, seconds / 3, seed)
    _say("closing and opening periods")
    decided = closings.swept(base / "closings", seconds / 4, seed)
    _say("readers")
    # without a pause twenty of them leave two cores nothing to publish with
    read = readers.watched(base / "readers", readers=20, publishes=200, pause_seconds=2)
    late = met.pop("too late", 0)
    told: dict[str, object] = {
        "seeded defects noticed": sum(bool(each.wrong) for each in noticed),
        "calls of the command": _calls(commanded), "sweep of the command": swept.summary(),
        "calls without Dagster": _calls(plainly), "sweep without Dagster": quickly.summary(),
        "kills landed": sum(met.values()), "by phase": dict(met), "too late": late,
        "polite stops": [{"exit": code, "seconds": round(took, 1)} for code, took, _ in stops],
        "decisions": {c.command: f"{sum(c.landed.values())} of {c.of} calls" for c in decided},
        "readers": asdict(read),
    }  # fmt: skip
    failures = [f"the defect {each.defect} got away" for each in noticed if not each.wrong]
    failures += [text for *_, texts in stops for text in texts]
    failures += [f"{c.command}: {text}" for c in decided for text in c.failures]
    failures += [*swept.failures, *quickly.failures, *wrong, *read.errors]
    return told, failures + ["mixed answers"] * read.mixed


def _say(phase: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {phase}", file=sys.stderr, flush=True)


def _calls(prepared: Sequence[Prepared]) -> int:
    return sum(len(each.points) for each in prepared)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
