"""The workbook is the database once more: every figure, as cached and as recalculated.

Formulas are read from the file itself; what they come to is compared at full precision with
the published tables, so a rule written differently here than in SQL cannot pass.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from homes import TestHome, call, calls_file
from python_calamine import CalamineWorkbook
from workbooks import formulas, parts, recalculated, sheet

from assets.workbook.words import Words, texts

WICKED = "=cmd|' /C calc'!A0"
# sheet, table, key columns, figures; a cell's channel and service may be blank
CHECKED = (
    ("Cells", "metric.monthly where year(month) = 2024",
     ("metric_id", "channel", "service", "month", "queue", "source", "policy_id"),
     ("numerator", "denominator", "value", "coverage", "lower_95", "upper_95")),
    ("Monthly", "kpi.cells where year = 2024 and length(period) = 7",
     ("metric_id", "channel", "service", "period"),
     ("numerator", "denominator", "value", "lower_95", "upper_95")),
    ("Components", "kpi.cells where year = 2024 and length(period) <> 7",
     ("metric_id", "channel", "service", "period"),
     ("numerator", "denominator", "value", "lower_95", "upper_95")),
    ("Composites", "kpi.composites where year = 2024", ("composite_id", "period"), ("value",)),
    ("Periods", "kpi.scorecard where year = 2024", ("period", "basis", "id"),
     ("target", "realisation", "index_raw", "index", "points_lost_to_cap", "weight",
      "contribution", "measured_weight")),
)  # fmt: skip


def head(key: str) -> str:
    return Words("en").heading(key)


@pytest.fixture(scope="module")
def book(sample_home: TestHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "kring-2024.xlsx"
    said = sample_home.kring("workbook", "2024", "--out", str(path))
    assert said.returncode == 0, said.stderr
    return path


def compare(home: TestHome, path: Path, equal: Callable[[float, float], bool]) -> int:
    """Every figure of the sheets against the tables they show; returns how many."""
    compared = 0
    for name, table, keys, figures in CHECKED:
        rows = [r for r in sheet(path, name) if name != "Composites" or r[head("part_id")] is None]
        found = {tuple(plain(row[head(key)]) for key in keys): row for row in rows}
        published = home.query(f"select {', '.join((*keys, *figures))} from {table}")
        assert len(found) == len(rows) == len(published) > 0, name
        for line in published:
            row = found[tuple(plain(value) for value in line[: len(keys)])]
            for figure, value in zip(figures, line[len(keys) :], strict=True):
                shown = row[head(figure)]
                where = (name, line[: len(keys)], figure, value, shown)
                assert (value is None) == (shown is None), where
                assert value is None or equal(float(value), shown), where
                compared += value is not None
    return compared


def plain(value: Any) -> str:
    """A key as text: days as days, whether they come as date or as time."""
    return "" if value is None else str(value).removesuffix(" 00:00:00")


def test_every_figure_is_the_databases(sample_home: TestHome, book: Path) -> None:
    """To the last digit xlsx keeps (16)."""
    assert compare(sample_home, book, lambda a, b: math.isclose(a, b, rel_tol=1e-15)) > 5000


def test_recalculated_it_comes_to_the_same(
    sample_home: TestHome, book: Path, tmp_path: Path
) -> None:
    """All results are taken out of the file first, so LibreOffice's own are what is read."""
    again = recalculated(book, tmp_path)
    close = lambda a, b: math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)  # noqa: E731
    assert compare(sample_home, again, close) > 5000
    assert sheet(again, "Scorecard")[0][head("official_index")] == pytest.approx(
        sheet(book, "Scorecard")[0][head("official_index")], abs=1e-9
    )


