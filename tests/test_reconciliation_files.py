"""Reference files of one's own: each figure is answered, a wrong shape refused with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome
from reporting import ONE, Reconciler, reconciler

__all__ = ["reconciler"]  # the fixture


@pytest.mark.parametrize(
    ("line", "verdict", "reason"),
    [
        ("1a-N,2025-Y,realisation,80", "not_computable", "after the last month .* 2024-12"),
        ("9z-N,2024-Y,realisation,80", "not_computable", 'no KPI, .* is called "9z-N"'),
        ("1a-N,2024-Y,colour,3", "not_computable", 'computes no "colour" of "1a-N"'),
        ("1a-N,Tahun 2024,target,78", "not_computable", '"Tahun 2024" is no period'),
        ("service_level,2024-03,service_level,80", "not_computable", "name one of chat, phone"),
        ("1a-N,2024-Y,remark,", "not_a_figure", "nothing is printed"),
        ("1a-N,2024,target,78", "equal", "measured"),
        ("Telephone occupancy,2024-y,realisation,98.5", "equal", "measured"),
        # the mean of the services in the first quarter is 86.7725
        ("csi_index,2024-Q1,value,86.77", "equal", "measured"),
        ("csi_index,2024-Q1,value,86.8", "equal", "measured"),
        ("csi_index,2024-Q1,value,86.78", "differs", "measured"),
    ],
)
def test_each_figure_of_any_file_is_answered(
    reconciler: Reconciler, line: str, verdict: str, reason: str
) -> None:
    (row,) = reconciler(f"{ONE}a,,,{line}\n")
    assert row["verdict"] == verdict
    assert re.search(reason, row["reason"])


def test_a_comma_belongs_into_the_printed_text(reconciler: Reconciler) -> None:
    """85.3 of a spreadsheet that drops the zero is compared at the two decimals printed."""
    header = "figure_id,subject,channel,service,period,measure,value,printed_text,page\n"
    row, *_ = reconciler(f'{header}a,3b-N,,,2024-Y,realisation,98.5,"98,50 %",12\n')
    assert (row["printed_decimals"], row["verdict"]) == (2, "equal")
    row, *_ = reconciler(f"{header}a,3b-N,,,2024-Y,realisation,98.5,n/a,12\n")
    assert row["printed_decimals"] == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        (ONE.replace(",value", ""), "line 1: column 'value' is missing"),
        (ONE.replace("channel,", ""), "line 1: column 'channel' is missing"),
        ("figure_id;subject;period;measure;value\n", "line 1: the columns are separated by ';'"),
        (f"{ONE}a,,,1a-N,2024-Y,target,n/a\n", "line 2: value 'n/a' is not a number"),
        (f'{ONE}a,,,1a-N,2024-Y,target,"78,0"\n', "line 2: value '78,0' is not a number"),
        (f"{ONE}a,,,1a-N,2024-Y,target,78,0\n", "line 2: has 8 cells where the header has 7"),
        (f"{ONE}a,,,1a-N,2024-Y,cap,1\na,,,1a-N,2024-Q1,cap,2\n", "line 3: figure_id a stands"),
        (f"{ONE}a,,,,2024-Y,target,1\n", "line 2: subject is empty"),
        (f'{ONE}a,,,1a-N,2024-Y,target,"1\n', "line 2: is not CSV from here on"),
        (b"figure_id\nf\xfc\n", "line 2: is not UTF-8"),
    ],
)
def test_a_wrong_shape_is_refused_with_file_and_line(
    sample_home: TestHome, command: Command, tmp_path: Path, text: str | bytes, told: str
) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = command(sample_home.root, "reconcile", str(file))
    assert said.code == 2
    assert f"report.csv {told}" in said.err


def test_a_file_that_is_not_there_or_no_file_is_refused(
    sample_home: TestHome, command: Command, tmp_path: Path
) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        assert command(sample_home.root, "reconcile", str(path)).code == 2


def test_a_header_alone_has_no_figures(
    sample_home: TestHome, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "report.csv").write_text(ONE)
    said = command(sample_home.root, "reconcile", str(tmp_path / "report.csv"))
    assert said.code == 0
    assert "0 figures" in said.text and "agree" not in said.text


def test_what_was_reported_of_a_kpi_is_neither_its_channels_nor_its_average(
    reconciler: Reconciler,
) -> None:
    """85.28 was reported for 3a-N in 2024, and 98.50 for 3b-N."""
    header = "figure_id,subject,channel,service,period,measure,value\n"
    whole, part, average = reconciler(
        f"{header}a,3a-N,,,2024-Y,realisation,85\nb,3a-N,phone,,2024-Y,realisation,85\n"
        "c,3b-N,,,2024-Y,realisation_average_column,90\n"
    )[:3]
    assert [row["reported"] for row in (whole, part, average)] == [85.28, None, None]


def test_a_column_average_reproduces_a_year_whether_or_not_its_section_has_a_name(
    reconciler: Reconciler,
) -> None:
    lines = "3b-N,,,2024-Y,realisation,90\n{}{},3b-N,,,2024-Y,realisation_average_column,90\n"
    header = "figure_id,section,subject,channel,service,period,measure,value\n"
    for section, said in (("t", "column Average of t"), ("", "column Average")):
        year, *_ = reconciler(header + f"a,{section}," + lines.format("b,", section))
        assert year["reproduced_by"] == f"printed: {said}"
