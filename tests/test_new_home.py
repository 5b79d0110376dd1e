"""A home as `kring init` lays it out: nothing in it is made up for the sample, until it is one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from commands import Command
from homes import TEMPLATE

from schemas.register import load_register

TABLES = ("events", "inputs")


@pytest.fixture
def laid_out(command: Command, tmp_path: Path) -> Path:
    said = command(tmp_path, "init", str(tmp_path / "home"))
    assert said.code == 0 and "model organisation's" in said.text
    return tmp_path / "home"


def rows(register: Path, table: str) -> list[dict[str, str]]:
    with (register / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_no_made_up_event_or_value_reaches_a_new_home(laid_out: Path) -> None:
    """One of the sample's events would excuse a missing day of 2024."""
    for table in TABLES:
        there = rows(laid_out / "register", table)
        assert not [row for row in there if "Synthetic" in "".join(row.values())]
        printed = [row for row in rows(TEMPLATE / "register", table)
                   if "Synthetic" not in "".join(row.values())]  # fmt: skip
        assert there == printed
    assert load_register(laid_out / "register").rows("events") == ()


def test_the_sample_brings_them_and_only_once(laid_out: Path, command: Command) -> None:
    for _ in range(2):
        assert command(laid_out, "sample", "--scale", "0.02").code == 0
        for table in TABLES:
            there, shipped = (rows(at / "register", table) for at in (laid_out, TEMPLATE))
            assert sorted(map(str, there)) == sorted(map(str, shipped))
