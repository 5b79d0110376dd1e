"""kpi.explain: what each figure rests on, computed from what readers will see.

The rules are `sql/explanation`: each part says of one kind of figure what it rests on. Showing it
is for `assets.answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.building.plan import Plan
from assets.publishing.assembled import Assembled
from assets.record import revisions
from assets.record.revisions import Revision
from sql.run import create, literal, table_name

# each step is built on those before
EXPLANATION = Assembled(
    "explanation",
    "parts",
    ("periods", "cards", "cells", "rules", "kpis", "wants", "month_cells", "records"),
)


def write_explanation(plan: Plan, con: Any) -> None:
    """Computed for what is open, as it was closed for what is closed."""
    EXPLANATION.lay_out(con)
    for name, rule in plan.rules.explanation.items():
        create(con, rule, table_name(name))
    for revision, names in revisions.shares(plan.home):
        _as_it_was_closed(con, revision, names)


def _as_it_was_closed(con: Any, revision: Revision, names: Sequence[str]) -> None:
    """Put a revision's rows of its periods in the place of today's, and say so of each figure."""
    periods = ", ".join(literal(name) for name in names)
    where = f"where year = {revision.year} and period in ({periods})"
    con.execute(f"delete from kpi.explain {where}")
    file = literal(revision.file("kpi.explain"))
    con.execute(f"insert into kpi.explain by name from read_parquet({file}) {where}")
    said = f"closed as revision {revision.number}: {revision.decision.reason}"
    con.execute(
        "insert into kpi.explain by name select distinct year, period, basis, figure, "
        f"'closing' as kind, {literal(f'closing:{revision.year}-{revision.period}')} as part, "
        f"{literal(said)} as text from kpi.explain {where}"
    )
