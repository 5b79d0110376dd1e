"""Public data sets read by sources of a few lines, against counts made without kring.

The files are not part of the project; the tests skip where they are absent. Each source stands
here as an analyst would write it.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from small_home import Read, add_source, make_home, read

DATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"

PWC_CALLS = """\
-- title:   Calls of the practice workbook
-- kind:    calls
-- files:   pwc/*.xlsx
-- format:  xlsx
-- times:   %Y-%m-%d %H:%M:%S
select
    _row,
    "Call Id" as contact_id,
    "Topic" as queue,
    "Date" || ' ' || "Time" as entered_at,
    mapped("Answered (Y/N)", map {'Y': 'answered', 'N': 'abandoned'}) as outcome,
    "Speed of answer in seconds" as wait_seconds,
    "AvgTalkDuration" as talk_seconds,
    "Agent" as agent,
    unmapped("Answered (Y/N)", map {'Y': 'answered', 'N': 'abandoned'}) as _reject
from export
"""

PWC_RATINGS = """\
-- title:   Ratings in the practice workbook
-- kind:    surveys
-- files:   pwc/*.xlsx
-- format:  xlsx
-- times:   %Y-%m-%d %H:%M:%S
select
    _row,
    "Call Id" as response_id,
    'inbound' as service,
    "Date" || ' ' || "Time" as responded_at,
    "Satisfaction rating" as score,
    5 as scale_max,
    "Call Id" as contact_id
from export
where clean("Satisfaction rating") is not null
"""

RESTAURANT = """\
-- title:   Booking calls of a restaurant group
-- kind:    calls
-- files:   restaurant/*.csv
-- format:  csv
-- times:   %Y-%m-%d %H:%M:%S
select
    _row,
    "Call ID" as contact_id,
    "Restaurant ID" as queue,
    "Call Date" || ' ' || "Call Time" as entered_at,
    case
        when clean("Time Answered") is not null then 'answered'
        else 'abandoned'
    end as outcome,
    clock_between("Call Time", "Time Answered") as wait_seconds,
    case when clean("Time Answered") is not null then "Agent ID" end as agent
from export
"""

COLLECTIONS = """\
-- title:   Attempts to reach borrowers
-- kind:    outbound_attempts
-- files:   collections/*_call_logs.csv
-- format:  csv
with
codes as (
    select map {
        'completed': 'right_party',
        'connected': 'wrong_party',
        'no_answer': 'no_answer',
        'failed': 'failed'
    } as statuses
)

select
    _row,
    -- a call_id stands for up to three calls: only with the loan is it one
    call_id || '/' || installment_id as attempt_id,
    installment_id as case_id,
    created_ts as called_at,
    mapped(status, statuses) as result,
    agent_id as agent,
    unmapped(status, statuses, 'unknown_status') as _reject
from export, codes
"""

COLLECTIONS_LOANS = """\
-- title:   Loans that attempts were made for
-- kind:    outbound_cases
-- files:   collections/*_call_logs.csv
-- format:  csv
select
    min(_row) as _row,
    count(*) as _rows,
    installment_id as case_id,
    min(call_date) as listed_at
from export
group by installment_id
"""


def loaded(root: Path, file: str, folder: str, source: str, first_month: str) -> Read:
    if not (DATA / file).is_file():
        pytest.skip(f"{file} is not there")
    home = make_home(root, first_month=first_month)
    (home.landing / folder).mkdir()
    shutil.copy(DATA / file, home.landing / folder / file)
    add_source(home, "tried", source)
    found = read(home, "tried", f"{folder}/{file}")
    assert found.reading.refused == ""
    return found


def six(numerator: Decimal, denominator: int) -> Decimal:
    return (numerator / denominator).quantize(Decimal("0.000001"))


def total(rows: pl.DataFrame, column: str) -> Decimal:
    return Decimal(str(rows[column].sum()))


def within(rows: pl.DataFrame, seconds: int) -> tuple[int, int]:
    """Answered in at most, and in less than, so many seconds."""
    wait = rows.filter(outcome="answered")["wait_seconds"]
    return int((wait <= seconds).sum()), int((wait < seconds).sum())


def by_month(rows: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Month, answered within 20 s, offered."""
    local = pl.col("entered_at").dt.convert_time_zone("Asia/Jakarta").dt.strftime("%Y-%m")
    in_time = (pl.col("outcome") == "answered") & (pl.col("wait_seconds") <= 20)
    return rows.group_by(local.alias("month")).agg(in_time.sum(), pl.len()).sort("month").rows()


def test_the_calls_of_the_workbook(tmp_path: Path) -> None:
    calls = loaded(tmp_path, "pwc_call_center.xlsx", "pwc", PWC_CALLS, "2021-01").rows
    answered = calls.filter(outcome="answered")
    assert (calls.height, answered.height) == (5000, 4054)
    assert within(calls, 20) == (374, 342)
    assert six(Decimal(374) * 100, 5000) == Decimal("7.48")
    assert six(total(answered, "wait_seconds"), 4054) == Decimal("67.520720")
    assert six(total(answered, "talk_seconds"), 4054) == Decimal("224.922792")
    assert by_month(calls) == [
        ("2021-01", 138, 1772), ("2021-02", 120, 1616), ("2021-03", 116, 1612),
    ]  # fmt: skip
    assert calls.filter(outcome="abandoned")["wait_seconds"].null_count() == 946


def test_the_ratings_in_the_same_rows(tmp_path: Path) -> None:
    found = loaded(tmp_path, "pwc_call_center.xlsx", "pwc", PWC_RATINGS, "2021-01")
    scores = found.rows.filter(status="completed")
    assert (scores.height, found.reading.filtered) == (4054, 946)
    assert six(total(scores, "score"), 4054) == Decimal("3.403552")
    assert six(total(scores, "score") * 100, 5 * 4054) == Decimal("68.071041")


def test_the_calls_of_the_restaurants(tmp_path: Path) -> None:
    found = loaded(tmp_path, "restaurant_calls.csv", "restaurant", RESTAURANT, "2023-11")
    calls = found.rows
    answered = calls.filter(outcome="answered")
    assert (calls.height, answered.height) == (25100, 24731)
    assert within(calls, 20) == (10998, 10466)
    assert six(Decimal(10998) * 100, 25100) == Decimal("43.816733")
    assert six(total(answered, "wait_seconds"), 24731) == Decimal("22.980834")
    assert calls.filter(outcome="abandoned")["agent_key"].null_count() == 369
    assert calls.filter(pl.any_horizontal(pl.col(pl.String).str.contains("Leisha"))).is_empty()


def test_the_attempts_of_the_collectors(tmp_path: Path) -> None:
    found = loaded(
        tmp_path, "collections_call_logs.csv", "collections", COLLECTIONS, "2025-04"
    ).rows
    assert dict(found.group_by("result").len().iter_rows()) == {
        "right_party": 103, "wrong_party": 116, "no_answer": 154, "failed": 127,
    }  # fmt: skip
    assert found["case_id"].n_unique() == 394


def test_an_id_that_is_none_is_noticed(tmp_path: Path) -> None:
    by_call = COLLECTIONS.replace("call_id || '/' || installment_id", "call_id")
    by_call = by_call.replace("-- format:  csv", "-- format:  csv\n-- tolerance: 5%")
    found = loaded(tmp_path, "collections_call_logs.csv", "collections", by_call, "2025-04")
    assert found.reading.rejects == {"conflict attempt_id": 500 - found.rows.height}
    assert len({*found.column("attempt_id")}) == found.rows.height == 479


def test_the_loans_from_the_same_file(tmp_path: Path) -> None:
    found = loaded(
        tmp_path, "collections_call_logs.csv", "collections", COLLECTIONS_LOANS, "2025-04"
    )
    assert found.rows.height == 394
    assert found.reading.accepted == found.reading.rows == 500
