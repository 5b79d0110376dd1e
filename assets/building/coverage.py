"""What each kind of export covers of each month, from the ledger and the sources' headers.

No rows are read here and nothing is judged about figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import DUPLICATE, LOADED, REFUSED, Delivery
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


@dataclass(frozen=True)
class _Arrived:
    """What came of a source, and was not replaced."""

    source: Source
    deliveries: list[Delivery]

    @cached_property
    def has_delivered(self) -> bool:
        return any(d.status == LOADED for d in self.deliveries)

    @cached_property
    def days(self) -> set[date]:
        good = (d for d in self.deliveries if d.status in (LOADED, DUPLICATE))
        return {day for d in good for day in d.covered_days()}

    def refused(self, month: date) -> list[Delivery]:
        """The refused files that speak of a month."""
        refused = (d for d in self.deliveries if d.status == REFUSED)
        return [d for d in refused if _of_month(d.covered_days(), month)]


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
    by_kind: dict[str, list[_Arrived]] = {}
    for source in sources:
        arrived = _Arrived(source, _not_replaced(ledger.deliveries(source.name)))
        by_kind.setdefault(source.kind, []).append(arrived)
    months = months_since_first(home, as_of)
    late = _months_after_the_last(home, as_of, late_days)
    return [
        _kind_month(kind, month, arrived, as_of, known)
        for kind, arrived in sorted(by_kind.items())
        for month in (*months, *(late if kind == "payments" else ()))
    ]


def _months_after_the_last(home: Home, as_of: date, days: int) -> list[date]:
    if not (last := home.last_month()):
        return []
    until = min(month_end(last) + timedelta(days=days), as_of)
    return list(months_between(month_end(last) + timedelta(days=1), until))


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
    kind: str, month: date, arrived: list[_Arrived], as_of: date, known: list[Gap]
) -> KindMonth:
    refused = [d for one in arrived for d in one.refused(month)]
    flagged = f"{len(refused)} refused: {refused[0].path}" if refused else ""
    delivering = [one for one in arrived if one.has_delivered]
    if not delivering:
        state = "incomplete" if refused else "not_reported"
        reason = flagged or f"no {kind} export was ever delivered"
        return KindMonth(kind, month, state, reason, flagged)
    notes, lossy = [], False
    for one in delivering:
        missing, excused = _missing(one, month, as_of, known)
        name = f"{kind}: source {one.source.name}"
        if missing:
            reason = f"{name} lacks {missing}{_undated(one)}" + (flagged and f"; {flagged}")
            return KindMonth(kind, month, "incomplete", reason, flagged)
        if excused:
            notes.append(f"{name} has no file of {in_words(excused)}")
        lossy |= any(gap.lost for gap in excused.values())
    proven = any(_of_month(one.days, month) for one in delivering)
    if not proven:
        notes.insert(0, f"no {kind} export speaks of this month")
    state = "complete" if proven and not lossy else "unproven"
    return KindMonth(kind, month, state, "; ".join(notes), flagged)


def _missing(
    one: _Arrived, month: date, as_of: date, known: list[Gap]
) -> tuple[str, dict[date, Gap]]:
    """What a source owes of a month, empty where nothing; and its days that an event explains.

    Of days that only a refused file speaks of; a month that was complete before stays standing.
    """
    wanted, every = _wanted(one.source, month, as_of), one.source.expects.every
    absent = [day for day in wanted if day not in one.days]
    if every == "month" and len(absent) < len(wanted):  # any day of the month will do
        absent = []
    excused = explained(one.source.kind, absent, known)
    unexplained = [day for day in absent if day not in excused]
    spoken = {day for d in one.refused(month) for day in d.covered_days()}
    if unexplained and every == "month":
        return f"the file of {month:%Y-%m}", excused
    if unexplained:
        return f"{len(unexplained)} of {len(wanted)} days, first {unexplained[0]}", excused
    if lost := sorted(_of_month(spoken - one.days, month)):
        return f"{len(lost)} days of refused files, first {lost[0]}", excused
    return "", excused


def _wanted(source: Source, month: date, as_of: date) -> list[date]:
    """The days of a closed month of which a source owes a file; none where it owes none."""
    first = max(month, source.expects.since or month)
    last = min(month_end(month), source.expects.until or month_end(month))
    if source.expects.every == "none" or month_state(month, as_of) != "closed":
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _undated(one: _Arrived) -> str:
    """Files that speak for no day, since their names have none in the declared form."""
    covers = one.source.covers
    undated = [d.path for d in one.deliveries if d.status == LOADED and not d.covers]
    if isinstance(covers, str) or not undated:
        return ""
    return f"; {len(undated)} of its files' names have no `{covers[1]}`: {undated[0]}"


def _of_month(days: Iterable[date], month: date) -> list[date]:
    last = month_end(month)
    return [day for day in days if month <= day <= last]