def test_a_changed_target_moves_what_rests_on_it(book: Path, tmp_path: Path) -> None:
    """3a-N's target 79 made 100: its index is then its realisation, and the organisation's
    computed score falls by what the weights 0.375, 1/4 and 0.3 leave of the difference."""
    number = CalamineWorkbook.from_path(str(book)).sheet_names.index("Targets") + 1
    row = next(i for i, r in enumerate(sheet(book, "Targets")) if r["KPI"] == "service_level")
    text = parts(book)[f"xl/worksheets/sheet{number}.xml"]
    (cell,) = re.findall(rf'<c r="D{row + 3}"[^>]*><v>79</v>'.encode(), text)
    again = recalculated(
        book, tmp_path, **{f"sheet{number}": (cell, cell.replace(b"79<", b"100<"))}
    )
    before, after = (
        {r["Id"]: r for r in sheet(path, "Periods") if r["Period"] == "Y"
         and r["Basis"] == "computed"} for path in (book, again)
    )  # fmt: skip
    now, was = after["service_level"], before["service_level"]
    assert now["Index"] == pytest.approx(now["Realisation"])
    lost = (was["Index"] - now["Index"]) * 0.375 * 0.25 * 0.3
    top = "organisation"
    assert before[top]["Index"] - after[top]["Index"] == pytest.approx(lost)


def test_the_scorecard_quotes_the_official_basis(sample_home: TestHome, book: Path) -> None:
    rows = {row["Id"]: row for row in sheet(book, "Scorecard")}
    published = sample_home.query(
        "select id, basis, is_official, realisation, index from kpi.scorecard "
        "where year = 2024 and period = 'Y'"
    )
    assert len(rows) == len({line[0] for line in published}) == 24
    for id_, basis, is_official, realisation, index in published:
        row, prefixes = rows[id_], [basis.title()]
        if is_official:
            assert row["Basis to quote"] == basis
            shown = (row["Realisation to quote"], row["Index to quote"])
            assert shown == pytest.approx((realisation, index)) if realisation else True
        assert row[f"{prefixes[0]} index"] == pytest.approx(index)


def test_figures_above_the_cells_are_formulas(book: Path) -> None:
    """Of an ordinary year nothing is written as a bare number that rests on something."""
    for name, keys in (
        ("Periods", ("target", "realisation", "index_raw", "index", "cap_high", "weight",
                     "contribution", "measured_weight")),
        ("Components", ("numerator", "denominator", "value")),
        ("Monthly", ("numerator", "denominator", "value")),
        ("Composites", ("weight", "value")),
        ("Scorecard", ("official_index", "computed_index", "reported_index")),
    ):  # fmt: skip
        there = formulas(book, name)
        rows = sheet(book, name)
        headings = list(rows[0])
        for key in keys:
            letter = chr(ord("A") + headings.index(head(key)))
            filled = {
                f"{letter}{i + 3}" for i, row in enumerate(rows) if row[head(key)] is not None
            }
            assert filled, (name, key)
            assert filled - there.keys() == set(), (name, key)
    kept = [row[4] for row in about(book) if row[0] in sheets("en").values()]
    assert len(kept) == len(sheets("en")) - 1
    assert set(kept) == {0}


def test_formulas_say_what_the_rule_says(book: Path) -> None:
    """3a-N in Q1: index = within cap, of realisation against target; organisation = weighted."""
    rows = sheet(book, "Periods")
    there = formulas(book, "Periods")
    place = next(i for i, r in enumerate(rows) if r["Id"] == "service_level") + 3
    assert there[f"K{place}"] == f"'Periods'!$J${place}/'Periods'!$I${place}*100"
    assert there[f"N{place}"] == (
        f"MAX('Periods'!$L${place},MIN('Periods'!$M${place},'Periods'!$K${place}))"
    )
    top = next(i for i, r in enumerate(rows) if r["Level"] == "organisation") + 3
    assert re.fullmatch(
        r"SUMPRODUCT\('Periods'!\$P\$(\d+):\$P\$(\d+),'Periods'!\$N\$\1:\$N\$\2\)"
        r"/SUMPRODUCT\('Periods'!\$P\$\1:\$P\$\2,ISNUMBER\('Periods'!\$N\$\1:\$N\$\2\)\*1\)",
        there[f"N{top}"],
    )
    assert there[f"J{place}"].startswith("'Composites'!")


