"""Made-up reports: consistent ones have no finding, and what does not follow is named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from drawing import examples
from homes import TestHome
from hypothesis import given
from hypothesis import strategies as st
from reporting import HEADER, Reconciler, Report, consistent_report, reconciler, rows

from assets.home import Home

__all__ = ["reconciler"]  # the fixture


@examples(3)
@given(seed=st.integers(0, 10**6), year=st.sampled_from((2023, 2024, 2026)))
def test_a_consistent_report_has_no_finding(reconciler: Reconciler, seed: int, year: int) -> None:
    assert reconciler.findings(consistent_report(seed, year)) == []


CHANGES = [
    ("kpis", "6a-N", "index", {}), ("tree", "internal_process", "index", {}),
    ("tree", "organisation", "index", {}), ("csi", "csi_index", "csi_average_column", {}),
    ("csi", "csi", "csi_average_column", {"service": "outbound"}),
    ("kpis", "3a-N", "realisation", {}), ("levels", "service_level", "target", {"channel": "chat"}),
]  # fmt: skip


@examples(3)
@given(
    seed=st.integers(0, 10**6),
    change=st.sampled_from(CHANGES),
    by=st.sampled_from(("-3.17", "-1.00", "0.77", "4.00")),
)
def test_a_figure_that_does_not_follow_is_named(
    reconciler: Reconciler, seed: int, change: tuple[str, str, str, dict[str, str]], by: str
) -> None:
    """Whatever is changed, a finding names it with the number that is printed."""
    report = consistent_report(seed)
    section, subject, measure, part = change
    printed = report.shift(report.find(section, subject, "2024-Y", measure, **part), by)
    found = reconciler.findings(report)
    name = "".join(part.values()) or subject
    assert any(name in finding and printed in finding for finding in found), found


def test_a_kpi_has_no_channel_of_before_once_it_is_decided_without_one(
    sample_home: TestHome, tmp_path: Path
) -> None:
    """1a-N as counted of inbound calls until 2023, and as the index of all services since."""
    database = tmp_path / "published/current/kring.duckdb"
    database.parent.mkdir(parents=True)
    shutil.copyfile(sample_home.home.current / "kring.duckdb", database)
    with duckdb.connect(str(database)) as con:
        con.execute(
            "insert into ref.kpis by name select * replace ('metric:csi' as source, "
            "'phone' as channel, 'inbound' as service, date '2023-01-01' as valid_from, "
            "date '2023-12-31' as valid_to) from ref.kpis where kpi_id = 'customer_satisfaction'"
        )
    quarters = [f"t,csi_index,,2024-Q{n},csi_index,{78 + 2 * n}," for n in range(1, 5)]
    text = rows(*quarters, "t,1a-N,,2024-Y,realisation,90,")
    # (80 + 82 + 84 + 86) / 4
    assert Reconciler(Home(tmp_path, sample_home.home.settings), tmp_path).findings(text) == [
        "1a-N 2024: 90 is printed (t), but the mean of the four quarters (80, 82, 84, 86) is 83."
    ]


MONTHS = [f"t,x1,,2024-{month:02},realisation,{value}," for month, value in
          enumerate((70, 70, 70, 70, 70, 70, 90, 90, 90, 90, 90, 90), start=1)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # a last known value is no mean: the register says so of 2a-CP
        (rows(*(f"t,2a-CP,,2024-{p},realisation,{v}," for p, v in
                (("Q1", 50), ("Q2", 100), ("Q3", 116), ("Q4", 132), ("Y", 132)))), ""),
        (rows(*(f"t,2a-CP,,2024-{p},realisation,{v}," for p, v in
                (("Q1", 50), ("Q2", 100), ("Q3", 116), ("Q4", 132), ("Y", "99.5")))),
         "the last quarter"),
        # an unknown KPI: mean, last and sum are all ways to a year
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,80,"), ""),
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,90,"), ""),
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,960,"), ""),
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,83,"), "Pooled over volumes it may be right"),
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,93,"), "no weighting gives it"),
        # printed twice, once in no section
        (rows(*MONTHS, "t,x1,,2024-Y,realisation,93,", ",x1,,2024-Y,realisation,93,"),
         "x1 2024: 93 is printed (t), but"),
        # as coarse as the coarsest of them: the mean of 80, 82, 84 and 87 is 83.25
        (rows(*(f"t,x1,,2024-Q{n},realisation,{v}," for n, v in enumerate((80, 82, 84, 87), 1)),
              "t,x1,,2024-Y,realisation,84.10,"), ""),
        # half a year of months proves nothing
        (rows(*MONTHS[:6], "t,x1,,2024-Y,realisation,83,"), ""),
        # of an unknown KPI less may be better: 200 - 30/40 x 100 = 125
        (rows("t,x1,,2024-Y,target,40,", "t,x1,,2024-Y,realisation,30,", "t,x1,,2024-Y,index,75,"),
         ""),
        (rows("t,x1,,2024-Y,target,40,", "t,x1,,2024-Y,realisation,30,", "t,x1,,2024-Y,index,125,"),
         ""),
        (rows("t,x1,,2024-Y,target,40,", "t,x1,,2024-Y,realisation,30,", "t,x1,,2024-Y,index,80,"),
         "30 of a target of 40 is 75, but 80 is printed"),
        # an achievement beside its capped index is meant to be uncapped
        (rows("t,organisation,,2024-Y,cap,120,", "t,x1,,2024-Y,achievement,150,",
              "t,x1,,2024-Y,index,120,"), ""),
        (rows("t,organisation,,2024-Y,cap,120,", "t,x1,,2024-Y,achievement,150,"), "x1 2024 150"),
        # one figure at two precisions is one figure
        (rows("a,x1,,2024-Y,realisation,4.36,", "b,x1,,2024-Y,realisation,4.4,"), ""),
        # round figures meet by chance
        (rows("a,x1,,2024-Y,realisation,98.50,", "a,x2,,2024-Y,realisation,98.50,"), ""),
        (rows("a,x1,,2024-Y,realisation,98.51,", "a,x2,,2024-Y,realisation,98.51,"), "copied"),
        # realisation and achievement are one number where the target is 100
        (rows("a,x1,,2024-Y,target,100,", "a,x1,,2024-Y,realisation,97.31,",
              "a,x1,,2024-Y,index,97.31,"), ""),
        (rows("a,organisation,,2024-Y,remark,,All targets were met", "a,x1,,2024-Y,index,99.00,",
              "a,x2,,2024-Y,index,101.00,"), "1 of 2 printed indices are below 100: x1 99.00"),
        (rows("a,organisation,,2024-Y,remark,,Hampir seluruh target tercapai",
              "a,x1,,2024-Y,index,99.00,", "a,x2,,2024-Y,index,101.00,",
              "a,x3,,2024-Y,index,101.00,"), ""),
        # less is better: a low abandonment is no missed target
        (rows("a,abandonment,phone,2024-Y,target,5,", "a,abandonment,phone,2024-01,abandonment,3,",
              "a,abandonment,,2024-01,remark,,Tercapai pada semua kategori"), ""),
        (rows("a,4a-N,,2024-Y,realisation,120,",
              "a,4a-N,,2024-Y,remark,,Tidak ada pengaduan"), ""),
    ],
)  # fmt: skip
def test_what_may_be_right_is_no_finding(reconciler: Reconciler, text: str, said: str) -> None:
    found = reconciler.findings(text)
    assert len(found) == bool(said), found
    assert said in "".join(found)


WILD = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
NAMES = st.sampled_from(("1a-N", "csi", "csi_index", "service_level", "organisation", "NKO", "x"))
NUMBERS = st.decimals(-(10**11), 10**11, places=6) | st.sampled_from((0, "0.000001", 999999999999))


# words that stand for nothing are refused with their line, which is tested elsewhere
PLACEHOLDERS = ("none", "null", "n/a", "na", "n.a.", "todo", "tbd", "tba", "fixme", "xxx", "lorem")


@examples(3)
@given(
    st.lists(
        st.tuples(
            WILD, NAMES | WILD, WILD, WILD,
            st.sampled_from(("2024-Y", "2024-Q1", "2024-03", "2024-13", "0000-Y")) | WILD,
            st.sampled_from(("target", "realisation", "index", "cap", "csi", "remark")) | WILD,
            NUMBERS | st.none(),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_no_file_of_the_right_shape_stops_it(
    reconciler: Reconciler, lines: list[tuple[Any, ...]]
) -> None:
    report = Report()
    for number, (section, subject, channel, service, period, measure, value) in enumerate(lines):
        texts = [text.replace("\r", " ").strip() for text in (subject, period, measure)]
        subject, period, measure = (
            t if re.search(r"\w\w", t) and t.casefold() not in PLACEHOLDERS else "two words"
            for t in texts
        )
        report.rows[f"id {number}"] = dict(
            zip(HEADER, (f"id {number}", section, subject, channel, service, period, measure,
                         "" if value is None else str(value)), strict=False)
        )  # fmt: skip
    found = reconciler(report.text())
    assert sum(row["kind"] == "figure" for row in found) == len(lines)
    assert all(row["verdict"] for row in found if row["kind"] == "figure")
