"""Fixtures shared by all tests: a fresh home, the command, the sample year run once by it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Command
from exporting import Bench
from homes import TestHome
from shelf import Gallery, from_the_shelf
from trying import Check


@pytest.fixture
def home(tmp_path: Path) -> TestHome:
    """A fresh home without exports."""
    return TestHome(tmp_path / "home")


@pytest.fixture
def place(filled: TestHome, tmp_path: Path) -> TestHome:
    """A copy of the home that the tests of a file begin from, its own `filled`."""
    return filled.copied(tmp_path / "home")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    return Check(tmp_path / "home", Command(monkeypatch, capsys, width=1000))


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return from_the_shelf(tmp_path)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A sandbox that reads hand-built exports."""
    made = Bench(tmp_path)
    yield made
    made.con.close()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """The sample year at scale 0.02, through `kring init`, `sample` and `run`. Read only.

    Made once for all processes of a test run: the first one builds, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = TestHome.at(shared / "sample-home")
    with (shared / "sample-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made.root / "published" / "current").exists():
            _fill(made)
    return made


def _fill(made: TestHome) -> None:
    for arguments in (("init", str(made.root)), ("sample", "--scale", "0.02"), ("run", "--json")):
        ended = made.kring(*arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
