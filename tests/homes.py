"""Homes for tests: laid out as `kring init` does, filled with a few lines, run for real.

`Home.run` does what `kring run` does, by the same steps in the same order, without Dagster's
books, so that a story of many runs stays short; `Home.kring` is the command itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import duckdb
from warm import Warm

from assets.building.plan import Plan
from assets.building.session import Session
from assets.graph import steps
from assets.home import Home
from assets.intake.delivering import Ingested
from assets.intake.ingest import ingest
from assets.lake import sweep
from assets.publishing.finding import Finding
from assets.publishing.findings import findings
from assets.record.versions import Version, current
from assets.run_lock import run_lock

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "data"
TWO_CALLS = "calls/calls_20240115.csv"
warm = Warm()


@contextmanager
def no_waiting() -> Iterator[None]:
    """No test here cuts the power, so nothing waits for the disk; `tests/chaos/` sees that it is
    waited for where it must be."""
    with (
        patch("assets.lake.sync"),
        patch("assets.stored.outputs.sync"),
        patch("assets.publishing.published.sync"),
        patch("assets.record.versions.sync"),
        patch("assets.record.closing.sync"),
    ):
        yield


@dataclass
class Ran:
    """What a run did."""

    ingested: Ingested
    rebuilt: list[tuple[str, str]]
    version: Version | None
    findings: list[Finding]

    def months(self, table: str) -> list[str]:
        return sorted(month for name, month in self.rebuilt if name == table)


class TestHome:
    """A home in a temporary folder."""

    __test__ = False

    def __init__(
        self,
        root: Path,
        *,
        first_month: str = "2024-01",
        last_month: str = "",
        # each is a quarter or more of what a small version costs; few tests look at them
        reports: str = "none",
        references: bool = False,
    ) -> None:
        self.root = root
        for name in ("sources", "register", *(["reference"] if references else [])):
            shutil.copytree(TEMPLATE / name, root / name)
        (root / "reference").mkdir(exist_ok=True)
        last = f'last_month = "{last_month}"\n' if last_month else ""
        (root / "kring.toml").write_text(
            '[organisation]\nname = "Test centre"\ntimezone = "Asia/Jakarta"\n'
            f'first_month = "{first_month}"\n{last}[ingest]\nsettle_seconds = 0\n'
            f'[published]\nkeep_versions = 50\nreports = "{reports}"\n'
        )
        (root / "landing").mkdir()

    @classmethod
    def of_two_calls(cls, root: Path, *, last_month: str, references: bool = False) -> Self:
        """Two calls of 15 January 2024, waited for 10 and 25 s, of the one source; not run."""
        home = cls(root, last_month=last_month, references=references)
        home.only_sources("calls")
        home.expecting("none", "calls")
        home.put(TWO_CALLS, calls_file([call("A1"), call("A2", wait="25,0")]))
        return home

    @classmethod
    def at(cls, root: Path) -> Self:
        """The home that stands in a folder."""
        home = cls.__new__(cls)
        home.root = root
        return home

    def copied(self, root: Path) -> Self:
        """The same home in another place."""
        return type(self).at(copied(self.root, root))

    @property
    def home(self) -> Home:
        return Home.open(self.root)

    def put(self, path: str, text: str | bytes) -> Path:
        """Drop an export file into landing."""
        target = self.root / "landing" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def source(self, name: str, text: str) -> Path:
        """Write a source SQL file."""
        path = self.root / "sources" / f"{name}.sql"
        path.write_text(text)
        return path

    def only_sources(self, *names: str) -> None:
        """Remove the shipped sources but these."""
        for path in (self.root / "sources").glob("*.sql"):
            if path.stem not in names:
                path.unlink()

    def edit_source(self, name: str, old: str, new: str) -> None:
        """Replace a text in a source; it must be there."""
        _replace(self.root / "sources" / f"{name}.sql", old, new)

    def expecting(self, every: str, *names: str) -> None:
        """Have the named sources expect a file per day, per month, or none."""
        for name in names:
            path = self.root / "sources" / f"{name}.sql"
            said = f"-- expects:     {every}"
            path.write_text(re.sub("^-- expects:.*", said, path.read_text(), flags=re.MULTILINE))

    def edit_register(self, table: str, old: str, new: str) -> None:
        """Replace a text in a register table; it must be there."""
        _replace(self.root / "register" / f"{table}.csv", old, new)

    def append_register(self, table: str, *lines: str) -> None:
        path = self.root / "register" / f"{table}.csv"
        path.write_text(path.read_text().rstrip("\n") + "\n" + "\n".join(lines) + "\n")

    def run(self, as_of: str | date = "2024-04-30", *, synced: bool = False) -> Ran:
        """Ingest, rebuild what is stale, publish; in this process and without Dagster."""
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        home = self.home
        with nullcontext() if synced else no_waiting(), run_lock(home, wait=False):
            sweep(home)
            done = ingest(home, day)
            session = Session(home, day, forced=False)
            rebuilt = []
            try:
                facts = session.plan.rules.facts.values()
                months = sorted({m for rule in facts for m in session.plan.fact_months(rule)})
                for step in steps(session.plan.rules):
                    for month in months if step.is_monthly else [None]:
                        fresh = _record(session, step.table, month)
                        step.build(session, month)
                        if _record(session, step.table, month) != fresh:
                            rebuilt.append((step.table, str(month)[:7]))
            finally:
                session.close()
        return Ran(done, rebuilt, current(home), findings(Plan(home, day)))

    def kring(self, *arguments: str, env: Mapping[str, str] | None = None) -> Any:
        """The command itself, in a process of its own."""
        whole = {**os.environ, "KRING_HOME": str(self.root), "COLUMNS": "120", **(env or {})}
        if set(env or {}) <= {"COLUMNS"}:
            return warm(arguments, whole, timeout_seconds=300)
        # what it is told otherwise may be what its imports look at
        return subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            env=whole, cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def compared(self, *arguments: str) -> list[dict[str, Any]]:
        """What `kring compare` says of each channel."""
        said = self.kring("compare", *arguments, "--json")
        assert said.returncode == 0, said.stderr
        channels: list[dict[str, Any]] = json.loads(said.stdout)["channels"]
        return channels

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published database, opened as an analyst opens it."""
        with duckdb.connect(str(self.root / "published/current/kring.duckdb"), read_only=True) as c:
            c.execute("set TimeZone = 'Asia/Jakarta'")
            return list(c.execute(sql).fetchall())

    def value(self, sql: str) -> Any:
        """The single value a query gives."""
        ((value,),) = self.query(sql)
        return value


