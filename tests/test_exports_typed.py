"""Typed exports (json, xlsx, parquet): rendered in the source's conventions, faults named."""

from __future__ import annotations

import contextlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from drawing import examples
from exporting import Bench, benches
from hypothesis import given
from hypothesis import strategies as st

from assets.exports import Refused, json_stream

LOCAL = "%d/%m/%Y %H:%M:%S"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield from benches(tmp_path)


def refusal(bench: Bench, content: bytes | Path, form: str, **keys: str) -> Refused:
    with pytest.raises(Refused) as caught:
        bench.read(content, form, **keys)
    return caught.value


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


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"id":', "not_json"), ("[1]", "not_an_object"), ("7", "not_an_object"),
        ('{"id":1,"id":2}', "duplicate_key"), ('{"id":NaN}', "not_json"),
        ('{"id":{"a":1,"a":2}}', "duplicate_key"), (r'{"id":"\ud800"}', "not_text"),
        (r'{"id":"\u0000"}', "nul_byte"), ('{"id":"a\0b"}', "not_json"),
        ('{"id":1}{"id":2}', "not_json"), ("[" * 100_000, "not_json"),
        ('{"id":' + "[" * 700 + "]" * 700 + "}", "not_json"),
    ],
)  # fmt: skip
def test_a_bad_line_is_rejected_by_its_number(bench: Bench, line: str, rule: str) -> None:
    read = bench.read(f'{{"id":1}}\n\n{line}\n{{"id":3}}'.encode(), "json lines")
    assert read.rejects == [(2, rule)] and read.rows == [("1", 1), ("3", 3)]


def test_json_files_that_are_refused(bench: Bench) -> None:
    assert refusal(bench, b'[{"id":1}]', "json lines").rule == "type"
    assert refusal(bench, b'{"id":1}', "json").rule == "type"
    assert "after record 2" in str(refusal(bench, b'[{"id":1},{"id"', "json"))
    assert refusal(bench, b'[{"id":1}] x', "json").rule == "not_json"
    assert refusal(bench, b'{"a":[]}', "json", options="records='b'").rule == "missing_records"
    assert refusal(bench, b'{"id":1,"ID":2}', "json lines").rule == "duplicate_column"
    error = refusal(bench, b'{"ident":1}', "json lines", select="select id from export")
    assert error.rule == "missing_column"


def test_an_array_may_lie_deep_in_an_object(bench: Bench) -> None:
    content = b'{"page":1,"data":{"skip":[{"id":9}],"items":[{"id":1},5,{"id":3}]},"end":{}}'
    read = bench.read(content, "json", options="records='data.items'")
    assert read.rows == [("1", 1), ("3", 3)] and read.rejects == [(2, "not_an_object")]


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


# xlsx

Fill = Callable[[xlsxwriter.Workbook, Any], None]


def workbook(fill: Fill, **options: Any) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book, book.add_worksheet("Data"))
    book.close()
    return out.getvalue()


def grid(*rows: list[Any]) -> Fill:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return fill


@pytest.mark.parametrize("date_1904", [False, True])
def test_b21_b23_cells_are_written_in_the_sources_conventions(
    bench: Bench, date_1904: bool
) -> None:
    cells = [
        (datetime(2025, 3, 31, 12), "dd/mm/yyyy hh:mm", "31/03/2025 12:00:00"),
        (date(2025, 3, 31), "dd/mm/yyyy", "31/03/2025 00:00:00"),
        (datetime(2025, 3, 31, 8, 15, 2, 345000), "hh:mm", "2025-03-31T08:15:02.345"),
        (timedelta(hours=25, minutes=3), "[h]:mm:ss", "25:03:00"),
        (timedelta(hours=25, minutes=3), "h:mm:ss", "25:03:00"),
        (clock(0, 7, 2), "h:mm:ss", "0:07:02"),
        (0.0104166667, "[h]:mm:ss", "0:15:00"),
        (12.5, "0.0", "12,5"), (12, "0", "12"), (-3, "0", "-3"), (0.1 + 0.2, "0.0", "0,3"),
        (True, "", "true"), ("0812", "", "0812"), (" x ", "", " x "), (0.5, "0%", "0,5"),
    ]  # fmt: skip

    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        for column, (value, form, _) in enumerate(cells):
            sheet.write(0, column, f"c{column}")
            sheet.write(1, column, value, book.add_format({"num_format": form}))

    content = workbook(fill, date_1904=date_1904)
    read = bench.read(content, "xlsx", times=LOCAL, decimal=",")
    assert read.values == [tuple(text for *_, text in cells)]
    dates = bench.read(content, "xlsx", times=f"%d.%m.%Y; {LOCAL}; {LOCAL}.%f")
    assert dates.rows[0][:3] == ("31/03/2025 12:00:00", "31.03.2025", "31/03/2025 08:15:02.345000")


