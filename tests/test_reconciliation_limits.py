"""Where a rule of reconciliation begins to find something: reports of a few lines, just so and not.

Each with the findings it has, word for word.
"""

from __future__ import annotations

import pytest
from reporting import Reconciler, reconciler
from test_reconciliation_reports import rows

__all__ = ["reconciler"]  # the fixture


def indices(*values: str) -> list[str]:
    return [f"a,x{n},,2024-Y,index,{value}," for n, value in enumerate(values, start=1)]


ALL_MET = "a,organisation,,2024-Y,remark,,All targets were met"
ALMOST = "a,organisation,,2024-Y,remark,,Almost all targets were met"


@pytest.mark.parametrize(
    ("remark", "values", "said"),
    [
        # exactly 100 is met
        (ALL_MET, ("100.00", "101.00"), []),
        # of one index nothing is said of all
        (ALL_MET, ("99.00",), []),
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


NOT_THE_MEAN = "t: the column Average is not the mean of the columns beside it in 1 of 1 rows: x1 "


@pytest.mark.parametrize(
    ("columns", "average", "said"),
    [
        # one column is none to take a mean of
        ({"Q1": "80"}, "85", []),
        ({"Q1": "80", "Q2": "90"}, "85", []),
        # as coarse as the coarsest of the numbers: 80.15 and 80.20, 80.175 and 80.10
        ({"Q1": "80.1", "Q2": "80.2"}, "80.20", []),
        ({"Q1": "80.1", "Q2": "80.25"}, "80.10", []),
        ({"Q1": "80.10", "Q2": "80.20"}, "80.20", [NOT_THE_MEAN + "80.20 (mean 80.15)."]),
        # of a row with both it is the quarters'
        ({"Q1": "80", "Q2": "90", "01": "70", "02": "72"}, "85", []),
        # the highest and the lowest themselves lie within
        ({"Q1": "80", "Q2": "90"}, "90", [NOT_THE_MEAN + "90 (mean 85)."]),
        ({"Q1": "80", "Q2": "90"}, "80", [NOT_THE_MEAN + "80 (mean 85)."]),
        ({"Q1": "80", "Q2": "90"}, "91",
         [NOT_THE_MEAN + "91 (mean 85). It exceeds every column of its row in "
          "x1 91 (highest 90)."]),
        ({"Q1": "80", "Q2": "90"}, "79",
         [NOT_THE_MEAN + "79 (mean 85). It is below every column of its row in "
          "x1 79 (lowest 80)."]),
    ],
)  # fmt: skip
def test_a_column_called_average(
    reconciler: Reconciler, columns: dict[str, str], average: str, said: list[str]
) -> None:
    cells = [f"t,x1,,2024-{part},realisation,{value}," for part, value in columns.items()]
    report = rows(*cells, f"t,x1,,2024-Y,realisation_average_column,{average},")
    assert reconciler.findings(report) == said


CAP = "a,organisation,,2024-Y,cap,120,"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # the cap itself keeps to it
        ((CAP, "a,x1,,2024-Y,index,120,"), []),
        # a KPI's own cap is its own
        (("a,x1,,2024-Y,cap,120,", "a,x1,,2024-Y,index,121,", "a,x2,,2024-Y,index,122,"),
         ["An index of at most 120 is stated (a), yet higher ones are printed: x1 2024 121 (a)."]),
        # sections in the order in which they begin
        ((CAP, "b,x1,,2024-Y,index,121,", "c,x2,,2024-Y,index,122,", "c,x3,,2024-Y,index,123,",
          "b,x4,,2024-Y,index,124,"),
         ["An index of at most 120 is stated (a), yet higher ones are printed: "
          "x1 2024 121, x4 2024 124 (b); x2 2024 122, x3 2024 123 (c)."]),
    ],
)  # fmt: skip
def test_an_index_above_a_cap(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(rows(*lines)) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # an index is capped, an achievement is not: 60 of 40 are 150
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,60,",
          "a,3c-N,,2024-Y,index,119,"),
         "3c-N 2024: 60 of a target of 40 is 120, but 119 is printed as index (a)."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,60,",
          "a,3c-N,,2024-Y,achievement,140,"),
         "3c-N 2024: 60 of a target of 40 is 150, but 140 is printed as achievement (a)."),
        # of two realisations that of its own section is meant, else the nearest
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "b,3c-N,,2024-Y,realisation,34,", "a,3c-N,,2024-Y,index,84,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 84 is printed as index (a)."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,realisation,34.4,", "b,3c-N,,2024-Y,index,84,"),
         "3c-N 2024: 34.4 of a target of 40 is 86, but 84 is printed as index (b)."),
        # a node with the same figure took it over; a KPI, or one of a round figure, did by chance
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,", "a,3c-N,,2024-Y,index,84,",
          "b,organisation,,2024-Y,index,84,", "b,x1,,2024-Y,index,84,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 84 is printed as index (a). "
         "organisation carries the same 84."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,index,100,", "b,organisation,,2024-Y,index,100,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 100 is printed as index (a)."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,index,0,", "b,organisation,,2024-Y,index,0,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 0 is printed as index (a)."),
    ],
)  # fmt: skip
def test_an_index_that_does_not_follow(
    reconciler: Reconciler, lines: tuple[str, ...], said: str
) -> None:
    assert [f for f in reconciler.findings(rows(*lines)) if "is printed as " in f
            and "realisation is" not in f] == [said]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # targets are decided: nothing of 79.4 is rounded away
        (("a,service_level,phone,2024-Y,target,78.8,", "a,service_level,chat,2024-Y,target,80,"),
         ["3a-N 2024: the target is 79 (a), while its parts have targets of their own: phone 78.8, "
          "chat 80 (a). Parts that just reach theirs give 79.4, not 79."]),
        # of one of two parts nothing follows
        (("a,service_level,phone,2024-Y,target,80,",), []),
    ],
)  # fmt: skip
def test_a_target_and_those_of_its_parts(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(rows("a,3a-N,,2024-Y,target,79,", *lines)) == said


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        # as coarse as its part
        ("80.15", []),
        ("80.25", ["objective_2 2024: 80.25 is printed (a), but by the weights of the register "
                   "2a-CP 80.1 give 80.10."]),
    ],
)  # fmt: skip
def test_an_objective_of_one_kpi(reconciler: Reconciler, objective: str, said: list[str]) -> None:
    report = rows("a,2a-CP,,2024-Y,index,80.1,", f"a,objective_2,,2024-Y,index,{objective},")
    assert reconciler.findings(report) == said


