"""Homes for stories: runs that may stop before publishing, and the lines of the other exports.

A story is many runs. What a run publishes is tested elsewhere, so by default these end at the
scorecard, whose figures are read from the lake; `run(..., publish=True)` goes the whole way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from homes import Ran, TestHome, call, calls_file

from assets.building.plan import Plan
from assets.graph import steps
from assets.graph.builder import Step
from assets.publishing.content import content_digest
from assets.rulebook.rules import Rules

OUTBOUND = ("outbound_attempts", "outbound_cases", "payments")
SENT_ELSEWHERE = """\
-- title: Calls that were put through elsewhere
-- unit: share
-- numerator: calls sent elsewhere
-- denominator: calls answered or sent elsewhere
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-01
select
    month,
    channel,
    count(*) filter (outcome = 'flow_out') as numerator,
    count(*) as denominator
from fact.contacts
where outcome in ('answered', 'flow_out')
group by month, channel
"""


@dataclass(frozen=True)
class Figure:
    """One row of the scorecard: what it came to and why."""

    realisation: float | None
    index: float | None
    status: str
    reason: str
    measured_weight: float


class StoryHome(TestHome):
    """A home whose runs end at the scorecard unless told to publish."""

    __test__ = False

    def run(self, as_of: str | date = "2024-04-30", *, publish: bool = False) -> Ran:
        if publish:
            return super().run(as_of)
        with patch("homes.steps", _up_to_the_scorecard):
            return super().run(as_of)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the lake's outputs, under the names they are published by."""
        with duckdb.connect() as c:
            c.execute("set TimeZone = 'Asia/Jakarta'")
            for folder in sorted((self.root / "lake/outputs").iterdir()):
                schema, table = folder.name.split(".")
                if folder.name in sql and list(folder.glob("*.parquet")):
                    c.execute(f"create schema if not exists {schema}")
                    c.execute(
                        f"create view {schema}.{table} as select * from "
                        f"read_parquet('{folder}/*.parquet', union_by_name = true)"
                    )
            return list(c.execute(sql).fetchall())

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published database, as its readers see them."""
        return super().query(sql)

    def content(self, as_of: str) -> str:
        """The digest that decides whether there would be a new version."""
        return content_digest(Plan(self.home, date.fromisoformat(as_of)))

    def weigh_no_occupancy(self) -> None:
        """The service level weighs 0.75 of objective 3, telephone occupancy nothing."""
        for kpi, weight in (("service_level", "0.75"), ("telephone_occupancy", "0")):
            row = f"objective_3,{kpi},2024-01-01,,"
            self.edit_register("weights", f"{row}0.375", f"{row}{weight}")

    def rule(self, folder: str, name: str, text: str) -> None:
        """Write a metric or a check of the home's own."""
        (self.root / folder).mkdir(exist_ok=True)
        (self.root / folder / f"{name}.sql").write_text(text)

    # what the figures are

    def months(self, metric: str, channel: str | None = None) -> dict[str, tuple[Any, Any, str]]:
        """Numerator, denominator and status of a metric, by month."""
        where = f"channel = '{channel}'" if channel else "true"
        rows = self.query(
            "select strftime(month, '%Y-%m'), sum(numerator), sum(denominator), "
            "string_agg(distinct status, ', ' order by status) from metric.monthly "
            f"where metric_id = '{metric}' and {where} group by 1 order by 1"
        )
        return {month: (_plain(n), _plain(d), status) for month, n, d, status in rows}

    def reason(self, metric: str, month: str, channel: str | None = None) -> str:
        """The reason a metric gives for its status in a month."""
        where = f"channel = '{channel}'" if channel else "true"
        ((reason,),) = self.query(
            "select distinct reason from metric.monthly where metric_id = "
            f"'{metric}' and month = date '{month}-01' and {where}"
        )
        return str(reason)

    def figure(self, node: str, period: str, basis: str = "computed", year: int = 2024) -> Figure:
        """A row of the scorecard."""
        (values,) = self.query(
            "select realisation, index, status, reason, measured_weight from kpi.scorecard "
            f"where id = '{node}' and period = '{period}' and basis = '{basis}' and year = {year}"
        )
        return Figure(*values)

    def shas(self, table: str) -> dict[str, str]:
        """The digest of each month of a table, as the version's manifest states it."""
        manifest = json.loads((self.root / "published/current/manifest.json").read_text())
        files = manifest["tables"][table]["files"]
        return {file["path"].rpartition("/")[2][:7]: file["sha256"] for file in files}


