"""Typed exports (json, parquet): rendered in the source's conventions, faults named."""

from __future__ import annotations

import contextlib
import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drawing import examples
from exporting import Bench, refusal
from hypothesis import given
from hypothesis import strategies as st

from assets.exports import Refused, json_stream

LOCAL = "%d/%m/%Y %H:%M:%S"


# json


def test_json_values_are_text_as_written(bench: Bench) -> None:
    content = (
        b'{"id":"007","n":1.50,"big":12345678901234567890,"e":1.5e3,"t":true,"x":null,'
        b'"q":{"a":[1.10,"\xc3\xa9"]}}\r\n\n{"id":8,"late":"y"}\n'
    )
    read = bench.read(content, "json lines", decimal=",")
    assert read.export.columns == ("id", "n", "big", "e", "t", "x", "q", "late")
    assert read.rows == [
        ("007", "1,50", "12345678901234567890", "1500", "true", None, '{"a":[1.10,"é"]}', None, 1),
        ("8", None, None, None, None, None, None, "y", 2),
    ]


@pytest.mark.parametrize("written", ["1.7095392001234568e+17", "1.7095392001234568E17"])
def test_an_id_that_json_has_with_an_exponent_keeps_it(bench: Bench, written: str) -> None:
    """Python and Java write so what they held in binary: in plain digits it would be another id."""
    read = bench.read(f'{{"id":{written},"wait":2.05e1,"last":1E15}}'.encode(), "json lines")
    assert read.values == [("1.7095392001234568E+17", "20.5", "1000000000000000")]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"id":', "not_json"), ("[1]", "not_an_object"), ("7", "not_an_object"),
        ('{"id":1,"id":2}', "duplicate_key"), ('{"id":NaN}', "not_json"),
        ('{"id":{"a":1,"a":2}}', "duplicate_key"), (r'{"id":"\ud800"}', "not_text"),
        (r'{"id":"\u0000"}', "nul_byte"), ('{"id":"a\0b"}', "not_json"),
        ('{"id":1}{"id":', "not_json"), ('{"id":1},{"id":2}', "not_json"), ("1 2", "not_json"),
        ('{"id":1} {"id":2}]', "not_json"), ('{"id":1}2', "not_json"), ("[" * 100_000, "not_json"),
        ('{"id":' + "[" * 257 + "]" * 257 + "}", "not_json"),
        ('{"id":' + '{"a":' * 257 + "[]" + "}" * 257 + "}", "not_json"),
    ],
)  # fmt: skip
def test_a_bad_line_is_rejected_by_its_number(bench: Bench, line: str, rule: str) -> None:
    read = bench.read(f'{{"id":1}}\n\n{line}\n{{"id":3}}'.encode(), "json lines")
    assert read.rejects == [(2, rule)] and read.rows == [("1", 1), ("3", 3)]


def test_a_value_nests_256_deep_and_no_deeper(bench: Bench) -> None:
    deep = '{"a":' * 256 + '"x"' + "}" * 256
    assert bench.read(f'{{"id":{deep}}}'.encode(), "json lines").rows == [(deep, 1)]


def test_records_that_stand_one_behind_the_other_are_read(bench: Bench) -> None:
    # as Firehose joins them, unless it is told to end each with a line break
    read = bench.read(b'{"id":"}{"}{"id":2} {"id":3,"id":3}{"id":4}\n{"id":5}', "json lines")
    assert read.rows == [("}{", 1), ("2", 2), ("4", 4), ("5", 5)]
    assert read.rejects == [(3, "duplicate_key")]


def test_json_files_that_are_refused(bench: Bench) -> None:
    assert refusal(bench, b'[{"id":1}]', "json lines").rule == "type"
    # a source's format is called as the guide calls it
    told = str(refusal(bench, b"PAR1", "json lines"))
    assert "the source reads json lines, but this is" in told
    assert refusal(bench, b'{"id":1}', "json").rule == "type"
    assert "after record 2" in str(refusal(bench, b'[{"id":1},{"id"', "json"))
    assert refusal(bench, b'[{"id":1}] x', "json").rule == "not_json"
    # pages put one behind the other are whole, each of them
    assert "goes on behind the end" in str(refusal(bench, b'[{"id":1}]\n[{"id":2}]', "json"))
    assert refusal(bench, b'{"a":[]}', "json", options="records='b'").rule == "missing_records"
    assert refusal(bench, b'{"id":1,"ID":2}', "json lines").rule == "duplicate_column"
    # as Go writes no records, and an answer that is an error: neither is cut short, nor a month
    for nothing in (b'{"a":{"items":null}}', b'{"a":null}'):
        error = refusal(bench, nothing, "json", options="records='a.items'")
        assert error.rule == "missing_records" and "has null" in str(error)
    twice = b'{"a":[{"id":1}],"a":[{"id":2}]}'
    error = refusal(bench, twice, "json", options="records='a'")
    assert error.rule == "duplicate_key" and "names `a` twice" in str(error)
    error = refusal(bench, b'{"ident":1}', "json lines", select="select id from export")
    assert error.rule == "missing_column"
    # an object keyed by ids, of which each would be a column, and a year's are a hundred thousand
    keyed = ",".join(f'"c{n}":{{}}' for n in range(5001)).encode()
    error = refusal(bench, b"{" + keyed + b"}", "json", options="records='.'")
    assert error.rule == "too_wide" and "more than 5,000 columns up to record 1;" in str(error)


