"""The small tables that rules read beside facts, as columns and rows: the register, the calendar,
the clock, the definitions, and what the ledger and the checks say.

Belongs here: where their rows come from, and which columns those of `ref` have. Showing them to a
rule is `workbench`, publishing them `content`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from assets.building.ops_tables import OPS
from assets.building.plan import Plan
from schemas import register_text
from schemas.register import Table

_SQL_TYPES = {"text": "text", "date": "date", "integer": "integer", "bool": "boolean",
              "weight": "double", "time": "text", "moment": "timestamp",
              "moment_end": "timestamp"}  # fmt: skip


def is_same(name: str) -> bool:
    """Whether a table has the same rows whatever the month."""
    return name.startswith("ref.") or name in ("ops.coverage", "ops.sources")


def ref_table(plan: Plan, name: str) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Columns and rows of a register table, or of the calendar, clock or definitions."""
    if name == "calendar":
        columns = {"year": "integer", "period": "text", "month": "date", "quarter": "text",
                   "period_begin": "date", "period_end": "date", "period_state": "text",
                   "month_state": "text"}  # fmt: skip
        return columns, _listed(columns, plan.calendar)
    if name == "clock":
        return {"as_of": "date"}, [(plan.as_of,)]
    if name == "metric_definitions":
        columns = {"metric_id": "text", "title": "text", "unit": "text", "numerator": "text",
                   "denominator": "text", "rollup": "text", "since": "text",
                   "reads": "text[]", "fingerprint": "text"}  # fmt: skip
        return columns, _listed(columns, plan.rules.definitions)
    if name == "register_rows":
        return register_text.COLUMNS, register_text.register_texts(plan.register)
    return register_rows(plan.register.tables[name])


def register_rows(table: Table) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """A register table in the engine's types; weights, exact in the register, as doubles."""
    columns = {
        c.name: "text" if c.type.startswith("choice") else _SQL_TYPES.get(c.type, c.type)
        for c in table.columns
    }
    return columns, _listed(columns, table.rows)


def _listed(
    columns: Iterable[str], rows: Iterable[Mapping[str, object]]
) -> list[tuple[object, ...]]:
    return [tuple(_plain(row[c]) for c in columns) for row in rows]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value


def ops_table(
    plan: Plan, name: str, month: date | None
) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Columns and rows of the operational tables that rules may read."""
    rows: list[tuple[object, ...]]
    if name == "coverage":
        rows = [(c.kind, c.month, c.state, c.reason, c.flagged) for c in plan.coverage]
    elif name == "month":
        rows = [(month,)]
    elif name == "sources":
        rows = [(s.name, s.kind, s.title, list(s.keys_from)) for s in plan.sources]
    elif name == "accepted":
        months = [month] if month else plan.months
        rows = [(k, s, m, n) for m in months for k, s, n in plan.accepted(m)]
    elif name == "checks":
        rows = _listed(OPS["ops.checks"].columns, plan.check_results())
    else:
        raise KeyError(f"ops.{name} is not for rules; there are coverage, month, sources, accepted")
    return OPS[f"ops.{name}"].columns, rows
