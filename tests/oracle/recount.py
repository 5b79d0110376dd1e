"""The figures, counted from the raw exports: numerator and denominator of each, per month.

Each function is one rule, as its authority states it, with its reason. Keys are tuples that start
with the month (`2024-03`) and go on with channel and queue, service, or channel. Nothing is
divided here but a score by its scale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from . import exports
from .exports import Contact
from .service import Service

Count = int | Fraction
Figure = dict[tuple[str, ...], tuple[Count, Count]]

THRESHOLD = {"phone": Decimal(20), "chat": Decimal(300)}
SHIPPED = Path(__file__).parents[2] / "data/register"
WINDOW = timedelta(days=30)


def recount(
    landing: Path, timezone: str = "Asia/Jakarta", register: Path = SHIPPED
) -> dict[str, Figure]:
    """Every figure of the exports under `landing`, by metric and key."""
    service = Service(register)
    contacts = [
        replace(c, outcome=service.outcome(c.outcome, c.channel, c.queue, c.entered))
        for c in [*exports.calls(landing), *exports.chats(landing, ZoneInfo(timezone))]
    ]
    undisturbed = [c for c in contacts if not service.incident(c.channel, c.queue, c.entered)]
    contact, behaviour = outbound(landing)
    house, standard = occupancies(landing)
    return {
        "service_level": service_level(contacts),
        "service_level_without_incidents": service_level(undisturbed),
        "abandonment": abandonment(contacts),
        "speed_of_answer": speed_of_answer(contacts),
        "handle_time": handle_time(contacts),
        "csi": csi(landing),
        "occupancy": house,
        "occupancy_standard": standard,
        "outbound_contact": contact,
        "outbound_behaviour": behaviour,
        "complaints_on_time": complaints_on_time(landing),
    }


def pooled(figure: Figure, *wanted: str, months: Iterable[str] = ()) -> tuple[Count, Count]:
    """Sums over the keys that hold all of `wanted`, in these months (all where none is named).

    Months, queues and channels are pooled by their counts: a mean of percentages would give a
    quiet month the weight of a busy one.
    """
    chosen = set(months)
    parts = [
        value
        for key, value in figure.items()
        if (not chosen or key[0] in chosen) and set(wanted) <= set(key[1:])
    ]
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def service_level(contacts: Iterable[Contact]) -> Figure:
    """Answered within the threshold, of answered and abandoned.

    `<=`: answered at exactly 20.000 s is in time. Only those who asked for an agent and were
    not sent elsewhere are counted, so that a hang-up in the menu is no abandon.
    """

    def within(contact: Contact) -> Count:
        known = contact.outcome == "answered" and contact.wait is not None
        return int(known and contact.wait <= THRESHOLD[contact.channel])  # type: ignore[operator]

    return _per_queue(_offered(contacts), within)


def abandonment(contacts: Iterable[Contact]) -> Figure:
    """Abandoned, of answered and abandoned."""
    return _per_queue(_offered(contacts), lambda contact: int(contact.outcome == "abandoned"))


def speed_of_answer(contacts: Iterable[Contact]) -> Figure:
    """Seconds waited by the answered; those who gave up have no speed of answer."""
    return _per_queue(_answered(contacts), lambda contact: Fraction(contact.wait or 0))


def handle_time(contacts: Iterable[Contact]) -> Figure:
    """Talk, hold and after-call work of the answered whose talk time is known.

    Handle times get lost in exports: one without is left out, not counted as zero.
    """
    known = (contact for contact in _answered(contacts) if contact.talk is not None)
    return _per_queue(known, lambda contact: Fraction((contact.talk or 0) + contact.rest))


def csi(landing: Path) -> Figure:
    """Score by scale of completed and rated responses, per service.

    A 1 of 5 is 20 %, not 0: the index is the share of the top score.
    """
    figure = _Sums()
    for response in exports.responses(landing):
        if response.completed and response.score is not None:
            share = Fraction(response.score) / Fraction(response.scale)
            figure.add((response.month, response.service), share, 1)
    return figure.done()


def occupancies(landing: Path) -> tuple[Figure, Figure]:
    """The house formula and the field's, per channel; durations are summed, divided once."""
    house, standard = _Sums(), _Sums()
    for day in exports.days(landing):
        key, busy = (day.month, day.channel), day.active + day.hold + day.acw
        house.add(key, day.active, busy - day.not_ready)
        standard.add(key, busy, busy + day.available)
    return house.done(), standard.done()


def outbound(landing: Path) -> tuple[Figure, Figure]:
    """Cases reached of those dialled, and cases that paid after the call of those reached.

    A case is counted once, in the month of its first attempt, wherever the others fall. A bill
    due before that attempt needed no reminder and leaves both. A payment counts when it comes
    after the first contact with the right party, and within the window.
    """
    first: dict[str, datetime] = {}
    reached: dict[str, datetime] = {}
    for attempt in exports.attempts(landing):
        first[attempt.case] = min(first.get(attempt.case, attempt.at), attempt.at)
        if attempt.right_party:
            reached[attempt.case] = min(reached.get(attempt.case, attempt.at), attempt.at)
    paid = {
        payment.case
        for payment in exports.payments(landing)
        if payment.case in reached and timedelta(0) < payment.paid - reached[payment.case] <= WINDOW
    }
    due = exports.due_dates(landing)
    contact, behaviour = _Sums(), _Sums()
    for case, at in first.items():
        if case in due and due[case] < at.date():
            continue
        contact.add((f"{at:%Y-%m}",), int(case in reached), 1)
        if case in reached:
            behaviour.add((f"{at:%Y-%m}",), int(case in paid), 1)
    return contact.done(), behaviour.done()


def complaints_on_time(landing: Path) -> Figure:
    """Followed up in time, of those to be followed up; a month with a file but none is 0 of 0.

    The file alone proves the month: a header is a delivery, a missing file is nothing.
    """
    figure = _Sums()
    for path in landing.glob("complaints/complaints_*.csv"):
        figure.add((f"{path.stem[-6:-2]}-{path.stem[-2:]}",), 0, 0)
    for complaint in exports.complaints(landing):
        if complaint.to_follow_up:
            figure.add((complaint.month,), int(complaint.on_time), 1)
    return figure.done()


class _Sums:
    """Numerators and denominators added up per key."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, ...], list[Count]] = defaultdict(lambda: [0, 0])

    def add(self, key: tuple[str, ...], numerator: Count, denominator: Count) -> None:
        sums = self._sums[key]
        sums[0] += numerator
        sums[1] += denominator

    def done(self) -> Figure:
        return {key: (top, bottom) for key, (top, bottom) in sorted(self._sums.items())}


def _per_queue(contacts: Iterable[Contact], numerator: Callable[[Contact], Count]) -> Figure:
    figure = _Sums()
    for contact in contacts:
        figure.add((contact.month, contact.channel, contact.queue), numerator(contact), 1)
    return figure.done()


def _answered(contacts: Iterable[Contact]) -> Iterable[Contact]:
    return (contact for contact in contacts if contact.outcome == "answered")


def _offered(contacts: Iterable[Contact]) -> Iterable[Contact]:
    return (contact for contact in contacts if contact.outcome in ("answered", "abandoned"))