def test_an_array_may_lie_deep_in_an_object(bench: Bench) -> None:
    content = b'{"page":1,"data":{"skip":[{"id":9}],"items":[{"id":1},5,{"id":3}]},"end":{}}'
    read = bench.read(content, "json", options="records='data.items'")
    assert read.rows == [("1", 1), ("3", 3)] and read.rejects == [(2, "not_an_object")]


def test_a_document_may_be_the_record(bench: Bench) -> None:
    # rows of arrays under a list of their names, on as many lines as it takes
    rows = b'{"columns": ["id", "n"],\n "data": [\n  ["01", 5],\n  ["02", 6]\n ]\n}'
    read = bench.read(rows, "json", options="records='.'")
    assert read.rows == [('["id","n"]', '[["01",5],["02",6]]', 1)]
    # records spread over lines, and pages, one behind the other
    lines = b'{\n "id": 1\n}\n{\n "id": 2\n} 5 [6]\n'
    read = bench.read(lines, "json", options="records='.'")
    assert read.rows == [("1", 1), ("2", 2)]
    assert read.rejects == [(3, "not_an_object"), (4, "not_an_object")]
    assert "after record 2" in str(refusal(bench, lines[:-9], "json", options="records='.'"))
    # joined by hand, with a comma between them, and one behind the last
    joined = bench.read(b'{"id":1},\n{"id":2} {"id":3},\n', "json", options="records='.'")
    assert joined.rows == [("1", 1), ("2", 2), ("3", 3)]


def test_a_record_that_is_an_array_has_its_values_by_their_places(bench: Bench) -> None:
    content = b'{"data":[["id","n"],["01",1.50],["02",null],["03"],["05",{"a":1}]]}'
    read = bench.read(content, "json", options="records='data'")
    assert read.export.columns == ("column_1", "column_2")
    assert read.rows == [("id", "n", 1), ("01", "1.50", 2), ("02", None, 3), ("05", '{"a":1}', 5)]
    assert read.rejects == [(4, "field_count")]
    # an array above objects, as a line of what was asked, takes none of them along
    mixed = bench.read(b'[["2024"],{"id":4},{"id":5}]', "json")
    assert mixed.rows == [("2024", None, 1), (None, "4", 2), (None, "5", 3)]
    # documents of the file, too; a list of a thousand records more is none
    lines = bench.read(b'["01",5]\n["02",6]\n', "json", options="records='.'")
    assert lines.rows == [("01", "5", 1), ("02", "6", 2)]
    many = bench.read(f"[{'{},' * 1000}{{}}]".encode(), "json", options="records='.'")
    assert many.rejects == [(1, "not_an_object")]


def test_a_record_that_is_too_long_is_not_called_cut_short(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "_LONGEST", 1 << 10)
    error = refusal(bench, b'[{"id":"' + b"x" * (2 << 20) + b'"}]', "json")
    assert error.rule == "too_large" and "record 1; have it exported in" in str(error)


def test_no_records_have_the_columns_of_the_select(bench: Bench) -> None:
    select = "select id, upper(name) as name from export"
    assert bench.read(b"[]", "json", select=select).export.columns == ("id", "name")


records = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=5).filter("\0".__ne__)
        | st.lists(st.integers(), max_size=3),
        min_size=1,
    ),
    max_size=8,
)  # fmt: skip


@examples(25)
@given(records=records, window=st.sampled_from([1, 7, 1 << 20]), indent=st.sampled_from([None, 1]))
def test_an_array_reads_like_its_lines(
    bench: Bench, records: list[dict[str, Any]], window: int, indent: int | None
) -> None:
    records = [{k: v.replace("\0", "") if isinstance(v, str) else v for k, v in r.items()}
               for r in records]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_WINDOW", window)
        array = bench.read(json.dumps(records, indent=indent).encode(), "json")
    assert array.export.records == len(records)
    if records:
        lines = bench.read("\n".join(json.dumps(each) for each in records).encode(), "json lines")
        assert array.rows == lines.rows


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)
nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)  # fmt: skip


