"""What the register says of rules, held against the rules: the register knows no SQL and the SQL
no register, so a name that only one of them has is told here.

A finding of a check that somebody accepted is no longer one: its check passes for the month, until
more rows offend. A blocking check's cannot be accepted, for figures would rest on what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from schemas.register import Register, RegisterError

if TYPE_CHECKING:
    from assets.rulebook.rules import Rules

Row = dict[str, object]


def accepted_findings(register: Register, rules: Rules) -> Mapping[tuple[str, date], int]:
    """Rows accepted, by check and month; raises RegisterError naming file, line and remedy."""
    _require(register, "accepted_findings", lambda row: _not_accepted(row, rules))
    rows = register.rows("accepted_findings")
    return {(str(row["check_id"]), _month(row)): int(str(row["rows"])) for row in rows}


def check_wanted(register: Register, rules: Rules) -> None:
    """Raise RegisterError with file, line and remedy where a metric is counted by no SQL."""
    _require(register, "metrics", lambda row: _not_counted(str(row["metric_id"]), rules))


def _require(register: Register, name: str, problems: Callable[[Row], Iterable[str]]) -> None:
    table = register.tables[name]
    found = [
        f"register/{name}.csv line {line}: {problem}"
        for row, line in zip(table.rows, table.lines, strict=True)
        for problem in problems(row)
    ]
    if found:
        raise RegisterError(tuple(found))


def _not_counted(name: str, rules: Rules) -> Iterator[str]:
    if name not in rules.metrics:
        near = get_close_matches(name, rules.metrics, n=1)
        yield (
            f"metric_id '{name}' is counted by no SQL; "
            f"{f'write {near[0]}' if near else 'correct it'} or add metrics/{name}.sql"
        )


def _not_accepted(row: Row, rules: Rules) -> Iterator[str]:
    name = str(row["check_id"])
    if name not in rules.checks:
        yield f"check_id '{name}' is no check; kring checks lists them"
    elif rules.checks[name].header["severity"] == "block":
        yield f"check_id '{name}' blocks; mend the data, what it finds cannot be accepted"
    if _month(row).day != 1:
        yield f"month '{row['month']}' is no first day of a month; write {_month(row):%Y-%m}-01"


def _month(row: Row) -> date:
    return date.fromisoformat(str(row["month"]))