def copied(start: Path, root: Path) -> Path:
    """A home in another place, with the times of its files and the links between them.

    A version's parquet files are links to the lake's. None is shared with the home copied from.
    """
    linked: dict[int, str] = {}

    def copy(source: str, target: str) -> None:
        first = linked.setdefault(Path(source).stat().st_ino, target)
        if first == target:
            shutil.copy2(source, target)
        else:
            os.link(first, target)

    shutil.copytree(start, root, symlinks=True, copy_function=copy)
    return root


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new))


def _record(session: Session, table: str, month: date | None) -> object:
    record = session.plan.outputs.get(table, month)
    return (record.fingerprint, record.sha256) if record else None


CALLS_HEADER = "Call ID;Queue;Entered;Answered;Ended;Wait;Talk;Hold;Wrap-up;Agent;Outcome"


def call(
    call_id: str,
    entered: str = "15/01/2024 10:00:00",
    wait: str = "10,000",
    outcome: str = "Answered",
    *,
    queue: str = "umum",
    talk: str = "60",
    agent: str = "KP-0001",
) -> str:
    """One line of a calls export; Answered and Ended left to follow from the wait."""
    answered = outcome == "Answered"
    parts = (talk, "0", "0", agent) if answered else ("", "", "", "")
    return ";".join([call_id, queue, entered, "", "", wait, *parts, outcome])


def calls_file(lines: Sequence[str]) -> str:
    return "\n".join([CALLS_HEADER, *lines]) + "\n"
