"""What is measured, in order: the baselines, the cold run, and the nights after it.

Each scene names its measurements; how they are judged and shown is for results.py.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import generate
from limits import memory_group, size
from measure import Measured, measured

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PANDAS = ROOT / ".tmp/bench-venv/bin/python"
# the last day of the history is a Monday; each night asks as of the day after its files
COLD, NIGHT, NEXT_NIGHT = "2024-12-31", "2025-01-01", "2025-01-02"


class DifferError(RuntimeError):
    """Two ways to the same figure that give two figures."""


@dataclass(frozen=True)
class Taken:
    """One measurement with what else is known of it."""

    measured: Measured
    phases: dict[str, float] = field(default_factory=dict)
    files: int = 0
    file_mb: float = 0.0


Scenes = dict[str, Taken]


@dataclass
class Bench:
    """One size's folder: a home, its exports, what the baselines made."""

    folder: Path
    contacts: int
    memory: str | None = None
    level: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def database(self) -> Path:
        return self.home / "published/current/kring.duckdb"

    def script(self, name: str, *arguments: object, python: Path | None = None) -> Measured:
        """A baseline in a process of its own; it may use all memory there is."""
        command = [str(python or sys.executable), str(HERE / "baselines" / f"{name}.py")]
        return measured([*command, *map(str, arguments)], cwd=self.folder)

    def kring(self, *arguments: str, good: Sequence[int] = (0, 3)) -> Taken:
        """A command of kring, with where its steps' time went and the files it left."""
        command = [sys.executable, "-m", "pipelines.cli", *arguments]
        before, began = footprint(self.home), time.time()
        with memory_group(size(self.memory) if self.memory else None) as group:
            took = measured(
                command, cwd=ROOT, good=good, group=group, env={"KRING_HOME": str(self.home)}
            )
        after = footprint(self.home)
        new = [path for path, state in after.items() if before.get(path) != state]
        written = sum(after[path][2] for path in new) / 1e6
        return Taken(took, self._phases(began), len(new), round(written, 2))

    def run(self, as_of: str) -> Taken:
        return self.kring("run", "--json", "--as-of", as_of)

    def _phases(self, since: float) -> dict[str, float]:
        if not (self.home / "dagster").is_dir():
            return {}
        command = [sys.executable, str(HERE / "phases.py"), str(self.home), str(since)]
        found: dict[str, float] = json.loads(measured(command, cwd=ROOT).output)
        return found


def footprint(home: Path) -> dict[str, tuple[int, int, int]]:
    """Every file kring keeps for itself or readers: inode, time and size; a hard link is one."""
    found = {}
    for top in ("lake", "published/versions"):
        for folder, _, names in os.walk(home / top):
            for name in names:
                stat = Path(folder, name).lstat()
                found[f"{stat.st_ino}"] = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found


def contacts_by_hand(bench: Bench, found: Scenes) -> None:
    took = bench.script("duckdb_script", bench.landing, bench.folder / "contacts.duckdb")
    _agreed(bench, "DuckDB script", took)
    found["duckdb contacts"] = Taken(took)
    (bench.folder / "contacts.duckdb").unlink()


def all_by_hand(bench: Bench, found: Scenes) -> None:
    took = bench.script("duckdb_script", bench.landing, bench.folder / "hand.duckdb", "all")
    _agreed(bench, "DuckDB script", took)
    found["duckdb all"] = Taken(took)


def polars(bench: Bench, found: Scenes) -> None:
    took = bench.script("polars_script", bench.landing)
    _agreed(bench, "Polars script", took)
    found["polars"] = Taken(took)


def pandas(bench: Bench, found: Scenes) -> None:
    if PANDAS.exists():  # `make bench` makes it; it is no part of kring's environment
        took = bench.script("pandas_script", bench.landing, python=PANDAS)
        _agreed(bench, "pandas script", took)
        found["pandas"] = Taken(took)


def cold(bench: Bench, found: Scenes) -> None:
    found["cold"] = bench.run(COLD)
    _agreed(bench, "kring", bench.script("published_level", bench.database))


def alone(bench: Bench, found: Scenes) -> None:
    """The contacts without the rest, in a home of their own: what the script by hand loads."""
    other = Bench(bench.folder / "alone", bench.contacts, bench.memory, bench.level)
    generate.lay_home(other.home)
    for kind in ("calls", "chats"):
        shutil.copytree(bench.landing / kind, other.landing / kind)
    found["cold, contacts alone"] = other.run(COLD)
    _agreed(other, "kring with contacts alone", other.script("published_level", other.database))
    shutil.rmtree(other.folder)


def nothing(bench: Bench, found: Scenes) -> None:
    found["nothing"] = bench.run(COLD)


