"""The exports of a made-up centre of any size, written by DuckDB: same size and seed, same bytes.

Calls and chats of the weekdays of 2024 up to 30 December, one file a month, each repeating a
tenth of the last day of the month before; surveys, outbound and activity in proportion. The
days after, and a late row, are separate deliveries. Nothing here is measured.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE.parent.parent / "data"
LAST_DAY, NEXT_DAY, DAY_AFTER = date(2024, 12, 30), date(2024, 12, 31), date(2025, 1, 1)
DAY_CONTACTS = 27_000
SETTINGS = """[organisation]
name = "Benchmark (synthetic)"
timezone = "Asia/Jakarta"
first_month = "2024-01"
[ingest]
settle_seconds = 0
max_file_mb = 65536
[published]
keep_versions = 3
grace_hours = 0
"""
# each row has a number `i`, a `day` and a `second` of the day; the hash of the number does the rest
MACROS = """
create macro u(i, salt) as (hash(i, salt, getvariable('seed')) % 1000000) / 1000000.0;
create macro waited(i, mean) as round(-ln(1 - u(i, 3)) * mean, 3);
create macro agent(i) as printf('A%05d', cast(u(i, 4) * getvariable('agents') as integer));
create macro comma(x) as replace(cast(cast(x as decimal(12, 3)) as varchar), '.', ',');
create macro stamp(t) as strftime(t, '%d/%m/%Y %H:%M:%S');
create macro clock(s) as printf('%d:%02d:%02d', s // 3600, s // 60 % 60, s % 60);
"""
CALLS = """
with placed as (
    select i, day, day + to_seconds(28800 + second) as entered,
        case when u(i, 2) < 0.80 - month(day) * 0.003 then 'Answered'
            when u(i, 2) < 0.98 then 'Abandoned' else 'Overflow' end as outcome,
        waited(i, 14) as wait, cast(30 + u(i, 5) * 400 as integer) as talk,
        cast(u(i, 6) * 40 as integer) as hold
    from numbers where u(i, 1) >= 0.25
)
select printf('C%011d', i) as "Call ID", 'q' || cast(u(i, 7) * 6 as integer) as "Queue",
    stamp(entered) as "Entered",
    case outcome when 'Answered' then stamp(entered + to_seconds(floor(wait))) end as "Answered",
    stamp(entered + to_seconds(ceil(wait) + case outcome when 'Answered' then talk + hold
        else 0 end)) as "Ended",
    outcome as "Outcome", comma(wait) as "Wait",
    case outcome when 'Answered' then talk end as "Talk",
    case outcome when 'Answered' then hold end as "Hold",
    case outcome when 'Answered' then cast(u(i, 8) * 60 as integer) end as "Wrap-up",
    case outcome when 'Answered' then agent(i) end as "Agent"
from placed
"""
CHATS = """
select printf('H%011d', i) as id, 's' || cast(u(i, 7) * 3 as integer) as skill,
    strftime(day + to_seconds(second + 3600), '%Y-%m-%dT%H:%M:%SZ') as requested_at,
    case when u(i, 2) < 0.92 - month(day) * 0.002 then 'handled' else 'missed' end as status,
    cast(waited(i, 200) as decimal(12, 3)) as waited,
    cast(60 + u(i, 5) * 900 as integer) as lasted,
    agent(i) as agent
from numbers where u(i, 1) < 0.25
"""
SURVEYS = """
with asked as (
    select *, ['inbound', 'outbound', 'complaint', 'social_media'][1 + i % 4] as service,
        case when u(i, 10) < 0.75 then 'completed' when u(i, 10) < 0.9 then 'refused'
            else 'unreachable' end as status
    from numbers where i % 33 = 0
)
select printf('S%011d', i) as response_id, service,
    strftime(day + to_seconds(28800 + second + 1200), '%Y-%m-%d %H:%M:%S') as submitted,
    case status when 'completed' then 1 + cast(floor(sqrt(u(i, 11)) * 5) as integer) end as score,
    case status when 'completed' then 5 end as scale, status,
    case when service = 'inbound' and u(i, 1) >= 0.25 then printf('C%011d', i) end as contact_id
from asked
"""
CASES = """
select printf('K%011d', i) as case_no,
    printf('9900%012d', hash(i, 20) % 1000000000000) as taxpayer_id,
    ['pph21', 'ppn', 'pbb'][1 + i % 3] as campaign, strftime(day, '%Y-%m-%d') as list_date,
    strftime(day - 25, '%Y-%m-%d') as issue_date, strftime(day + 20, '%Y-%m-%d') as due_date,
    50000 + hash(i, 21) % 900 * 1000 as amount
from numbers where i % 10 < 3
"""
# every case twice on the day of its listing
ATTEMPTS = """
select printf('B%011d', i * 2 + turn) as attempt_no, printf('K%011d', i) as case_no,
    strftime(day + to_seconds(28800 + (second + turn * 3600) % 28800), '%Y-%m-%d %H:%M:%S')
        as call_time,
    ['RPC', 'WPC', 'NA', 'NA', 'BUSY', 'VM', 'RPC', 'FAIL'][1 + cast(hash(i, turn, 22) % 8
        as integer)] as disposition,
    agent(i) as agent, ['pph21', 'ppn', 'pbb'][1 + i % 3] as campaign,
    hash(i, turn, 23) % 240 as talk_sec
from numbers, range(2) as turns (turn) where i % 10 < 3
"""
# of a case listed ten days of work before
PAYMENTS = """
select printf('P%011d', i) as payment_no, printf('K%011d', i - getvariable('shift')) as case_no,
    strftime(day - cast(hash(i, 24) % 8 as integer) + to_seconds(28800 + second),
        '%Y-%m-%d %H:%M:%S') as paid_at,
    strftime(day + to_seconds(28800 + second), '%Y-%m-%d %H:%M:%S') as known_at,
    50000 + hash(i, 21) % 900 * 1000 as amount
from numbers where i % 10 = 0 and i >= getvariable('shift')
"""
ACTIVITY = """
with days as (select distinct day from numbers),
staff as (
    select printf('A%05d', a) as agent, day, channel,
        cast(12000 + hash(a, day, channel, 25) % 6000 as integer) as active
    from range(getvariable('agents') + 1) as agents (a), days,
        (values ('phone'), ('chat')) as channels (channel)
)
select agent as "Agent", strftime(day, '%d-%m-%Y') as "Date", channel as "Channel",
    clock(active) as "Active", clock(active // 20) as "Hold", clock(active // 10) as "ACW",
    clock(active // 8) as "Not ready", clock(active // 5) as "Available",
    clock(active * 2) as "Staffed"
from staff order by day, agent, channel
"""
# name in landing, select, delimiter, and whether a file repeats the end of the one before
EXPORTS = (
    ("calls/calls_{}.csv", CALLS, ";", True),
    ("chats/chats_{}.csv", CHATS, ",", True),
    ("surveys/surveys_{}.csv", SURVEYS, ",", False),
    ("outbound/cases_{}.csv", CASES, ",", False),
    ("outbound/attempts_{}.tsv", ATTEMPTS, "\\t", False),
    ("outbound/payments_{}.csv", PAYMENTS, ",", False),
    ("activity/activity_{}.csv", ACTIVITY, ";", False),
)
LATE_CALL = (
    "Call ID;Queue;Entered;Answered;Ended;Outcome;Wait;Talk;Hold;Wrap-up;Agent\n"
    "LATE-1;q1;15/05/2024 09:00:00;15/05/2024 09:00:09;15/05/2024 09:03:20;Answered;9,250;180;11;"
    "20;A00001\n"
)


@dataclass(frozen=True)
class Span:
    """The numbers from `start` to `stop` of those that are spread evenly over days.

    Where a number lies depends on all of them, so that two files say the same of it.
    """

    start: int
    stop: int
    days: tuple[date, ...]
    origin: int
    total: int


# exports that are written as the shipped sources read them
_AS_SHIPPED = ("calls", "outbound_attempts", "outbound_cases", "payments", "agent_activity")


def weekdays() -> tuple[date, ...]:
    """The days of the history."""
    first = date(2024, 1, 1)
    days = (first + timedelta(n) for n in range((LAST_DAY - first).days + 1))
    return tuple(day for day in days if day.isoweekday() < 6)


def lay_home(root: Path) -> Path:
    """A home with the benchmark's sources and the shipped register, without made-up incidents."""
    shutil.copytree(HERE / "sources", root / "sources")
    for name in _AS_SHIPPED:
        shipped = (TEMPLATE / "sources" / f"{name}.sql").read_text(encoding="utf-8")
        # by month here, and what a file speaks for is what is in it
        header = re.sub(r"(?m)^(-- covers: +).*$", r"\1dates", shipped)
        header = re.sub(r"(?m)^(-- expects: +)day$", r"\1month", header)
        text = header.replace("calls/calls_*.csv", "calls/*.csv")
        (root / "sources" / f"{name}.sql").write_text(text, encoding="utf-8")
    shutil.copytree(TEMPLATE / "register", root / "register")
    shutil.copytree(TEMPLATE / "reference", root / "reference")
    events = root / "register/events.csv"
    events.write_text(events.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (root / "kring.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "landing").mkdir()
    return root


def history(landing: Path, contacts: int, seed: int = 1, months: int = 12) -> None:
    """Every export up to 30 December 2024, one file a month; `contacts` in all, before repeats.

    Of a year of so many contacts only the first `months` are written.
    """
    days = weekdays()
    with _engine(contacts, seed, _ten_days(contacts)) as engine:
        for month in range(1, months + 1):
            inside = [n for n, day in enumerate(days) if day.month == month]
            first, last = inside[0], inside[-1] + 1
            before = _part(days, first - 1, first, contacts) if first else None
            _write(engine, landing, f"2024{month:02}", _part(days, first, last, contacts), before)


def one_day(landing: Path, day: date, contacts: int, of: int = DAY_CONTACTS, seed: int = 1) -> None:
    """The exports of one more day, of `of` contacts, after a history of `contacts`.

    The day is the same whatever the history, but its payments are of cases listed before it.
    """
    start = 10**10 + day.toordinal() * 10**6
    of = min(of, _ten_days(contacts))
    shift = start - (contacts - _ten_days(contacts)) // 10 * 10
    with _engine(contacts, seed, shift) as engine:
        _write(engine, landing, f"{day:%Y%m%d}", Span(start, start + of, (day,), start, of), None)


def _ten_days(contacts: int) -> int:
    """How many numbers ten days of a history take, in whole tens."""
    return contacts // 261 * 10 // 10 * 10


def late_call(landing: Path) -> None:
    """One call of May, delivered long after."""
    (landing / "calls/calls_late.csv").write_text(LATE_CALL, encoding="utf-8")


def whole_files(landing: Path) -> None:
    """Make one file of each kind of export out of its monthly ones, in place."""
    for name, *_ in EXPORTS:
        parts = sorted(landing.glob(name.format("2024??")))
        with (landing / name.format("all")).open("wb") as whole:
            for part in parts:
                with part.open("rb") as file:
                    if header := file.readline():
                        whole.write(header if part == parts[0] else b"")
                    shutil.copyfileobj(file, whole, 1 << 20)
                part.unlink()


def _engine(contacts: int, seed: int, shift: int) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(config={"memory_limit": "1GB"})
    engine.execute(f"set variable seed = {seed}")
    engine.execute(f"set variable shift = {shift}")
    engine.execute(f"set variable agents = {contacts // 8_000 + 10}")
    engine.execute(MACROS)
    return engine


def _part(days: Sequence[date], first: int, last: int, contacts: int) -> Span:
    at = [-(-n * contacts // len(days)) for n in (first, last)]
    return Span(at[0], at[1], tuple(days), 0, contacts)


def _write(
    engine: duckdb.DuckDBPyConnection, landing: Path, stamp: str, span: Span, before: Span | None
) -> None:
    for name, select, delimiter, repeats in EXPORTS:
        target = landing / name.format(stamp)
        target.parent.mkdir(parents=True, exist_ok=True)
        parts = [f"from ({_numbers(span)})"]
        if repeats and before:
            parts.insert(0, f"from ({_numbers(before)}) where u(i, 9) < 0.1")
        engine.execute(f"create or replace temp view numbers as {' union all '.join(parts)}")
        engine.execute(
            f"copy ({select}) to '{target}' (format csv, header, delimiter '{delimiter}')"
        )


def _numbers(span: Span) -> str:
    """Rows of number, day and second of the day, in order of time."""
    listed = ", ".join(f"date '{day}'" for day in span.days)
    place, total = f"(i - {span.origin}) * {len(span.days)}", span.total
    return (
        f"select i, [{listed}][1 + {place} // {total}] as day, "
        f"cast({place} % {total} * 28800 // {total} as integer) as second "
        f"from range({span.start}, {span.stop}) as spread (i)"
    )


def files(landing: Path) -> Iterator[Path]:
    """The exports, in order of name."""
    return (path for path in sorted(landing.rglob("*")) if path.is_file())
