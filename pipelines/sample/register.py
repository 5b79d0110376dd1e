"""Rows of the shipped register that are made up for the sample, and of no use to anybody else.

Such a row says so: one of its texts begins with "Synthetic:". A new home is laid out without
them; the sample brings them back.
"""

from __future__ import annotations

import csv
from pathlib import Path

_TABLES = ("events", "inputs")
_MARK = "Synthetic:"


def leave_out_made_up(register: Path) -> None:
    """Take the made-up rows out of a register that was laid out from the shipped one."""
    for name in _TABLES:
        path = register / f"{name}.csv"
        kept = [line for line in _lines(path) if not _is_made_up(line)]
        path.write_text("".join(kept), encoding="utf-8")


def bring_made_up(shipped: Path, register: Path) -> None:
    """Add the shipped register's made-up rows where they are not there."""
    for name in _TABLES:
        path = register / f"{name}.csv"
        there = _lines(path)
        missing = [line for line in _lines(shipped / f"{name}.csv")
                   if _is_made_up(line) and line not in there]  # fmt: skip
        if missing:
            path.write_text("".join([*there, *missing]), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    """A record a line, as the shipped tables are written; each with its end."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [f"{line}\n" for line in lines]


def _is_made_up(line: str) -> bool:
    return any(cell.startswith(_MARK) for cell in next(csv.reader([line]), []))
