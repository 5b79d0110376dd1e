"""Which assets a run of months needs: those with something stale there, and all that rests on them.

So after a late call Dagster's books, too, tell of no outbound asset. For who runs them at once: a
run that waits in a queue asks for all assets, since by its turn others may be stale.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import dagster as dg

from assets.building.plan import Plan, Stale
from assets.graph.events import asset_key
from assets.graph.steps import steps

# what a run ends with, whatever it was for
_LAST = ("kpi.scorecard", "published.snapshot")


def assets_of(plan: Plan, stale: Sequence[Stale], months: Collection[date]) -> list[dg.AssetKey]:
    """The assets to build for what is stale in these months, in order of flow.

    A stale month leaves what rests on it to be judged after it, so that is asked for as well; so
    is what stands, but not as it was written.
    """
    flow = steps(plan.rules)
    touched = {s.table for s in stale if s.month in months}
    touched |= plan.damaged(months, but=touched)
    found = {*_LAST, *map(_built_by, touched)}
    while more := {
        step.table for step in flow if step.table not in found and not found.isdisjoint(step.deps)
    }:
        found |= more
    return [asset_key(step.table) for step in flow if step.table in found]


def _built_by(table: str) -> str:
    """The asset whose step builds a table: all checks are one's."""
    return "ops.checks" if table.startswith("check.") else table