def test_headings_are_frozen_and_every_part_is_well_formed(book: Path) -> None:
    for name, content in parts(book).items():
        root = ElementTree.fromstring(content)
        if name.startswith("xl/worksheets/sheet") and not name.endswith("sheet1.xml"):
            (pane,) = root.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}pane")
            assert (pane.get("ySplit"), pane.get("state")) == ("2", "frozen")
    assert not [name for name in parts(book) if "external" in name.lower()]


def about(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def sheets(language: str) -> dict[str, str]:
    return {key: names[language] for (use, key), names in texts().items() if use == "sheet"}


def test_the_first_sheet_says_what_it_is(sample_home: TestHome, book: Path) -> None:
    said = [str(cell) for line in about(book) for cell in line if cell != ""]
    version = (sample_home.root / "published/current").resolve().name
    assert said[0].startswith("Scorecard 2024: ")
    assert version in said
    assert any(text.startswith("SYNTHETIC SAMPLE DATA") for text in said)


def test_indonesian_sheets_hold_the_same_and_bytes_are_equal(
    sample_home: TestHome, book: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "satu.xlsx", tmp_path / "dua.xlsx"
    for path in (one, two):
        assert sample_home.kring("workbook", "2024", "--lang", "id", "--out", path).returncode == 0
    assert one.read_bytes() == two.read_bytes()
    assert CalamineWorkbook.from_path(str(one)).sheet_names == list(sheets("id").values())
    first = sheet(one, "Kartu skor")[0]
    assert first["Nama"] == "Nilai Kinerja Organisasi"
    assert first["Indeks resmi"] == sheet(book, "Scorecard")[0]["Index to quote"]
    assert b"[$-421]mmmm yyyy" in parts(one)["xl/styles.xml"]


def test_a_year_that_is_not_there_is_an_error(sample_home: TestHome, tmp_path: Path) -> None:
    said = sample_home.kring("workbook", "1999", "--out", str(tmp_path / "no.xlsx"))
    assert said.returncode == 1
    assert "holds no scorecard of 1999" in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_exports_words_are_never_a_formula(home: TestHome, tmp_path: Path) -> None:
    """A queue that a spreadsheet would run as a command stays a queue's name."""
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("C-1", queue=WICKED)]))
    home.run("2024-02-10")
    path = tmp_path / "it.xlsx"
    said = home.kring("workbook", "2024", "--out", str(path))
    assert said.returncode == 0, said.stderr
    assert WICKED in {row["Queue"] for row in sheet(path, "Cells")}
    files = parts(path)
    assert files["xl/sharedStrings.xml"].count(b"/C calc") == 1
    assert not [n for n, c in files.items() if n.startswith("xl/worksheets") and b"calc" in c]
    assert b'quotePrefix="1"' in files["xl/styles.xml"]


def test_a_closed_figure_stays_though_the_register_has_moved_on(
    home: TestHome, tmp_path: Path
) -> None:
    """Target 90 was in force when Q1 was closed; 95 is decided later. Q1 shows 90 as a number,
    not as a formula over the 95, and its index 98.10 / 90; Q2 follows the 95."""
    home.only_sources("calls")
    home.run("2024-07-10")
    assert home.kring("close", "2024-Q1", "--reason", "Signed").returncode == 0
    home.append_register("targets", "staff_competence,2024,*,95,2024-06-30,Later,false")
    home.run("2024-07-10")
    path = tmp_path / "it.xlsx"
    assert home.kring("workbook", "2024", "--out", str(path)).returncode == 0
    rows, there = sheet(path, "Periods"), formulas(path, "Periods")
    for period, target, is_formula in (("Q1", 90, False), ("Q2", 95, True)):
        place, row = next(
            (i + 3, row) for i, row in enumerate(rows)
            if (row["Period"], row["Basis"], row["Id"]) == (period, "computed", "staff_competence")
        )  # fmt: skip
        assert row["Target"] == target
        assert (f"I{place}" in there) is is_formula
        assert row["Index"] == pytest.approx(row["Realisation"] / target * 100)
    (said,) = [line for line in about(path) if line[0] == "Periods"]
    assert said[4] == 1
    assert {row["Because"] for row in sheet(path, "Revisions")} == {"Signed"}
