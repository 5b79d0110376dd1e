"""Nights one after another with what goes wrong in them, and the home that none of it happened to.

A day's calls arrive each night. By a seed, files come late, twice, damaged, corrected or not to
be counted at all; runs are missed, killed, or find no room to publish. Small, so that sixty
nights are minutes.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from homes import ROOT, TestHome, call, calls_file

FIRST = date(2024, 1, 1)
FAULTS = ("late", "twice", "damaged", "corrected", "wrong", "missed", "killed", "no room")
KEPT = 3
CALLS_A_DAY = 8

# what readers go by, without the marks of the file and the night by which a row came
FIGURES = {
    "fact.contacts": "select source, contact_id, entered_at, queue, outcome, wait_seconds, "
    "talk_seconds from fact.contacts",
    "metric.monthly": "select month, metric_id, channel, queue, service, source, numerator, "
    "denominator, value, status from metric.monthly",
    "kpi.scorecard": "select year, period, basis, level, id, realisation, target, index, status "
    "from kpi.scorecard",
    "ops.checks": "select month, check_id, passed from ops.checks",
}


def home(root: Path) -> TestHome:
    """A home of calls that keeps few versions, and none for the sake of slow readers."""
    made = TestHome(root, last_month="2024-03")
    made.only_sources("calls")
    settings = made.root / "kring.toml"
    text = settings.read_text().replace(
        "keep_versions = 50", f"keep_versions = {KEPT}\ngrace_hours = 0"
    )
    settings.write_text(text)
    return made


def name(day: date, mark: str = "") -> str:
    return f"calls/calls_{day:%Y%m%d}{mark}.csv"


def content(of: TestHome) -> dict[str, list[str]]:
    """The figures of a home as readers see them."""
    return {table: sorted(map(repr, of.query(query))) for table, query in FIGURES.items()}


def size(of: TestHome) -> int:
    """Bytes of what runs write: the lake and what is published."""
    paths = [p for top in ("lake", "published") for p in (of.root / top).rglob("*")]
    return sum(p.stat().st_size for p in paths if p.is_file() and not p.is_symlink())


def memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Nights:
    """One home through its nights. `truth` is what each day's file should have held."""

    def __init__(self, root: Path, seed: int) -> None:
        self.home, self.rng = home(root), random.Random(seed)
        self.truth: dict[date, list[str]] = {}
        self.owed: dict[date, list[str]] = {}  # the night on which each late file comes
        self.met = Counter[str]()
        self.day = FIRST

    def night(self, fault: str | None = None) -> None:
        """A day's calls, what goes wrong with them, and the run of the night after."""
        fault = fault or self.rng.choice([*FAULTS, *[""] * len(FAULTS)])
        self._arrive(fault)
        for due in [due for due in self.owed if due <= self.day]:
            for path in self.owed.pop(due):
                self._put(date.fromisoformat(path))
        self.day += timedelta(days=1)
        self._run(fault)
        self.met[fault or "undisturbed"] += 1

    def end(self) -> None:
        """What is still owed arrives, and a last run, by the command, finds nothing amiss."""
        for days in self.owed.values():
            for day in days:
                self._put(date.fromisoformat(day))
        self.owed.clear()
        ended = self.home.kring("run", "--as-of", self.day.isoformat())
        # a month is not over, and few days are compared with few: findings are not failures
        assert ended.returncode in (0, 3), ended.stdout + ended.stderr

    def undisturbed(self, root: Path) -> TestHome:
        """All that is true, loaded at once by another home with the same key."""
        made = home(root)
        (made.root / "key").write_bytes((self.home.root / "key").read_bytes())
        (made.root / "key").chmod(0o600)
        for day, lines in self.truth.items():
            made.put(name(day), calls_file(lines))
        ended = made.kring("run", "--as-of", self.day.isoformat())
        assert ended.returncode in (0, 3), ended.stdout + ended.stderr
        return made

    # what arrives

    def _lines(self, day: date) -> list[str]:
        return [
            call(f"C{day:%m%d}-{n}", f"{day:%d/%m/%Y} {8 + n:02}:{self.rng.randrange(60):02}:00",
                 f"{self.rng.randrange(60)},000")
            for n in range(CALLS_A_DAY)
        ]  # fmt: skip

    def _put(self, day: date) -> None:
        self.home.put(name(day), calls_file(self.truth[day]))

    def _owe(self, days: int) -> None:
        self.owed.setdefault(self.day + timedelta(days), []).append(self.day.isoformat())

    def _arrive(self, fault: str) -> None:
        self.truth[self.day] = self._lines(self.day)
        text = calls_file(self.truth[self.day])
        if fault == "late":
            self._owe(self.rng.randint(1, 5))
            return
        if fault == "damaged":  # its header lost its first column; the right one comes tomorrow
            self.home.put(name(self.day), text.replace("Call ID;", "", 1))
            self._owe(1)
            return
        self._put(self.day)
        if fault == "twice":
            self.home.put(name(self.day, "_copy"), text)
        if fault == "wrong":
            lines = [call(f"W{self.day:%m%d}", f"{self.day:%d/%m/%Y} 09:30:00", "59,000")]
            self.home.put(name(self.day, "_wrong"), calls_file(lines))
        if fault == "corrected":
            earlier = self.rng.choice(list(self.truth))
            if all(earlier.isoformat() not in days for days in self.owed.values()):
                self.truth[earlier][0] = call(f"C{earlier:%m%d}-0", f"{earlier:%d/%m/%Y} 08:00:00",
                                              "45,000", talk="77")  # fmt: skip
                self._put(earlier)

    # the run

    def _run(self, fault: str) -> None:
        if fault == "missed":
            return
        if fault == "killed":
            self._killed()
            return
        if fault == "no room":
            self._without_room()
            return
        self.home.run(self.day)
        if fault == "wrong":
            day = self.day - timedelta(days=1)
            done = self.home.kring("withdraw", name(day, "_wrong"), "--reason", "a test of lines")
            assert done.returncode == 0, done.stdout + done.stderr

    def _killed(self) -> None:
        command = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "run", "--as-of", self.day.isoformat()],
            env={**os.environ, "KRING_HOME": str(self.home.root)}, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            command.wait(self.rng.uniform(0.5, 6))
            self.met["killed too late"] += 1
        except subprocess.TimeoutExpired:
            command.send_signal(signal.SIGKILL)
            command.wait()

    def _without_room(self) -> None:
        """Where versions are built stands a file, so that the run fails at its very end."""
        versions, aside = self.home.root / "published/versions", self.home.root / "aside"
        if not versions.exists():
            return
        versions.rename(aside)
        versions.write_text("")
        try:
            with suppress(OSError):
                self.home.run(self.day)
                self.met["nothing to publish"] += 1
        finally:
            versions.unlink()
            aside.rename(versions)
