"""The assets as Dagster sees them: from landing to the published version.

The only package of assets that knows Dagster. What steps do is the other packages' work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import dagster as dg

from assets.building.plan import Plan, Stale
from assets.graph.builder import AS_OF, PLANNED, month_partitions, step_asset
from assets.graph.checks import check_definitions
from assets.graph.events import asset_key
from assets.graph.landing import external_assets, ledger_asset
from assets.graph.steps import steps
from assets.home import Home
from assets.rulebook.rules import load_rules

__all__ = ["AS_OF", "PLANNED", "all_assets", "assets_of", "month_partitions", "steps"]
# what a run ends with, whatever it was for
_LAST = ("kpi.scorecard", "published.snapshot")


def all_assets(home: Home) -> tuple[list[object], dg.AssetChecksDefinition]:
    """Every asset and check of a home; its own metrics and checks included."""
    rules, partitions = load_rules(home), month_partitions(home)
    flow = steps(rules)
    months = [step for step in flow if step.is_monthly]
    built = [step_asset(step, partitions, months) for step in flow]
    assets = [*external_assets(partitions), ledger_asset(), *built]
    return list(assets), check_definitions(rules, partitions)


def assets_of(plan: Plan, stale: Sequence[Stale], months: Collection[date]) -> list[dg.AssetKey]:
    """The assets to build for what is stale in these months, in order of flow.

    So after a late call Dagster's books, too, tell of no outbound asset. A stale month leaves what
    rests on it to be judged after it, so that is asked for as well; so is what has a damaged file.
    Only for a run that begins at once: one that waits in a queue asks for all assets, since by its
    turn others may be stale.
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
