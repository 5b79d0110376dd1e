"""The assets as Dagster sees them: from landing to the published version.

The only package of assets that knows Dagster. What steps do is the other packages' work.
"""

from __future__ import annotations

import dagster as dg

from assets.graph.builder import AS_OF, PLANNED, month_partitions, step_asset
from assets.graph.checks import check_definitions
from assets.graph.landing import external_assets, ledger_asset
from assets.graph.selection import assets_of
from assets.graph.steps import steps
from assets.home import Home
from assets.rulebook.rules import load_rules

__all__ = ["AS_OF", "PLANNED", "all_assets", "assets_of", "month_partitions", "steps"]


def all_assets(home: Home) -> tuple[list[object], dg.AssetChecksDefinition]:
    """Every asset and check of a home; its own metrics and checks included."""
    rules, partitions = load_rules(home), month_partitions(home)
    flow = steps(rules)
    months = [step for step in flow if step.is_monthly]
    built = [step_asset(step, partitions, months) for step in flow]
    assets = [*external_assets(partitions), ledger_asset(), *built]
    return list(assets), check_definitions(rules, partitions)
