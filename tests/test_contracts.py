"""Contracts: what each kind keeps, completes and rejects, on rows as conversion makes them."""

from __future__ import annotations

import subprocess
import sys
import traceback
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandera.errors
import polars as pl
import pytest
from contracting import PSEUDONYMS, ROWS, YEAR, reject, run
from pandera.config import ValidationDepth, config_context

from assets.arrivals.deliveries import contract_files
from schemas.contract import ContractError, check_columns, contract, validate
from schemas.conversion import Conventions, convert
from schemas.register_columns import KINDS


def test_what_reads_rows_and_nothing_else_has_files_read_again() -> None:
    """`register_columns` names the kinds alone: what else the register's code says reads no row."""
    code = "import sys, schemas.contract, schemas.conversion; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {f"{name.removeprefix('schemas.')}.py" for name in ended.stdout.split()
              if name.startswith("schemas.")}  # fmt: skip
    told = {path.name for path in contract_files()} - {"__init__.py"}
    assert loaded - {"register_columns.py"} == told


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_row_is_accepted_and_has_exactly_its_columns(kind: str) -> None:
    outcome = run(kind)
    assert outcome.rejects.rows() == []
    assert outcome.accepted.columns == [*contract(kind).columns, "_row", "_version", "_rows"]
    assert outcome.accepted[contract(kind).key].null_count() == 0
    assert run(kind, {}, {}).accepted.schema == outcome.accepted.schema


@pytest.mark.parametrize(
    ("kind", "column"), [(kind, name) for kind in KINDS for name in contract(kind).required]
)
def test_a_required_value_may_not_be_missing(kind: str, column: str) -> None:
    assert reject(kind, {column: None}) == (column, "missing")


