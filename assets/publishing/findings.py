"""What a person must see after a run: sentences for whoever must act.

A finding never holds a value of an export. What became of each file and row is `accounting`.
"""

from __future__ import annotations

from assets.building.plan import Plan
from assets.publishing.accounting import printable
from assets.publishing.file_findings import file_findings
from assets.publishing.finding import Finding
from assets.publishing.reconciliation import home_references
from assets.publishing.register_findings import register_findings
from assets.record import revisions
from assets.record.versions import current

# what a failed check makes of the figures, as findings call it
_ABOUT = {"block": "failed", "flag": "suspicious", "warn": "warning"}


def findings(plan: Plan) -> list[Finding]:
    """Refused, suspicious or unclaimed files, incomplete months, and what checks have found."""
    found = (
        *file_findings(plan),
        *register_findings(plan),
        *_references(plan),
        *_clocks(plan),
        *_incomplete(plan),
        *_checks(plan),
        *_held_out(plan),
        *_reports(plan),
    )
    # one line each: a file's name may hold an end of line
    return [Finding(f.about, printable(f.text).replace("\n", "\\n")) for f in found]


def _reports(plan: Plan) -> list[Finding]:
    """Performance reports that could not be made: the figures stand, the pages do not."""
    seen = current(plan.home)
    failed = seen.manifest.get("reports", {}).get("failed", []) if seen else []
    return [
        Finding("failed", f"performance report: {kind}; kring report YEAR shows where")
        for kind in failed
    ]


def _held_out(plan: Plan) -> list[Finding]:
    """Closed periods that would be others with what is known since, as readers find them."""
    seen = current(plan.home)
    held = set(seen.manifest.get("held_out", [])) if seen else set()
    closed = {r: held & {f"{r.year}-{r.period}", *r.months} for r in revisions.standing(plan.home)}
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


def _clocks(plan: Plan) -> list[Finding]:
    """Whether the libraries knew other clocks of the home's zone when the version was made."""
    seen = current(plan.home)
    day = seen.manifest.get("clocks_disagree_from") if seen else None
    if day is None:
        return []
    text = (
        f"from {day} duckdb, polars and Python did not agree on the clocks of "
        f"{plan.home.settings.timezone}, so contacts may be in another hour, day or month than "
        "their exports say; bring duckdb, polars and tzdata up to date, remove lake/raw and "
        "lake/outputs, and kring run counts anew"
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
