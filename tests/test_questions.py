"""What workbook and performance report ask of a version, over tables of a few given rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from viewing import APRIL, FEBRUARY, JANUARY, MARCH, Rows, Seen, only, seen

__all__ = ["seen"]  # the fixture

NOTES = ("ops.checks", "ops.coverage", "ops.files", "ops.reconciliation", "ref.events")


def noted(seen: Seen, table: str, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The notes of 2024, where one table has rows."""
    given: dict[str, Rows] = {name: [] for name in NOTES} | {table: list(rows)}
    return only(seen("workbook/notes", given, year=2024), "period", "subject", "text")


@pytest.mark.parametrize(
    ("begins", "ends", "period"),
    [
        ("2024-12-31 23:00", None, "2024-12"),
        ("2025-01-01 00:00", "2025-01-02 00:00", None),
        # over the turn of the year: the day alone of 2023-12-31 ends when 2024 begins
        ("2023-12-31 22:00", "2024-01-01 02:00", "2023-12"),
        ("2023-12-31 00:00", "2024-01-01 00:00", None),
        ("2023-06-01 00:00", "2025-06-01 00:00", "2023-06"),
        ("2023-06-01 00:00", None, None),
    ],
)
def test_a_years_notes_have_what_happened_in_it(
    seen: Seen, begins: str, ends: str | None, period: str | None
) -> None:
    event = {"event_id": "e", "kind": "incident", "begins_at": begins, "ends_at": ends}
    assert noted(seen, "ref.events", event) == ([(period, "e", "incident: ")] if period else [])


def test_a_years_notes_have_the_rows_that_checks_found_and_what_exports_lack(seen: Seen) -> None:
    check = {"check_id": "c", "title": "T", "reason": "R"}
    assert noted(
        seen, "ops.checks", check | {"month": JANUARY, "offending_rows": 1},
        check | {"month": FEBRUARY, "offending_rows": 0},
        check | {"month": date(2023, 12, 1), "offending_rows": 1},
    ) == [("2024-01", "c", "T: 1 rows; R")]  # fmt: skip
    export = {"kind": "calls", "state": "complete", "reason": ""}
    assert noted(
        seen, "ops.coverage", export | {"month": JANUARY},
        export | {"month": FEBRUARY, "reason": "an event explains a day"},
        export | {"month": MARCH, "state": "incomplete", "reason": "lacks a day"},
        export | {"month": date(2025, 1, 1), "state": "incomplete"},
    ) == [
        ("2024-02", "calls", "complete: an event explains a day"),
        ("2024-03", "calls", "incomplete: lacks a day"),
    ]  # fmt: skip


def test_a_years_notes_name_files_that_do_not_count_also_those_of_no_known_month(
    seen: Seen,
) -> None:
    assert noted(
        seen, "ops.files",
        {"path": "a", "status": "refused", "months": [], "error": "E"},
        {"path": "b", "status": "withdrawn", "months": ["2023-12", "2024-01"]},
        {"path": "c", "status": "withdrawn", "months": ["2023-12"]},
        {"path": "d", "status": "loaded", "months": ["2024-01"]},
    ) == [("", "a", "refused: E"), ("2023-12, 2024-01", "b", "withdrawn: ")]  # fmt: skip


def test_a_years_notes_have_the_findings_of_reports_of_it_or_of_no_year(seen: Seen) -> None:
    finding = {"kind": "finding", "subject": "k", "finding": "F"}
    assert noted(
        seen, "ops.reconciliation", finding, finding | {"period": "2024-Y"},
        finding | {"period": "2023-Y"}, {"kind": "figure", "subject": "k", "period": "2024-Y"},
    ) == [("2024-Y", "k", "F"), (None, "k", "F")]  # fmt: skip


