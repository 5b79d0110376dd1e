"""Findings of checks that somebody has looked at: the register says which, by month and count.

An accepted finding is no longer one: its check passes for the month, until more rows offend.
A blocking check's cannot be accepted, for the figures would then rest on what it found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from schemas.register import Register, RegisterError

if TYPE_CHECKING:
    from assets.rulebook.rules import Rules

TABLE = "accepted_findings"


def accepted_findings(register: Register, rules: Rules) -> Mapping[tuple[str, date], int]:
    """Rows accepted, by check and month; raises RegisterError naming file, line and remedy."""
    table = register.tables[TABLE]
    problems = [
        f"register/{TABLE}.csv line {line}: {problem}"
        for row, line in zip(table.rows, table.lines, strict=True)
        for problem in _problems(row, rules)
    ]
    if problems:
        raise RegisterError(tuple(problems))
    return {(str(row["check_id"]), _month(row)): int(str(row["rows"])) for row in table.rows}


def _problems(row: dict[str, object], rules: Rules) -> Iterator[str]:
    name = str(row["check_id"])
    if name not in rules.checks:
        yield f"check_id '{name}' is no check; kring checks lists them"
    elif rules.checks[name].header["severity"] == "block":
        yield f"check_id '{name}' blocks; mend the data, what it finds cannot be accepted"
    if _month(row).day != 1:
        yield f"month '{row['month']}' is no first day of a month; write {_month(row):%Y-%m}-01"


def _month(row: dict[str, object]) -> date:
    return date.fromisoformat(str(row["month"]))
