"""kring as a wheel holds it: every file that is no module, and commands that need no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from homes import ROOT, TestHome

PACKAGES = ("assets", "pipelines", "schemas", "sql")
SHIPPED = ("kring.toml", "sources", "register", "reference", "gallery")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the code without git, where an installer puts its files."""
    root = tmp_path_factory.mktemp("wheel")
    code = root / "code"
    unbuilt = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, code / name, ignore=unbuilt)
    (code / "data/landing").mkdir(parents=True)
    (code / "data/landing/calls.csv").write_text("what runs add is not shipped")
    (code / "data/key").write_text("nor is this")
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / "data" / name).is_dir() else shutil.copy
        copy(ROOT / "data" / name, code / "data" / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, code / name)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--wheel-dir", str(root), str(code)],
        check=True, cwd=root, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    (wheel,) = root.glob("kring-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root / "site")
    return root / "site"


def installed(unpacked: Path, *arguments: str) -> tuple[int, str]:
    """How the command of the wheel ends and what it says, in a folder that is no checkout."""
    alone = {name: value for name, value in os.environ.items() if name != "KRING_HOME"}
    ran = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments], cwd=unpacked.parent,
        env={**alone, "PYTHONPATH": str(unpacked), "COLUMNS": "200"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


def test_a_wheel_holds_what_the_code_reads_and_nothing_of_a_home(unpacked: Path) -> None:
    built = {
        str(path.relative_to(unpacked)) for path in unpacked.rglob("*")
        if path.is_file() and ".dist-info" not in str(path)
    }  # fmt: skip
    written = {
        str(path.relative_to(ROOT)) for name in PACKAGES for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip
    shipped = {
        f"pipelines/shipped/{path.relative_to(ROOT / 'data')}" for name in SHIPPED
        for path in (ROOT / "data" / name, *(ROOT / "data" / name).rglob("*")) if path.is_file()
    }  # fmt: skip
    assert built == written | shipped


def test_the_commands_of_a_wheel_need_no_checkout(unpacked: Path, tmp_path: Path) -> None:
    """They ended at a file of `data/` that was not there; a home is named, for none is beside."""
    assert installed(unpacked, "--version")[1] == installed(ROOT, "--version")[1]
    code, said = installed(unpacked, "status")
    assert (code, said.split(";")[0]) == (1, "kring: no home is named")
    home = tmp_path / "home"
    assert installed(unpacked, "init", str(home))[0] == 0
    filled = TestHome.of_two_calls(tmp_path / "filled", last_month="2024-01")
    shutil.copytree(filled.root / "landing", home / "landing", dirs_exist_ok=True)
    for name in ("sources", "kring.toml"):
        copy = shutil.copytree if (filled.root / name).is_dir() else shutil.copy
        shutil.rmtree(home / name, ignore_errors=True)
        copy(filled.root / name, home / name)
    code, said = installed(unpacked, "run", "--as-of", "2024-02-10", "--home", str(home))
    assert code in (0, 3), said
    for asked in (("verify",), ("dictionary",), ("gallery",), ("report", "2024"),
                  ("workbook", "2024", "--out", str(tmp_path / "2024.xlsx"))):  # fmt: skip
        code, said = installed(unpacked, *asked, "--home", str(home))
        assert code == 0, (asked, said)
