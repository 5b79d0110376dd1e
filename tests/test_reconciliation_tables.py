"""What is said of a report's tables: the column Average, caps, and one that has no name."""

from __future__ import annotations

import pytest
from reporting import Reconciler, of_services, reconciler, rows

__all__ = ["reconciler"]  # the fixture


NOT_THE_MEAN = "t: the column Average is not the mean of the columns beside it: x1 "


@pytest.mark.parametrize(
    ("columns", "average", "said"),
    [
        # one column is none to take a mean of, nor is one beside a blank
        ({"Q1": "80"}, "85", []),
        ({"Q1": "80", "Q2": ""}, "85", []),
        # a half-year and a year to date are no columns of it
        ({"01": "70", "02": "72", "S1": "90", "YTD-Q3": "92"}, "71", []),
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


AVERAGE = "2024-Y,realisation_average_column"


def test_of_a_table_the_rows_that_are_wrong_are_told(reconciler: Reconciler) -> None:
    """x1's 85 is the mean of 80 and 90; x2's 90 is not that of 70 and 80, and is above both."""
    report = rows(
        "t,x1,,2024-Q1,realisation,80,", "t,x1,,2024-Q2,realisation,90,", f"t,x1,,{AVERAGE},85,",
        "t,x2,,2024-Q1,realisation,70,", "t,x2,,2024-Q2,realisation,80,", f"t,x2,,{AVERAGE},90,",
    )  # fmt: skip
    found = reconciler(report)
    assert [(r["figure_id"], r["computed"], r["finding"]) for r in found if r["finding"]] == [
        ("f5", 75, "t: the column Average is not the mean of the columns beside it in 1 of 2 rows: "
         "x2 90 (mean 75). It exceeds every column of its row in x2 90 (highest 80).")
    ]  # fmt: skip


def test_a_column_called_average_is_that_of_its_channel_and_measure(reconciler: Reconciler) -> None:
    """Calls of 80 and 90 beside chats of 60 and 70; and what is worded stands in no column."""
    phone, chat = "t,x1,phone", "t,x1,chat"
    report = rows(
        f"{phone},2024-Q1,realisation,80,", f"{phone},2024-Q2,realisation,90,",
        f"{chat},2024-Q1,realisation,60,", f"{chat},2024-Q2,realisation,70,",
        f"{phone},2024-Q2,realisation_as_worded,100,",
        f"{phone},{AVERAGE},85,", f"{chat},{AVERAGE},65,",
    )  # fmt: skip
    assert reconciler.findings(report) == []


def test_the_column_average_of_a_composite_is_held_against_those_of_its_parts(
    reconciler: Reconciler,
) -> None:
    services = ("complaint", "inbound", "outbound", "social_media")
    report = of_services(
        *(f"t,csi,{service},2024-Y,csi_average_column,87," for service in services),
        "t,csi_index,,2024-Y,csi_average_column,90,",
    )
    assert reconciler.findings(report) == [
        "csi_index 2024: 90 is printed (t) in the column Average, but by the weights of the "
        "register complaint 87, inbound 87, outbound 87, social_media 87 give 87."
    ]


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
        (("organisation,,2024-Y,cap,120,", "x1,,2024-Y,index,121,"),
         "An index of at most 120 is stated, yet higher ones are printed: x1 2024 121."),
        (("x1,,2024-Q1,realisation,80,", "x1,,2024-Q2,realisation,90,", f"x1,,{AVERAGE},90,"),
         "The column Average is not the mean of the columns beside it: "
         "x1 90 (mean 85)."),
        (("3c-N,,2024-Y,target,40,", "3c-N,,2024-Y,realisation,30,", "3c-N,,2024-Y,index,84,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 84 is printed as index."),
        # 30.2 / 40 = 0.755
        (("3c-N,,2024-Y,target,40,", "3c-N,,2024-Y,realisation,30.2,", "3c-N,,2024-Y,index,75.5,",
          "3c-N,,2024-Y,realisation,75.5,"),
         "3c-N 2024: 75.5 is called a realisation; it is the achievement: 30.2 of a target of 40 "
         "is 75.5. The realisation is 30.2."),
        (("2a-CP,,2024-Y,index,80,", "objective_2,,2024-Y,index,82,"),
         "objective_2 2024: 82 is printed, but by the weights of the register 2a-CP 80 give 80."),
        (("4a-N,,2024-Y,realisation,100,", "4a-N,,2024-Y,remark,,Nihil",
          "csi,complaint,2024-Q1,csi,1,"),
         '4a-N 2024: 100 is given, and the report says "Nihil". Yet complaint has figures: '
         "2024-Q1 1. So there were some: ask whether truly none was to be followed up."),
        (("x1,,2024-Y,realisation,98.51,", "x2,,2024-Y,realisation,98.51,"),
         "2024: 98.51 is printed as the realisation of x1 and of x2. Two KPIs rarely agree to the "
         "hundredth: one is probably copied."),
        (("3c-N,,2024-Y,target,80,", "3c-N,,2024-01,realisation,75,",
          "3c-N,,2024-01,remark,,Tercapai"),
         "3c-N, remarks: 3c-N called reached below the printed target of 80: 2024-01 75."),
        (("x1,,2024-Y,realisation,90,", "x1,,2024-Y,realisation,91,"),
         "x1 2024: the realisation is printed as 90, and as 91."),
    ],
)  # fmt: skip
def test_of_a_table_without_a_name_none_is_told(
    reconciler: Reconciler, lines: tuple[str, ...], said: str
) -> None:
    assert reconciler.findings(of_services(*(f",{line}" for line in lines))) == [said]