@examples(25)
@given(value=nested, is_ascii=st.booleans())
def test_what_is_nested_means_the_same_as_text(bench: Bench, value: Any, is_ascii: bool) -> None:
    """A select takes it apart with JSON's own functions."""
    line = json.dumps({"q": [value]}, ensure_ascii=is_ascii)
    ((text, _),) = bench.read(line.encode(), "json lines").rows
    assert json.loads(text) == [value] and "\n" not in text


# parquet


def parquet(frame: pl.DataFrame | pa.Table, path: Path) -> Path:
    pq.write_table(frame.to_arrow() if isinstance(frame, pl.DataFrame) else frame, path)
    return path


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_b27_parquet_is_written_in_the_sources_conventions(bench: Bench, unit: Any) -> None:
    at = datetime(2024, 1, 31, 23, 15, 2)
    frame = pl.DataFrame(
        {
            "id": ["007", None], "n": [1, 2], "f": [2.0, 2.5], "d": [Decimal("1.50"), None],
            "t": pl.Series([at, at + timedelta(milliseconds=5)], dtype=pl.Datetime(unit)),
            "z": pl.Series([at.replace(tzinfo=UTC)] * 2, dtype=pl.Datetime(unit, "UTC")),
            "day": [date(2024, 2, 1)] * 2, "b": [True, False], "l": [[{"x": 1}], []],
        }
    )  # fmt: skip
    path = parquet(frame, bench.landing / "f.parquet")
    read = bench.read(path, "parquet", times=LOCAL, decimal=",")
    local, moved = "31/01/2024 23:15:02", "01/02/2024 06:15:02"
    assert read.rows == [
        ("007", "1", "2", "1,50", local, moved, "01/02/2024 00:00:00", "true", '[{"x":1}]', 1),
        (None, "2", "2,5", None, "2024-01-31T23:15:02.005000", moved, "01/02/2024 00:00:00",
         "false", "[]", 2),
    ]  # fmt: skip
    for keys, instant in (
        ({"times": LOCAL, "timezone": "-02:30"}, "31/01/2024 20:45:02"),
        ({"times": LOCAL, "timezone": "Europe/Berlin"}, "01/02/2024 00:15:02"),
        ({"times": "%Y-%m-%dT%H:%M:%S%.fZ"}, "2024-01-31T23:15:02Z"),
        ({"times": "%Y-%m-%d %H:%M:%S %z"}, "2024-01-31 23:15:02 +0000"),
        ({"times": "%Y-%m-%d %H:%M %z"}, "2024-01-31T23:15:02Z"),
        ({}, "2024-01-31 23:15:02Z"),
    ):
        assert bench.read(path, "parquet", **keys).rows[0][5] == instant


@pytest.mark.parametrize(
    ("unit", "count", "seconds"),
    [("ms", 90_500, "90,500"), ("us", 90_500_000, "90,500000"), ("ns", 20 * 10**9, "20,000000000")],
)
def test_a_duration_of_parquet_is_in_seconds(
    bench: Bench, unit: Any, count: int, seconds: str
) -> None:
    """As pandas and Polars write one: a whole number, whose unit stands in Arrow's own schema."""
    table = pa.table({"wait": pa.array([count, None], pa.duration(unit)), "calls": [1, 2]})
    read = bench.read(parquet(table, bench.landing / "f.parquet"), "parquet", decimal=",")
    assert read.values == [(seconds, "1"), (None, "2")]


def by_writer(table: pa.Table, writer: str, path: Path) -> Path:
    """A file with INT96 times that says which library wrote it."""
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    ours = pq.read_metadata(path).created_by.encode()
    path.write_bytes(path.read_bytes().replace(ours, writer.encode()[: len(ours)].ljust(len(ours))))
    return path


@pytest.mark.parametrize(
    ("writer", "moved"),
    # Spark's and Hive's library writes it in UTC, Impala the local time, Arrow what it was given
    [("parquet-mr version 1.13.1 (build", True), ("impala version 4.3.0-RELEASE (bu", False),
     ("parquet-cpp-arrow version 26.0.1", False)],
)  # fmt: skip
def test_a_time_of_spark_is_in_utc(bench: Bench, writer: str, moved: bool) -> None:
    table = pa.table({"at": pa.array([datetime(2024, 1, 31, 23, 15, 2)], pa.timestamp("ns"))})
    path = by_writer(table, writer, bench.landing / "f.parquet")
    # 23:15 in UTC is 06:15 of the next day in Jakarta, the home's zone here
    local, utc = "2024-01-31 23:15:02", "2024-01-31 23:15:02Z"
    assert bench.read(path, "parquet").values == [(utc if moved else local,)]
    there = "01/02/2024 06:15:02" if moved else "31/01/2024 23:15:02"
    assert bench.read(path, "parquet", times=LOCAL).values == [(there,)]
    assert bench.read(path, "parquet", times=LOCAL, timezone="UTC").values == [
        ("31/01/2024 23:15:02",)
    ]