def test_required_columns_are_those_of_the_design() -> None:
    required = {kind: set(contract(kind).required) for kind in KINDS}
    assert required == {
        "calls": {"contact_id", "entered_at", "outcome"},
        "chats": {"contact_id", "entered_at", "outcome"},
        "surveys": {"response_id", "service", "responded_at"},
        "outbound_attempts": {"attempt_id", "case_id", "called_at", "result"},
        "outbound_cases": {"case_id"},
        "payments": {"payment_id", "case_id", "paid_at"},
        "agent_activity": {"agent", "day", "active_seconds"},
        "complaints": {"complaint_id", "received_at"},
    }


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("calls", {"outcome": "lost"}, ("outcome", "unknown_outcome")),
        ("calls", {"outcome": " Flow_Out "}, None),
        ("calls", {"outcome": "answered", "wait_seconds": None}, ("wait_seconds", "wait_missing")),
        ("calls", {"outcome": "abandoned", "wait_seconds": None}, None),
        ("calls", {"wait_seconds": None, "wait_within_seconds": "20"}, None),
        ("calls", {"wait_seconds": None, "wait_over_seconds": "0"}, None),
        (
            "calls",
            {"wait_within_seconds": "20", "wait_over_seconds": "20"},
            ("wait_within_seconds", "bounds_exchanged"),
        ),
        ("calls", {"wait_seconds": "-1"}, ("wait_seconds", "negative_duration")),
        ("calls", {"talk_seconds": "-0:00:03"}, ("talk_seconds", "negative_duration")),
        ("calls", {"wait_seconds": None, "answered_at": "2024-03-01T10:00:30"}, None),
        (
            "calls",
            {"wait_seconds": None, "answered_at": "2024-03-01T09:59:59"},
            ("wait_seconds", "negative_duration"),
        ),
        ("calls", {"ended_at": "2024-03-01T09:59:59"}, ("ended_at", "ends_before_it_starts")),
        ("calls", {"ended_at": "2024-03-01T10:00:00"}, None),
        (
            "chats",
            {"accepted_at": "2024-03-01T09:59:59"},
            ("accepted_at", "ends_before_it_starts"),
        ),
        ("chats", {"accepted_at": "2024-03-01T10:00:00"}, None),
        ("calls", {"contacts": "0"}, None),  # there were none: it takes back what was said before
        ("calls", {"contacts": "0", "outcome": "answered", "wait_seconds": None}, None),
        ("calls", {"contacts": "-1"}, ("contacts", "negative_count")),
        ("calls", {"contacts": "12"}, None),
        ("surveys", {"status": "lost"}, ("status", "unknown_status")),
        ("surveys", {"service": "walk-in"}, None),
        ("surveys", {"score": "6"}, ("score", "score_out_of_scale")),
        ("surveys", {"score": "-1"}, ("score", "score_out_of_scale")),
        ("surveys", {"score": "5"}, None),
        ("surveys", {"scale_max": None}, ("scale_max", "scale_missing")),
        ("surveys", {"scale_max": "0"}, ("scale_max", "scale_missing")),
        ("surveys", {"score": "1", "scale_max": "1"}, None),  # a thumb up, or a share
        ("surveys", {"score": "1", "scale_min": "2"}, ("score", "score_out_of_scale")),
        ("surveys", {"scale_min": "5"}, ("scale_max", "scale_missing")),
        ("surveys", {"scale_min": "-1"}, ("scale_max", "scale_missing")),
        ("surveys", {"status": "refused", "score": None, "scale_max": None}, None),
        ("surveys", {"responses": "-2"}, ("responses", "negative_count")),
        ("outbound_attempts", {"result": "rpc"}, ("result", "unknown_result")),
        ("outbound_attempts", {"talk_seconds": "-1"}, ("talk_seconds", "negative_duration")),
        (
            "complaints",
            {"received_at": "2024-03-02T10:00:00", "followed_up_at": "2024-03-01"},
            ("followed_up_at", "followed_up_before_received"),
        ),
        (
            "complaints",
            {"received_at": "2024-03-01T10:00:00", "followed_up_at": "2024-03-01"},
            None,
        ),
        ("agent_activity", {"not_ready_seconds": "-1"}, ("not_ready_seconds", "negative_duration")),
    ],
)
def test_rules(kind: str, change: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert reject(kind, change) == expected


def test_a_missing_wait_is_worked_out_to_the_millisecond() -> None:
    given = {"wait_seconds": None, "entered_at": "2024-03-01T10:00:00.0005Z"}
    waits = run(
        "calls", *({**given, "answered_at": f"2024-03-01T10:00:{at}Z"} for at in ("20", "19.6"))
    )
    assert waits.accepted["wait_seconds"].to_list() == [Decimal("20.000"), Decimal("19.600")]
    kept = run("calls", {"answered_at": "2024-03-01T10:00:30"}).accepted  # both given: both kept
    assert kept["wait_seconds"].to_list() == [Decimal("19.600")]


def test_who_gave_up_waited_until_the_end_where_no_wait_is_given() -> None:
    gave_up = {"outcome": "abandoned", "contacts": "1", "wait_seconds": None}
    gave_up["ended_at"] = "2024-03-01T10:00:04.5"
    waits = run(
        "calls",
        gave_up,
        gave_up
        | {
            "contact_id": "2",
            "wait_seconds": "3",
        },  # given: kept, as the call may have gone on elsewhere
        gave_up | {"contact_id": "3", "outcome": "flow_out"},  # it did go on elsewhere
        gave_up | {"contact_id": "4", "contacts": "2"},  # the end of an interval
    )
    found = waits.accepted.sort("_row")["wait_seconds"].to_list()
    assert found == [Decimal("4.5"), Decimal("3"), None, None]
    reversed_times = gave_up | {"ended_at": "2024-03-01T09:59:59"}
    assert reject("calls", reversed_times) == ("ended_at", "ends_before_it_starts")


def test_a_mean_score_of_many_keeps_six_places() -> None:
    """4.38949 of 5 is 87.79 %, and with three places it would print as 87.78."""
    (score,) = run("surveys", {"score": "4.38949", "responses": "1000"}).accepted["score"]
    assert score == Decimal("4.38949")


def test_a_missing_answer_is_worked_out_only_where_answered() -> None:
    answered = run("calls", {}, {"outcome": "abandoned"}).accepted["answered_at"].to_list()
    assert answered == [datetime(2024, 3, 1, 3, 0, 19, 600_000, tzinfo=UTC), None]


@pytest.mark.parametrize("score", [None, "0", "0.0"])
def test_no_score_is_not_rated(score: str | None) -> None:
    for scale in ("5", None):
        accepted = run("surveys", {"score": score, "scale_max": scale}).accepted
        assert accepted.select("status", "score").rows() == [("not_rated", None)]


def test_0_is_a_score_of_a_scale_that_begins_there() -> None:
    scale = {"scale_min": "0", "scale_max": "10"}
    accepted = run("surveys", {"score": "0"} | scale, {"score": None} | scale).accepted
    assert accepted.select("status", "score").rows() == [("completed", 0), ("not_rated", None)]


def test_an_agents_day_has_an_id_of_pseudonym_day_and_channel() -> None:
    accepted = run("agent_activity", {"channel": "Phone"}, {"channel": None}).accepted
    key = PSEUDONYMS.one("007", "text")
    assert accepted["activity_id"].to_list() == [f"{key}|2024-03-01|phone", f"{key}|2024-03-01|"]


def test_a_row_that_breaks_several_rules_is_one_reject() -> None:
    outcome = run(
        "calls",
        {"entered_at": "2023-01-01", "outcome": "lost", "talk_seconds": "-1"},
        {},
        {"outcome": "lost", "wait_seconds": "-1"},
    )
    assert outcome.rejects.rows() == [
        (1, "entered_at", "before_first_month", 1),
        (3, "outcome", "unknown_outcome", 1),
    ]
    assert outcome.accepted["_row"].to_list() == [2]


def test_columns_of_a_select_are_checked_by_name() -> None:
    good = ["contact_id", "entered_at", "outcome", "wait_seconds", "agent", "_row", "_reject"]
    check_columns(contract("calls"), good)
    for given, told in (
        ([*good, "wait"], "unknown: wait"),
        ([*good, "agent_key"], "unknown: agent_key"),
        (good[1:], "missing: contact_id"),
        (good[:-2], "missing: _row"),
        ([*good, "agent"], "returned twice: agent"),
    ):
        with pytest.raises(ContractError, match=told) as caught:
            check_columns(contract("calls"), given)
        assert "talk_seconds" in str(caught.value)
    with pytest.raises(ContractError, match="unknown: activity_id"):
        check_columns(
            contract("agent_activity"), [*contract("agent_activity").offered, "_row", "activity_id"]
        )
    with pytest.raises(ContractError, match="kinds are calls, chats"):
        contract("call")


def test_pandera_checks_the_values_of_eager_frames() -> None:
    """The switch this stands on: a LazyFrame, or another depth, would let bad values pass."""
    model = contract("calls").model
    bad = run("calls").accepted.select(list(contract("calls").columns))
    bad = bad.with_columns(outcome=pl.lit("lost"))
    with pytest.raises(pandera.errors.SchemaErrors):
        model.validate(bad, lazy=True)
    model.validate(bad.lazy(), lazy=True).collect()


@pytest.mark.parametrize(
    "switch",
    [{"validation_enabled": False}, {"validation_depth": ValidationDepth.SCHEMA_ONLY}],
)
def test_no_switch_outside_turns_validation_off(switch: dict[str, Any]) -> None:
    with config_context(**switch):
        assert reject("calls", {"outcome": "lost"}) == ("outcome", "unknown_outcome")


MARK = "marker-0812345"


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_leaks_into_rejects(kind: str) -> None:
    for name in contract(kind).offered:
        row = {**ROWS[kind], "_reject": None, name: f"{MARK}\x00"}
        frame = pl.DataFrame({"_row": [1], **{key: [value] for key, value in row.items()}})
        how = Conventions("Asia/Jakarta")
        rejects = convert(frame, contract(kind), how, PSEUDONYMS.series).rejects
        assert rejects.height == 1, name
        assert MARK not in str(rejects.rows())
        assert rejects["column"].item() == name


def test_no_value_leaks_out_of_pandera() -> None:
    outcome = run("calls", *[{"outcome": MARK, "contact_id": MARK}] * 3)
    assert outcome.rejects.height == 3
    assert MARK not in str(outcome.rejects.rows())
    untyped = run("calls", {"contact_id": MARK}).accepted.with_columns(talk_seconds=pl.lit(MARK))
    with pytest.raises(ContractError, match="talk_seconds") as caught:
        validate(untyped, contract("calls"), YEAR)
    assert MARK not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_agents_time_is_of_a_channel_that_is_counted() -> None:
    assert reject("agent_activity", {"channel": "voice"}) == ("channel", "unknown_channel")
    assert reject("agent_activity", {"channel": None}) is None


def test_parts_of_an_agents_day_are_rows_of_their_own() -> None:
    """Two half hours alike are two rows; without a part they would be one row twice."""
    parts = run("agent_activity", {"part": "08:00"}, {"part": "08:30"}).accepted["activity_id"]
    whole = run("agent_activity", {}, {}).accepted["activity_id"]
    assert parts.n_unique() == 2 and whole.n_unique() == 1
    assert all(key.startswith(f"{whole[0]}|") for key in parts)
