"""Rows of the register that were written for a figure and count for none.

Belongs here: which they are, in sentences. What is no row of the register at all is refused when
it is loaded, in `schemas`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assets.building.plan import Plan
from assets.home import TEMPLATE
from assets.periods import PERIODS
from schemas.register import load_register


def before_the_first_month(plan: Plan) -> Iterator[str]:
    """Values reported by hand, or printed, of periods that end before the home begins."""
    first = plan.home.settings.first_month
    for name in ("inputs", "reported"):
        table = plan.register.tables[name]
        early = {
            line: row
            for row, line in zip(table.rows, table.lines, strict=True)
            if _ends_before(row, first) and not _is_beside_the_first_year(name, row, first)
        }
        # a new home has the model organisation's rows, which nobody there has written
        shipped = load_register(TEMPLATE / "register").rows(name) if early else ()
        lines = [line for line, row in early.items() if row not in shipped]
        if lines:
            others = f" (so with {len(lines) - 1} more)" if len(lines) > 1 else ""
            yield (
                f"register/{name}.csv line {lines[0]}: its period ends before {first:%Y-%m}, the "
                f"first_month of kring.toml, and no figure has it{others}; take it out, or begin "
                "earlier"
            )


def _ends_before(row: dict[str, object], first: date) -> bool:
    year, months = int(str(row["year"])), PERIODS[str(row["period"])]
    return (year, months[-1]) < (first.year, first.month)


def _is_beside_the_first_year(table: str, row: dict[str, object], first: date) -> bool:
    """Whether a report has it as what was printed of the year before."""
    return table == "reported" and int(str(row["year"])) == first.year - 1
