"""A home of May and June with one source of calls, and calls that say one thing or another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from storyhome import StoryHome

AS_OF = "2024-07-10"
DAY = date.fromisoformat(AS_OF)
SOURCE = """
-- title: Calls
-- kind: calls
-- files: calls/*.csv
-- format: csv
-- times: %Y-%m-%d %H:%M:%S
-- timezone: Asia/Jakarta
select _row, id as contact_id, queue, entered as entered_at, outcome, wait as wait_seconds
from export
"""
HEADER = "id,queue,entered,outcome,wait,version"
WITH_VERSION = SOURCE.replace("-- times", "-- version: version\n-- times")


class Call(NamedTuple):
    """What an export says of a call: of two sayings, `version` tells the newer one."""

    number: int
    day: int  # of May, June after the 31st
    wait: int
    queue: str
    version: int = 0

    def line(self) -> str:
        month, day = (5, self.day) if self.day <= 31 else (6, self.day - 31)
        at = f"2024-{month:02d}-{day:02d} 10:00:{self.number % 60:02d}"
        outcome = "abandoned" if self.wait % 7 == 0 else "answered"
        return f"C{self.number},{self.queue},{at},{outcome},{self.wait},{self.version}"


def made(number: int, salt: int, version: int = 0) -> Call:
    """A call; another salt makes it longer, move to another queue or another month."""
    day = 1 + (number * 13 + salt * 17) % 61
    return Call(number, day, 1 + (number * 11 + salt * 29) % 60, ("a", "b")[salt % 2], version)


class Small(StoryHome):
    """May and June of one source."""

    def __init__(self, root: Path, source: str) -> None:
        super().__init__(root, first_month="2024-05", last_month="2024-06")
        self.only_sources()
        self.source("calls", source.lstrip())

    def export(self, name: str, rows: Sequence[Call]) -> None:
        self.put(f"calls/{name}.csv", "\n".join([HEADER, *(row.line() for row in rows)]) + "\n")

    def all_that_counts(self) -> dict[str, Any]:
        """What readers would see, but for the file and record a row came from."""
        facts = "select * exclude (file_id, file_row) from fact.contacts order by contact_id"
        return {
            "facts": self.query(facts),
            "metrics": self.query("from metric.monthly order by all"),
            "scorecard": self.query("from kpi.scorecard order by all"),
        }
