"""`kring status`: files, rejects, months, what is stale, what readers see."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from assets.answers.freshness import late, unseen
from assets.arrivals.ledger_record import DUPLICATE, LOADED, REFUSED, WITHDRAWN
from assets.building.plan import Plan
from assets.building.survey import spans_current
from assets.publishing.findings import findings
from assets.record.versions import current
from pipelines.commands.options import AsOfOption, HomeOption, JsonOption, open_home, parse_as_of
from pipelines.commands.terminal import (
    console,
    print_json,
    print_line,
    print_table,
    say,
    say_findings,
    say_sample,
)


def status(home: HomeOption = None, as_of: AsOfOption = None, as_json: JsonOption = False) -> None:
    """Show files, rejects, months, what is stale and what is published.

    Example: kring status
    """
    place = open_home(home)
    plan = Plan(place, parse_as_of(place, as_of))
    content = summary(plan)
    if as_json:
        print_json(content)
        return
    say_sample(place)
    _print(content)


def summary(plan: Plan) -> dict[str, Any]:
    """The state of a home, as `--json` gives it."""
    version = current(plan.home)
    deliveries = [d for d in plan.ledger.deliveries() if not d.is_given_back]
    by_source: dict[str, Counter[str]] = {s.name: Counter() for s in plan.sources}
    rejects: Counter[tuple[str, str]] = Counter()
    for d in deliveries:
        by_source.setdefault(d.source, Counter())[d.status] += 1
        if d.status in (LOADED, REFUSED):
            rejects.update({(d.source, rule): n for rule, n in d.rejects.items()})
    stale = plan.stale()
    return {
        "home": str(plan.home.root),
        "organisation": plan.home.settings.name,
        "is_sample": plan.home.sample() is not None,
        "as_of": plan.as_of,
        "version": version.id if version else None,
        "files": {name: dict(counts) for name, counts in by_source.items()},
        "pending": [f"{p.found.path} ({p.why})" for p in plan.pending],
        "unclaimed": [f.path for f in plan.found if not f.sources and not f.ignored],
        "refused": [
            {"path": d.path, "source": d.source, "why": d.error}
            for d in deliveries
            if d.status == REFUSED
        ],
        "rejects": [{"source": s, "rule": r, "rows": n} for (s, r), n in sorted(rejects.items())],
        "months": version.manifest["months"] if version else {},
        "stale": {
            "months": [f"{m:%Y-%m}" for m in sorted({s.month for s in stale if s.month})],
            "outputs": len(stale),
            "keys": not spans_current(plan) or bool(plan.unresolved),
        },
        "unseen": unseen(plan, is_stale=bool(stale)),
        "findings": [asdict(finding) for finding in findings(plan)],
        "late": [asdict(each) for each in late(plan)],
    }


def _print(content: dict[str, Any]) -> None:
    console().print(
        f"{content['organisation']}, as of {content['as_of']}: "
        f"{content['version'] or ('no version' if content['unseen'] else 'nothing published yet')}"
    )
    _print_tables(content["files"], content["rejects"], content["months"])
    stale, pending = content["stale"], content["pending"]
    if pending or stale["outputs"] or stale["keys"]:
        console().print(
            f"to do: {len(pending)} files to read, {stale['outputs']} outputs stale in "
            f"{', '.join(stale['months']) or 'no month'}; kring run does it"
        )
    if content["unseen"]:
        print_line(f"to do: {content['unseen']}; kring run publishes anew")
    say_findings(content["findings"])
    for each in content["late"]:
        say("late", f" {each['text']}")


def _print_tables(
    files: dict[str, dict[str, int]], rejects: list[dict[str, Any]], months: dict[str, Any]
) -> None:
    states = {LOADED: "loaded", DUPLICATE: "repeated", REFUSED: "refused", WITHDRAWN: "withdrawn"}
    print_table(
        "Files",
        ("source", *states.values()),
        [(name, *(str(counts.get(s, 0)) for s in states)) for name, counts in files.items()],
        right=tuple(states.values()),
    )
    if rejects:
        print_table(
            "Rejected rows",
            ("source", "rule", "rows"),
            [(r["source"], r["rule"], f"{r['rows']:,}") for r in rejects],
            right=("rows",),
        )
    if months:
        print_table(
            "Months",
            ("month", "figures by status"),
            [(m, ", ".join(f"{n} {s}" for s, n in states.items())) for m, states in months.items()],
        )
