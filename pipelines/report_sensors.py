"""The report of a run that Dagster launched, however it ended: `published/status.json`, alerts.

A sensor and not a hook of the run, for it also hears of a run whose process is gone. The
command's own runs are left to the command.
"""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

import logging
from datetime import UTC, date, datetime

import dagster as dg

from assets.answers.freshness import late
from assets.answers.run_report import Failure, ended, interrupted, last_report
from assets.building.plan import Plan
from assets.graph import AS_OF
from assets.home import Home, HomeError
from assets.publishing.finding import Finding
from assets.publishing.findings import findings
from assets.publishing.published import is_current
from assets.record.versions import current
from assets.run_lock import BusyError, run_lock
from pipelines.automation import made_by_command
from pipelines.reporting import Reporting
from schemas.register import RegisterError
from sql.header import HeaderError

_ENDS = {
    "report_success": dg.DagsterRunStatus.SUCCESS,
    "report_failure": dg.DagsterRunStatus.FAILURE,
    "report_cancel": dg.DagsterRunStatus.CANCELED,
}


def report_sensors() -> list[dg.SensorDefinition]:
    """One sensor per way in which a run may end; none names jobs, so that what is materialised
    from an asset's page, which is of no job here, is heard of too."""
    return [_sensor(name, status) for name, status in _ENDS.items()]


def _sensor(name: str, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name=name,
        run_status=status,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=10,
        description="Writes how a run ended into published/status.json and calls the alerts.",
    )
    def reports(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        if made_by_command(context.dagster_run):
            return dg.SkipReason("kring run reports for itself")
        said = report_run(context.instance, context.dagster_run)
        return dg.SkipReason(said or "the months that are still to be rebuilt report for it")

    return reports


def report_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """Report a run that has ended; the sentence, empty where another run will report."""
    from pipelines.launch import failures

    home = Home.open()
    day = run.tags.get(AS_OF) if run.parent_run_id is None else None
    note = Reporting(home, date.fromisoformat(day) if day else home.today(), by="dagster")
    failed = [] if run.is_success else failures(instance, run)
    start, end = _times(instance, run, told=run.is_success or bool(failed))
    if _reported_since(home, _iso(end)):
        return "a later run has reported since"
    if not run.is_success:
        failed = failed or [_unexplained(run)]
    found: list[Finding] = []
    missed: list[Finding] = []
    try:
        plan = Plan(home, note.as_of)
        if run.is_success and (plan.stale() or not is_current(plan)):
            return ""
        found, missed = findings(plan), late(plan)
    except (HomeError, HeaderError, RegisterError, OSError) as error:
        # the register cannot be read, say: what the run ended by as well, and must be told
        failed = failed or [Failure("", type(error).__name__, str(error))]
    note.began_at, note.left = _iso(start), _left(home)
    published = run.is_success and _published_since(home, start)
    note.done(published=published, failures=failed, findings=found, late=missed)
    note.write()
    note.tell()
    for problem in note.problems:
        logging.getLogger("kring").warning(problem)
    return note.report.sentence if note.report else ""


def _times(instance: dg.DagsterInstance, run: dg.DagsterRun, *, told: bool) -> tuple[float, float]:
    """When it began, or where it never did, when it was asked for; and since when it has ended.

    Of one that told nothing the process was gone, which the daemon finds out when it is started
    again, maybe days after: it may have ended as it began.
    """
    record = instance.get_run_record_by_id(run.run_id)
    if record is None:
        return 0.0, 0.0
    start = record.start_time or record.create_timestamp.timestamp()
    return start, (told and record.end_time) or start


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _reported_since(home: Home, end: str) -> bool:
    """Whether a run that began after this one had ended has reported: what stands is its to say,
    also where the daemon was stopped and hears of this one late."""
    return str((last_report(home) or {}).get("began_at", "")) > end


def _unexplained(run: dg.DagsterRun) -> Failure:
    """A run that ended without a failed step: cancelled, or its process was gone."""
    of_a_page = run.job_name.startswith("__")  # Dagster's own name, which tells nobody anything
    name = "from an asset's page" if of_a_page else run.job_name
    return Failure("", "HomeError", f"the run {name} ended as {run.status.value.lower()}")


def _published_since(home: Home, start: float) -> bool:
    version = current(home)
    return version is not None and (version.path / "manifest.json").stat().st_mtime >= start


def _left(home: Home) -> str | None:
    """When a command's run began that was killed; noted once. None while a run works."""
    try:
        with run_lock(home, wait=False):
            left = interrupted(home)
            if left:
                ended(home)
            return left
    except BusyError:
        return None
