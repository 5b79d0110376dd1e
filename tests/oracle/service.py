"""When the service was open and when it was disturbed, from the register's CSV, in plain Python."""

from __future__ import annotations

import csv
from calendar import monthrange
from datetime import date, datetime, timedelta
from pathlib import Path

Cells = dict[str, str]
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Service:
    """Hours and events of a home's register; times are local wall-clock times."""

    def __init__(self, register: Path) -> None:
        self.hours = _rows(register / "service_hours.csv")
        kinds = {row["kind"]: row for row in _rows(register / "event_kinds.csv")}
        self.events = [(row, kinds[row["kind"]]) for row in _rows(register / "events.csv")]

    def is_open(self, channel: str, queue: str, at: datetime) -> bool:
        """Whether somebody serves: no closing event, and in a window where the day has rows."""
        if self._during("closes_service", channel, queue, at):
            return False
        for name in (queue, "*"):
            rows = [r for r in self.hours if r["channel"] == channel and r["queue"] == name]
            held = [r for r in rows if r["valid_from"] <= f"{at:%Y-%m-%d}" <= _until(r)]
            for days in _most_particular_first(at.date()):
                windows = [r for r in held if r["days"] in days]
                if windows:
                    return any(r["opens"] <= f"{at:%H:%M}" < r["closes"] for r in windows)
        return True

    def incident(self, channel: str, queue: str, at: datetime) -> str | None:
        """The incident it came in; of several the one that began first."""
        return min(self._during("is_incident", channel, queue, at), default=(None, None))[1]

    def outcome(self, exported: str, channel: str, queue: str, at: datetime) -> str:
        """Who was answered was answered; who stayed in the menu asked for nobody."""
        if exported in ("answered", "not_queued") or self.is_open(channel, queue, at):
            return exported
        return "after_hours"

    def _during(
        self, meaning: str, channel: str, queue: str, at: datetime
    ) -> list[tuple[datetime, str]]:
        found = []
        for row, kind in self.events:
            begin = datetime.fromisoformat(row["begins_at"])
            if kind[meaning] != "true" or not row["ends_at"]:
                continue
            end = datetime.fromisoformat(row["ends_at"]) + timedelta(days=len(row["ends_at"]) == 10)
            here = row["channel"] in ("", channel) and row["queue"] in ("*", queue)
            if here and begin <= at < end:
                found.append((begin, row["event_id"]))
        return found


def _most_particular_first(day: date) -> list[tuple[str, ...]]:
    is_last = day.day == monthrange(day.year, day.month)[1]
    last = [("month_last_day",)] if is_last else []
    week = "weekday" if day.weekday() < 5 else "weekend"
    return [*last, (NAMES[day.weekday()],), (week,), ("every",)]


def _until(row: Cells) -> str:
    return row["valid_to"] or "9999-12-31"


def _rows(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
