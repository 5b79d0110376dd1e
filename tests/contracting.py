"""Good rows of each kind of export, and what comes of them where something in them is another."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from schemas.contract import Bounds, contract, validate
from schemas.conversion import Conventions, convert
from schemas.pseudonyms import Pseudonyms
from schemas.rejects import Outcome

YEAR = Bounds(date(2024, 1, 1), date(2024, 12, 31), "Asia/Jakarta")
PSEUDONYMS = Pseudonyms(bytes(32))
ROWS: dict[str, dict[str, Any]] = {
    "calls": {
        "contact_id": "1",
        "entered_at": "2024-03-01T10:00:00",
        "outcome": "answered",
        "wait_seconds": "19.6",
    },
    "surveys": {
        "response_id": "1",
        "service": "inbound",
        "responded_at": "2024-03-01",
        "score": "4",
        "scale_max": "5",
    },
    "outbound_attempts": {
        "attempt_id": "1",
        "case_id": "9",
        "called_at": "2024-03-01",
        "result": "busy",
    },
    "outbound_cases": {"case_id": "9", "listed_at": "2024-03-01"},
    "payments": {"payment_id": "1", "case_id": "9", "paid_at": "2024-03-01"},
    "agent_activity": {"agent": "007", "day": "2024-03-01", "active_seconds": "1:00:00"},
    "complaints": {"complaint_id": "1", "received_at": "2024-03-01"},
}
ROWS["chats"] = ROWS["calls"]


def run(kind: str, *changes: dict[str, Any], bounds: Bounds = YEAR) -> Outcome:
    """Good rows of a kind, each with its change, through conversion and validation."""
    names = {name for change in (ROWS[kind], *changes) for name in change}
    rows = [{**dict.fromkeys(names), **ROWS[kind], **change} for change in changes or ({},)]
    schema = dict.fromkeys(sorted(names), pl.String)
    frame = pl.DataFrame(rows, schema=schema).with_row_index("_row", offset=1)
    frame = frame.with_columns(pl.col("_row").cast(pl.Int64))
    converted = convert(frame, contract(kind), Conventions("Asia/Jakarta"), PSEUDONYMS.series)
    assert converted.rejects.height == 0
    return validate(converted.accepted, contract(kind), bounds)


def reject(kind: str, change: dict[str, Any]) -> tuple[str, str] | None:
    rejects = run(kind, change).rejects
    assert rejects.height <= 1
    return rejects.select("column", "rule").row(0) if rejects.height else None
