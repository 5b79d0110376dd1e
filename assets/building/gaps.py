"""Days on which an export may be lacking, because an event of the register says why.

Belongs here: which event explains which day of which kind, in words. What follows for a month
is `periods`' to judge. No export is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schemas.register import Register

_CHANNELS = {"calls": "phone", "chats": "chat"}
_MIDNIGHT, _ONE_DAY = time.min, timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """An event that explains days without an export; `lost` where there was service to export."""

    begins_at: datetime
    ends_at: datetime
    channel: str | None
    title: str
    kind: str
    lost: bool

    def explains(self, kind: str, day: date) -> bool:
        """Whether the whole day lies in the event, and the event in what the kind exports."""
        begin = datetime.combine(day, _MIDNIGHT)
        whole = self.begins_at <= begin and begin + _ONE_DAY <= self.ends_at
        return whole and self.channel in (None, _CHANNELS.get(kind))


def gaps(register: Register) -> list[Gap]:
    """The events that explain gaps, by their beginning; of all queues, as an export is."""
    kinds = {row["kind"]: row for row in register.rows("event_kinds") if row["explains_gap"]}
    found = [
        Gap(begin, end, str(row["channel"]) if row["channel"] else None, str(row["title"]),
            str(row["kind"]), not kinds[row["kind"]]["closes_service"])
        for row in register.rows("events")
        if row["kind"] in kinds and row["queue"] == "*"
        and isinstance(begin := row["begins_at"], datetime)
        and isinstance(end := row["ends_at"], datetime)
    ]  # fmt: skip
    return sorted(found, key=lambda gap: (gap.begins_at, gap.title))


def explained(kind: str, absent: Iterable[date], known: list[Gap]) -> dict[date, Gap]:
    """Of days without an export, those that an event explains, with the first such event."""
    return {
        day: gap
        for day in absent
        if (gap := next((gap for gap in known if gap.explains(kind, day)), None))
    }


def in_words(days: dict[date, Gap]) -> str:
    """`2024-04-10 to 2024-04-12: Eid, holiday`, one part per event."""
    by_gap: dict[Gap, list[date]] = {}
    for day, gap in sorted(days.items()):
        by_gap.setdefault(gap, []).append(day)
    return "; ".join(
        f"{when[0]}{f' to {when[-1]}' if len(when) > 1 else ''}: {gap.title}, {gap.kind}"
        for gap, when in by_gap.items()
    )
