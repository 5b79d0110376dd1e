"""What the tests of defended figures ask of a home: its cards, its log of changes, its closings.

Homes publish for real, without waiting for the disk, and decisions are made by the command.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from commands import Command, Said
from homes import no_waiting
from storyhome import StoryHome, called, chat, put_calls, put_chats, put_complaints

from assets.lake import sha256_file
from assets.stored.outputs import Outputs, output_file

JULY = "2024-07-02"  # a day on which the half year is over
SL, SLI = "service_level", "service_level_index"
WITHOUT = "service_level_without_incidents"
Row = tuple[Any, ...]


class DefendedHome(StoryHome):
    """A home of calls, chats and complaints whose runs publish.

    Every month has four calls, three of them answered in time, four chats in time, and the
    proof that nobody complained.
    """

    __test__ = False

    @classmethod
    def of_months(cls, root: Path, first: str, last: str) -> DefendedHome:
        home = cls(root / "home", first_month=first, last_month=last)
        home.only_sources("calls", "chats", "complaints")
        home.expecting("month", "calls", "chats", "complaints")
        for number in range(int(first[5:]), int(last[5:]) + 1):
            month = f"{first[:4]}-{number:02}"
            waits = ("10,000", "10,000", "10,000", "30,000")
            put_calls(
                home, f"{month}-10",
                *(called(f"A{month}-{n}", f"{month}-10", wait) for n, wait in enumerate(waits)),
            )  # fmt: skip
            put_chats(home, month, *(chat(f"C{month}-{n}", f"{month}-10") for n in range(4)))
            put_complaints(home, month)
        return home

    def publish(self, as_of: str) -> str:
        """Run through to what readers see; the id of the version."""
        ran = self.run(as_of, publish=True)
        assert ran.version is not None
        return ran.version.id

    def card(self, node: str, period: str, *, as_now: bool = False) -> tuple[Any, Any]:
        """Realisation and index of a node, computed, as readers see them."""
        table = "kpi.scorecard_as_now" if as_now else "kpi.scorecard"
        ((realisation, index),) = self.published(
            f"select realisation, index from {table} where id = '{node}' and period = '{period}' "
            "and basis = 'computed'"
        )
        return realisation, index

    def counts(self, metric: str, month: str, *, as_now: bool = False) -> tuple[int, int]:
        """Numerator and denominator of a metric of calls in a month."""
        table = "metric.monthly_as_now" if as_now else "metric.monthly"
        ((numerator, denominator),) = self.published(
            f"select sum(numerator), sum(denominator) from {table} where metric_id = '{metric}' "
            f"and channel = 'phone' and month = date '{month}-01'"
        )
        return int(numerator), int(denominator)

    def log(self, version: str) -> list[Row]:
        """The rows of the log a version has of its own: table, period, id, channel, cause."""
        return self.published(
            "select table_name, period, id, channel, cause from ops.restatements "
            f"where version = '{version}' order by all"
        )

    def moved(self, version: str, table: str) -> set[tuple[str, str]]:
        """The figures of a table that a version restates: (period, id)."""
        return {(period, name) for of, period, name, *_ in self.log(version) if of == table}

    def causes(self, version: str) -> set[str]:
        return {row[-1] for row in self.log(version)}


def phone_and_chat(met: int, offered: int) -> float:
    """The index of 3a: half phone, half chat, where all chats are in time."""
    return 50 * met / offered + 50


def close(command: Command, home: DefendedHome, period: str, reason: str = "Signed") -> Said:
    with no_waiting():
        return command(home.root, "close", period, "--reason", reason)


def reopen(command: Command, home: DefendedHome, period: str) -> Said:
    with no_waiting():
        return command(home.root, "reopen", period, "--reason", "Late")


def current(home: DefendedHome) -> str:
    return (home.root / "published/current").resolve().name


def alter(home: DefendedHome, table: str, month: str, numerator: str) -> None:
    """Replace a month's file and its record, so that both agree and nothing looks stale."""
    outputs = Outputs(home.home)
    record = outputs.get(table, date.fromisoformat(f"{month}-01"))
    assert record is not None
    old = outputs.path(record)
    new = old.with_name("altered.parquet")
    duckdb.connect().execute(
        f"copy (select * replace (cast({numerator} as decimal(38, 12)) as numerator) "
        f"from '{old}') to '{new}' (format parquet)"
    )
    sha256 = sha256_file(new)
    file = output_file(date.fromisoformat(f"{month}-01"), sha256)
    new.rename(old.with_name(file))
    old.unlink()
    altered = replace(record, sha256=sha256, file=file)
    path = home.root / "lake/outputs" / table / f"{month}.json"
    path.write_text(json.dumps(asdict(altered)))
