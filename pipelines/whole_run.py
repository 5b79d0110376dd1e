"""One whole run of a home: what is new is read, what is stale rebuilt, rolled up and published.

Belongs here: the order of a run, and how it ended. What of it is said at a terminal is
`commands.run`, the report to whoever was not there `reporting`.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from assets.answers.freshness import late
from assets.answers.run_report import Failure
from assets.building.plan import Plan
from assets.building.survey import spans_current
from assets.disk import preflight
from assets.home import Home
from assets.intake.leftovers import close_journals
from assets.lake import sweep
from assets.periods import months_between, ranges
from assets.publishing.accounting import printable
from assets.publishing.finding import Finding
from assets.publishing.findings import findings
from assets.publishing.published import is_current
from assets.record.closing import require_ended
from assets.record.copying import beginning
from assets.record.versions import current
from pipelines.instance import prepare_instance


@dataclass
class Outcome:
    """How a run ended."""

    published: bool = False
    version: str | None = None
    files: int = 0
    months: list[str] = field(default_factory=list)
    """The months of which a fact, metric or table is another than before."""
    checked: list[str] = field(default_factory=list)
    """The months that look back at one of these, and came out as they were."""
    failures: list[Failure] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    late: list[Finding] = field(default_factory=list)
    interrupted: str | None = None

    @property
    def exit_code(self) -> int:
        if self.failures or self.version is None:
            return 1
        return 3 if any(found.must_be_acted_on for found in self.findings) else 0


def run_home(home: Home, as_of: date) -> Outcome:
    """One whole run of a home; the caller holds the lock."""
    os.umask(0o077)
    require_ended(home, as_of)
    sweep(home)
    close_journals(home)
    plan, outcome, before = Plan(home, as_of), Outcome(), current(home)
    asked = _files(plan)
    if _has_work(plan):
        preflight(home)
        with beginning(home):  # Dagster's imports leave a core idle
            plan = _work(home, as_of, plan, outcome)
    waiting = _files(plan)
    outcome.files = len(asked - waiting)
    version = current(home)
    outcome.version = version.id if version else None
    outcome.findings, outcome.late = findings(plan), late(plan)
    if before and before.manifest.get("as_of", "") > as_of.isoformat():
        later = f"version {before.id} was of {before.manifest['as_of']}"
        text = f"counted as of {as_of}; {later}, and what was read by then counts as well"
        outcome.findings.append(Finding("warning", text))
    if not outcome.failures:  # what did not stand still, or came after the run had looked
        text = "was written to while the run worked and is not in it; the next run reads it"
        paths = sorted({path for _, path in waiting})
        outcome.findings += [Finding("warning", f"{printable(path)} {text}") for path in paths]
    return outcome


def _files(plan: Plan) -> set[tuple[str, str]]:
    """What is to be read, by source and path."""
    return {(each.source.name, each.found.path) for each in plan.pending}


def _has_work(plan: Plan) -> bool:
    """Whether anything is new or stale; answered without Dagster or Pandera."""
    return _is_unread(plan) or bool(plan.stale()) or not is_current(plan)


def _is_unread(plan: Plan) -> bool:
    """Whether reading landing, and what follows from it, is still to be done."""
    return bool(plan.pending or plan.renamed or plan.unresolved) or not spans_current(plan)


def _work(home: Home, as_of: date, plan: Plan, outcome: Outcome) -> Plan:
    folder = prepare_instance(home)
    os.environ["DAGSTER_HOME"] = str(folder)

    with _for_good():
        from assets.building.session import end_session
        from assets.graph import AS_OF, PLANNED, assets_of
        from pipelines.automation import range_tags
        from pipelines.event_log import open_instance
        from pipelines.launch import Location, close_orphans, failures

    before, outputs = current(home), plan.outputs
    tags = {PLANNED: "1", AS_OF: as_of.isoformat()}
    with open_instance(folder) as instance:
        close_orphans(instance)
        location = Location()
        try:
            if _is_unread(plan):
                ended = location.run(instance, "ingest", tags)
                outcome.failures += failures(instance, ended) if not ended.is_success else []
                plan = Plan(home, as_of)
            stale = plan.stale()
            months = {s.month for s in stale if s.month is not None}
            looked_at = {f"{m:%Y-%m}" for m in months.intersection(plan.months)}
            for first, last in ranges(months or plan.months[-1:]) if not outcome.failures else []:
                span = range_tags(f"{first:%Y-%m}", f"{last:%Y-%m}")
                assets = assets_of(plan, stale, list(months_between(first, last)))
                ended = location.run(instance, "rebuild_month", {**tags, **span}, assets)
                outcome.failures += failures(instance, ended) if not ended.is_success else []
        finally:
            end_session()
    version, plan = current(home), Plan(home, as_of)
    outcome.published = version is not None and (before is None or before.id != version.id)
    outcome.months = sorted(looked_at & plan.outputs.months_unlike(outputs))
    outcome.checked = sorted(looked_at.difference(outcome.months))
    return plan


@contextmanager
def _for_good() -> Iterator[None]:
    """Import without looking for garbage, nor ever after in what was imported.

    Half a million objects that all stay: looking through them takes a fifth of the imports' time.
    """
    if "dagster" in sys.modules:  # a process that has run before
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
