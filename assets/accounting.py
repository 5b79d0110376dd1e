"""What became of every file: the operational tables of a version, and what a person must see.

Rows of `ops.files` balance exactly: rows = accepted + corrections + duplicates + filtered +
rejected. A finding is a sentence for whoever must act; it never holds a value of an export.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets import closing
from assets.ledger import LOADED, REFUSED, Delivery
from assets.performance_report.writing import failed_reports
from assets.periods import parse_month
from assets.plan import Plan
from assets.reconciliation import home_references

FILES = {
    "file_id": "text", "path": "text", "sha256": "text", "source": "text", "kind": "text",
    "status": "text", "rows": "bigint", "accepted": "bigint", "corrections": "bigint",
    "duplicates": "bigint", "filtered": "bigint", "rejected": "bigint", "months": "text[]",
    "covers": "text[]", "loaded_at": "timestamp with time zone", "error": "text",
    "reading": "text",
}  # fmt: skip
UNCLAIMED, IGNORED = "unclaimed", "ignored"


def file_rows(plan: Plan) -> list[tuple[object, ...]]:
    """One row per delivery, and per file of landing that no source claims (table ops.files)."""
    rows = [_row(plan, delivery) for delivery in plan.ledger.deliveries()]
    for file in plan.found:
        if not file.sources:
            status = IGNORED if file.ignored else UNCLAIMED
            why = None if file.ignored else "no source's `files:` matches"
            rows.append((None, printable(file.path), None, None, None, status, *[0] * 6, [], [],
                         None, why, None))  # fmt: skip
    return sorted(rows, key=lambda r: (str(r[1]), str(r[3]), str(r[2])))


def _row(plan: Plan, d: Delivery) -> tuple[object, ...]:
    corrections, duplicates = 0, 0
    if d.status == LOADED and any(s.name == d.source for s in plan.sources):
        corrections, duplicates = plan.keys_of(d.source).counts.get(d.file_id, (0, 0))
    counts = (0, 0, 0, 0, 0, 0)
    if d.status in (LOADED, REFUSED):
        new = d.accepted - corrections - duplicates if d.status == LOADED else 0
        lost = 0 if d.status == LOADED else d.accepted
        # a refused file gives nothing: what would have been accepted is rejected with the rest
        counts = (d.rows, new, corrections, duplicates, d.filtered, d.rejected + lost)
    months = [c.month for c in d.chunks]
    about = (d.file_id or None, printable(d.path), d.sha256 or None, d.source, d.kind, d.status)
    return (*about, *counts, months, list(d.covers), d.loaded_at or None,
            d.error or d.warning or None, d.rules[:8])  # fmt: skip


def printable(path: str) -> str:
    """A path as text: bytes of a name that are no UTF-8 are shown by their numbers."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def reject_files(plan: Plan) -> list[tuple[str, str]]:
    """The files of rejected rows: (file_id, path of the parquet)."""
    found = []
    for d in plan.ledger.deliveries():
        path = plan.home.rejects_file(d.source, d.file_id)
        if d.rejected and d.status in (LOADED, REFUSED) and path.is_file():
            found.append((d.file_id, str(path)))
    return found


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
    """Refused, suspicious or unclaimed files, incomplete or failed months, warnings of checks."""
    present = {f.path: f.stamp for f in plan.found}
    found = [
        Finding("refused", d.error)
        for d in plan.ledger.deliveries()
        if d.status == REFUSED and present.get(d.path) == (d.size, d.mtime_ns, d.ctime_ns)
    ]
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
        *found, *_references(plan), *_months(plan), *_held_out(plan), *_reports(plan)
    ]  # fmt: skip


def _reports(plan: Plan) -> list[Finding]:
    """Performance reports that could not be made: the figures stand, the pages do not."""
    return [
        Finding("failed", f"performance report: {kind}; kring report YEAR shows where")
        for kind in failed_reports(plan.home)
    ]


def _held_out(plan: Plan) -> list[Finding]:
    """Closed months that would be others with what is known since."""
    found = []
    for revision in closing.standing(plan.home):
        kept = revision.hashes
        changed = [
            month
            for month in revision.months
            if (record := plan.outputs.get("metric.monthly", parse_month(month)))
            and record.sha256 != kept.get(f"metric.monthly/{month}.parquet")
        ]
        if changed:
            about = f"{revision.year}-{revision.period}"
            found.append(
                Finding(
                    "warning",
                    f"{about} is closed and keeps revision {revision.number}; "
                    f"{', '.join(changed)} would be counted otherwise now: kring closings shows "
                    f"the effect, kring reopen {about} --reason ... takes it in",
                )
            )
    return found


def _references(plan: Plan) -> list[Finding]:
    """Reference files that cannot be read: the figures stand, their reconciliation does not."""
    read = home_references(plan.home)
    return [Finding("refused", refused[1]) for refused in read if isinstance(refused, tuple)]


def _months(plan: Plan) -> list[Finding]:
    by_reason: dict[tuple[str, str], list[str]] = {}
    for cell in plan.coverage:
        if cell.state == "incomplete":
            key = ("incomplete", cell.kind)
            by_reason.setdefault(key, []).append(f"{cell.month:%Y-%m} ({cell.reason})")
    for row in plan.check_results():
        if not row["passed"]:
            about = "failed" if row["severity"] == "block" else "warning"
            key = (about, str(row["title"]))
            by_reason.setdefault(key, []).append(f"{row['month']:%Y-%m} ({row['offending_rows']})")
    return [
        Finding(about, f"{what}: {', '.join(months[:3])}" + _more(len(months)))
        for (about, what), months in by_reason.items()
    ]


def _more(count: int) -> str:
    return f" and {count - 3} more months" if count > 3 else ""
