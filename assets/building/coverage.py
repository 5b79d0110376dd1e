"""What each kind of export covers of each month, from the ledger and the sources' headers.

No rows are read here and nothing is judged about figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from assets.arrivals.ledger import DUPLICATE, LOADED, REFUSED, Delivery, Ledger
from assets.arrivals.sources import Source
from assets.building.gaps import Gap, explained, in_words
from assets.home import Home
from assets.periods import month_end, month_state, months_between, months_since_first


@dataclass(frozen=True)
class KindMonth:
    """Whether the exports of a kind are all there for a month, and if not, why."""

    kind: str
    month: date
    state: str  # complete | incomplete | not_reported | unproven
    reason: str
    flagged: str = ""


def coverage(
    home: Home,
    sources: Iterable[Source],
    ledger: Ledger,
    as_of: date,
    known: list[Gap],
    late_days: int,
) -> list[KindMonth]:
    """One row per kind that a source exists for, and month (table ops.coverage).

    A day that an event of the register explains (`known`) is not missing; the reason names it.
    Payments on the cases of the last months reported come up to `late_days` after them.
    """
    by_kind: dict[str, list[Source]] = {}
    for source in sources:
        by_kind.setdefault(source.kind, []).append(source)
    months = months_since_first(home, as_of)
    rows = []
    for kind, its_sources in sorted(by_kind.items()):
        arrived = {s.name: _not_replaced(ledger.deliveries([s.name])) for s in its_sources}
        delivering = [s for s in its_sources if any(d.status == LOADED for d in arrived[s.name])]
        days = {s.name: _covered(arrived[s.name]) for s in delivering}
        late = _months_after_the_last(home, as_of, late_days) if kind == "payments" else []
        for month in [*months, *late]:
            rows.append(_kind_month(kind, month, delivering, days, arrived, as_of, known))
    return rows


def _months_after_the_last(home: Home, as_of: date, days: int) -> list[date]:
    if not (last := home.last_month()):
        return []
    until = min(month_end(last) + timedelta(days=days), as_of)
    return list(months_between(month_end(last) + timedelta(days=1), until))


def _covered(deliveries: list[Delivery]) -> set[date]:
    return {day for d in deliveries if d.status in (LOADED, DUPLICATE) for day in d.covered_days()}


def _not_replaced(deliveries: list[Delivery]) -> list[Delivery]:
    """Deliveries but for refused files in whose place a good one came since, and for those whose
    withdrawal was taken back: nobody refused them, and until they are read they say nothing."""
    good: dict[str, int] = {}
    for d in deliveries:
        if d.status in (LOADED, DUPLICATE):
            good[d.path] = max(d.sequence, good.get(d.path, 0))
    return [
        d for d in deliveries
        if not d.is_given_back and (d.status != REFUSED or d.sequence >= good.get(d.path, 0))
    ]  # fmt: skip


def _kind_month(
    kind: str,
    month: date,
    delivering: list[Source],
    days: dict[str, set[date]],
    arrived: dict[str, list[Delivery]],
    as_of: date,
    known: list[Gap],
) -> KindMonth:
    refused = [d for s in arrived.values() for d in s if d.status == REFUSED and _speaks(d, month)]
    flagged = f"{len(refused)} refused: {refused[0].path}" if refused else ""
    if not delivering:
        state = "incomplete" if refused else "not_reported"
        return KindMonth(kind, month, state, flagged or f"no {kind} export was ever delivered",
                         flagged)  # fmt: skip
    proven, lossy, notes = False, False, []
    for source in delivering:
        wanted = _wanted(source, month, as_of)
        absent = _absent(source, wanted, days[source.name])
        excused = explained(kind, absent, known)
        missing = _missing(source, wanted, [d for d in absent if d not in excused]) or _lost(
            [d for d in refused if d.source == source.name], month, days[source.name]
        )
        if missing:
            reason = f"{kind}: source {source.name} lacks {missing}"
            reason += _undated(source, arrived[source.name])
            return KindMonth(kind, month, "incomplete", "; ".join(filter(None, (reason, flagged))),
                             flagged)  # fmt: skip
        if excused:
            notes.append(f"{kind}: source {source.name} has no file of {in_words(excused)}")
        lossy |= any(gap.lost for gap in excused.values())
        proven |= any(month <= day <= month_end(month) for day in days[source.name])
    if not proven:
        notes.insert(0, f"no {kind} export speaks of this month")
    state = "complete" if proven and not lossy else "unproven"
    return KindMonth(kind, month, state, "; ".join(notes), flagged)


def _undated(source: Source, deliveries: list[Delivery]) -> str:
    """Files that speak for no day, since their names have none in the declared form."""
    undated = [d.path for d in deliveries if d.status == LOADED and not d.covers]
    if isinstance(source.covers, str) or not undated:
        return ""
    return f"; {len(undated)} of its files' names have no `{source.covers[1]}`: {undated[0]}"


def _speaks(delivery: Delivery, month: date) -> bool:
    return any(month <= day <= month_end(month) for day in delivery.covered_days())


def _lost(refused: list[Delivery], month: date, covered: set[date]) -> str:
    """Days only a refused file speaks of; a month that was complete before stays standing."""
    spoken = {day for d in refused for day in d.covered_days()}
    lost = sorted(d for d in spoken - covered if month <= d <= month_end(month))
    return f"{len(lost)} days of refused files, first {lost[0]:%Y-%m-%d}" if lost else ""


def _wanted(source: Source, month: date, as_of: date) -> list[date]:
    """The days of a closed month of which a source owes a file; none where it owes none."""
    first = max(month, source.expects.since or month)
    last = min(month_end(month), source.expects.until or month_end(month))
    if source.expects.every == "none" or month_state(month, as_of) != "closed":
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _absent(source: Source, wanted: list[date], covered: set[date]) -> list[date]:
    """The days owed that no file speaks of; of a month's file any day will do."""
    absent = [day for day in wanted if day not in covered]
    return [] if source.expects.every == "month" and len(absent) < len(wanted) else absent


def _missing(source: Source, wanted: list[date], unexplained: list[date]) -> str:
    """What a source owes of a closed month: empty where nothing is missing."""
    if not unexplained:
        return ""
    if source.expects.every == "month":
        return f"the file of {wanted[0]:%Y-%m}"
    return f"{len(unexplained)} of {len(wanted)} days, first {unexplained[0]:%Y-%m-%d}"
