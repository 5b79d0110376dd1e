"""The five files that every fault is tried on, from plain Python: the same bytes every time.

Two months of calls, a month of chats, surveys and outbound attempts, each through a source of
a few lines. Marked persons and a marked text stand in them, to be found nowhere else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

import xlsxwriter

MAY, JUNE = "calls/calls_202405.csv", "calls/calls_202406.csv"
CHATS, SURVEYS = "chats/chats_202406.csv", "surveys/surveys_202406.xlsx"
ATTEMPTS = "outbound/attempts_202406.tsv"
ROWS = {MAY: 1000, JUNE: 1200, CHATS: 400, SURVEYS: 300, ATTEMPTS: 150}
SOURCE_OF = {MAY: "calls", JUNE: "calls", CHATS: "chats", SURVEYS: "surveys",
             ATTEMPTS: "attempts"}  # fmt: skip

AGENT, PHONE, TAX_ID = "KP-Siti-77319", "0812-7731-9942", "9977310042119001"
FREE_TEXT = "ibu penelepon bernama Markadewi"
# As written, and what is left of an identifier in its canonical form.
SECRETS = (AGENT, AGENT.lower(), PHONE, "81277319942", TAX_ID, FREE_TEXT, "Markadewi")

CALLS_HEADER = ("Call ID", "Queue", "Entered", "Ended", "Wait", "Talk", "Agent", "Outcome",
                "Notes", "NPWP")  # fmt: skip
CHATS_HEADER = ("id", "skill", "requested_at", "first_reply_at", "ended_at", "agent", "status",
                "transcript")  # fmt: skip
SURVEYS_HEADER = ("Response ID", "Service", "Submitted", "Score", "Scale", "Status", "Respondent")
ATTEMPTS_HEADER = ("attempt_no", "case_no", "call_time", "disposition", "agent", "talk_sec")

CALLS_SOURCE = """
-- title:       Calls
-- kind:        calls
-- files:       calls/*.csv
-- format:      csv
-- options:     delim=';'
-- times:       %d/%m/%Y %H:%M:%S
-- timezone:    Asia/Jakarta
-- decimal:     ,
-- nulls:       -
-- covers:      filename %Y%m
-- expects:     month
-- tolerance:   1%
select
    _row, "Call ID" as contact_id, "Queue" as queue, "Entered" as entered_at,
    "Ended" as ended_at, "Wait" as wait_seconds, "Talk" as talk_seconds, "Agent" as agent,
    mapped("Outcome", map {'Answered': 'answered', 'Abandoned': 'abandoned'}) as outcome,
    unmapped("Outcome", map {'Answered': 'answered', 'Abandoned': 'abandoned'},
             'unknown_outcome') as _reject
from export
"""
CHATS_SOURCE = """
-- title:       Chats, their texts with line breaks
-- kind:        chats
-- files:       chats/*.csv
-- format:      csv
-- options:     multiline=true
-- covers:      filename %Y%m
-- expects:     month since 2024-06-01
-- tolerance:   1%
select
    _row, id as contact_id, skill as queue, requested_at as entered_at,
    first_reply_at as answered_at, ended_at, agent,
    mapped(status, map {'handled': 'answered', 'missed': 'abandoned'}) as outcome,
    unmapped(status, map {'handled': 1, 'missed': 1}, 'unknown_status') as _reject
from export
"""
SURVEYS_SOURCE = """
-- title:       Surveys
-- kind:        surveys
-- files:       surveys/*.xlsx
-- format:      xlsx
-- options:     sheet=Responses
-- times:       %Y-%m-%d %H:%M:%S; %d/%m/%Y
-- timezone:    Asia/Jakarta
-- identifiers: respondent=phone
-- covers:      filename %Y%m
-- expects:     month since 2024-06-01
-- tolerance:   1%
select
    _row, "Response ID" as response_id, lower("Service") as service,
    "Submitted" as responded_at, "Score" as score, "Scale" as scale_max,
    case "Status" when 'Selesai' then 'completed' when 'Menolak' then 'refused' end as status,
    "Respondent" as respondent
from export
"""
ATTEMPTS_SOURCE = """
-- title:       Outbound attempts
-- kind:        outbound_attempts
-- files:       outbound/*.tsv
-- format:      tsv
-- times:       %Y-%m-%d %H:%M:%S
-- timezone:    Asia/Jakarta
-- covers:      filename %Y%m
-- expects:     month since 2024-06-01
-- tolerance:   1%
select
    _row, attempt_no as attempt_id, case_no as case_id, call_time as called_at,
    disposition as result, agent, talk_sec as talk_seconds
from export
"""
SOURCES = {"calls": CALLS_SOURCE, "chats": CHATS_SOURCE, "surveys": SURVEYS_SOURCE,
           "attempts": ATTEMPTS_SOURCE}  # fmt: skip

Row = tuple[str, ...]


def changed(rows: Sequence[Row], *cells: tuple[int, str, str]) -> list[Row]:
    """Calls with other cells: the record's number (from 1), the column, the text."""
    found = list(rows)
    for record, column, text in cells:
        row = list(found[record - 1])
        row[CALLS_HEADER.index(column)] = text
        found[record - 1] = tuple(row)
    return found


def june(*cells: tuple[int, str, str]) -> bytes:
    """The calls of June with other cells."""
    return calls_csv(changed(call_rows(6, ROWS[JUNE]), *cells))


def call_rows(month: int, count: int) -> list[Row]:
    """Calls evenly over a month; every tenth is abandoned, one is a marked agent's."""
    rows = []
    for n in range(count):
        entered = datetime(2024, month, 1) + timedelta(
            minutes=n * (30 * 24 * 60 // count), seconds=n
        )
        wait, talk = n * 37 % 60_000, 30 + n % 400
        answered = n % 10 != 9
        ended = entered + timedelta(milliseconds=wait, seconds=talk * answered)
        agent = (AGENT if n == 0 else f"KP-{n % 40:04d}") if answered else "-"
        rows.append(
            (
                f"C{month}-{n:05d}", ("umum", "efaktur")[n % 2], f"{entered:%d/%m/%Y %H:%M:%S}",
                f"{ended:%d/%m/%Y %H:%M:%S}", f"{wait // 1000},{wait % 1000:03d}",
                str(talk) if answered else "-", agent, "Answered" if answered else "Abandoned",
                FREE_TEXT if n == 1 else "", TAX_ID if n == 2 else "",
            )
        )  # fmt: skip
    return rows


def chat_rows() -> list[Row]:
    """Chats whose texts hold quotes, delimiters and line breaks; their times are in UTC."""
    rows: list[Row] = []
    for n in range(ROWS[CHATS]):
        at = datetime(2024, 6, 1, 1) + timedelta(minutes=n * 100)
        replied = at + timedelta(milliseconds=n * 1_003 % 600_000)
        handled = n % 8 != 7
        rows.append(
            (
                f"H{n:04d}", 'Pajak, "UMKM"' if n % 5 == 0 else "umum", _utc(at),
                _utc(replied) if handled else "", _utc(at + timedelta(minutes=20)),
                f"LC-{n % 9:03d}" if handled else "", "handled" if handled else "missed",
                f'selamat pagi,\n"{FREE_TEXT}"\r\nterima kasih' if n % 3 == 0 else "",
            )
        )  # fmt: skip
    return rows


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds") + "Z"


def survey_rows() -> list[tuple[object, ...]]:
    """Answers for four services, with date cells; every twelfth person refuses."""
    services = ("Inbound", "Outbound", "Complaint", "Social_media")
    return [
        (
            f"R{n:04d}", services[n % 4], datetime(2024, 6, 1, 9) + timedelta(hours=n * 2),
            "" if n % 12 == 11 else 1 + n % 5, 5, "Menolak" if n % 12 == 11 else "Selesai",
            PHONE if n == 0 else f"0812{n:08d}",
        )
        for n in range(ROWS[SURVEYS])
    ]  # fmt: skip


def attempt_rows() -> list[Row]:
    results = ("right_party", "no_answer", "busy")
    return [
        (
            f"T{n:04d}", f"K{n // 2:04d}",
            f"{datetime(2024, 6, 3, 8) + timedelta(hours=n * 4):%Y-%m-%d %H:%M:%S}",
            results[n % 3], AGENT if n == 0 else f"OB-{n % 6:02d}", str(n % 300),
        )
        for n in range(ROWS[ATTEMPTS])
    ]  # fmt: skip


def delimited(header: Sequence[str], rows: Iterable[Sequence[str]], delim: str = ";") -> bytes:
    """Delimited text, quoted where it must be, with LF line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delim, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def calls_csv(rows: Iterable[Sequence[str]], header: Sequence[str] = CALLS_HEADER) -> bytes:
    return delimited(header, rows)


def chats_csv(rows: Iterable[Sequence[str]]) -> bytes:
    return delimited(CHATS_HEADER, rows, ",")


def workbook(
    rows: Iterable[Sequence[object]],
    header: Sequence[str] = SURVEYS_HEADER,
    sheet: str = "Responses",
    *,
    above: int = 0,
    others: Sequence[str] = (),
    date_1904: bool = False,
    hidden: Iterable[int] = (),
) -> bytes:
    """A workbook; `above` are title rows, `hidden` the records whose rows are hidden."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": date_1904}) as book:
        book.set_properties({"created": datetime(2024, 7, 1)})  # the same bytes every time
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        page = book.add_worksheet(sheet)
        for name in others:
            book.add_worksheet(name).write(0, 0, "not this")
        for line in range(above):
            page.write(line, 0, f"Title {line}")
        page.write_row(above, 0, header)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(above + number, column, cell, moment)
                elif cell != "":
                    page.write(above + number, column, cell)
        for number in hidden:
            page.set_row(above + number, None, None, {"hidden": True})
    return out.getvalue()


@cache
def sound() -> dict[str, bytes]:
    """The five files as they should be."""
    return {
        MAY: calls_csv(call_rows(5, ROWS[MAY])),
        JUNE: calls_csv(call_rows(6, ROWS[JUNE])),
        CHATS: chats_csv(chat_rows()),
        SURVEYS: workbook(survey_rows()),
        ATTEMPTS: delimited(ATTEMPTS_HEADER, attempt_rows(), "\t"),
    }
