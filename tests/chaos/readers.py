"""Readers while versions are published: `python tests/chaos/readers.py READERS PUBLISHES`.

Each reader is a process that resolves `current` once, opens database and parquet as an analyst
or another team would, and asks for what must agree within one version.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from homes import TestHome, call, calls_file  # noqa: E402

from assets.building.session import Session  # noqa: E402
from assets.publishing.published import publish  # noqa: E402
from assets.record.versions import versions  # noqa: E402

AS_OF = date(2024, 1, 31)
DECISION = "LAKIN KLIP DJP 2024"
# one number in two tables of the register, so that both change with every version
_ASKED = "select max(cast(regexp_extract(authority, 'Test decision (\\d+)', 1) as integer))"
READER = f"""
import json, sys, time
from pathlib import Path
import duckdb
root, until = Path(sys.argv[1]), float(sys.argv[2])
asked, errors, mixed, seen, hold = 0, [], 0, set(), None
def answers(version):
    found = set()
    with duckdb.connect(str(version / "kring.duckdb"), read_only=True) as database:
        for table in ("ref.targets", "ref.kpis"):
            found |= set(database.execute({_ASKED!r} + f" from {{table}}").fetchall())
            files = str(version / "parquet" / table / "*.parquet")
            parquet = {_ASKED!r} + f" from read_parquet('{{files}}')"
            found |= set(database.execute(parquet).fetchall())
    return found
first = (root / "published/current").resolve()
held = duckdb.connect(str(first / "kring.duckdb"), read_only=True)
old = held.execute({_ASKED!r} + " from ref.targets").fetchall()
while time.time() < until and not (root / "over").exists():
    try:
        found = answers((root / "published/current").resolve())
        mixed += len(found) != 1
        seen |= found
        mixed += held.execute({_ASKED!r} + " from ref.targets").fetchall() != old
    except Exception as error:
        errors.append(repr(error)[:300])
    asked += 1
    time.sleep(float(sys.argv[3]))
print(json.dumps({{"asked": asked, "errors": errors, "mixed": mixed, "seen": len(seen)}}))
"""


@dataclass(frozen=True)
class Read:
    """What all readers together met while so many versions were published."""

    publishes: int
    asked: int
    errors: list[str]
    mixed: int
    most_seen: int  # different versions, by the reader that saw most
    longest_publish_seconds: float


def prepared(root: Path) -> TestHome:
    """A home with one call, published once."""
    home = TestHome(root, last_month="2024-01")
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
    home.run(AS_OF)
    decide(home, 0)
    return home


def decide(home: TestHome, number: int) -> None:
    """Change one thing that stands in two tables, and publish it."""
    for name in ("targets", "kpis"):
        path = home.root / "register" / f"{name}.csv"
        text = path.read_text()
        old = f"Test decision {number - 1}" if number else DECISION
        path.write_text(text.replace(old, f"Test decision {number}"))
    place = home.home
    with closing(Session(place, AS_OF, forced=False, wait=False)) as session:
        assert publish(session.plan, session.copy) is not None


def watched(
    root: Path, readers: int, publishes: int, seconds: float = 900, pause_seconds: float = 0.0
) -> Read:
    """So many publishes under the eyes of so many readers, who pause after each look."""
    home, until = prepared(root), str(time.time() + seconds)
    watching = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(root), until, str(pause_seconds)],
            stdout=subprocess.PIPE,
        )
        for _ in range(readers)
    ]
    longest = 0.0
    try:
        for number in range(1, publishes + 1):
            began = time.monotonic()
            decide(home, number)
            longest = max(longest, time.monotonic() - began)
        time.sleep(0.5)
    finally:
        (root / "over").touch()
        told = [json.loads(process.communicate(timeout=60)[0]) for process in watching]
    assert len(versions(home.home)) == publishes + 2, "no version was taken from a reader"
    sums = Counter[str]()
    for each in told:
        sums.update(asked=each["asked"], mixed=each["mixed"])
    return Read(
        publishes, sums["asked"], [error for each in told for error in each["errors"]],
        sums["mixed"], max(each["seen"] for each in told), round(longest, 2),
    )  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kring-readers-") as folder:
        print(watched(Path(folder) / "home", int(sys.argv[1]), int(sys.argv[2])))
