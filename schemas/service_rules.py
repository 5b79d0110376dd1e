"""Rules between the rows of service hours and events: windows that make sense and do not clash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import combinations

from schemas.register_cells import Problem, Record
from schemas.register_dates import group

Tables = Mapping[str, list[Record]]


def hours(tables: Tables) -> Iterator[Problem]:
    """Windows that end before they begin, are half stated, or overlap another of their days."""
    whole = []
    for row in tables["service_hours"]:
        opens, closes = row.text("opens"), row.text("closes")
        if bool(opens) != bool(closes):
            yield row.problem(
                "opens and closes go together; fill in both, or leave both empty for closed all day"
            )
        elif opens and opens >= closes:
            yield row.problem(
                f"closes {closes} is not after opens {opens}; a window over midnight is two rows, "
                "one to 24:00 and one from 00:00"
            )
        else:
            whole.append(row)
    for rows in group(whole, ("channel", "queue", "days")).values():
        for earlier, later in combinations(rows, 2):
            if _in_force_together(earlier, later) and _clash(earlier, later):
                yield later.problem(
                    f"{later.text('channel')} {later.text('queue')} {later.text('days')} has two "
                    f"rows for the same hours (lines {earlier.line} and {later.line}); close the "
                    "earlier row with valid_to, or separate their hours"
                )


def _in_force_together(one: Record, other: Record) -> bool:
    return max(one.first, other.first) <= min(one.last, other.last)


def _clash(one: Record, other: Record) -> bool:
    if not one.text("opens") or not other.text("opens"):
        return True
    begin = max(one.text("opens"), other.text("opens"))
    return begin < min(one.text("closes"), other.text("closes"))


def events(tables: Tables) -> Iterator[Problem]:
    """Events that end before they begin, or lack the end that their kind needs."""
    windows = {
        row.text("kind")
        for row in tables["event_kinds"]
        if any(row.values[name] for name in ("is_incident", "closes_service", "explains_gap"))
    }
    for row in tables["events"]:
        begin, end = row.values["begins_at"], row.values["ends_at"]
        if end is None and row.text("kind") in windows:
            yield row.problem(
                f"ends_at is empty, but what a {row.text('kind')} means depends on its window "
                "(event_kinds.csv); write when it ended, or is planned to end"
            )
        if isinstance(begin, datetime) and isinstance(end, datetime) and end <= begin:
            yield row.problem(
                f"ends_at {end:%Y-%m-%d %H:%M} is not after begins_at {begin:%Y-%m-%d %H:%M}; "
                "exchange or correct them"
            )
