"""Faults, group D: the same answer always, and the one that the files themselves give."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from fault_home import FaultHome, Meeting, chunks
from five_files import (
    ATTEMPTS,
    JUNE,
    ROWS,
    call_rows,
    calls_csv,
    changed,
    chat_rows,
    survey_rows,
    workbook,
)
from homes import ROOT

AGAIN = """
import sys
sys.path[:0] = ["tests", "tests/faults"]
from pathlib import Path
from fault_home import FaultHome
home = FaultHome(Path(sys.argv[1]))
home.deliver()
home.ingest()
"""


def test_d17_threads_and_seeds_change_no_byte(meeting: Meeting, tmp_path: Path) -> None:
    home = meeting.fresh()
    home.deliver()
    home.ingest()
    wanted = chunks(home.root)
    root = tmp_path / "one-thread"
    env = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "77"}
    subprocess.run([sys.executable, "-c", AGAIN, str(root)], env=env, cwd=ROOT, check=True)
    assert chunks(root) == wanted


METRICS = ("service_level", "abandonment", "speed_of_answer", "csi")


def test_d18_twice_the_rows_twice_the_counts_and_the_same_ratios(
    plain: FaultHome, tmp_path: Path
) -> None:
    home = FaultHome(tmp_path / "home")
    home.deliver()
    double = [(f"again-{row[0]}", *row[1:]) for row in call_rows(6, ROWS[JUNE])]
    home.put("calls/calls_202406_twice.csv", calls_csv(double))
    surveys = [(f"again-{row[0]}", *row[1:]) for row in survey_rows()]
    home.put("surveys/surveys_202406_twice.xlsx", workbook(surveys))
    home.figures()
    for metric in METRICS:
        channel = None if metric == "csi" else "phone"
        once, twice = plain.months(metric, channel), home.months(metric, channel)
        assert twice["2024-06"][:2] == tuple(2 * n for n in once["2024-06"][:2]), metric
        assert twice["2024-05"] == once["2024-05"]
    for kpi in ("customer_satisfaction",):
        assert home.figure(kpi, "Q2").realisation == plain.figure(kpi, "Q2").realisation


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows[::-1], id="permuted"),
        pytest.param(lambda rows: [*rows, changed(rows, (1, "Entered", "never"))[0]],
                     id="a-quarantined-row-more"),
    ],
)  # fmt: skip
def test_d18_order_and_quarantined_rows_change_nothing(meeting: Meeting, change: object) -> None:
    rows = call_rows(6, ROWS[JUNE])
    outcome = meeting.meet(JUNE, calls_csv(change(rows)))  # type: ignore[operator]
    meeting.as_undisturbed(outcome)


def test_d19_a_recount_from_the_files_themselves(plain: FaultHome) -> None:
    """Service level, abandonment, mean wait and satisfaction by plain Python."""
    for month, path, rows in ((5, "2024-05", 1_000), (6, "2024-06", 1_200)):
        calls = [(row[7], Fraction(row[4].replace(",", "."))) for row in call_rows(month, rows)]
        waits = [wait for outcome, wait in calls if outcome == "Answered"]
        assert plain.months("service_level", "phone")[path][:2] == (
            sum(wait <= 20 for wait in waits), len(calls),
        )  # fmt: skip
        assert plain.months("abandonment", "phone")[path][:2] == (
            len(calls) - len(waits), len(calls),
        )  # fmt: skip
        total, count, _ = plain.months("speed_of_answer", "phone")[path]
        assert (Fraction(str(total)), count) == (sum(waits), len(waits))
    chats = chat_rows()
    replies = [
        datetime.fromisoformat(row[3][:-1]) - datetime.fromisoformat(row[2][:-1])
        for row in chats if row[6] == "handled"
    ]  # fmt: skip
    assert plain.months("service_level", "chat")["2024-06"][:2] == (
        sum(wait <= timedelta(seconds=300) for wait in replies), len(chats),
    )  # fmt: skip
    means = []
    for service in ("Inbound", "Outbound", "Complaint", "Social_media"):
        scores = [row[3] for row in survey_rows() if row[1] == service and row[5] == "Selesai"]
        means.append(Fraction(sum(scores), 5 * len(scores)))  # type: ignore[arg-type]
    csi = float(sum(means) / 4 * 100)
    assert plain.figure("customer_satisfaction", "Q2").realisation == pytest.approx(csi, abs=1e-9)


def test_d19_attempts_are_all_there(plain: FaultHome) -> None:
    assert plain.value("select count(*) from fact.outbound_attempts") == ROWS[ATTEMPTS]
    first = plain.value("select min(called_at) from fact.outbound_attempts")
    assert first.date() == date(2024, 6, 3)
