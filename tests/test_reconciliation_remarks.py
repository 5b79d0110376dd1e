"""Where a rule that sets remarks beside figures begins to find something: reports of a few lines.

Each just so and not, with the findings it has, word for word.
"""

from __future__ import annotations

import pytest
from reporting import Reconciler, of_services, reconciler, rows

__all__ = ["reconciler"]  # the fixture


def indices(*values: str) -> list[str]:
    """Of x1, x2 and so on, unless a value says whose it is."""
    named = [(*value.split(), f"x{n}")[:2] for n, value in enumerate(values, start=1)]
    return [f"a,{name},,2024-Y,index,{value}," for value, name in named]


ALL_MET = "a,organisation,,2024-Y,remark,,All targets were met"
TWICE = "x1 2024: the index is printed as {} (a), and as {} (a)."
ALMOST = "a,organisation,,2024-Y,remark,,Almost all targets were met"


@pytest.mark.parametrize(
    ("remark", "values", "said"),
    [
        # exactly 100 is met
        (ALL_MET, ("100.00", "101.00"), []),
        # of one index nothing is said of all
        (ALL_MET, ("99.00",), []),
        # nor where something else is, or where not all were met
        ("a,organisation,,2024-Y,remark,,All calls were answered", ("99.00", "101.00"), []),
        ("a,organisation,,2024-Y,remark,,Not all targets were met", ("99.00", "101.00"), []),
        # what is said of one KPI, or of a figure, is not said of all KPIs
        ("a,1a-N,,2024-Y,remark,,All targets were met", ("99.00", "101.00"), []),
        ("a,organisation,,2024-Y,index,99.5,Weighted over all targets", ("99.00", "101.00"), []),
        # of a KPI that is printed twice the higher counts, and is told
        (ALL_MET, ("99.00", "101.00", "102.00 x1"), [TWICE.format("99.00", "102.00")]),
        (ALL_MET, ("97.00", "101.00", "98.00 x1"),
         ['2024: the report says "All targets were met", yet 1 of 2 printed indices are '
          "below 100: x1 98.00.", TWICE.format("97.00", "98.00")]),
        # half of them may be a matter of taste, more than half is not almost all
        (ALMOST, ("97.00", "98.00", "101.00", "102.00"), []),
        (ALMOST, ("97.00", "98.00", "99.00", "100.00"),
         ['2024: the report says "Almost all targets were met", yet 3 of 4 printed indices are '
          "below 100: x1 97.00, x2 98.00, x3 99.00."]),
    ],
)  # fmt: skip
def test_what_is_said_of_all_targets(
    reconciler: Reconciler, remark: str, values: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(rows(remark, *indices(*values))) == said


NONE = "a,4a-N,,2024-Y,remark,,Nihil"
SURVEYED = "b,csi,complaint,2024-Q1,csi,1,"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # the exports that a KPI is counted from say what there was none of
        (("a,4a-N,,2024-Y,realisation,100,", NONE, SURVEYED),
         ['4a-N 2024: 100 is given, and the report says "Nihil". Yet complaint has figures in b: '
          "2024-Q1 1. So there were some: ask whether truly none was to be followed up."]),
        # of two awards that are printed the first is told
        (("a,4a-N,,2024-Y,realisation,120,", "b,4a-N,,2024-Y,realisation,100,", NONE, SURVEYED),
         ["4a-N 2024: the realisation is printed as 120 (a), and as 100 (b).",
          '4a-N 2024: 120 is given, and the report says "Nihil". Yet complaint has figures in b: '
          "2024-Q1 1. So there were some: ask whether truly none was to be followed up."]),
        # so do the words
        (("a,1a-N,,2024-Y,realisation,100,", "a,1a-N,,2024-Y,remark,,There was no social media",
          "b,csi,social_media,2024-Q1,csi,90,", "b,csi,inbound,2024-Q1,csi,80,"),
         ['1a-N 2024: 100 is given, and the report says "There was no social media". Yet social '
          "media has figures in b: 2024-Q1 90. So there were some: ask whether truly none was to "
          "be followed up."]),
        # less than the target is no award; nought is none; other words say nothing of the kind
        (("a,4a-N,,2024-Y,realisation,99,", NONE, SURVEYED), []),
        (("a,4a-N,,2024-Y,realisation,100,", NONE, "b,csi,complaint,2024-Q1,csi,0,"), []),
        # a target is set, and counts nothing
        (("a,4a-N,,2024-Y,realisation,100,", NONE, "b,csi,complaint,2024-Q1,target,78,"), []),
        (("a,4a-N,,2024-Y,realisation,100,", "a,4a-N,,2024-Y,remark,,Selesai", SURVEYED), []),
        # nor does a KPI that is not counted from complaints
        (("a,3c-N,,2024-Y,realisation,100,", "a,3c-N,,2024-Y,remark,,Nihil", SURVEYED), []),
    ],
)  # fmt: skip
def test_what_there_was_none_of(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(of_services(*lines)) == said


REACHED = "a,3c-N,,2024-01,remark,,Tercapai"
QUARTERLY = [f"a,2a-CP,,2024-{q},target,{t}," for q, t in (("Q1", 25), ("Q2", 50), ("Q3", 75))]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("a,3c-N,,2024-Y,target,80,", "a,3c-N,,2024-01,realisation,75,", REACHED),
         ["3c-N, remarks in a: 3c-N called reached below the printed target of 80: 2024-01 75."]),
        (("a,3c-N,,2024-Y,target,75,", "a,3c-N,,2024-01,realisation,75,",
          "a,3c-N,,2024-01,remark,,Belum tercapai"),
         ["3c-N, remarks in a: 3c-N called not reached at or above the printed target of 75: "
          "2024-01 75."]),
        # the month's own target goes before the year's
        (("a,3c-N,,2024-Y,target,80,", "a,3c-N,,2024-01,target,75,",
          "a,3c-N,,2024-01,realisation,75,", REACHED), []),
        # of two chapters' targets that of the remark's own, whichever comes first
        (("b,3c-N,,2024-Y,target,80,", "a,3c-N,,2024-Y,target,75,",
          "a,3c-N,,2024-01,realisation,77,", REACHED),
         ["3c-N 2024: the target is printed as 80 (b), and as 75 (a)."]),
        (("a,3c-N,,2024-Y,target,80,", "b,3c-N,,2024-Y,target,75,",
          "a,3c-N,,2024-01,realisation,77,", "a,3c-N,,2024-01,remark,,Belum tercapai"),
         ["3c-N 2024: the target is printed as 80 (a), and as 75 (b)."]),
        # another KPI's, service's or quarter's target is none of it, and an index no realisation
        (("a,2a-CP,,2024-Y,target,80,", "a,3c-N,,2024-01,realisation,75,", REACHED), []),
        (("a,csi,complaint,2024-Y,target,80,", "a,csi,inbound,2024-Q1,csi,75,",
          "a,csi,,2024-Q1,remark,,Inbound reached"), []),
        (("a,3c-N,,2024-Q1,target,80,", "a,3c-N,,2024-01,realisation,75,", REACHED), []),
        (("a,3c-N,,2024-Y,target,80,", "a,3c-N,,2024-01,realisation,85,",
          "a,3c-N,,2024-01,index,75,", REACHED), []),
        # nothing is said of reaching
        (("a,3c-N,,2024-Y,target,80,", "a,3c-N,,2024-01,realisation,75,",
          "a,3c-N,,2024-01,remark,,Layanan baru"), []),
        # without a printed target remarks still are of one mind, or not
        (("a,3c-N,,2024-01,realisation,75,", REACHED, "a,3c-N,,2024-02,realisation,75,",
          "a,3c-N,,2024-02,remark,,Belum tercapai"),
         ["3c-N, remarks in a: 3c-N 75 (2024-02) is called not reached and 75 (2024-01) reached: "
          "no target separates them."]),
        # of those not reached the highest, of those reached the lowest
        (("a,3c-N,,2024-01,realisation,75,", REACHED, "a,3c-N,,2024-02,realisation,78,",
          "a,3c-N,,2024-02,remark,,Belum tercapai", "a,3c-N,,2024-03,realisation,70,",
          "a,3c-N,,2024-03,remark,,Belum tercapai", "a,3c-N,,2024-04,realisation,80,",
          "a,3c-N,,2024-04,remark,,Tercapai"),
         ["3c-N, remarks in a: 3c-N 78 (2024-02) is called not reached and 75 (2024-01) reached: "
          "no target separates them."]),
        # each by its own target: 20 of 25, 55 of 50 and 70 of 75
        ((*QUARTERLY, "a,2a-CP,,2024-Q1,realisation,20,", "a,2a-CP,,2024-Q1,remark,,Belum tercapai",
          "a,2a-CP,,2024-Q2,realisation,55,", "a,2a-CP,,2024-Q2,remark,,Tercapai",
          "a,2a-CP,,2024-Q3,realisation,70,", "a,2a-CP,,2024-Q3,remark,,Belum tercapai"), []),
        # and that is the one that is told: 20 of 25 and 70 of 75
        ((*QUARTERLY, "a,2a-CP,,2024-Q1,realisation,20,", "a,2a-CP,,2024-Q1,remark,,Tercapai",
          "a,2a-CP,,2024-Q3,realisation,70,", "a,2a-CP,,2024-Q3,remark,,Tercapai"),
         ["2a-CP, remarks in a: 2a-CP called reached below the printed target of 25: 2024-Q1 20; "
          "2a-CP called reached below the printed target of 75: 2024-Q3 70."]),
        # a service is named in words: inbound's 75 is not said to have reached its 80
        (("a,csi,inbound,2024-Y,target,80,", "a,csi,inbound,2024-Q1,csi,75,",
          "a,csi,social_media,2024-Y,target,80,", "a,csi,social_media,2024-Q1,csi,85,",
          "a,csi,,2024-Q1,remark,,Social media reached"), []),
    ],
)  # fmt: skip
def test_remarks_beside_figures(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(of_services(*lines)) == said


@pytest.mark.parametrize(
    "words",
    [
        "All but two targets were met", "Semua target kecuali dua tercapai",
        "Three of all five targets were met", "Tiga dari seluruh lima target tercapai",
    ],
)  # fmt: skip
def test_a_report_that_tells_exceptions_does_not_say_all(
    reconciler: Reconciler, words: str
) -> None:
    indices = [f"a,x{n},,2024-Y,index,{value}," for n, value in
               enumerate((99, 98, 101, 102, 103), start=1)]  # fmt: skip
    assert reconciler.findings(rows(f"a,organisation,,2024-Y,remark,,{words}", *indices)) == []


@pytest.mark.parametrize(
    "words",
    [
        "Reached for phone but not reached for chat", "Tercapai pada phone tidak pada chat",
        "Belum tercapai pada chat; tercapai pada phone", "Not reached for chat; phone has met it",
    ],
)  # fmt: skip
def test_a_remark_that_says_both_is_not_taken_for_one(reconciler: Reconciler, words: str) -> None:
    targets = [f"a,service_level,{channel},2024-Y,target,80," for channel in ("phone", "chat")]
    report = rows(
        *targets, "a,service_level,phone,2024-01,service_level,85,",
        "a,service_level,chat,2024-01,service_level,75,",
        f"a,service_level,,2024-01,remark,,{words}",
    )  # fmt: skip
    assert reconciler.findings(report) == []


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("Tidak ada kendala", False), ("No change from last year", False),
        ("Tidak ada pengaduan", True), ("There were no complaints", True),
        ("Tidak ada pengaduan yang harus ditindaklanjuti", True), ("Nihil.", True),
    ],
)  # fmt: skip
def test_there_may_be_none_of_something_else(
    reconciler: Reconciler, words: str, is_told: bool
) -> None:
    report = of_services(
        "a,4a-N,,2024-Y,realisation,120,", f"a,4a-N,,2024-Y,remark,,{words}",
        "b,csi,complaint,2024-Q1,csi,87,",
    )  # fmt: skip
    assert bool(reconciler.findings(report)) == is_told
