"""Rows of the register that count for none, and rows that a year of the home had and the running
one lacks.

Nothing is taken over from the year before: a target is a promise, and somebody makes it. What is no
row of the register at all is refused when it is loaded, in `schemas`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from assets.building.plan import Plan
from assets.home import TEMPLATE
from assets.periods import PERIODS, month_end
from assets.publishing.finding import Finding
from schemas.register import load_register

_NAMED = 3
_FIRST_TO_ASK = 4
"""The month from which somebody must act: the first quarter cannot be told without them."""
_COUNTED_OTHERWISE = (
    ("conversions", "kpi_id", "realisations count unconverted"),
    ("service_hours", "channel", "contacts count at all hours"),
)
"""Without which figures are other ones and none is lacking: it may be meant, and nobody must act.
"""


def register_findings(plan: Plan) -> list[Finding]:
    """What counts for none, and what ended with a year, by which figures lack or differ."""
    found = [Finding("warning", text) for text in _before_the_first_month(plan)]
    if not plan.months:
        return found
    day = min(plan.as_of, month_end(plan.months[-1]))
    is_asked = plan.as_of >= date(day.year, _FIRST_TO_ASK, 1)
    about = "incomplete" if is_asked else "warning"
    found += [Finding(about, text) for text in (*_targets(plan, day), *_parts(plan, day))]
    return found + [Finding("warning", text) for text in _otherwise(plan, day)]


def _targets(plan: Plan, day: date) -> Iterator[str]:
    years: dict[object, set[int]] = {}
    for row in plan.register.rows("targets"):
        years.setdefault(row["kpi_id"], set()).add(int(str(row["year"])))
    own = set(range(plan.home.settings.first_month.year, day.year))
    lack = [
        str(row["kpi_id"])
        for row in _in_force(plan, "kpis", day)
        if (given := years.get(row["kpi_id"], set())) & own and day.year not in given
    ]
    if lack:
        yield (
            f"register/targets.csv has no row of {day.year} for {_listed(lack)}, which had one "
            "before; without it they have no index, nor has what rests on them"
        )


def _parts(plan: Plan, day: date) -> Iterator[str]:
    """The composites and nodes whose parts have all ended."""
    sources = (str(row["source"]) for row in _in_force(plan, "kpis", day))
    composites = {source.removeprefix("composite:") for source in sources}
    nodes = {str(row["node_id"]) for row in _in_force(plan, "nodes", day)}
    for table, name, asked, of, so in (
        ("composite_parts", "composite_id", composites, "for", "its KPI has no figure"),
        ("weights", "parent_id", nodes, "below", "it has no score"),
    ):
        if lack := sorted(asked & _ended(plan, table, name, day)):
            yield (
                f"register/{table}.csv has no row in force on {day} {of} {_listed(lack)}, which "
                f"had some before; without them {so}"
            )


def _otherwise(plan: Plan, day: date) -> Iterator[str]:
    """What ended with the very year before: whatever ended within a year was ended by somebody."""
    kpis = {str(row["kpi_id"]) for row in _in_force(plan, "kpis", day)}
    last = date(day.year, 1, 1) - timedelta(days=1)
    for table, name, so in _COUNTED_OTHERWISE:
        until = {str(row[name]) for row in plan.register.rows(table) if _last(row) == last}
        ended = until & _ended(plan, table, name, day)
        if ended := ended & kpis if name == "kpi_id" else ended:
            yield (
                f"register/{table}.csv has no row in force on {day} for "
                f"{_listed(sorted(ended))}, which had some until {last}; its {so}"
            )


def _ended(plan: Plan, table: str, name: str, day: date) -> set[str]:
    """What had rows in force on an earlier day of the home, and has none on this one."""
    first = plan.home.settings.first_month
    rows = plan.register.rows(table)
    had = {str(row[name]) for row in rows if first <= _last(row) < day}
    return had - {str(row[name]) for row in _in_force(plan, table, day)}


def _in_force(plan: Plan, table: str, day: date) -> list[dict[str, object]]:
    rows = plan.register.rows(table)
    return [row for row in rows if str(row["valid_from"]) <= str(day) <= str(_last(row))]


def _last(row: dict[str, object]) -> date:
    until = row["valid_to"]
    return until if isinstance(until, date) else date.max


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _before_the_first_month(plan: Plan) -> Iterator[str]:
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
