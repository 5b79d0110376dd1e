"""Fixtures shared by all tests: the sample year, run once by the command itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import TestHome


@pytest.fixture
def home(tmp_path: Path) -> TestHome:
    """A fresh home without exports."""
    return TestHome(tmp_path / "home")


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHome]:
    """The sample year at scale 0.02, through `kring init`, `sample` and `run`. Read only."""
    root = tmp_path_factory.mktemp("sample") / "home"
    made = TestHome.__new__(TestHome)
    made.root = root
    root.parent.mkdir(exist_ok=True)
    assert made.kring("init", str(root)).returncode == 0
    assert made.kring("sample", "--scale", "0.02").returncode == 0
    ran = made.kring("run", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    yield made
    shutil.rmtree(root, ignore_errors=True)
