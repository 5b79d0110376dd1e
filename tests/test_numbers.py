"""Numbers, durations and counts: what a text is worth by the decimal mark, or why nothing.

Expected values are worked by hand. A rule's name stands where the row is rejected.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from converting import one, run
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = [  # text, by decimal comma, by decimal point
    ("12", "12.00", "12.00"),
    ("12,5", "12.50", "ambiguous_number"),
    ("12.5", "ambiguous_number", "12.50"),
    ("1.234", "ambiguous_number", "1.23"),
    ("1,234", "1.23", "ambiguous_number"),
    ("1.234,5", "1234.50", "ambiguous_number"),
    ("1,234.5", "ambiguous_number", "1234.50"),
    ("1.234.567", "1234567.00", "ambiguous_number"),
    ("1,234,567", "ambiguous_number", "1234567.00"),
    ("1.234.567,89", "1234567.89", "ambiguous_number"),
    ("-1.234,5", "-1234.50", "ambiguous_number"),
    ("+7", "7.00", "7.00"),
    ("-0", "0.00", "0.00"),
    (",5", "0.50", "ambiguous_number"),
    ("5,", "not_a_number", "not_a_number"),
    ("12.34,5", "not_a_number", "not_a_number"),
    ("1,2,3", "not_a_number", "not_a_number"),
    ("0.234.567", "not_a_number", "not_a_number"),
    ("3.06E+08", "not_a_number", "not_a_number"),  # a spreadsheet shows three of nine digits
    ("1.2345678E7", "12345678.00", "12345678.00"),  # Java shows all, from ten million on
    ("-1.5E7", "-15000000.00", "-15000000.00"),
    ("5.0E-4", "0.00", "0.00"),
    ("1.5E17", "number_out_of_range", "number_out_of_range"),
    ("1,5E7", "not_a_number", "not_a_number"),
    ("1e5", "not_a_number", "not_a_number"),
    ("inf", "not_a_number", "not_a_number"),
    ("NaN", "not_a_number", "not_a_number"),
    ("Rp 5", "not_a_number", "not_a_number"),
    ("1 234", "not_a_number", "not_a_number"),
    ("\u0661\u0662", "not_a_number", "not_a_number"),
    ("99999999999999999", "number_out_of_range", "number_out_of_range"),
]


@pytest.mark.parametrize(("text", "comma", "point"), NUMBERS)
def test_numbers(text: str, comma: str, point: str) -> None:
    for mark, expected in ((",", comma), (".", point)):
        assert str(one("payments", "amount", text, decimal=mark)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # Half up, away from zero, on the written digits, and rounded once only.
        ("1.2345", "1.235"),
        ("1.2335", "1.234"),
        ("-1.2345", "-1.235"),
        ("1.23449999999999999999", "1.234"),
        ("0.0005", "0.001"),
        ("999999999.9995", "number_out_of_range"),
        (12.3445, "12.345"),  # 12.344499999... in binary
        (2.0005, "2.001"),
        (1e-9, "0.000"),
        (1e17, "number_out_of_range"),
        (float("inf"), "not_a_duration"),
        (float("nan"), "not_a_duration"),
        (7, "7.000"),
        (Decimal("1.2345"), "1.235"),
        (True, "not_a_duration"),
        (timedelta(hours=25, microseconds=1_500), "90000.002"),
        (timedelta(seconds=-1), "-1.000"),
        ("1:02:03", "3723.000"),
        ("0:07:02", "422.000"),
        ("25:03:00", "90180.000"),
        ("75:30", "4530.000"),
        ("00:00:01.2345", "1.235"),
        ("00:00:01,5", "1.500"),
        ("-0:00:05", "-5.000"),
        ("1:60:00", "not_a_duration"),
        ("0:00:60", "not_a_duration"),
        ("1:02:03:04", "not_a_duration"),
        ("::", "not_a_duration"),
        ("0 days 00:02:23", "143.000"),
        ("1 day, 2:03:04.5", "93784.500"),
        ("2 Hari 00:00:01", "172801.000"),
        ("-1 day, 23:59:50", "not_a_duration"),  # ten seconds back, or two days
        ("1 day 2:03", "not_a_duration"),  # of an hour or a minute
        ("1 Day 2 Hours 3 Minutes", "93780.000"),
        ("2d 5m", "173100.000"),
        ("45 d", "not_a_duration"),  # days, or detik: seconds
        ("0d", "0.000"),
        ("3 hari", "259200.000"),
        ("P1DT2H3M", "93780.000"),
        ("P5M", "not_a_duration"),  # five months
        ("P1DT", "86400.000"),
        (":25", "25.000"),
        ("-:05", "-5.000"),
        ("::05", "not_a_duration"),
        ("5 min", "300.000"),
        ("1h 2m 3s", "3723.000"),
        ("PT1M23.4567S", "83.457"),
        ("2 jam, 5 menit", "7500.000"),
        ("90 SEC", "90.000"),
        ("5 mnt 20 dtk", "320.000"),
        ("-5s", "-5.000"),
        ("PT", "not_a_duration"),
        ("2m 1h", "not_a_duration"),
        ("5 m2", "not_a_duration"),
        ("5 mi", "not_a_duration"),
        ("1.5h", "not_a_duration"),
    ],
)
def test_durations(value: object, expected: str) -> None:
    assert str(one("calls", "talk_seconds", value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2", 2),
        ("2,0", 2),
        ("2,5", "not_whole"),
        ("1.000", "ambiguous_number"),
        # a count has no decimals: one, by the mark, or a thousand of another convention
        ("1,000", "ambiguous_number"),
        ("1,0000", 1),
        ("x", "not_a_number"),
        ("9" * 19, "number_out_of_range"),
        (3, 3),
        (2.0, 2),
        (2.5, "not_whole"),
        (float("nan"), "not_a_number"),
        (Decimal("2.0"), 2),
        (Decimal("2.5"), "not_whole"),
        (True, "not_a_number"),
    ],
)
def test_counts(value: object, expected: object) -> None:
    assert one("calls", "contacts", value, decimal=",") == expected


def test_a_thousand_is_not_counted_as_one_where_no_mark_was_declared() -> None:
    assert one("calls", "contacts", "12.000") == "ambiguous_number"


def written(value: Decimal, mark: str, grouped: bool) -> str:
    text = f"{value:,}" if grouped else str(value)
    return text.translate(str.maketrans(",.", ".,")) if mark == "," else text


@examples(20)
@given(
    st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=20),
    st.sampled_from(",."),
    st.booleans(),
)
def test_numbers_survive_being_written(cents: list[int], mark: str, grouped: bool) -> None:
    values = [Decimal(cent).scaleb(-2) for cent in cents]
    texts = [written(value, mark, grouped) for value in values]
    assert run("payments", {"amount": texts}, decimal=mark).accepted["amount"].to_list() == values


@examples(20)
@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
    st.sampled_from(",."),
    st.sampled_from(["number", "clock", "short", "units"]),
)
def test_durations_survive_being_written(millis: list[int], mark: str, way: str) -> None:
    values = [Decimal(milli).scaleb(-3) for milli in millis]
    texts = []
    for value in values:
        minutes, seconds = divmod(value, 60)
        clock = f"{int(minutes) // 60}:{int(minutes) % 60:02}:{seconds:06.3f}"
        short = f"{int(minutes)}:{seconds:06.3f}"
        units = f"{int(minutes) // 60}h {int(minutes) % 60}m {seconds}s"
        text = {"number": str(value), "clock": clock, "short": short, "units": units}[way]
        texts.append(text.replace(".", mark))
    outcome = run("calls", {"talk_seconds": texts}, decimal=mark)
    assert outcome.accepted["talk_seconds"].to_list() == values


WAYS = {
    "h:mm:ss": lambda s: f"{s // 3600}:{s // 60 % 60:02}:{s % 60:02}",
    "mm:ss": lambda s: f"{s // 60:02}:{s % 60:02}",
    "m:s": lambda s: f"{s // 60}:{s % 60}",
    "seconds": str,
    "words": lambda s: f"{s // 60} menit {s % 60} detik",
    "blank": lambda s: "",
}


@examples(20)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([*WAYS])), min_size=1, max_size=30)
)
def test_a_column_may_write_durations_in_several_ways(cells: list[tuple[int, str]]) -> None:
    """The first cells only say which way is tried first: the others are read as if alone."""
    texts = [WAYS[way](seconds) for seconds, way in cells]
    expected = [None if way == "blank" else Decimal(seconds) for seconds, way in cells]
    assert run("calls", {"talk_seconds": texts}).accepted["talk_seconds"].to_list() == expected
