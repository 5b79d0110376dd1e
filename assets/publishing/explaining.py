"""kpi.explain: what each figure rests on, computed from what readers will see.

The rules are `sql/explanation`: steps lay out what several parts read, each part says of one kind
of figure what it rests on, and the table is all parts together. Showing it is for `assets.answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from assets.building.plan import Plan
from assets.lake import digest
from assets.record import revisions
from assets.record.revisions import Revision
from sql.header import Keys, Statement
from sql.run import HERE, create, literal, quoted, statements, table_name

# what the steps leave for the parts, each built on those before
STEPS = ("periods", "cards", "cells", "rules", "kpis", "wants", "month_cells", "records")
_FOLDER = HERE / "explanation"


@cache
def _steps() -> dict[str, Statement]:
    return statements(_FOLDER / "steps", Keys.of("title grain"))


@cache
def _parts() -> dict[str, Statement]:
    """The parts by name; each returns columns of `kpi.explain`, by name."""
    return statements(_FOLDER / "parts", Keys.of("title"))


def explanation_digest() -> str:
    """Digest of the steps and parts that the table is made of."""
    rules = (*_steps().values(), *_parts().values())
    return digest([(rule.name, rule.fingerprint) for rule in rules])


def write_explanation(plan: Plan, con: Any) -> None:
    """Computed for what is open, as it was closed for what is closed."""
    for name in STEPS:
        create(con, _steps()[name], quoted(name), "temp table")
    for name, part in _parts().items():
        create(con, part, quoted(f"part {name}"), "temp table")
    together = " union all by name ".join(f"from {quoted(f'part {name}')}" for name in _parts())
    con.execute(f"create or replace temp view explained as {together}")
    for name, rule in plan.rules.published.items():
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
