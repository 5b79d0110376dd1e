"""Runs of the code location made in this process, as if the workspace had launched them.

So they stand in the UI under the job's name and can be re-executed from there. Also closes
what a killed run left open in Dagster's books.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dagster import AssetKey, DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.definitions.reconstruct import ReconstructableJob, ReconstructableRepository
from dagster._core.execution.api import create_execution_plan, execute_run
from dagster._core.remote_origin import RemoteRepositoryOrigin
from dagster._core.workspace.load import location_origin_from_module_name

from assets.answers.run_report import STOPPED, Failure
from pipelines import stopping
from pipelines.automation import PID, made_by_command
from pipelines.event_log import KeptEventLog
from pipelines.instance import DEFINITIONS

GONE = "The process that ran this is gone; nothing half-made stands. Run it again."
# as a step ends that somebody terminates in the interface, or whose server is ended
_STOPS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Location:
    """The code location, loaded here; servers find it again by its name."""

    def __init__(self) -> None:
        self._origin = location_origin_from_module_name(DEFINITIONS, None, ".")
        self._repository = ReconstructableRepository(ModuleCodePointer(DEFINITIONS, "defs", "."))

    def run(
        self,
        instance: DagsterInstance,
        name: str,
        tags: Mapping[str, str] = MappingProxyType({}),
        assets: Sequence[AssetKey] = (),
        config: Mapping[str, object] = MappingProxyType({}),
    ) -> DagsterRun:
        """Create the run with its origins, execute it here, return it as it ended.

        Of a job's assets only these are asked for, where any are named.
        """
        job = self._repository.get_reconstructable_job(name)
        created = self._created(instance, job, tags, assets, {**_QUIET, **config})
        execute_run(job, created, instance)
        if isinstance(log := instance.event_log_storage, KeptEventLog):
            log.let_go(created.run_id)
        ended = instance.get_run_by_id(created.run_id)
        assert ended is not None
        stopping.check()
        return ended

    def _created(
        self,
        instance: DagsterInstance,
        job: ReconstructableJob,
        tags: Mapping[str, str],
        assets: Sequence[AssetKey],
        config: Mapping[str, object],
    ) -> DagsterRun:
        """The run as it stands in Dagster's books before it begins."""
        definition, repository = job.get_definition(), self._repository.get_definition()
        # no runtime limit: Dagster could mark such a run failed, but not end it
        merged = {
            **definition.run_tags, **tags, PID: str(os.getpid()), "dagster/max_runtime": "0",
        }  # fmt: skip
        origin = RemoteRepositoryOrigin(self._origin, repository.name)
        return instance.create_run_for_job(
            definition,
            execution_plan=create_execution_plan(
                job,
                run_config=config,
                tags=merged,
                instance_ref=instance.get_ref(),
                step_keys_to_execute=[key.to_python_identifier() for key in assets] or None,
            ),
            run_config=config,
            tags=merged,
            status=DagsterRunStatus.NOT_STARTED,
            remote_job_origin=origin.get_job_origin(definition.name),
            job_code_origin=job.get_python_origin(),
        )


def close_orphans(instance: DagsterInstance) -> list[DagsterRun]:
    """Fail the runs of a killed command; call with the run lock held.

    The command holds the lock from before its first run to after its last, so whoever holds
    it now knows that the others are gone, whatever process has their number since.
    """
    active = RunsFilter(
        statuses=[
            DagsterRunStatus.NOT_STARTED,
            DagsterRunStatus.STARTING,
            DagsterRunStatus.STARTED,
            DagsterRunStatus.CANCELING,
        ]
    )
    dead = [run for run in instance.get_runs(active) if made_by_command(run)]
    for run in dead:
        instance.report_run_failed(run, GONE)
    return dead


def failures(instance: DagsterInstance, run: DagsterRun) -> list[Failure]:
    """Why a run failed: the message of each failed step, without a traceback."""
    from dagster import DagsterEventType

    records = instance.get_records_for_run(
        run.run_id, of_type={DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}
    ).records
    found = []
    for record in records:
        event = record.event_log_entry.dagster_event
        data = event.event_specific_data if event else None
        error = getattr(data, "error", None)
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            step, kind = (event.step_key if event else "") or "", error.cls_name or ""
            message = re.sub(rf"^[\w.]*\b{re.escape(kind)}: ", "", error.message.strip())
            if kind in _STOPS:
                kind, message = KeyboardInterrupt.__name__, STOPPED
            found.append(Failure(step, kind, message))
    # a run that failed by a step repeats the step's error as its own
    return [failure for failure in found if failure.step] or found
