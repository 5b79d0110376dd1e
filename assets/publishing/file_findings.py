"""What a person must see of the files that came, and of those that are gone.

What their days and months lack is told by kind, in `findings`.
"""

from __future__ import annotations

from assets.arrivals.deliveries import rules_of
from assets.arrivals.landing import Found
from assets.arrivals.ledger_record import DUPLICATE, LOADED, REFUSED
from assets.building.plan import Plan
from assets.publishing.accounting import tally
from assets.publishing.finding import Finding
from assets.publishing.two_keys import days_of_two_keys
from schemas.register_columns import LISTS, PERHAPS_LISTS

# fewer rows, or a smaller share of a file's, may be corrected from another day
_FEW_ROWS, _SHARE_MOVED = 10, 0.2


def file_findings(plan: Plan) -> list[Finding]:
    """Refused, suspicious or unclaimed files, and rows that count otherwise than they should."""
    return [
        *_no_landing(plan),
        *_refused(plan),
        *_looked_at_twice(plan),
        *(
            Finding("unclaimed", f"{f.path}: {_unclaimed(f)}")
            for f in plan.found
            if not f.sources and not f.ignored
        ),
        *_copied(plan),
        *_moved(plan),
        *_by_two_keys(plan),
        *_by_former_rules(plan),
    ]


def _unclaimed(file: Found) -> str:
    """What to do about an entry; where it is a link, all that it leads to stays unread."""
    if not file.regular:
        return "is a link, pipe or device, and is not followed; mount or put what it leads to there"
    return "no source claims it; add a source or remove the file"


def _no_landing(plan: Plan) -> list[Finding]:
    """An empty landing was emptied; none at all is a disk or share that is not mounted."""
    landing = plan.home.landing
    if landing.is_dir():
        return []
    text = f"{landing} is not there, so no export could be read; make or mount it, then kring run"
    return [Finding("incomplete", text)]


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


def _looked_at_twice(plan: Plan) -> list[Finding]:
    """What reading a file warned of, unless another content lies under its name by now."""
    lying = {
        (d.source, d.path): d.sha256
        for file in plan.found
        for source in file.sources
        if (d := plan.ledger.known(source.name, file.path, file.stamp))
    }
    return [
        Finding("suspicious", d.warning)
        for d in plan.ledger.deliveries()
        if d.warning
        and d.status in (LOADED, DUPLICATE)
        and lying.get((d.source, d.path), d.sha256) == d.sha256
    ]


def _copied(plan: Plan) -> list[Finding]:
    """Files named for months that their content, which came before, has no row of.

    A list may be exported again as it was; what happened in one month did not in another.
    """
    deliveries = plan.ledger.deliveries()
    newest = {(d.source, d.path): d for d in deliveries}
    found = []
    for d in deliveries:
        if d.status != DUPLICATE or d.kind in PERHAPS_LISTS or newest[d.source, d.path] is not d:
            continue
        first = plan.ledger.holder(d.source, d.sha256)
        months = {chunk.month for chunk in first.chunks} if first else set()
        named = {f"{day:%Y-%m}" for day in d.covered_days()}
        if first and named and months and months.isdisjoint(named):
            text = (
                f"{d.path}: has the content of {first.path} and no row of the month in its own "
                "name, which counts as a month without any; put the right export in its place"
            )
            found.append(Finding("suspicious", text))
    return found


def _moved(plan: Plan) -> list[Finding]:
    """Files of which many rows take the id of a row of a day that is none of theirs, by source.

    A case may be listed anew; what happened once does not move beyond the days of its correction.
    """
    by_source: dict[str, list[tuple[str, int, int]]] = {}
    for d in plan.ledger.deliveries():
        moved = tally(plan, d).moved if d.kind not in LISTS else 0
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
