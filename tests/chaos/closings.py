"""Faults while a period is closed or opened again: the record is as before or whole, never between.

`python tests/chaos/closings.py SECONDS [SEED]`. Looked at on the disk, then by the command:
tried again it goes through or says that it is done, and after a run readers see the decision.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tracing
from starts import COMMAND, HERE, copied, run
from tracing import Point
from whole import published

sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from homes import TestHome, call, calls_file  # noqa: E402

_KRING = (sys.executable, "-m", "pipelines.cli")
CLOSE = (*_KRING, "close", "2024-Q2", "--reason", "signed", "--by", "head")
REOPEN = (*_KRING, "reopen", "2024-Q2", "--reason", "late file", "--by", "head")
_ALREADY = ("is closed as revision", "is not closed")
# nothing rests on a removal or a mode; a folder may be there
_MAY_PASS = ("unlink", "chmod", "mkdir", "link")


@dataclass
class Came:
    """What faults at the calls of one command came to."""

    command: str
    of: int
    landed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def open_quarter(root: Path) -> Path:
    """Three months of calls, published and over."""
    home = TestHome(root, first_month="2024-04", last_month="2024-06")
    home.only_sources("calls")
    for month in ("04", "05", "06"):
        home.put(f"calls/calls_2024{month}15.csv",
                 calls_file([call(month, f"15/{month}/2024 10:00:00")]))  # fmt: skip
    ended = run(root)
    assert ended.returncode in (0, 3), ended.stdout + ended.stderr
    return root


def closed_quarter(root: Path) -> Path:
    open_quarter(root)
    ended = run(root, CLOSE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return root


def entries(root: Path) -> list[dict[str, object]]:
    log = root / "record/decisions.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def not_whole(root: Path) -> list[str]:
    """Revisions that the log names and that are not there as their manifests say."""
    wrong = []
    for entry in entries(root):
        if entry["action"] != "closed":
            continue
        folder = root / f"record/revisions/{entry['year']}-{entry['period']}.r{entry['revision']}"
        if not (folder / "manifest.json").is_file():
            wrong.append(f"{folder.name} is closed and has no manifest")
            continue
        stated = json.loads((folder / "manifest.json").read_text())
        found = {
            str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in folder.rglob("*.parquet")
        }
        if stated != found:
            wrong.append(f"{folder.name} is not what its manifest says")
    return wrong


def attempt(
    start: Path, command: Sequence[str], point: Point, fault: str, base: Path
) -> tuple[bool, list[str]]:
    """Disturb the decision, look, decide again, run: whether the fault landed, what is wrong."""
    home, known = copied(start, base / "home"), len(entries(start))
    ended = tracing.disturbed(home, base / "log", point, fault, command)
    if not ended.landed:
        return False, []
    wrong = not_whole(home)
    if len(entries(home)) not in (known, known + 1):
        wrong.append(f"the log has {len(entries(home))} entries, it had {known}")
    published(home)  # asserts that it is whole
    if fault != "SIGKILL":
        if "Traceback" in ended.said:
            wrong.append(f"a traceback: {ended.said[-400:]}")
        if ended.code == 0 and point.kind not in _MAY_PASS:
            wrong.append("the error was passed over")
    entered = len(entries(home)) > known
    again = run(home, command)
    # once it is in the log, a run shows it to readers
    told = (*_ALREADY, *(["kring run first"] if entered else []))
    done = again.returncode == 0 or any(text in again.stdout + again.stderr for text in told)
    if not done:
        wrong.append(
            f"decided again: exit {again.returncode}: {(again.stdout + again.stderr)[-400:]}"
        )
    after = run(home, COMMAND)
    if after.returncode not in (0, 3):
        wrong.append(
            f"a run after: exit {after.returncode}: {(after.stdout + after.stderr)[-400:]}"
        )
    if len(entries(home)) != known + 1:
        wrong.append(f"decided once, the log has {len(entries(home)) - known} entries more")
    if hidden := [p.name for p in (home / "record").rglob(".*")]:
        wrong.append(f"left in the record: {hidden}")
    verified = run(home, (*_KRING, "verify"))
    if verified.returncode != 0:
        wrong.append(f"verify: {(verified.stdout + verified.stderr)[-400:]}")
    return True, wrong + not_whole(home)


def swept(base: Path, seconds: float, seed: int) -> list[Came]:
    """Faults at random calls of both commands, half of the time each."""
    rng, found = random.Random(seed), []
    for make, command in ((open_quarter, CLOSE), (closed_quarter, REOPEN)):
        name = command[3]
        start = make(base / name)
        points = tracing.points(copied(start, base / f"{name}-calm"), base / "log", command)
        came = Came(name, len(points))
        record = [p for p in points if p.path.startswith("record")]
        until = time.monotonic() + seconds / 2
        # every call on the record itself, then whatever else there is
        turns = [(p, f) for p in record for f in tracing.FAULTS]
        rng.shuffle(turns)
        others = [(p, f) for p in points if p not in record for f in tracing.FAULTS]
        rng.shuffle(others)
        for point, fault in (*turns, *others):
            if time.monotonic() > until:
                break
            landed, wrong = attempt(start, command, point, fault, base)
            came.landed[f"{fault} {point.kind} {point.place}"] += landed
            came.failures += [f"{fault} at {point.call} ({point.path}): {text}" for text in wrong]
        found.append(came)
    return found


def main(seconds: float, seed: int) -> int:
    if reason := tracing.missing():
        print(f"skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="kring-closings-") as folder:
        found = swept(Path(folder), seconds, seed)
    for came in found:
        told = {"command": came.command, "calls": came.of, "landed": sum(came.landed.values()),
                "by": dict(sorted(came.landed.items())), "failures": came.failures}  # fmt: skip
        print(json.dumps(told, indent=1))
    return any(came.failures for came in found)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
