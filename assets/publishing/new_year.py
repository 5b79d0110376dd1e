"""Rows of the register that go by the year, and that the year which runs does not have.

Belongs here: what held in a year of the home and has no successor. Nothing is taken over from
the year before: a target is a promise, and somebody makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from assets.building.plan import Plan
from assets.periods import month_end
from assets.publishing.finding import Finding

_NAMED = 3
_FIRST_TO_ASK = 4
"""The month from which somebody must act: the first quarter cannot be told without them."""
_COUNTED_OTHERWISE = (
    ("conversions", "kpi_id", "realisations count unconverted"),
    ("service_hours", "channel", "contacts count at all hours"),
)
"""Without which figures are other ones and none is lacking: it may be meant, and nobody must act.
"""


def without_successor(plan: Plan) -> list[Finding]:
    """What ended with a year, and what figures lack by it or are otherwise."""
    if not plan.months:
        return []
    day = min(plan.as_of, month_end(plan.months[-1]))
    is_asked = plan.as_of >= date(day.year, _FIRST_TO_ASK, 1)
    about = "incomplete" if is_asked else "warning"
    told = (*_targets(plan, day), *_composites(plan, day), *_weights(plan, day))
    return [
        *(Finding(about, text) for text in told),
        *(Finding("warning", text) for text in _otherwise(plan, day)),
    ]


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


def _composites(plan: Plan, day: date) -> Iterator[str]:
    asked = {str(row["source"]).removeprefix("composite:") for row in _in_force(plan, "kpis", day)}
    if lack := sorted(asked & _ended(plan, "composite_parts", "composite_id", day)):
        yield (
            f"register/composite_parts.csv has no row in force on {day} for {_listed(lack)}, which "
            "had some before; without them its KPI has no figure"
        )


def _weights(plan: Plan, day: date) -> Iterator[str]:
    asked = {str(row["node_id"]) for row in _in_force(plan, "nodes", day)}
    if lack := sorted(asked & _ended(plan, "weights", "parent_id", day)):
        yield (
            f"register/weights.csv has no row in force on {day} below {_listed(lack)}, which had "
            "some before; without them it has no score"
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