def _up_to_the_scorecard(rules: Rules) -> list[Step]:
    return [step for step in steps(rules) if step.group != "published"]


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


# Exports. Days are written as ISO dates, as everywhere in the tests.


def story(root: Path, *sources: str, expecting: str = "none", **calendar: str) -> StoryHome:
    """A home with the named sources, all of which expect a file a day, a month, or none."""
    home = StoryHome(root / "home", **calendar)
    home.only_sources(*sources)
    home.expecting(expecting, *sources)
    return home


def put_calls(home: TestHome, day: str, *lines: str) -> None:
    """A day's calls export."""
    home.put(f"calls/calls_{day.replace('-', '')}.csv", calls_file(lines))


def called(
    call_id: str, at: str, wait: str = "10,000", outcome: str = "Answered", **more: Any
) -> str:
    """One call, entered at `2024-01-31 23:59:50`."""
    day, _, time = at.partition(" ")
    year, month, number = day.split("-")
    return call(call_id, f"{number}/{month}/{year} {time or '10:00:00'}", wait, outcome, **more)


def put_chats(home: TestHome, month: str, *lines: str) -> None:
    home.put(f"chats/chats_{month.replace('-', '')}.jsonl", "\n".join(lines) + "\n")


def chat(chat_id: str, day: str, wait: int = 60, status: str = "handled") -> str:
    """One chat, asked for at 03:00 UTC (10:00 in Jakarta)."""
    minute, second = divmod(wait, 60)
    replied = f"{day}T03:{minute:02}:{second:02}.000Z" if status == "handled" else None
    return json.dumps(
        {
            "id": chat_id, "skill": "umum", "requested_at": f"{day}T03:00:00.000Z",
            "first_reply_at": replied, "ended_at": f"{day}T04:00:00.000Z",
            "agent": "LC-0001" if replied else None, "status": status,
        }
    )  # fmt: skip


def put_attempts(home: TestHome, month: str, *rows: str) -> None:
    """Rows as `attempt case at disposition`, the time with its blank."""
    header = "attempt_no\tcase_no\tcall_time\tdisposition\tagent\tcampaign\ttalk_sec"
    lines = []
    for row in rows:
        attempt, case, day, time, disposition = row.split()
        lines.append(f"{attempt}\t{case}\t{day} {time}\t{disposition}\tKP-0001\tspt\t30")
    _put_month(home, f"outbound/attempts_{month}.tsv", header, lines)


def put_cases(home: TestHome, month: str, *rows: str) -> None:
    """Rows as `case listed due`."""
    header = "case_no,taxpayer_id,campaign,list_date,issue_date,due_date,amount"
    lines = []
    for row in rows:
        case, listed, due = row.split()
        lines.append(f"{case},0123456789012345,spt,{listed},{listed},{due},100.00")
    _put_month(home, f"outbound/cases_{month}.csv", header, lines)


def put_payments(home: TestHome, month: str, *rows: str) -> None:
    """Rows as `payment case paid known`, both at noon."""
    lines = []
    for row in rows:
        payment, case, paid, known = row.split()
        lines.append(f"{payment},{case},{paid} 12:00:00,{known} 12:00:00,100.00")
    _put_month(home, f"outbound/payments_{month}.csv", PAYMENTS_HEADER, lines)


def put_complaints(home: TestHome, month: str, *lines: str) -> None:
    header = "complaint_no,received_at,category,to_follow_up,due_at,followed_up_at,channel"
    _put_month(home, f"complaints/complaints_{month}.csv", header, lines)


PAYMENTS_HEADER = "payment_no,case_no,paid_at,known_at,amount"


def _put_month(home: TestHome, path: str, header: str, lines: Sequence[str]) -> None:
    stem, _, rest = path.rpartition("_")
    home.put(f"{stem}_{rest.replace('-', '')}", "\n".join([header, *lines]) + "\n")


def of_a_quarter(root: Path) -> StoryHome:
    """Calls of January to March: one answered in time at 10.00, one given up at 20.00.

    Run up to the scorecard, as of 5 April. Copy it, leave it as it is.
    """
    home = StoryHome(root, last_month="2024-03")
    home.only_sources("calls", "chats")
    home.expecting("month", "calls", "chats")
    for month in ("2024-01", "2024-02", "2024-03"):
        put_calls(
            home, f"{month}-10", called(f"A{month}", f"{month}-10"),
            called(f"B{month}", f"{month}-10 20:00:00", outcome="Abandoned"),
        )  # fmt: skip
        put_chats(home, month, chat(f"C{month}", f"{month}-12"))
    home.run("2024-04-05")
    return home
