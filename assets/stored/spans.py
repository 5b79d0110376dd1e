"""What stands of facts whose rows of a month rest on other months: a case, its attempts, payments.

The rows of each month lie in a file of the lake, and its digest is that month's fingerprint, so
a payment in May for a case of March changes March alone, whatever moved. How the files are made
and brought up to date is `survey`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.home import Home
from assets.lake import read_as, sweep_folder, write_json
from assets.stored.outputs import month_name


@dataclass(frozen=True)
class Prepared:
    """The rows of one month, by month and content in the file's name."""

    file: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Survey:
    """The rows of a fact as last surveyed.

    `basis` says by which rules, `chunks` of which rows of each source, `inputs` by both.
    """

    inputs: str
    basis: str
    chunks: dict[str, list[str]]
    months: dict[str, Prepared]


def last_survey(home: Home, fact: str) -> Survey | None:
    """What was last surveyed; None where nothing was, or by a kring that kept no files."""
    return read_as(_record(home, fact), _survey)


def _survey(record: dict[str, Any]) -> Survey:
    months = {month: Prepared(**prepared) for month, prepared in record["months"].items()}
    return Survey(record["inputs"], record["basis"], record["chunks"], months)


def keep(home: Home, fact: str, surveyed: Survey) -> None:
    """Write the record of a survey, whose files are in their place."""
    write_json(home, _record(home, fact), asdict(surveyed))


def file(home: Home, fact: str, prepared: Prepared) -> Path:
    return _folder(home) / fact / prepared.file


def recorded(home: Home, fact: str, inputs: str, month: date) -> str:
    """The month's digest if it stands for these inputs, else their digest (so: stale)."""
    surveyed = last_survey(home, fact)
    if surveyed is None or surveyed.inputs != inputs:
        return f"unknown {inputs}"
    prepared = surveyed.months.get(month_name(month))
    return prepared.sha256 if prepared else "no rows"


def is_current(home: Home, fact: str, inputs: str) -> bool:
    surveyed = last_survey(home, fact)
    return surveyed is not None and surveyed.inputs == inputs


def forget(home: Home, fact: str) -> None:
    """Have the next survey look at a fact whole."""
    _record(home, fact).unlink(missing_ok=True)


def sweep(home: Home) -> None:
    """Remove what no record names: of a killed survey, of rows that are others now."""
    for folder in _folder(home).glob("*/"):
        found = last_survey(home, folder.name)
        sweep_folder(folder, {prepared.file for prepared in found.months.values()} if found else ())


def _folder(home: Home) -> Path:
    return home.lake / "spans"


def _record(home: Home, name: str) -> Path:
    return _folder(home) / f"{name}.json"
