"""What a person must see after a run: sentences for whoever must act.

A finding never holds a value of an export. What became of each file and row is `accounting`.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.arrivals.deliveries import rules_of
from assets.arrivals.ledger import LOADED, REFUSED
from assets.building.plan import Plan
from assets.performance_report.writing import failed_reports
from assets.periods import month_end
from assets.publishing.accounting import tally
from assets.publishing.passed_over import before_the_first_month
from assets.publishing.reconciliation import home_references
from assets.publishing.two_keys import days_of_two_keys
from assets.record import closing
from assets.record.versions import current
from assets.zone_data import disagree_from

# what a failed check makes of the figures, as findings call it
_ABOUT = {"block": "failed", "flag": "suspicious", "warn": "warning"}
# fewer rows, or a smaller share of a file's, may be corrected from another day
_FEW_ROWS, _SHARE_MOVED = 10, 0.2


@dataclass(frozen=True)
class Finding:
    """Something a person should know: what it is about, and a sentence.

    A `warning` is only shown; everything else must be acted on and makes a run end with 3.
    """

    about: str
    text: str

    @property
    def must_be_acted_on(self) -> bool:
        return self.about != "warning"


def findings(plan: Plan) -> list[Finding]:
    """Refused, suspicious or unclaimed files, incomplete months, and what checks have found."""
    found = _refused(plan)
    found += [
        Finding("suspicious", d.warning)
        for d in plan.ledger.deliveries()
        if d.warning and d.status == LOADED
    ]
    found += [
        Finding("unclaimed", f"{f.path}: no source claims it; add a source or remove the file")
        for f in plan.found
        if not f.sources and not f.ignored
    ]
    return [
        *found,
        *_moved(plan),
        *_by_two_keys(plan),
        *_by_former_rules(plan),
        *(Finding("warning", text) for text in before_the_first_month(plan)),
        *_references(plan),
        *_zone_data(plan),
        *_incomplete(plan),
        *_checks(plan),
        *_held_out(plan),
        *_reports(plan),
    ]


def _refused(plan: Plan) -> list[Finding]:
    """Refused files that still lie there as they were, by the sources that claim them."""
    present = {(f.path, f.stamp): [source.name for source in f.sources] for f in plan.found}
    found = []
    for d in plan.ledger.deliveries():
        claiming = present.get((d.path, d.stamp), [])
        if d.status == REFUSED and not d.is_given_back and d.source in claiming:
            by = f" (source {d.source})" if len(claiming) > 1 else ""
            found.append(Finding("refused", d.error + by))
    return found


def _moved(plan: Plan) -> list[Finding]:
    """Files of which many rows take the id of a row of a day that is none of theirs, by source.

    A case may be listed anew; what happened once does not move beyond the days of its correction.
    """
    by_source: dict[str, list[tuple[str, int, int]]] = {}
    for d in plan.ledger.deliveries():
        moved = tally(plan, d).moved if d.kind != "outbound_cases" else 0
        if moved >= _FEW_ROWS and moved > _SHARE_MOVED * d.accepted:
            by_source.setdefault(d.source, []).append((d.path, moved, d.accepted))
    found = []
    for source, ((path, moved, accepted), *others) in by_source.items():
        so = f" (so in {len(others)} more files)" if others else ""
        text = (
            f"{path}: {moved} of its {accepted} rows have the id of a row of another day, which "
            f"counts no more{so}; if ids begin anew with each file, add to the id in "
            f"sources/{source}.sql what makes it unique"
        )
        found.append(Finding("suspicious", text))
    return found


def _by_two_keys(plan: Plan) -> list[Finding]:
    """Agents' days that came again after the key was changed, and so may count twice."""
    return [
        Finding(
            "suspicious",
            f"{later.path}: {len(days)} of its days (first {days[0]}) came before the key was "
            f"changed, first in {former.path}; a row of agents' time is known by its agent, so "
            f"these days may count twice: {_by_one_key(later.path, former.path)}, then kring run",
        )
        for later, former, days in days_of_two_keys(plan)
    ]


def _by_one_key(later: str, former: str) -> str:
    """How the former rows are taken out and no day is lost."""
    take_out = f"kring withdraw {former} --reason ..."
    if later == former:
        return f"{take_out} and kring withdraw {former} --undo, which reads what lies there now"
    return f"have all days of {former} exported into another file, and {take_out}"


