"""The random killer: SIGKILL at random moments of a random phase, until a run gets through.

`python tests/chaos/killer.py SECONDS [SEED]`. Counts only kills that really landed, and the
phase they met, told from what the home held at that moment. Also the polite signals.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from starts import COMMAND, ROOT, STARTS, copied, environment, run
from sweep import Prepared, prepare
from whole import published, strangers, unnamed

STOP_SECONDS = 10
_KILLS_OF_ONE_HOME = 4
# Most of a small run is between its phases: imports and Dagster. So most kills are aimed.
_AIMS = (None, "ingest", "build", "publish")
_PHASE_SECONDS = 0.3
_LOOK_SECONDS = 0.01


def begun(root: Path) -> subprocess.Popen[str]:
    """The command on a home, in a session of its own."""
    return subprocess.Popen(
        COMMAND, env=environment(root), cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def phase(root: Path, since: float = 0.0) -> str:
    """What a run that began at `since` is at, by what it has in hand."""
    versions, scratch = root / "published/versions", root / "lake/tmp"
    if _is_in_hand(since, versions, ".building-*", ".removing-*") or _is_in_hand(
        since, root / "published", ".current-*"
    ):
        return "publish"
    if _is_in_hand(since, scratch, "*box-*", "chunks-*"):
        return "ingest"
    return "build" if _is_in_hand(since, scratch, "*") else "between"


def _is_in_hand(since: float, folder: Path, *patterns: str) -> bool:
    """Whether such a thing lies there that is not left from a run before."""
    for path in (found for pattern in patterns for found in folder.glob(pattern)):
        with suppress(FileNotFoundError):  # it has gone meanwhile
            if path.lstat().st_mtime >= since:
                return True
    return False


def kill_until_through(
    prepared: Prepared, base: Path, rng: random.Random, calm_seconds: float
) -> tuple[Counter[str], list[str]]:
    """A few kills of one home at random moments, looked at after each; then an undisturbed run."""
    home = copied(prepared.root, base / "home")
    met, wrong = Counter[str](), []
    for _ in range(rng.randint(1, _KILLS_OF_ONE_HOME)):
        began, process = time.time(), begun(home)
        _wait_for(process, home, began, rng, calm_seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            met["too late"] += 1
            break
        met[phase(home, began)] += 1
        wrong += _seen(prepared, home, f"after a kill at {time.time() - began:.2f} s")
    wrong += _run_again(prepared, home) + unnamed(home)
    return met, [f"{prepared.start.name}: {text}" for text in wrong]


def _run_again(prepared: Prepared, home: Path) -> list[str]:
    """What is wrong with the run after, with what it published, and with what is left."""
    again = run(home)
    wrong = []
    if again.returncode != prepared.code:
        wrong = [f"run again: exit {again.returncode}: {(again.stdout + again.stderr)[-600:]}"]
    wrong += _seen(prepared, home, "at the end", last=True)
    return wrong + [f"left: {name}" for name in strangers(home, prepared.left)]


def _wait_for(
    process: subprocess.Popen[str], home: Path, began: float, rng: random.Random, calm: float
) -> None:
    """Until the run has been at some phase for a moment; without an aim until any moment."""
    aim = rng.choice(_AIMS)
    until = began + (3 * calm if aim else rng.uniform(0.1, calm))
    while time.time() < until and process.poll() is None:
        if aim and phase(home, began) == aim:
            time.sleep(rng.uniform(0, _PHASE_SECONDS))
            return
        time.sleep(_LOOK_SECONDS)


def _seen(prepared: Prepared, home: Path, when: str, *, last: bool = False) -> list[str]:
    try:
        content = published(home)
    except (AssertionError, OSError, ValueError, KeyError) as error:
        return [f"{when}: what is published is not whole: {error}"]
    wanted = (prepared.after,) if last else (prepared.before, prepared.after)
    return [] if content in wanted else [f"{when}: what is published is not what was expected"]


def stopped_politely(
    prepared: Prepared, base: Path, number: signal.Signals, moment: float
) -> tuple[int | None, float, list[str]]:
    """A polite signal to a run at a moment: exit code, seconds until it ended, what is wrong."""
    home = copied(prepared.root, base / "home")
    process = begun(home)
    time.sleep(moment)
    sent = time.monotonic()
    process.send_signal(number)
    wrong = []
    try:
        said, _ = process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        wrong.append(f"{number.name} at {moment} s: still working after {STOP_SECONDS} s")
    took = time.monotonic() - sent
    if "Traceback" in said:
        wrong.append(f"{number.name}: a traceback: {said[-800:]}")
    if living := session(process.pid):
        wrong.append(f"{number.name}: left processes {living}")
    wrong += _seen(prepared, home, f"after {number.name}")
    wrong += _run_again(prepared, home)
    return process.returncode, took, wrong


def session(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for path in Path("/proc").iterdir():
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) == leader:
            found.append(int(path.name))
    return found


def campaign(
    prepared: Sequence[Prepared], base: Path, seconds: float, seed: int, workers: int = 2
) -> tuple[Counter[str], list[str]]:
    """Homes killed until the time is over: kills that landed by phase, and what was wrong."""
    calm = {each.start.name: _calm_seconds(each, base / "calm") for each in prepared}
    until, met, wrong = time.monotonic() + seconds, Counter[str](), []

    def work(number: int) -> None:
        rng, place = random.Random(f"{seed}:{number}"), base / f"killer-{number}"
        place.mkdir(parents=True, exist_ok=True)
        while time.monotonic() < until:
            chosen = rng.choice(prepared)
            counts, found = kill_until_through(chosen, place, rng, calm[chosen.start.name])
            met.update(counts)
            wrong.extend(found)
            if found:
                print("\n".join(found), file=sys.stderr, flush=True)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, number) for number in range(workers)]:
            done.result()
    return met, wrong


def _calm_seconds(prepared: Prepared, home: Path) -> float:
    """How long an undisturbed run takes beside another one, as those that are killed."""
    homes = [copied(prepared.root, home.with_name(f"{home.name}-{n}")) for n in range(2)]
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, homes))
    return time.monotonic() - began


def main(seconds: float, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="kring-killer-") as folder:
        prepared = [prepare(start, Path(folder)) for start in STARTS]
        met, wrong = campaign(prepared, Path(folder), seconds, seed)
    late = met.pop("too late", 0)
    print(json.dumps({"seed": seed, "kills landed": sum(met.values()), "by phase": dict(met),
                      "too late": late, "failures": wrong}, indent=1))  # fmt: skip
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