def test_nested_times_of_spark_are_read_in_utc_alone(bench: Bench) -> None:
    """Nothing tells them from local times: an attempt of 23:15 would be of the day before."""
    calls = pa.array([[{"at": datetime(2024, 1, 31, 23, 15, 2)}]])
    calls = calls.cast(pa.list_(pa.struct([("at", pa.timestamp("ns"))])))
    table = pa.table({"id": ["K1"], "calls": calls})
    path = by_writer(table, "parquet-mr version 1.13.1 (build", bench.landing / "f.parquet")
    error = refusal(bench, path, "parquet")
    assert error.rule == "column_type" and "column `calls`" in str(error)
    assert "timezone: UTC" in str(error)
    read = bench.read(path, "parquet", timezone="UTC")
    assert read.values == [("K1", '[{"at":"2024-01-31 23:15:02"}]')]
    # of a column that is not asked for nothing is
    assert bench.read(path, "parquet", select="select id, _row, _file from export").export.records


def test_what_is_no_number_is_an_empty_cell(bench: Bench) -> None:
    """As Spark and Polars keep what is missing among numbers; as an id it would be one agent."""
    frame = pl.DataFrame({"agent": [7.0, float("nan")], "wait": [float("inf"), 20.5]})
    read = bench.read(parquet(frame, bench.landing / "f.parquet"), "parquet")
    assert read.values == [("7", "inf"), (None, "20.5")]


def test_a_number_of_parquet_that_is_nearly_none_has_digits(bench: Bench) -> None:
    """What is left of 30.1 - 30.0 - 0.1 in binary: with its exponent the row was rejected."""
    frame = pl.DataFrame({"wait": [30.1 - 30.0 - 0.1, -2e-5, 2e-4]})
    read = bench.read(parquet(frame, bench.landing / "f.parquet"), "parquet", decimal=",")
    assert read.values == [("0,000000000",), ("-0,000020000",), ("0,0002",)]


@pytest.mark.parametrize("mark", [".", ","])
def test_a_number_of_32_bits_that_lost_digits_shows_it(bench: Bench, mark: str) -> None:
    """17012345 is not among them, so two ids would be one; `id_lost_digits` rejects what is left.
    As an amount it is still a number, of eight digits nearly right."""
    frame = pl.DataFrame({"id": [17012345, 16777215, 0.5]}, schema={"id": pl.Float32})
    read = bench.read(parquet(frame, bench.landing / "f.parquet"), "parquet", decimal=mark)
    assert read.values == [("1.70123440E7",), ("16777215",), (f"0{mark}5",)]


def test_an_arrow_file_called_parquet_is_not_called_text(bench: Bench) -> None:
    for write in (pl.DataFrame.write_ipc, pl.DataFrame.write_ipc_stream):
        path = bench.landing / "f.parquet"
        write(pl.DataFrame({"id": [1]}), path)
        assert "but this is an Arrow or Feather file" in str(refusal(bench, path, "parquet"))


def test_b27_parquet_that_is_refused(bench: Bench) -> None:
    path = parquet(pl.DataFrame({"id": ["a"] * 99}), bench.landing / "f.parquet")
    whole = path.read_bytes()
    assert refusal(bench, whole[:-20], "parquet").rule == "damaged"
    assert refusal(bench, b"PARE" + whole[4:], "parquet").rule == "type"
    assert refusal(bench, b"id\na\n", "parquet").rule == "type"
    blob = parquet(pa.table({"id": [b"\xff"]}), bench.landing / "b.parquet")
    assert "column `id`" in str(refusal(bench, blob, "parquet"))
    twice = pa.table([pa.array(["a"]), pa.array(["b"])], names=["id", "ID"])
    assert refusal(bench, parquet(twice, bench.landing / "t.parquet"), "parquet").rule \
        == "duplicate_column"  # fmt: skip


def test_g9_a_hostile_parquet_does_not_end_the_engine_for_the_files_after_it(bench: Bench) -> None:
    path = parquet(pl.DataFrame({"id": ["a", "b"] * 50, "n": range(100)}), bench.landing / "f")
    whole = path.read_bytes()
    chance = random.Random(13)
    for _ in range(120):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 3, 20])):
            damaged[chance.randrange(len(whole))] = chance.randrange(256)
        with contextlib.suppress(Refused):
            bench.read(bytes(damaged), "parquet")
        assert bench.con.sql("select 1").fetchall() == [(1,)]
    assert bench.read(path, "parquet").export.records == 100