def _by_former_rules(plan: Plan) -> list[Finding]:
    """Files that a changed rule would read otherwise, and that are not there to be read again.

    What lies under its path and has not been read yet may be the same: of a home that was moved,
    say, every file is looked at once more.
    """
    rules = {source.name: rules_of(plan.home, source) for source in plan.sources}
    present = {(f.path, f.stamp) for f in plan.found}
    waiting = {(each.source.name, each.found.path) for each in plan.pending}
    gone: dict[str, list[str]] = {}
    for d in plan.ledger.deliveries():
        by_former = d.status == LOADED and d.accepted and d.rules != rules.get(d.source, d.rules)
        is_here = (d.path, d.stamp) in present or (d.source, d.path) in waiting
        if by_former and not is_here:
            gone.setdefault(d.source, []).append(d.path)
    return [
        Finding(
            "warning",
            f"{source}: {len(paths)} of its files were read by other rules than those of now and "
            f"are not in landing any more as they were, first {min(paths)}: what no other file "
            "has of their rows stands as it was read; put them back, and kring run reads them "
            "again",
        )
        for source, paths in sorted(gone.items())
    ]


def _reports(plan: Plan) -> list[Finding]:
    """Performance reports that could not be made: the figures stand, the pages do not."""
    return [
        Finding("failed", f"performance report: {kind}; kring report YEAR shows where")
        for kind in failed_reports(plan.home)
    ]


def _held_out(plan: Plan) -> list[Finding]:
    """Closed periods that would be others with what is known since, as readers find them."""
    seen = current(plan.home)
    held = set(seen.manifest.get("held_out", [])) if seen else set()
    closed = {r: held & {f"{r.year}-{r.period}", *r.months} for r in closing.standing(plan.home)}
    # what moves longer periods alone may be of any of those that are closed
    whose = {r: own for r, own in closed.items() if own} or dict.fromkeys(closed, held)
    return [
        Finding(
            "warning",
            f"{r.year}-{r.period} is closed and keeps revision {r.number}; "
            f"{', '.join(sorted(periods))} would come out otherwise now: kring closings shows "
            f"the effect, kring reopen {r.year}-{r.period} --reason ... takes it in",
        )
        for r, periods in whose.items()
        if periods
    ]


def _references(plan: Plan) -> list[Finding]:
    """Reference files that cannot be read: the figures stand, their reconciliation does not."""
    read = home_references(plan.home)
    return [Finding("refused", refused[1]) for refused in read if isinstance(refused, tuple)]


def _zone_data(plan: Plan) -> list[Finding]:
    """Zone data of the home's zone of which one is older than the others."""
    if not plan.months:
        return []
    zone, last = plan.home.settings.timezone, min(plan.as_of, month_end(plan.months[-1]))
    day = disagree_from(zone, plan.months[0], last)
    if day is None:
        return []
    text = (
        f"from {day} duckdb, polars and Python do not agree on the clocks of {zone}, so contacts "
        "may be in another hour, day or month than their exports say; bring duckdb, polars and "
        "tzdata up to date"
    )
    return [Finding("suspicious", text)]


def _incomplete(plan: Plan) -> list[Finding]:
    by_kind: dict[str, list[str]] = {}
    for cell in plan.coverage:
        if cell.state == "incomplete":
            by_kind.setdefault(cell.kind, []).append(f"{cell.month:%Y-%m} ({cell.reason})")
    return [Finding("incomplete", f"{k}: {_first(months)}") for k, months in by_kind.items()]


def _checks(plan: Plan) -> list[Finding]:
    """One finding per failed check: what should be, where it is not, who shows the rows."""
    by_check: dict[str, list[str]] = {}
    for row in plan.check_results():
        if not row["passed"]:
            months = by_check.setdefault(str(row["check_id"]), [])
            months.append(f"{row['month']:%Y-%m} ({counted_rows(row['offending_rows'])})")
    found = []
    for name, months in by_check.items():
        header = plan.rules.checks[name].header
        text = f"{header['title']}: not so in {_first(months)}; kring checks {name} shows them"
        found.append(Finding(_ABOUT[header["severity"]], text))
    return found


def counted_rows(count: object) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _first(months: list[str]) -> str:
    more = f" and {len(months) - 3} more months" if len(months) > 3 else ""
    return ", ".join(months[:3]) + more
