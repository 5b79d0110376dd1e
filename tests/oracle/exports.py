"""The raw exports as plain records: read, freed of what cannot be read, each key once.

One reader per export. A row that cannot be read is left out here, as a person with a pencil
would: the reading raises, and the row is skipped.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from python_calamine import load_workbook

Record = TypeVar("Record")
Cells = dict[str, Any]

CALL_OUTCOMES = {
    "Answered": "answered", "Abandoned": "abandoned", "Overflow": "flow_out",
    "Callback": "callback", "Voicemail": "voicemail", "Closed": "after_hours",
    "IVR": "not_queued",
}  # fmt: skip
CHAT_OUTCOMES = {
    "handled": "answered", "missed": "abandoned", "offline": "after_hours",
    "bot_only": "not_queued",
}  # fmt: skip
SERVICES = {
    "Inbound": "inbound", "Outbound": "outbound", "Pengaduan": "complaint",
    "Medsos": "social_media",
}  # fmt: skip
STATUSES = {"Selesai", "Menolak", "Salah orang", "Tidak terhubung"}
DISPOSITIONS = {"RPC", "WPC", "NA", "BUSY", "VM", "FAIL"}


@dataclass(frozen=True)
class Contact:
    month: str
    entered: datetime  # local wall-clock time
    channel: str
    queue: str
    outcome: str
    wait: Decimal | None
    talk: Decimal | None
    rest: Decimal  # hold and after-call work


@dataclass(frozen=True)
class Response:
    month: str
    service: str
    completed: bool
    score: Decimal | None
    scale: Decimal


@dataclass(frozen=True)
class Attempt:
    case: str
    at: datetime
    right_party: bool


@dataclass(frozen=True)
class Payment:
    case: str
    paid: datetime


@dataclass(frozen=True)
class Day:
    month: str
    channel: str
    active: int
    hold: int
    acw: int
    not_ready: int
    available: int


@dataclass(frozen=True)
class Complaint:
    month: str
    to_follow_up: bool
    on_time: bool


def calls(landing: Path) -> Iterable[Contact]:
    def read(row: Cells) -> tuple[str, Contact]:
        entered = _day_first(row["Entered"])
        for name in ("Answered", "Ended"):
            if row[name] != "-":
                _day_first(row[name])
        wait, talk, hold, acw = (_comma(row[n]) for n in ("Wait", "Talk", "Hold", "Wrap-up"))
        return row["Call ID"], Contact(
            f"{entered:%Y-%m}", entered, "phone", row["Queue"], CALL_OUTCOMES[row["Outcome"]],
            wait, talk, (hold or Decimal(0)) + (acw or Decimal(0)),
        )  # fmt: skip

    return _once(_delimited(landing, "calls/calls_*.csv", ";"), read)


def chats(landing: Path, zone: ZoneInfo) -> Iterable[Contact]:
    def read(row: Cells) -> tuple[str, Contact]:
        asked, ended = _iso(row["requested_at"]), _iso(row["ended_at"])
        replied = _iso(row["first_reply_at"]) if row["first_reply_at"] else None
        outcome = CHAT_OUTCOMES[row["status"]]
        # The month is the centre's, the export's times are UTC.
        local = asked.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        wait = _seconds(asked, replied or ended) if outcome in ("answered", "abandoned") else None
        talk = _seconds(replied, ended) if replied else None
        return row["id"], Contact(
            f"{local:%Y-%m}", local, "chat", row["skill"], outcome, wait, talk, Decimal(0)
        )

    files = sorted(landing.glob("chats/chats_*.jsonl"))
    lines = (line for path in files for line in path.read_text("utf-8").splitlines())
    return _once(map(json.loads, lines), read)


def responses(landing: Path) -> Iterable[Response]:
    def rows() -> Iterator[Cells]:
        for path in sorted(landing.glob("surveys/surveys_*.xlsx")):
            sheet = load_workbook(path).get_sheet_by_name("Responses").to_python()
            for cells in sheet[1:]:
                yield dict(zip(map(str, sheet[0]), cells, strict=True))

    def read(row: Cells) -> tuple[str, Response]:
        submitted, status = row["Submitted"], row["Status"]
        if not isinstance(submitted, datetime) or status not in STATUSES:
            raise ValueError
        # Blank and 0 mean "not rated": no score at all, not a bad one.
        score = Decimal(str(row["Score"] or 0)) or None
        return row["Response ID"], Response(
            f"{submitted:%Y-%m}", SERVICES[row["Service"]], status == "Selesai", score,
            Decimal(str(row["Scale"])),
        )  # fmt: skip

    return _once(rows(), read)


def attempts(landing: Path) -> Iterable[Attempt]:
    def read(row: Cells) -> tuple[str, Attempt]:
        if row["disposition"] not in DISPOSITIONS:
            raise ValueError
        Decimal(row["talk_sec"])
        return row["attempt_no"], Attempt(
            row["case_no"], _iso(row["call_time"]), row["disposition"] == "RPC"
        )

    return _once(_delimited(landing, "outbound/attempts_*.tsv", "\t"), read)


def due_dates(landing: Path) -> dict[str, date]:
    def read(row: Cells) -> tuple[str, tuple[str, date]]:
        Decimal(row["amount"])
        return row["case_no"], (row["case_no"], date.fromisoformat(row["due_date"]))

    return dict(_once(_delimited(landing, "outbound/cases_*.csv", ","), read))


def payments(landing: Path) -> Iterable[Payment]:
    def read(row: Cells) -> tuple[str, Payment]:
        Decimal(row["amount"])
        _iso(row["known_at"])
        return row["payment_no"], Payment(row["case_no"], _iso(row["paid_at"]))

    return _once(_delimited(landing, "outbound/payments_*.csv", ","), read)


def days(landing: Path) -> Iterable[Day]:
    def read(row: Cells) -> tuple[str, Day]:
        day, month, year = row["Date"].split("-")
        if row["Channel"] not in ("phone", "chat"):
            raise ValueError
        parts = [_clock(row[n]) for n in ("Active", "Hold", "ACW", "Not ready", "Available")]
        # Such a row has no number of its own: agent, day and channel name it.
        return f"{row['Agent']} {row['Date']} {row['Channel']}", Day(
            f"{date(int(year), int(month), int(day)):%Y-%m}", row["Channel"], *parts
        )

    return _once(_delimited(landing, "activity/activity_*.csv", ";"), read)


def complaints(landing: Path) -> Iterable[Complaint]:
    def read(row: Cells) -> tuple[str, Complaint]:
        due = _iso(row["due_at"] or row["received_at"])
        done = _iso(row["followed_up_at"]) if row["followed_up_at"] else None
        return row["complaint_no"], Complaint(
            f"{due:%Y-%m}", row["to_follow_up"] != "false", done is not None and done <= due
        )

    return _once(_delimited(landing, "complaints/complaints_*.csv", ","), read)


def _once(rows: Iterable[Cells], read: Callable[[Cells], tuple[str, Record]]) -> Iterable[Record]:
    """Each key once, by its newest delivery: exports overlap, and files come in date order."""
    newest: dict[str, Record] = {}
    for row in rows:
        try:
            key, record = read(row)
        except (ValueError, KeyError, ArithmeticError):
            continue
        newest[key] = record
    return newest.values()


def _delimited(landing: Path, pattern: str, delimiter: str) -> Iterator[Cells]:
    for path in sorted(landing.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter=delimiter)


def _day_first(text: str) -> datetime:
    return datetime.fromisoformat(f"{text[6:10]}-{text[3:5]}-{text[:2]}T{text[11:]}")


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z"))


def _comma(text: str) -> Decimal | None:
    return None if text in ("-", "") else Decimal(text.replace(",", "."))


def _clock(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _seconds(start: datetime, end: datetime) -> Decimal:
    gap = end - start
    return Decimal(gap.days * 86_400 + gap.seconds) + Decimal(gap.microseconds) / 1_000_000
