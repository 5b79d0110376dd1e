"""The register: the decisions a manager may change, loaded from CSV and checked as a whole.

Standard library only, because `kring status` reads it on every call. A register with a problem
is not loaded at all; the error names every problem with file, line and what to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from schemas.register_cells import Problem, Record, Value, read_records
from schemas.register_columns import PERIODS, Column, TableSpec
from schemas.register_dates import backwards, duplicates, follow
from schemas.register_rules import RULES
from schemas.register_tables import TABLES

__all__ = ["Column", "Register", "RegisterError", "Table", "load_register"]


class RegisterError(Exception):
    """The register cannot be used; `problems` says why, one text per problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Table:
    """One table as loaded: typed rows in file order, and the file line of each."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, object], ...]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Register:
    tables: Mapping[str, Table]
    # the judge asks for the same ranges again and again
    _fingerprints: dict[tuple[str, date, date], str] = field(
        default_factory=dict, repr=False, compare=False
    )

    def rows(self, name: str) -> tuple[dict[str, object], ...]:
        return self.tables[name].rows

    def fingerprint(self, table: str, first: date | None = None, last: date | None = None) -> str:
        """SHA-256 of the rows that govern [first, last], whatever their order in the file.

        Validity is clamped to the range, so that closing an open row later leaves it unchanged.
        Undated tables count whole.
        """
        asked = (table, first or date.min, last or date.max)
        if asked not in self._fingerprints:
            self._fingerprints[asked] = self._fingerprint(*asked)
        return self._fingerprints[asked]

    def _fingerprint(self, table: str, first: date, last: date) -> str:
        kept = [row for row in map(dict, self.rows(table)) if _governs(row, first, last)]
        canonical = sorted(
            json.dumps({name: _canonical(value) for name, value in row.items()}, sort_keys=True)
            for row in kept
        )
        return hashlib.sha256("\n".join([table, *canonical]).encode()).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 of the whole register."""
        parts = (self.fingerprint(name) for name in sorted(self.tables))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _governs(row: dict[str, object], first: date, last: date) -> bool:
    """Whether the row holds in the range; clamps its validity to the range in passing."""
    if "valid_from" in row:
        begin, end = _day(row["valid_from"], date.min), _day(row["valid_to"], date.max)
        row["valid_from"], row["valid_to"] = max(begin, first), min(end, last)
        return begin <= last and end >= first
    if "begins_at" in row:
        return _happens(row, first, last)
    if "year" in row:
        year = int(str(row["year"]))
        start, stop = {**PERIODS, "*": PERIODS["Y"]}[str(row["period"])]
        months = (year, start), (year, stop)
        return months[0] <= (last.year, last.month) and months[1] >= (first.year, first.month)
    return True


def _happens(row: dict[str, object], first: date, last: date) -> bool:
    """Whether the event falls in the range; a point without an end is one where it begins."""
    start = datetime.combine(first, time.min)
    stop = datetime.combine(last, time.min) + timedelta(days=1) if last < date.max else datetime.max
    begin, end = row["begins_at"], row["ends_at"]
    if not isinstance(begin, datetime):
        return True
    if not isinstance(end, datetime):
        return start <= begin < stop
    row["begins_at"], row["ends_at"] = max(begin, start), min(end, stop)
    return begin < stop and end > start


def _day(value: object, otherwise: date) -> date:
    return value if isinstance(value, date) else otherwise


def _canonical(value: object) -> str | bool | None:
    """One text for one value: 0.40, 0.4 and 2/5 are the same weight."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal | Fraction):
        return str(Fraction(value))
    return str(value)


def load_register(folder: Path) -> Register:
    """All tables of `folder`, typed and checked; raises RegisterError with every problem."""
    if not folder.is_dir():
        raise RegisterError((f"{folder.name}: the folder is missing; `kring init` lays one out",))
    problems = _strangers(folder)
    tables: dict[str, list[Record]] = {}
    readable: set[str] = set()
    for name, spec in TABLES.items():
        records, found = read_records(folder / f"{name}.csv", spec, f"{folder.name}/{name}.csv")
        if not found:
            readable.add(name)
            found, records = _within_table(spec, records)
        tables[name] = records
        problems += found
    for needed, rule in RULES:
        if readable.issuperset(needed):
            problems += rule(tables)
    if problems:
        order = sorted(set(problems), key=lambda p: (p.file, p.line))
        raise RegisterError(tuple(str(problem) for problem in order))
    return Register({name: _table(TABLES[name], records) for name, records in tables.items()})


def _strangers(folder: Path) -> list[Problem]:
    """CSV files that no table reads: a misspelt name must not silently count for nothing."""
    return [
        Problem(f"{folder.name}/{path.name}", 0, "is no table of the register; rename or remove it")
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in TABLES and not path.name.startswith((".", "~"))
    ]


def _within_table(spec: TableSpec, records: list[Record]) -> tuple[list[Problem], list[Record]]:
    """Problems of one table's rows, and the rows without repeated keys."""
    problems = list(duplicates(spec, records))
    repeated = {problem.line for problem in problems}
    records = [record for record in records if record.line not in repeated]
    if any(column.name == "valid_from" for column in spec.columns):
        wrong = list(backwards(records))
        problems += wrong
        dropped = {problem.line for problem in wrong}
        records = [record for record in records if record.line not in dropped]
    for series in spec.series:
        problems += follow(series, records)
    return problems, records


def _table(spec: TableSpec, records: list[Record]) -> Table:
    def values(record: Record) -> dict[str, object]:
        row: dict[str, Value] = record.values
        return dict(row)

    lines = tuple(record.line for record in records)
    return Table(spec.name, spec.description, spec.columns, tuple(map(values, records)), lines)
