"""Workbooks (xlsx): cells in the source's conventions, sheets read together, faults named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
import xlsxwriter
from exporting import Bench, refusal

LOCAL = "%d/%m/%Y %H:%M:%S"


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


def test_a_formula_that_its_program_left_to_be_reckoned_has_no_value(bench: Bench) -> None:
    """As XlsxWriter writes one, with a 0 in its place, to be reckoned when the workbook opens."""

    def fill(book: xlsxwriter.Workbook, sheet: Any) -> None:
        grid(["id", "minutes", "wait"], ["a", 2], ["b", 3], ["c", 0])(book, sheet)
        sheet.write_formula("C2", "=B2*60")
        sheet.write_formula("C3", "=B3*60", None, 180)
        sheet.write_number("C4", 0)
        sheet.write(0, 3, "vip")
        sheet.write_formula("D3", "=B3>9", None, False)  # which is no 0: somebody reckoned it

    content = workbook(fill)
    read = bench.read(content, "xlsx")
    assert [tuple(each) for each in read.export.rejects] == [(1, "wait", "formula_cell")]
    assert read.rows == [("b", "3", "180", "false", 2), ("c", "0", "0", None, 3)]
    # a spreadsheet program has reckoned it, and says no more that it is left to be
    reckoned = repacked(content, lambda _, text: text.replace(b' fullCalcOnLoad="1"', b""))
    assert bench.read(reckoned, "xlsx").rows[0] == ("a", "2", "0", None, 1)


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


def test_columns_of_one_name_that_nobody_asks_for_go_by_their_places(bench: Bench) -> None:
    data = workbook(grid(["id", "Note", "Note"], ["1", "x", "y"]))
    read = bench.read(data, "xlsx", select="select id from export")
    assert read.export.columns == ("id", "column_2", "column_3") and read.values == [
        ("1", "x", "y")
    ]
    refused = refusal(bench, data, "xlsx", select="select id, note from export")
    assert "two columns `Note`" in str(refused) and "`column_2` or `column_3`" in str(refused)


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