def test_b19_faulty_cells_reject_their_records_where_they_are_used(bench: Bench) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        grid(["id", "n", "unused"], ["a", 1, 1], [3201012345678901, 2, 1], [], ["c", 3, 1])(
            book, sheet
        )
        sheet.write_formula("B6", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B7", "=1+1", None, "")
        sheet.write_formula("B8", "=1+1", None, 2)
        sheet.write_formula("A8", '=""', None, "d")
        sheet.write_formula("C8", "=1/0", None, "#DIV/0!")

    content = workbook(fill)
    read = bench.read(content, "xlsx", select="select id, n from export")
    assert [tuple(each) for each in read.export.rejects] == [
        (2, "id", "id_numeric_cell"), (4, "n", "error_cell"), (5, "n", "formula_cell")
    ]  # fmt: skip
    assert read.rows == [("a", "1", "1", 1), ("c", "3", "1", 3), ("d", "2", None, 6)]
    assert (6, "error_cell") in bench.read(content, "xlsx").rejects


def test_b25_sheet_and_header_are_declared(bench: Bench) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        rows = grid(["Report"], [], ["Call", ""], ["id", "n"], ["a", 1], ["b", 2], ["Total", 3])
        rows(book, sheet)
        sheet.merge_range("A1:B1", "Report")
        sheet.set_row(4, None, None, {"hidden": True})
        for number in range(20, 3000):
            sheet.write_blank(number, 0, None, book.add_format({"bold": True}))
        book.add_worksheet("Notes").write(0, 0, "x")

    content = workbook(fill)
    options = "sheet=Data, skip=1, header_rows=2, header_row=2, footer=1"
    read = bench.read(content, "xlsx", options=options)
    assert read.rows == [("a", "1", 1), ("b", "2", 2)]
    assert read.export.notes == ("sheets not read: Notes",)
    assert bench.read(content, "xlsx", options=options.replace("Data", "1")).rows == read.rows
    assert "declare sheet" in str(refusal(bench, content, "xlsx"))
    assert "`Data`, `Notes`" in str(refusal(bench, content, "xlsx", options="sheet=Nope"))


def months(**sheets: list[list[Any]]) -> bytes:
    """A workbook with a sheet for each month, laid out like `Data`, and one of totals."""

    def fill(book: xlsxwriter.Workbook, first: Any) -> None:
        grid(["Rekap"], ["total", 9])(book, first)
        for name, lines in sheets.items():
            grid(*lines)(book, book.add_worksheet(name))

    return workbook(fill)


SELECT = "select _row, id, n, _sheet from export"


def test_sheets_laid_out_alike_are_read_one_after_the_other(bench: Bench) -> None:
    content = months(
        Jan=[["Report"], ["id", "n"], ["a", 1], [], ["b", 2], ["Total", 3]],
        Feb=[["Report"], ["N", "note", "ID"], [1e16, "x", "c"], [4, "y", "d"], ["Total", 5]],
        Mar=[],
        Apr=[["Report"], ["id", "n"], ["Total", 0]],
    )
    options = "sheet='Jan;Feb;M*;A??', skip=1, footer=1"
    read = bench.read(content, "xlsx", options=options, select=SELECT)
    assert bench.con.sql(f"{SELECT} order by _row").fetchall() == [
        (1, "a", "1", "Jan"), (2, "b", "2", "Jan"), (4, "d", "4", "Feb")
    ]  # fmt: skip
    assert [tuple(each) for each in read.export.rejects] == [(3, "n", "id_numeric_cell")]
    assert read.export.notes == (
        "sheets not read: Data",
        "sheets read, one after the other: `Jan` records 1 to 2, `Feb` records 3 to 4, "
        "`Mar` is empty, `Apr` no record",
    )
    assert [read.export.spot(record) for record in (1, 4)] == [
        "record 1, which is 1 of sheet `Jan`", "record 4, which is 2 of sheet `Feb`"
    ]  # fmt: skip


def test_sheets_that_are_not_alike_are_not_read_together(bench: Bench) -> None:
    content = months(Jan=[["id", "n", "x"], ["a", 1, 2]], Feb=[["id", "no"], ["b", 2]])
    said = str(refusal(bench, content, "xlsx", options="sheet='Jan;Feb'", select=SELECT))
    assert "f.csv sheet Feb: differs from sheet `Jan` in the columns `n`" in said
    assert "differs from sheet `Data`" in str(
        refusal(bench, content, "xlsx", options="sheet='*'", select=SELECT)
    )
    options = "sheet='???', optional='n,no'"
    select = "select coalesce(n, no) as n from export order by _row"
    bench.read(content, "xlsx", options=options, select=select)
    assert bench.con.sql(select).fetchall() == [("1",), ("2",)]
    said = str(refusal(bench, content, "xlsx", options="sheet='Q*'", select=SELECT))
    assert "has no sheet that fits `Q*`; it has `Data`, `Jan`, `Feb`" in said
    taken = months(Jan=[["id", "_sheet"], ["a", 1]])
    said = str(refusal(bench, taken, "xlsx", options="sheet='J*'"))
    assert "a column may not be called `_sheet`" in said


def test_cells_merged_downwards_name_their_columns(bench: Bench) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        grid(["No", "Call", "", "Agent"], ["", "at", "n", ""], ["a", "x", 1, "S1"])(book, sheet)
        for cells, text in (("A1:A2", "No"), ("B1:C1", "Call"), ("D1:D2", "Agent")):
            sheet.merge_range(cells, text)

    read = bench.read(workbook(fill), "xlsx", options="header_rows=2, header_row=2")
    assert read.export.columns == ("No", "at", "n", "Agent")
    assert read.rows == [("a", "x", "1", "S1", 1)]


def test_columns_named_by_position_count_from_the_sheets_first(bench: Bench) -> None:
    def fill(_: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write(0, 1, "x")

    options = "header=false, names='a,b,c'"
    assert bench.read(workbook(fill), "xlsx", options=options).values == [(None, "x", None)]


def test_content_beyond_the_header_rejects_the_row(bench: Bench) -> None:
    read = bench.read(workbook(grid(["id", "n"], ["a", 1], ["b", "x", 2], ["c", 3])), "xlsx")
    assert read.rejects == [(2, "field_count")] and read.numbers == [1, 3]


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_g5_g6_workbooks_that_are_refused_unparsed(bench: Bench) -> None:
    good = workbook(grid(["id"], ["a"]))
    bomb = repacked(good, lambda name, text: text + b" " * (64 << 20) if "sheet1" in name else text)
    error = refusal(bench, bomb, "xlsx")
    assert error.rule == "bomb" and "200 times" in str(error)
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">]>'
    entity = repacked(good, lambda name, text: text.replace(b"?>", b"?>" + laughs, 1))
    assert refusal(bench, entity, "xlsx").rule == "entity"
    assert refusal(bench, good[: len(good) // 2], "xlsx").rule == "damaged"
    assert refusal(bench, b"id\na\n", "xlsx").rule == "type"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("../../x.csv", "id\n")
    assert refusal(bench, other.getvalue(), "xlsx").rule == "type"
    garbled = repacked(good, lambda name, text: b"<x" if "sheet1" in name else text)
    assert refusal(bench, garbled, "xlsx").rule == "damaged"


def test_a5_a_sheet_with_a_header_only_or_nothing(bench: Bench) -> None:
    assert bench.read(workbook(grid(["id", "n"])), "xlsx").export.records == 0
    assert refusal(bench, workbook(grid()), "xlsx").rule == "header"


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
