"""Metrics that the register names, of which each must have its SQL.

The register knows no SQL and the SQL no register: a name that only one of them has is told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.register import Register, RegisterError

if TYPE_CHECKING:
    from assets.rulebook.rules import Rules


def check_wanted(register: Register, rules: Rules) -> None:
    """Raise RegisterError with file, line and remedy where a metric is counted by no SQL."""
    from difflib import get_close_matches

    table = register.tables["metrics"]
    problems = []
    for row, line in zip(table.rows, table.lines, strict=True):
        name = str(row["metric_id"])
        if name not in rules.metrics:
            near = get_close_matches(name, rules.metrics, n=1)
            problems.append(
                f"register/metrics.csv line {line}: metric_id '{name}' is counted by no SQL; "
                f"{f'write {near[0]}' if near else 'correct it'} or add metrics/{name}.sql"
            )
    if problems:
        raise RegisterError(tuple(problems))
