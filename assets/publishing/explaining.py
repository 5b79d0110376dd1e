"""kpi.explain: what each figure rests on, computed from what readers will see.

The rules are `sql/explanation`: each part says of one kind of figure what it rests on. Showing it
is for `assets.answers`. Belongs here as well: how a folder of such steps and parts is executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets.building.plan import Plan
from assets.lake import digest
from assets.record import revisions
from assets.record.revisions import Revision
from sql.header import Keys, Statement
from sql.run import HERE, create, literal, quoted, statements, table_name


@dataclass(frozen=True)
class Assembled:
    """A folder of `sql`: the steps in their order, and the folder of its parts."""

    folder: str
    parts: str
    steps: tuple[str, ...]

    @cached_property
    def _steps(self) -> dict[str, Statement]:
        return statements(HERE / self.folder / "steps", Keys.of("title grain", "reads"))

    @cached_property
    def _parts(self) -> dict[str, Statement]:
        return statements(HERE / self.folder / self.parts, Keys.of("title"))

    @property
    def fingerprint(self) -> str:
        """Digest of all statements."""
        rules = (*self._steps.values(), *self._parts.values())
        return digest([(rule.name, rule.fingerprint) for rule in rules])

    def lay_out(self, con: Any) -> None:
        """Leave a temp table for each step, and a view of all parts, named as their folder."""
        for name in self.steps:
            create(con, self._steps[name], quoted(name), "temp table")
        for name, part in self._parts.items():
            create(con, part, quoted(f"{self.parts} {name}"), "temp table")
        each = (f"from {quoted(f'{self.parts} {name}')}" for name in self._parts)
        together = " union all by name ".join(each)
        con.execute(f"create or replace temp view {self.parts} as {together}")


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
