"""What grows with the rows, of several homes in turn: `steps.py HOME@AS_OF ... [DEFECT]`.

Ingest and every step of a month, without Dagster and publishing: their fixed cost would hide
growth at small sizes. One process, that imports once; prints what each home took as JSON. A
home that is named again first gets what lies in its folder `due`. The defects are seeded, to see
that the guard notices work that grows with the square of the rows, and a file held whole.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

from assets.building.session import Session  # noqa: E402
from assets.graph.steps import steps  # noqa: E402
from assets.home import Home  # noqa: E402
from assets.intake.ingest import ingest  # noqa: E402


def quadratic(landing: Path) -> object:
    """Compare every call of an export with a fifth of them."""
    import duckdb

    calls = f"read_csv('{landing}/calls/*.csv', all_varchar = true)"
    return duckdb.execute(
        f'with calls as (select "Call ID" as id from {calls}) '
        "select count(*) from calls as a join calls as b on a.id < b.id "
        "where b.id like '%0' or b.id like '%5'"
    ).fetchall()


def frame(landing: Path) -> object:
    """Hold every cell of every export, as a careless reader would."""
    held = []
    for path in sorted(landing.rglob("*.?sv")):
        with path.open(newline="", encoding="utf-8") as file:
            delimiter = next(mark for mark in ";\t," if mark in file.readline())
            held += list(csv.reader(file, delimiter=delimiter))
    return held


DEFECTS: dict[str, Callable[[Path], object]] = {"quadratic": quadratic, "frame": frame}


def took(root: Path, as_of: str, defect: str | None) -> dict[str, object]:
    """Seconds of processor for a home and each of its rules, and the process' peak meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, began = _processor(), time.time()
    held = DEFECTS[defect](root / "landing") if defect else None
    rules = _months(Home.open(root), date.fromisoformat(as_of))
    after, peak = _processor(), _peak_mb()
    del held
    written = [path for path in (root / "lake").rglob("*") if path.stat().st_mtime > began]
    old = sum("2024-01" in path.name for path in written if path.is_file())
    return {
        "cpu_seconds": round(after - before, 3), "peak_mb": peak, "files of January": old,
        "rules": {name: round(seconds, 4) for name, seconds in rules.items()},
    }  # fmt: skip


def _months(home: Home, as_of: date) -> dict[str, float]:
    """Read and build everything; seconds of processor of each rule, over all months."""
    ingest(home, as_of)
    session = Session(home, as_of, forced=False)
    rules: dict[str, float] = defaultdict(float)
    try:
        began = _processor()
        _ = session.plan  # surveys the facts that span months
        rules["plan"] = _processor() - began
        for step in steps(session.plan.rules):
            # checks are one step of many rules; what is built of one is fresh for the step
            each = session.plan.rules.checks if step.table == "ops.checks" else ()
            for month in session.plan.months if step.is_monthly else ():
                for check in each:
                    began = _processor()
                    session.check(check, month)
                    rules[f"check.{check}"] += _processor() - began
                began = _processor()
                step.build(session, month)
                rules[step.table] += _processor() - began
    finally:
        session.close()
    return rules


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    asked = [each.rpartition("@") for each in sys.argv[1:] if "@" in each]
    defect = next((each for each in sys.argv[1:] if each in DEFECTS), None)
    found = []
    for root, _, as_of in asked:
        found.append(took(Path(root), as_of, defect))
        if (due := Path(root, "due")).is_dir():
            shutil.copytree(due, Path(root, "landing"), dirs_exist_ok=True)
    print(json.dumps(found))
