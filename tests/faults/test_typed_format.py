"""Faults, group B: typed files: dates, durations and sheets of a workbook, the types of parquet."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from fault_home import Meeting, rows_of
from five_files import (
    JUNE,
    SURVEYS,
    survey_rows,
    workbook,
)


def test_b21_serial_dates_of_both_epochs_are_one_moment(meeting: Meeting) -> None:
    outcome = meeting.meet(SURVEYS, workbook(survey_rows(), date_1904=True))
    (at,) = rows_of(outcome, "surveys", "response_id", "R0001")["responded_at"]
    assert at.isoformat() == "2024-06-01T04:00:00+00:00"
    meeting.as_undisturbed(outcome)


def test_b22_dates_as_text_and_as_cells_in_one_column(meeting: Meeting) -> None:
    rows = [list(row) for row in survey_rows()]
    rows[0][2], rows[1][2], rows[2][2] = "30/06/2024", "03/06/2024", "13/13/2024"
    outcome = meeting.meet(SURVEYS, workbook(rows))
    meeting.quarantined(outcome, SURVEYS, (3, "responded_at", "not_a_time"))
    days = rows_of(outcome, "surveys", "response_id", "R0000", "R0001")["responded_at"]
    assert [f"{at:%m-%d %H}" for at in days] == ["06-29 17", "06-02 17"]
    assert outcome.file(SURVEYS).months == ["2024-06"]
    meeting.heals(SURVEYS)


WAIT = "wait_seconds"
SHEET_CALLS = """
-- title: Calls of a spreadsheet
-- kind: calls
-- files: sheet/*.xlsx
-- format: xlsx
-- tolerance: 1 row
select _row, id as contact_id, moment as entered_at, 'answered' as outcome, wait as wait_seconds
from export
"""


def test_b23_durations_over_a_day_as_fractions_and_negative(meeting: Meeting) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        clock = book.add_format({"num_format": "[h]:mm:ss"})
        page.write_row(0, 0, ("id", "moment", "wait"))
        for row, days in enumerate((25.05 / 24, 0.0104166667, -3 / 86400), start=1):
            page.write_row(row, 0, (f"D{row}", "2024-06-03 10:00:00"))
            page.write_number(row, 2, days, clock)
    home = meeting.begin(JUNE)
    home.source("sheet", SHEET_CALLS.lstrip())
    home.put("sheet/a.xlsx", out.getvalue())
    outcome = meeting.run()
    assert outcome.content["sheet"][WAIT].cast(pl.String).to_list() == ["90180.000", "900.000"]
    assert outcome.named("sheet/a.xlsx") == [(3, WAIT, "negative_duration")]


def test_b25_titles_hidden_rows_and_other_sheets(meeting: Meeting) -> None:
    content = workbook(survey_rows(), above=2, others=("Draft",), hidden=(5, 6))
    outcome = meeting.meet(SURVEYS, content, edits="options: sheet=Responses, skip=2")
    meeting.as_undisturbed(outcome)


def test_b25_a_sheet_that_is_not_there_is_named_with_those_that_are(meeting: Meeting) -> None:
    outcome = meeting.meet(SURVEYS, workbook(survey_rows(), sheet="Jawaban"))
    meeting.refused(outcome, SURVEYS, "`Responses`", "`Jawaban`")
    meeting.heals(SURVEYS)


PARQUET_CALLS = """
-- title: Calls of a warehouse
-- kind: calls
-- files: warehouse/*.parquet
-- format: parquet
select _row, id as contact_id, moment as entered_at, 'answered' as outcome, wait as wait_seconds
from export
"""


def parquet(at: Any, wait: Any = None) -> bytes:
    count = len(at)
    wait = pa.array([1.5] * count) if wait is None else wait
    ids = pa.array([f"W{n}" for n in range(count)])
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ids, "moment": at, "wait": wait}), out)
    return out.getvalue()


MOMENTS = [datetime(2024, 6, 30, 17, 30, 0, 250_000), datetime(2024, 6, 30, 16, 30)]


def test_b27_the_units_of_a_typed_time_make_no_difference(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    found = []
    for unit in ("ms", "us", "ns"):
        home.source(f"parquet_{unit}", PARQUET_CALLS.replace("warehouse", unit).lstrip())
        home.put(f"{unit}/w.parquet", parquet(pa.array(MOMENTS, pa.timestamp(unit, "UTC"))))
    outcome = meeting.run()
    for unit in ("ms", "us", "ns"):
        found.append(outcome.content[f"parquet_{unit}"])
        assert outcome.file(f"{unit}/w.parquet").months == ["2024-06", "2024-07"]
    assert found[0].equals(found[1]) and found[1].equals(found[2])
    assert [f"{at:%d %H:%M:%S.%f}" for at in found[0]["entered_at"]] == [
        "30 17:30:00.250000", "30 16:30:00.000000",
    ]  # fmt: skip


def test_b27_parquet_that_does_not_fit_is_refused_with_its_column(meeting: Meeting) -> None:
    good = parquet(pa.array(MOMENTS, pa.timestamp("us", "UTC")))
    times = pa.array(MOMENTS)
    faults = {
        "cut": (good[:-30], ("damaged",)),
        "bytes": (parquet(times, pa.array([b"\0", b"\1"])), ("`wait`", "raw bytes")),
        # engines would write 20 s in microseconds as 20000000
        "durations": (
            parquet(times, pa.array([{"s": timedelta(seconds=20)}] * 2)),
            ("`wait`", "as seconds"),
        ),
        "nested": (parquet(times, pa.array([{"s": 1}, {"s": 2}])), ("wait_seconds",)),
        "boolean": (parquet(pa.array([True, False])), ("entered_at",)),
        "encrypted": (b"PARE" + good[4:-4] + b"PARE", ("encrypted",)),
    }
    home = meeting.begin(JUNE)
    home.source("parquet", PARQUET_CALLS.lstrip())
    for name, (content, _) in faults.items():
        home.put(f"warehouse/{name}.parquet", content)
    home.put("warehouse/good.parquet", good)
    outcome = meeting.run()
    for name, (_, words) in faults.items():
        row = outcome.file(f"warehouse/{name}.parquet")
        assert row.status == "refused"
        for word in words:
            assert word in row.error
    assert outcome.file("warehouse/good.parquet").accepted == 2
