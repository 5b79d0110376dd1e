"""Fixtures of the fault tests: homes prepared once, and one meeting with a fault per test."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("fault_home", "invariants")

from fault_home import FaultHome, Meeting, Prepared  # noqa: E402


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def meeting(prepared: Prepared, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Meeting:
    def spoken() -> str:
        out, err = capfd.readouterr()
        return str(out) + str(err)

    return Meeting(prepared, tmp_path / "home", spoken)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FaultHome:
    """The five files without any fault, up to the scorecard. Read only."""
    home = FaultHome(tmp_path_factory.mktemp("plain") / "home")
    home.deliver()
    home.figures()
    return home
