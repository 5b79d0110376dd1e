"""Conversion, rule by rule: what a text becomes by a source's conventions, or why it does not.

Expected values are worked by hand. A rule's name stands where the row is rejected.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from converting import DMY, one, run

from schemas.contract import ContractError, contract
from schemas.conversion import Conventions
from schemas.zones import ZoneError


def test_other_conventions_are_refused_at_once() -> None:
    for zone in ("Asia/Jakarte", "+7", "../etc/passwd", ""):
        with pytest.raises(ZoneError, match="timezone"):
            Conventions(zone)
    with pytest.raises(ContractError, match="forms are phone"):
        Conventions("UTC", identifiers={"agent": "fone"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(word, True) for word in ("true", "TRUE", "1", "yes", "Y", "Ya")]
    + [(word, False) for word in ("false", "0", "no", "n", " Tidak ")]
    + [(True, True), (0, False), ("maybe", "not_a_boolean"), (0.5, "not_a_boolean")],
)
def test_booleans(value: object, expected: object) -> None:
    assert one("complaints", "to_follow_up", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("007", "007"),
        (" C-001 ", "C-001"),
        ("c-001", "c-001"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u00a0x", "x"),
        ("a\x00b", "control_character"),
        ("a\tb", "control_character"),
        ("a\u202eb", "control_character"),
        ("\u200bab", "control_character"),
        ("3.06E+08", "id_lost_digits"),
        ("3,06E+08", "id_lost_digits"),
        ("1.7095140001234568e+17", "id_lost_digits"),  # as pandas writes, where another id is blank
        ("1.23E17", "id_lost_digits"),  # as Java writes a number
        ("1.7E+17/2024", "id_lost_digits"),  # a number with its year, as the guide joins them
        ("2024|3E+08|1", "id_lost_digits"),
        ("A12E+08", "A12E+08"),
        ("12E+6281234567", "12E+6281234567"),  # an extension and a phone number
        ("1.7e22", "id_lost_digits"),  # as the engine writes one that is nested in JSON
        ("170123456789012352.0", "id_lost_digits"),
        ("9007199254740992.0", "id_lost_digits"),  # 2^53: of two neighbours in binary there is one
        ("3174012345678901.0", "3174012345678901.0"),  # 16 digits below it are all there
        ("12.0", "12.0"),
        ("1341343640.4", "1341343640.4"),  # a call of Asterisk
        ("12E17", "12E17"),  # a code, as far as one can tell
        ("1.2.E3", "1.2.E3"),
        ("5", "5"),
        (306, "306"),
        (3.06e8, "not_text"),
    ],
)
def test_ids(value: object, expected: object) -> None:
    assert one("payments", "payment_id", value) == expected


@pytest.mark.parametrize("rows", [1, 7_000])  # repeated words take a path of their own
def test_null_spellings_hold_in_every_column(rows: int) -> None:
    given = {name: ["-", " N/A ", "", "  "] * rows for name in contract("calls").offered}
    outcome = run("calls", given, nulls=("-", "N/A"), decimal=",")
    assert outcome.rejects.height == 0
    assert all(
        outcome.accepted[name].null_count() == 4 * rows for name in contract("calls").columns
    )


def test_a_null_spelling_that_reads_as_a_value_is_nothing() -> None:
    assert one("surveys", "score", "0", nulls=("0",)) is None
    assert one("surveys", "score", "00", nulls=("0",)) == 0
    assert one("payments", "paid_at", "1900-01-01", nulls=("1900-01-01",)) is None
    assert one("calls", "queue", "NULL", nulls=("-",)) == "NULL"


@pytest.mark.parametrize("rows", [1, 7_000])
def test_words_are_lowered_and_names_are_not(rows: int) -> None:
    outcome = run("calls", {"outcome": ["Answered "] * rows, "queue": ["KIP 1"] * rows})
    assert set(outcome.accepted["outcome"]) == {"answered"}
    assert set(outcome.accepted["queue"]) == {"KIP 1"}


def test_the_accepted_frame_is_the_contract_and_what_is_passed_on() -> None:
    outcome = run("calls", {"contact_id": ["1"], "entered_at": ["2024-01-31"], "outcome": ["x"]})
    passed_on = {"_row": pl.Int64(), "_version": pl.String(), "_rows": pl.Int64()}
    assert outcome.accepted.schema == pl.Schema({**contract("calls").columns, **passed_on})
    assert outcome.accepted.select("contacts", "_row", "_version", "_rows").row(0) == (
        1,
        1,
        None,
        1,
    )
    assert run("surveys", {"_rows": [3]}).accepted.select("status", "question", "_rows").rows() == [
        ("completed", "overall", 3)
    ]
    assert run("complaints", {"channel": ["x"]}).accepted["to_follow_up"].item() is True
    with pytest.raises(ContractError, match="_rows"):
        run("surveys", {"_rows": ["three"]})


def test_identifiers_leave_as_pseudonyms_by_their_form() -> None:
    outcome = run("outbound_cases", {"customer": ["12345"]}, identifiers={"customer": "tax_id"})
    assert outcome.accepted["customer_key"].item() == "5tax_id"
    assert run("calls", {"agent": ["ab"]}).accepted["agent_key"].item() == "2text"


def test_one_reject_a_row_by_the_first_column_and_never_a_value() -> None:
    columns = {"case_id": ["a\x00", "b", "c"], "amount": ["x", "y", "5"], "paid_at": ["z", "z", ""]}
    outcome = run("payments", columns)
    assert outcome.rejects.rows() == [
        (1, "case_id", "control_character", 1),
        (2, "paid_at", "not_a_time", 1),
    ]
    assert outcome.accepted["_row"].to_list() == [3]
    assert outcome.accepted["amount"].to_list() == [Decimal("5.00")]


def test_a_source_rejects_by_its_own_rule() -> None:
    own = ["unmapped_code", "Unmapped code", "code 0812345", None, " ", "x" * 50]
    outcome = run("payments", {"_reject": own, "amount": ["x"] + ["1"] * 5})
    assert outcome.rejects.rows() == [
        (1, "", "unmapped_code", 1),
        (2, "", "unmapped_code", 1),
        (3, "", "rejected_by_source", 1),
        (6, "", "rejected_by_source", 1),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("31/01/2024 08:00:00", "2024-01-31T01:00:00.000000Z"),
        (datetime(2024, 1, 31, 8, tzinfo=UTC), "2024-01-31T08:00:00.000000Z"),
        ("12", "00000000000000000012"),
        ("0012,50", "00000000000000000012.5"),
        (9, "00000000000000000009"),
        ("v2", "not_a_version"),
        ("2024-01-31 08:00:00", "2024-01-31T01:00:00.000000Z"),
        ("9/1/2024 10:00", "not_a_version"),  # as text it would be newer than 10/1/2024
        ("1.5", "ambiguous_number"),
        ("-3", "negative_version"),
        ("", None),
    ],
)
def test_versions_are_text_that_sorts(value: object, expected: object) -> None:
    assert one("payments", "_version", value, times=DMY, decimal=",") == expected


@pytest.mark.parametrize("times", [1, 2_000])  # words that repeat are each read once
def test_a_batch_with_many_ways_to_write_converts_row_by_row(times: int) -> None:
    texts = ["5", "-", "1.234,5", "0:01:00", "-1", "12.5", None, "7,12345"]
    outcome = run("calls", {"hold_seconds": texts * times}, decimal=",", nulls=("-",))
    assert outcome.rejects.rows() == [
        (8 * nth + 6, "hold_seconds", "ambiguous_number", 1) for nth in range(times)
    ]
    assert [str(value) for value in outcome.accepted["hold_seconds"]] == (
        ["5.000", "None", "1234.500", "60.000", "-1.000", "None", "7.123"] * times
    )


def test_nested_columns_are_refused_by_name() -> None:
    with pytest.raises(ContractError, match="column queue: type List"):
        run("calls", {"queue": [["marker-0812"]]})
