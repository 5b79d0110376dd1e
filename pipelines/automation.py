"""The night: a schedule reads landing; when that succeeds, the judge says which months to rebuild.

Belongs here: the two jobs, and when each is begun.
"""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as AssetJob,
)
from dagster._utils.schedules import is_valid_cron_schedule

from assets.building.plan import Plan
from assets.graph import AS_OF, PLANNED
from assets.home import Home, HomeError
from assets.periods import ranges
from assets.publishing.published import is_current

INGEST, REBUILD = "ingest", "rebuild_month"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
PID = "kring/pid"  # on runs made by the command, which rebuilds by itself


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


def nightly_schedule(home: Home, ingest: AssetJob) -> dg.ScheduleDefinition:
    """The schedule in the organisation's zone; off until somebody turns it on.

    Raises HomeError where the settings hold no schedule that cron understands.
    """
    if not is_valid_cron_schedule(home.settings.cron):
        raise HomeError(
            f"kring.toml: nightly.cron {home.settings.cron!r} is no cron schedule; "
            'write five fields, such as "0 4 * * *" for four in the morning'
        )
    return dg.ScheduleDefinition(
        name="nightly",
        job=ingest,
        cron_schedule=home.settings.cron,
        execution_timezone=home.settings.timezone,
        description="Reads landing every night; turn it on in an installation.",
    )


def rebuild_requests(
    run_id: str, plan: Plan, waiting: Iterable[tuple[str, str]]
) -> list[dg.RunRequest]:
    """One run per contiguous range of stale months that is not already queued.

    Where only what stands above the months is stale, the last month carries the run there.
    """
    as_of = plan.as_of.isoformat()
    stale = plan.stale()
    months = {output.month for output in stale if output.month is not None}
    if not months and (stale or not is_current(plan)):
        months = set(plan.months[-1:])
    spans = [(f"{first:%Y-%m}", f"{last:%Y-%m}") for first, last in ranges(months)]
    return [
        dg.RunRequest(
            run_key=f"{run_id}:{first}:{last}",
            tags={**range_tags(first, last), PLANNED: "1", AS_OF: as_of},
        )
        for first, last in spans
        if (first, last) not in set(waiting)
    ]


def range_tags(first: str, last: str) -> dict[str, str]:
    """The tags by which Dagster knows a run's range of months."""
    return {RANGE_START: first, RANGE_END: last}


def made_by_command(run: dg.DagsterRun) -> bool:
    """Whether `kring run` made a run; a re-execution has its tags too, but also a parent."""
    return PID in run.tags and run.parent_run_id is None


def rebuild_sensor(ingest: AssetJob, rebuild: AssetJob) -> dg.SensorDefinition:
    """After a successful ingest: rebuild what it made stale."""

    @dg.run_status_sensor(
        name="after_ingest",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[ingest],
        request_job=rebuild,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=10,
        description="Asks the judge which months are stale and rebuilds them.",
    )
    def after_ingest(context: dg.RunStatusSensorContext) -> list[dg.RunRequest] | dg.SkipReason:
        run = context.dagster_run
        if made_by_command(run):
            return dg.SkipReason("kring run rebuilds by itself")
        home = Home.open()
        plan = Plan(home, home.today())
        requests = rebuild_requests(run.run_id, plan, _waiting(context.instance, plan))
        return requests or dg.SkipReason("nothing is stale, or its rebuild is queued")

    return after_ingest


def _waiting(instance: dg.DagsterInstance, plan: Plan) -> set[tuple[str, str]]:
    """Ranges whose rebuild has not begun to look at the home, and will see it as of this day."""
    runs = instance.get_runs(
        dg.RunsFilter(
            job_name=REBUILD,
            statuses=[dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED],
        )
    )
    day = plan.as_of.isoformat()
    return {
        (run.tags.get(RANGE_START, ""), run.tags.get(RANGE_END, ""))
        for run in runs
        if run.tags.get(AS_OF, day) == day
    }
