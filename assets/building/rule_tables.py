"""The small tables that rules read beside facts, as columns and rows: the register, the calendar,
the clock, the definitions, and what the ledger and the checks say.

Belongs here: which columns they have and where their rows come from. Showing them to a rule is
`workbench`, publishing them `content`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

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
                   "period_end": "date", "period_state": "text", "month_state": "text"}  # fmt: skip
        return columns, [tuple(row[c] for c in columns) for row in plan.calendar]
    if name == "clock":
        return {"as_of": "date"}, [(plan.as_of,)]
    if name == "metric_definitions":
        columns = {"metric_id": "text", "title": "text", "unit": "text", "numerator": "text",
                   "denominator": "text", "rollup": "text", "since": "text",
                   "reads": "text[]", "fingerprint": "text"}  # fmt: skip
        return columns, [tuple(row[c] for c in columns) for row in plan.rules.definitions]
    if name == "register_rows":
        return register_text.COLUMNS, register_text.register_texts(plan.register)
    return register_rows(plan.register.tables[name])


def register_rows(table: Table) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """A register table in the engine's types; weights, exact in the register, as doubles."""
    columns = {c.name: _SQL_TYPES.get(c.type, c.type) for c in table.columns}
    columns = {n: ("text" if t.startswith("choice") else t) for n, t in columns.items()}
    return columns, [tuple(_plain(row[c]) for c in columns) for row in table.rows]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value


def ops_table(
    plan: Plan, name: str, month: date | None
) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Columns and rows of the operational tables that rules may read."""
    if name == "coverage":
        columns = {"kind": "text", "month": "date", "state": "text", "reason": "text",
                   "flagged": "text"}  # fmt: skip
        return columns, [(c.kind, c.month, c.state, c.reason, c.flagged) for c in plan.coverage]
    if name == "month":
        return {"month": "date"}, [(month,)]
    if name == "sources":
        columns = {"source": "text", "kind": "text", "title": "text", "keys_from": "text[]"}
        return columns, [(s.name, s.kind, s.title, list(s.keys_from)) for s in plan.sources]
    if name == "accepted":
        columns = {"kind": "text", "source": "text", "month": "date", "rows": "bigint"}
        months = [month] if month else plan.months
        return columns, [(k, s, m, n) for m in months for k, s, n in plan.accepted(m)]
    if name == "checks":
        columns = {"check_id": "text", "table_name": "text", "month": "date", "title": "text",
                   "severity": "text", "passed": "boolean", "offending_rows": "bigint",
                   "tolerance": "bigint", "reason": "text"}  # fmt: skip
        return columns, [tuple(row[c] for c in columns) for row in plan.check_results()]
    raise KeyError(f"ops.{name} is not for rules; there are coverage, month, sources, accepted")