def looking(bench: Bench, found: Scenes) -> None:
    # status says by its exit code that something is to be looked at
    found["status"] = bench.kring("status", "--as-of", COLD)
    found["explain"] = bench.kring("explain", "3a-N", "2024-Q3")


def queries(bench: Bench, found: Scenes) -> None:
    ours = bench.script("ten_queries", bench.database)
    found["queries"] = Taken(ours)
    hand = bench.folder / "hand.duckdb"
    if not hand.exists():
        return
    theirs = bench.script("ten_queries", hand)
    found["queries by hand"] = Taken(theirs)
    digests = [json.loads(each.output)["digests"] for each in (ours, theirs)]
    unlike = [n + 1 for n, (a, b) in enumerate(zip(*digests, strict=True)) if a != b]
    if unlike:
        raise DifferError(f"the analyst's queries {unlike} answer otherwise on hand-made tables")


def copy(bench: Bench, found: Scenes) -> None:
    target = bench.folder / "copied.duckdb"
    found["copy"] = Taken(bench.script("copy_database", bench.database, target))
    target.unlink()


def day(bench: Bench, found: Scenes) -> None:
    generate.one_day(bench.landing, generate.NEXT_DAY, bench.contacts)
    found["day"] = bench.run(NIGHT)


def first_of_month(bench: Bench, found: Scenes) -> None:
    generate.one_day(bench.landing, generate.DAY_AFTER, bench.contacts)
    found["first day of a month"] = bench.run(NEXT_NIGHT)


def late(bench: Bench, found: Scenes) -> None:
    generate.late_call(bench.landing)
    found["late row"] = bench.run(NEXT_NIGHT)


def register(bench: Bench, found: Scenes) -> None:
    targets = bench.home / "register/targets.csv"
    with targets.open("a", encoding="utf-8") as file:
        file.write("service_level,2024,*,82,2024-07-15,Benchmark,false\n")
    found["target"] = bench.run(NEXT_NIGHT)
    policies = bench.home / "register/service_level_policy.csv"
    old = "phone_house_2024,phone,*,2020-01-01,,20,"
    text = policies.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith(old))
    new = line.replace(old, "phone_bench,phone,*,2024-12-01,,15,")
    closed = line.replace("2020-01-01,,", "2020-01-01,2024-11-30,")
    policies.write_text(text.replace(line, f"{closed}\n{new}"), encoding="utf-8")
    found["policy"] = bench.run(NEXT_NIGHT)


def whole(bench: Bench, found: Scenes) -> None:
    """The history again, every kind in one file, in a home of its own."""
    other = Bench(bench.folder / "whole", bench.contacts, bench.memory, bench.level)
    generate.lay_home(other.home)
    generate.history(other.landing, other.contacts)
    generate.whole_files(other.landing)
    found["cold, one file"] = other.run(COLD)
    _agreed(other, "kring with one file", other.script("published_level", other.database))


# in this order; what a scene leaves is what the next one starts from
SCENES: dict[str, Callable[[Bench, Scenes], None]] = {
    "hand": contacts_by_hand, "hand-all": all_by_hand, "polars": polars, "pandas": pandas,
    "cold": cold, "alone": alone, "nothing": nothing, "looking": looking, "queries": queries,
    "copy": copy, "day": day, "month": first_of_month, "late": late, "register": register,
    "whole": whole,
}  # fmt: skip


def played(bench: Bench, only: Sequence[str] | None, found: Scenes, until: float) -> None:
    """Make the exports, then measure scene by scene; raises FailedError and DifferError.

    Nothing is begun after `until`, by the monotonic clock.
    """
    bench.folder.mkdir(parents=True)
    generate.lay_home(bench.home)
    _say(f"{bench.contacts:,} contacts: writing exports")
    generate.history(bench.landing, bench.contacts)
    for name, scene in SCENES.items():
        if only and name not in (*only, "cold"):
            continue
        if time.monotonic() > until:
            _say(f"  out of time: {name} is left out")
            continue
        before = set(found)
        scene(bench, found)
        for new in [name for name in found if name not in before]:
            took = found[new].measured
            _say(f"  {new}: {took.seconds:.2f} s, {took.cpu_seconds:.2f} s of processor, "
                 f"peak {took.peak_mb:,.0f} MB, {took.written_mb:,.0f} MB written")  # fmt: skip


def _agreed(bench: Bench, who: str, took: Measured) -> None:
    """Every way to the service level must give the same counts as the first."""
    level = json.dumps(json.loads(took.output))
    if bench.level and level != bench.level:
        raise DifferError(f"{who} counts otherwise:\n{level}\n{bench.level}")
    bench.level = level


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