def of_services(*lines: str) -> str:
    """A reference file of lines: section, subject, service, period, measure, value, remark."""
    header = "figure_id,channel,section,subject,service,period,measure,value,remark\n"
    return header + "".join(f"f{n},,{line}\n" for n, line in enumerate(lines))


NONE = "a,4a-N,,2024-Y,remark,,Nihil"
SURVEYED = "b,csi,complaint,2024-Q1,csi,1,"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # the exports that a KPI is counted from say what there was none of
        (("a,4a-N,,2024-Y,realisation,100,", NONE, SURVEYED),
         ['4a-N 2024: 100 is given, and the report says "Nihil". Yet complaint has figures in b: '
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
        (("a,4a-N,,2024-Y,realisation,100,", "a,4a-N,,2024-Y,remark,,Selesai", SURVEYED), []),
    ],
)  # fmt: skip
def test_what_there_was_none_of(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(of_services(*lines)) == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # a tenth meets by chance
        (("a,x1,,2024-Y,realisation,98.3,", "a,x2,,2024-Y,realisation,98.3,"), []),
        (("a,x1,,2024-Y,realisation,98.51,", "a,x2,,2024-Y,realisation,98.510,"),
         ["2024: 98.510 is printed as the realisation of x1 and of x2 (a). Two KPIs rarely agree "
          "to the hundredth: one is probably copied."]),
        # to the precision that all share 4.36 and 4.4 are one; told as precisely as it is printed
        (("a,x1,,2024-Y,realisation,4.4,", "b,x1,,2024-Y,realisation,5.1,",
          "c,x1,,2024-Y,realisation,4.36,"),
         ["x1 2024: the realisation is printed as 4.36 (a, c), and as 5.1 (b)."]),
        # a service's figure is another thing than the next one's
        (("a,csi,inbound,2024-Q1,csi,80,", "b,csi,inbound,2024-Q1,csi,80,",
          "a,csi,outbound,2024-Q1,csi,90,"), []),
        # an index at its cap goes with what reaches it: 60 of 40 are 150, 46 of 40 are 115
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,index,120,",
          "a,3c-N,,2024-Y,realisation,60,", "b,3c-N,,2024-Y,realisation,46,"),
         ["3c-N 2024: the realisation is printed as 60 (a), and as 46 (b). The printed index "
          "follows from 60 of a target of 40, which is 150; 46 of a target of 40 would be 115."]),
    ],
)  # fmt: skip
def test_one_figure_for_two_things_and_two_for_one(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(of_services(*lines)) == said


REACHED = "a,3c-N,,2024-01,remark,,Tercapai"


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
    ],
)  # fmt: skip
def test_remarks_beside_figures(
    reconciler: Reconciler, lines: tuple[str, ...], said: list[str]
) -> None:
    assert reconciler.findings(of_services(*lines)) == said
