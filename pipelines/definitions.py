"""The code location that workspace.yaml loads: one home's assets, checks, jobs, automation."""

import dagster as dg

from assets.graph import all_assets, month_partitions
from assets.home import Home
from pipelines.automation import ingest_job, nightly_schedule, rebuild_job, rebuild_sensor
from pipelines.report_sensors import report_sensors
from pipelines.spreading import spread_jobs


def definitions(home: Home) -> dg.Definitions:
    """Everything Dagster shows of a home."""
    assets, checks = all_assets(home)
    ingest, rebuild = ingest_job(), rebuild_job(month_partitions(home), checks)
    return dg.Definitions(
        assets=assets,  # type: ignore[arg-type]
        asset_checks=[checks],
        jobs=[ingest, rebuild, *spread_jobs()],
        schedules=[nightly_schedule(home, ingest)],
        sensors=[rebuild_sensor(ingest, rebuild), *report_sensors()],
        executor=dg.in_process_executor,
    )


defs = definitions(Home.open())
