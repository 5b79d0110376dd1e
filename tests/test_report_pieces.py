"""Pieces of the performance report by themselves: words, numbers, drawings, a formula."""

from __future__ import annotations

import re

import duckdb
import pytest
from homes import ROOT

from assets.performance_report import charts
from assets.performance_report.figures import Row
from assets.performance_report.kpi_rules import formula
from assets.performance_report.reader import Reader
from assets.performance_report.words import Words, texts

TEMPLATES = sorted((ROOT / "assets/performance_report/templates").glob("*.html"))


def test_a_part_of_half_weight_shows_in_the_occupancy_formula() -> None:
    def part(name: str, above: float, below: float) -> Row:
        return Row("t", {}, {"part": name, "numerator": above, "denominator": below})

    of_parts = [part("available", 0, 1), part("active", 1, 1), part("acw", 0.5, 1)]
    assert formula(of_parts) == "(Active + 0.5 x ACW) / (Active + ACW + Available)"


def test_every_key_of_the_templates_has_words() -> None:
    source = "".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r'\b(?:t|words\.sentence)\("(\w+)"[,)]', source))
    assert len(named) > 100
    assert named - set(texts()) == set()


def test_of_a_running_year_the_rules_are_those_of_its_end_as_the_scorecards() -> None:
    """In June the year has a KPI that begins in October; the scorecard counts by it already."""
    with duckdb.connect() as con:
        con.execute("create schema ref")
        con.execute(
            "create table ref.calendar as select 2024 as year, 'Y' as period, "
            "date '2024-06-01' as month, date '2024-12-31' as period_end"
        )
        con.execute(
            "create table ref.kpis as select * from (values "
            "('old', date '2024-01-01', date '2024-09-30'), ('new', date '2024-10-01', null)) "
            "as t(kpi_id, valid_from, valid_to)"
        )
        rows = Reader(con, 2024, "Y").in_force("ref.kpis", ["kpi_id", "valid_from"])
    assert [row["kpi_id"] for row in rows] == ["new"]


def test_a_trend_breaks_where_a_value_is_missing_and_ticks_are_whole() -> None:
    """Two runs of a line for values 1, none, 3; from 75.9 to 99.7 the axis goes 75 to 100 by 5."""
    line = charts.Series("a", [1.0, None, 3.0])
    target = charts.Series("t", [2.0, 2.0, 2.0])
    drawn = charts.trend(charts.Text("x", "x", "y"), ["a", "b", "<"], [line], target)
    path, _sample_beside_its_name = re.findall(r'class="line line-0" d="(M[^"]*)"', drawn)
    assert path.count("M") == 2 and "&lt;" in drawn
    assert charts.scale(75.9, 99.7) == (75, 100, 5)
    assert (
        charts.trend(charts.Text("x", "x", "y"), ["a"], [charts.Series("a", [None])], target) == ""
    )


@pytest.mark.parametrize(
    ("value", "places", "indonesian", "english"),
    [(1234.565, 2, "1.234,57", "1,234.57"), (-0.004, 2, "0,00", "0.00"), (None, 2, "–", "–"),
     (-1234567.5, 0, "\u22121.234.568", "\u22121,234,568"), (0.5, 0, "1", "1")],
)  # fmt: skip
def test_numbers_are_written_as_each_language_writes_them(
    value: float | None, places: int, indonesian: str, english: str
) -> None:
    assert Words("id").number(value, places) == indonesian
    assert Words("en").number(value, places) == english