def test_a_queue_pulls_its_channel_by_what_it_lacks_or_has_of_the_mean(seen: Seen) -> None:
    """Of 9 in 20 are 8 of 10 in one queue, which expects 4.5: 3.5 of 20 more, 17.5 points.

    A channel and a service are wholes of their own; seconds are no percent; nothing counted is
    no part, nor is a month that is not asked for.
    """
    row = {"month": JANUARY, "metric_id": "share", "channel": "phone", "denominator": 10}
    pulls = seen("performance_report/pulls", {
        "metric.monthly": [
            row | {"queue": "a", "numerator": 5, "denominator": 6},
            row | {"queue": "a", "numerator": 3, "denominator": 4},  # of another policy
            row | {"queue": "b", "numerator": 1},
            row | {"queue": "c", "numerator": 0, "denominator": 0},
            row | {"queue": "a", "numerator": 9, "month": FEBRUARY},
            row | {"queue": "a", "numerator": 9, "channel": "chat"},
            row | {"service": "s", "numerator": 2, "channel": None},
            row | {"service": "t", "numerator": 3, "channel": None},
            row | {"metric_id": "wait", "numerator": 90, "denominator": 2},
            row | {"metric_id": "wait", "numerator": 30, "denominator": 1, "month": MARCH},
        ],
        "ref.metric_definitions": [
            {"metric_id": "share", "unit": "share"}, {"metric_id": "wait", "unit": "seconds"},
        ],
    }, months=[JANUARY, MARCH], first_month=JANUARY, last_month=MARCH)  # fmt: skip
    told = only(pulls, "metric_id", "channel", "queue", "service", "value", "pull")
    assert sorted(map(str, told)) == sorted(map(str, [
        ("share", "phone", "a", None, 80.0, 17.5), ("share", "phone", "b", None, 10.0, -17.5),
        ("share", "chat", "a", None, 90.0, 0.0), ("share", None, None, "s", 20.0, 0.0),
        ("share", None, None, "t", 30.0, 0.0),
        # 120 s of 3: 90 is 10 more than twice 40, 30 is 10 less than 40
        ("wait", "phone", None, None, 45.0, 10 / 3), ("wait", "phone", None, None, 30.0, -10 / 3),
    ]))  # fmt: skip


def test_contacts_are_offered_by_weekday_and_hour_of_the_local_clock(seen: Seen) -> None:
    """Wednesday, 3 January 2024, and the one after it; another channel, month or metric is none."""
    half = {"metric_id": "service_level", "channel": "phone", "denominator": 2,
            "month": JANUARY, "day": date(2024, 1, 3)}  # fmt: skip
    rows = seen("performance_report/hours", {
        "metric.interval": [
            half | {"interval_start": "2024-01-03 08:00"},
            half | {"interval_start": "2024-01-03 08:30"},
            half | {"interval_start": "2024-01-10 08:30", "day": date(2024, 1, 10)},
            half | {"interval_start": "2024-01-03 09:00"},
            half | {"interval_start": "2024-01-03 08:00", "channel": "chat"},
            half | {"interval_start": "2024-01-03 08:00", "metric_id": "abandonment"},
            half | {"interval_start": "2024-02-07 08:00", "month": FEBRUARY},
        ],
    }, channel="phone", months=[JANUARY], last_month=JANUARY)  # fmt: skip
    assert only(rows, "year", "weekday", "hour", "denominator") == [
        (2024, 3, 8, 6),
        (2024, 3, 9, 2),
    ]


def test_a_months_policy_is_that_of_its_last_day(seen: Seen) -> None:
    policy = {"channel": "phone", "queue": "*"}
    rows = seen("performance_report/policies", {
        "ref.service_level_policy": [
            policy | {"policy_id": "old", "valid_from": "2023-01-01", "valid_to": "2024-01-31"},
            policy | {"policy_id": "mid", "valid_from": "2024-02-01", "valid_to": "2024-03-30"},
            policy | {"policy_id": "new", "valid_from": "2024-03-31"},
            policy | {"policy_id": "vip", "valid_from": "2023-01-01", "queue": "vip"},
            policy | {"policy_id": "chat", "valid_from": "2023-01-01", "channel": "chat"},
        ],
    }, channel="phone", months=[MARCH, FEBRUARY, JANUARY, APRIL])  # fmt: skip
    assert only(rows, "month", "policy_id") == [
        (JANUARY, "old"), (FEBRUARY, "mid"), (MARCH, "new"), (APRIL, "new"),
    ]  # fmt: skip


# of closed periods


