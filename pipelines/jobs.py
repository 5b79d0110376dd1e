"""The two jobs: reading landing, and rebuilding months through to what readers see."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as AssetJob,
)

INGEST, REBUILD = "ingest", "rebuild_month"


def ingest_job() -> AssetJob:
    """Read what is new in landing."""
    return dg.define_asset_job(
        INGEST,
        selection=dg.AssetSelection.assets("ledger"),
        description="Read what is new in landing. The sensor then rebuilds what it made stale.",
    )


def rebuild_job(
    partitions: dg.PartitionsDefinition, reported: dg.AssetChecksDefinition
) -> AssetJob:
    """Rebuild months from facts to the published version; by hand: forced.

    `reported` are checks whose answers the steps report themselves.
    """
    groups = dg.AssetSelection.groups("fact", "metric", "kpi", "published")
    return dg.define_asset_job(
        REBUILD,
        selection=groups - dg.AssetSelection.checks(reported),
        partitions_def=partitions,
        description="Rebuild months through to the published version. Launched by hand it "
        "rebuilds them whether stale or not.",
    )
