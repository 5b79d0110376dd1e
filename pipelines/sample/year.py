"""The sample year put together: each export from its own random stream, soiled, written.

The streams are independent, so that a change to one export leaves the others' bytes alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.sample import activity, attempts, calls, chats, outbound, payments, people, surveys
from pipelines.sample.dirt import Spoilt, soiled, split
from pipelines.sample.volumes import Calendar, calendar
from pipelines.sample.write import Writer, delimited, json_lines, workbook

SMALLEST_SCALE = 0.02
COMPLAINTS = (
    "complaint_no", "received_at", "category", "to_follow_up", "due_at", "followed_up_at",
    "channel",
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """One system's files: their names, their form, and what goes wrong in them."""

    path: str
    write: Writer
    identity: str = ""
    spoilt: Spoilt = ()
    share_with_rejects: float = 1.0


EXPORTS = {
    "calls": Export(
        "calls/calls_{}.csv",
        delimited(";"),
        "Call ID",
        (("Entered", "31/02/2024 09:15:00"), ("Wait", "12,3,4"), ("Outcome", "Test")),
        share_with_rejects=0.15,
    ),
    "chats": Export(
        "chats/chats_{}.jsonl",
        json_lines,
        "id",
        (("requested_at", "2024-02-30T02:15:00.000Z"), ("status", "escalated")),
    ),
    "surveys": Export(
        "surveys/surveys_{}.xlsx",
        workbook("Responses", frozenset({"Score", "Scale"})),
        "Response ID",
        (("Score", "lima"), ("Service", "Kiosk")),
    ),
    "outbound_attempts": Export(
        "outbound/attempts_{}.tsv",
        delimited("\t"),
        "attempt_no",
        (("call_time", "2024-13-05 09:15:00"), ("disposition", "XFER"), ("talk_sec", "1m20")),
    ),
    "outbound_cases": Export(
        "outbound/cases_{}.csv",
        delimited(","),
        "case_no",
        (("due_date", "2024-06-31"), ("amount", "Rp 250rb")),
    ),
    "payments": Export(
        "outbound/payments_{}.csv",
        delimited(","),
        "payment_no",
        (("paid_at", "00-00-0000"), ("amount", "Rp 250rb")),
    ),
    "agent_activity": Export(
        "activity/activity_{}.csv",
        delimited(";"),
        "Agent",
        (("Active", "8 jam"), ("Channel", "fax")),
    ),
    "complaints": Export("complaints/complaints_{}.csv", delimited(",")),
}


def write_sample(
    landing: Path,
    *,
    year: int = 2024,
    scale: float = 1.0,
    seed: int = 7,
    timezone: str = "Asia/Jakarta",
) -> tuple[dict[str, int], dict[str, int]]:
    """Write the exports of `year` under `landing`; the same arguments give the same bytes.

    Gives the records and the files of each export, repeated and unreadable ones included. `scale`
    1.0 is about 400,000 calls. Raises ValueError for a scale at which the printed cells cannot be
    shown.
    """
    if scale < SMALLEST_SCALE:
        raise ValueError(f"scale {scale} is too small; the smallest is {SMALLEST_SCALE}")
    of = calendar(year)
    days = pl.from_epoch(pl.Series(of.days), "d").dt.strftime("%Y%m%d").to_list()
    months = [f"{year}{month:02d}" for month in range(1, 13)]
    following = [f"{year + 1}01", f"{year + 1}02"]
    records: dict[str, int] = {}
    files: dict[str, int] = {}
    for number, (name, frame) in enumerate(_exports(of, scale, seed, timezone).items()):
        keys = {"calls": days, "payments": months + following}.get(name, months)
        if name == "outbound_attempts" and (frame["_file"] == following[0]).any():
            keys = months + following[:1]
        rng = np.random.default_rng([seed, year, 100 + number])
        records[name], files[name] = _write(rng, landing, EXPORTS[name], frame, keys)
    return records, files


def _exports(of: Calendar, scale: float, seed: int, timezone: str) -> dict[str, pl.DataFrame]:
    """Every export's rows as texts, with the file each belongs to."""
    stream = [np.random.default_rng([seed, of.year, number]) for number in range(8)]
    agents = people.staff(scale)
    phone = calls.calls(stream[0], of, agents, scale)
    chat = chats.chats(stream[1], of, agents, scale)
    cases = outbound.cases(stream[2], of, scale)
    dialled = cases.tries.size
    number = attempts.case_numbers(of, dialled + attempts.idle_cases(dialled))
    campaign = attempts.campaigns(stream[3], number.len())
    tried = attempts.attempts(stream[4], of, agents, cases)
    paid = payments.payments(stream[5], of, cases)
    reached = tried.filter(disposition="RPC").select(
        "id", ended=pl.col("at") + pl.col("talk") * 1000
    )
    asked = surveys.askable(stream[6], phone, chat, reached)
    return {
        "calls": calls.exported(phone),
        "chats": chats.exported(chat, timezone),
        "surveys": surveys.exported(surveys.surveys(stream[6], of, asked, scale)),
        "outbound_attempts": attempts.exported_attempts(tried, number, campaign),
        "outbound_cases": attempts.exported_cases(stream[3], of, cases, number, campaign),
        "payments": payments.exported(paid, number),
        "agent_activity": activity.exported(activity.activity(stream[7], of, phone, chat)),
        # none to follow up, as in the report; a header-only file is how an export proves that
        "complaints": pl.DataFrame(schema=dict.fromkeys((*COMPLAINTS, "_file"), pl.String)),
    }


def _write(
    rng: np.random.Generator, landing: Path, export: Export, frame: pl.DataFrame, keys: list[str]
) -> tuple[int, int]:
    """Write the files of one export; returns the number of records and of files."""
    records = 0
    (landing / export.path).parent.mkdir(parents=True, exist_ok=True)
    for key, rows in soiled(
        rng,
        split(frame, keys),
        export.identity,
        export.spoilt,
        share_with_rejects=export.share_with_rejects,
    ):
        export.write(rows, landing / export.path.format(key))
        records += rows.height
    return records, len(keys)