EDGE = {"year": 2024, "basis": "computed", "figure": "composite:c"}
CLOSED = [
    *(EDGE | {"period": period, "kind": "closing"} for period in ("Q1", "2024-01")),
    EDGE | {"period": "Q2", "kind": "closing", "year": 2023},
]


def test_of_what_closed_periods_rest_on_the_report_asks_for_what_it_shows(seen: Seen) -> None:
    policy = EDGE | {"period": "Q1", "kind": "rule", "part": "policy:p"}
    kinds = ("composite", "metric", "month", "target", "definition")
    rows = seen("performance_report/closed_edges", {
        "kpi.explain": [
            *CLOSED, *(EDGE | {"period": "Q1", "kind": kind} for kind in (*kinds, "file")),
            policy, policy | {"part": "weights:w"},
            policy | {"part": "policy:open", "period": "Q2"},
            policy | {"part": "policy:reported", "basis": "reported"},
            policy | {"part": "policy:former", "year": 2023},
        ],
    }, year=2024, tables=["policy"])  # fmt: skip
    assert sorted(only(rows, "kind", "part"), key=str) == sorted(
        [*((kind, None) for kind in kinds), ("rule", "policy:p")], key=str
    )


def test_a_closed_kpi_is_scored_by_the_row_that_its_closing_kept(seen: Seen) -> None:
    rule = EDGE | {"period": "Q1", "kind": "rule", "part": "kpis:k", "text": "cap_high 120"}
    rows = seen("workbook/closed_kpis", {
        "kpi.explain": [
            *CLOSED, rule, rule | {"part": "weights:k"}, rule | {"period": "Q2"},
            rule | {"basis": "reported", "text": "reported"},
            rule | {"year": 2023, "text": "former"}, rule | {"kind": "target", "text": "target"},
        ],
    }, year=2024)  # fmt: skip
    assert only(rows, "period", "kpi_id", "text") == [("Q1", "k", "cap_high 120")]


def test_a_closed_composites_parts_are_those_that_its_closing_kept(seen: Seen) -> None:
    """A part that names no channel is one: 8 of 10 and 1 of 20 are 30 in a hundred.

    One that names a service alone has it; 30 s and 10 s of one answered are 40 s.
    """
    part = EDGE | {"period": "Q1", "kind": "metric", "part_period": "Q1", "weight": 0.5}
    cell = {"year": 2024, "period": "Q1", "metric_id": "m", "unit": "share"}
    one = {"part": "metric:m phone", "value": 80, "numerator": 8, "denominator": 10}
    two = {"part": "metric:m chat", "value": 5, "numerator": 1, "denominator": 20}
    rows = seen("workbook/closed_parts", {
        "kpi.explain": [
            *CLOSED, part | one | {"text": "alone: M"},
            part | one | {"text": "both: M"}, part | two | {"text": "both: M"},
            part | {"kind": "input", "part": "inputs:i 2024 Q1", "text": "typed: 3", "value": 7},
            *(part | {"part": f"metric:w {channel} s", "text": "wait: W",
                      "numerator": seconds, "denominator": contacts}
              for channel, seconds, contacts in (("phone", 30, 1), ("chat", 10, 0))),
            part | one | {"text": "open: M", "period": "Q2"},
            part | one | {"text": "kpi: M", "figure": "kpi:k"},
            part | one | {"text": "former: M", "year": 2023},
        ],
        "kpi.cells": [
            cell | {"channel": "phone"}, cell | {"channel": "chat"},
            cell | {"channel": "phone", "period": "Q2", "unit": "seconds"},
            cell | {"channel": "phone", "year": 2023, "unit": "seconds"},
            *(cell | {"metric_id": "w", "channel": channel, "service": "s", "unit": "seconds"}
              for channel in ("phone", "chat")),
        ],
    }, year=2024)  # fmt: skip
    assert {(row["composite_id"], row["weight"]) for row in rows} == {("c", 0.5)}
    assert only(rows, "part_id", "source", "channel", "service", "value") == [
        ("alone", "metric:m", "phone", None, 80.0), ("both", "metric:m", None, None, 30.0),
        ("typed", "input:i", None, None, 7.0), ("wait", "metric:w", None, "s", 40.0),
    ]  # fmt: skip
