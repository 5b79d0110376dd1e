"""Where a rule that sets figures beside figures begins to find something: reports of a few lines.

Each just so and not, with the findings it has, word for word.
"""

from __future__ import annotations

import pytest
from reporting import Reconciler, of_services, reconciler, rows

__all__ = ["reconciler"]  # the fixture


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
        # each once, however often it is printed
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,", "a,3c-N,,2024-Y,index,84,",
          "b,stakeholder,,2024-Y,index,84,", "b,organisation,,2024-Y,index,84,",
          "c,organisation,,2024-Y,index,84,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 84 is printed as index (a). "
         "organisation, stakeholder carry the same 84."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,index,120,", "b,organisation,,2024-Y,index,120,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 120 is printed as index (a)."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,index,100,", "b,organisation,,2024-Y,index,100,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 100 is printed as index (a)."),
        (("a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,",
          "a,3c-N,,2024-Y,index,0,", "b,organisation,,2024-Y,index,0,"),
         "3c-N 2024: 30 of a target of 40 is 75, but 0 is printed as index (a)."),
        # 74.995 x 4 / 100 = 2.9998, from where on it would be printed as 75.00
        (("a,3c-N,,2024-Y,target,4,", "a,3c-N,,2024-Y,realisation,3.00,",
          "a,3c-N,,2024-Y,index,74.99,"),
         "3c-N 2024: 3.00 of a target of 4 is 75.00, but 74.99 is printed as index (a). The index "
         "needs less than 2.9998: the printed 3.00 hides decimals."),
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
        # (80 + 78) / 2 is 79, and letters are no part of it
        (("a,service_level,letter,2024-Y,target,50,", "a,service_level,phone,2024-Y,target,80,",
          "a,service_level,chat,2024-Y,target,78,"), []),
        # of one of two parts nothing follows, however often it is printed
        (("a,service_level,phone,2024-Y,target,80,",), []),
        (("a,service_level,phone,2024-Y,target,80,", "b,service_level,phone,2024-Y,target,80,"),
         []),
        # what is printed in two chapters is counted once: (80 + 80) / 2
        (("a,service_level,phone,2024-Y,target,80,", "a,service_level,chat,2024-Y,target,80,",
          "b,service_level,phone,2024-Y,target,80,"),
         ["3a-N 2024: the target is 79 (a), while its parts have targets of their own: phone 80, "
          "chat 80 (a). Parts that just reach theirs give 80, not 79."]),
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
    # of before there were weights nothing follows
    assert reconciler.findings(report.replace("2024", "2019")) == []


def test_a_part_that_has_two_names_in_a_report_is_one_part(reconciler: Reconciler) -> None:
    """The first objective by its id and by its code is half of the perspective, not all of it."""
    twice = ("a,objective_1,,2024-Y,index,110,", "b,1,,2024-Y,index,110,")
    whole = "a,stakeholder,,2024-Y,index,100,"
    assert reconciler.findings(rows(*twice, whole)) == []
    # (110 + 120) / 2
    assert reconciler.findings(rows(*twice, "a,objective_2,,2024-Y,index,120,", whole)) == [
        "stakeholder 2024: 100 is printed (a), but by the weights of the register "
        "objective_1 110, objective_2 120 give 115."
    ]


def test_a_year_is_not_put_together_from_one_part_printed_twice(reconciler: Reconciler) -> None:
    """Quarters of the telephone, in two rows, are none of the index of telephone and chat."""
    quarters = [f",service_level,phone,2024-Q{n},service_level,{80 + n}," for n in range(1, 5)]
    report = rows(*quarters, *quarters, ",3a-N,,2024-Y,realisation,90,")
    assert reconciler.findings(report) == []


def test_an_objective_is_held_against_its_kpi_of_that_period_and_measure(
    reconciler: Reconciler,
) -> None:
    quarter = ("a,2a-CP,,2024-Q1,index,80,", "a,objective_2,,2024-Q1,index,80,")
    year = (*(f"a,2a-CP,,2024-Y,{measure}," for measure in ("achievement,132", "index,120")),
            "a,objective_2,,2024-Y,index,120,")  # fmt: skip
    assert reconciler.findings(rows(*quarter, *year)) == []


@pytest.mark.parametrize("measure", ["target", "responses"])
def test_only_the_value_of_a_composite_is_a_mean_of_its_parts(
    reconciler: Reconciler, measure: str
) -> None:
    services = ("complaint", "inbound", "outbound", "social_media")
    report = of_services(
        *(f"t,csi,{service},2024-Y,csi,87," for service in services),
        f"t,csi_index,,2024-Y,{measure},78,",
    )
    assert reconciler.findings(report) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # indices follow, and may from different figures
        (("a,x1,,2024-Y,index,98.51,", "a,x2,,2024-Y,index,98.51,"), []),
        # a tenth meets by chance
        (("a,x1,,2024-Y,realisation,98.3,", "a,x2,,2024-Y,realisation,98.3,"), []),
        (("a,x1,,2024-Y,realisation,98.51,", "a,x2,,2024-Y,realisation,98.510,"),
         ["2024: 98.510 is printed as the realisation of x1 and of x2 (a). Two KPIs rarely agree "
          "to the hundredth: one is probably copied."]),
        # each KPI is named once, however often it is printed
        (("a,x1,,2024-Y,realisation,98.51,", "a,x1,,2024-Y,realisation,98.51,",
          "a,x2,,2024-Y,realisation,98.51,"),
         ["2024: 98.51 is printed as the realisation of x1 and of x2 (a). Two KPIs rarely agree "
          "to the hundredth: one is probably copied."]),
        # of a period that kring does not know nobody knows that it is one
        (("a,x1,,various,realisation,90,", "b,x1,,various,realisation,91,"), []),
        # what a KPI carries up into its objective, or is counted as, is the KPI's own figure, and
        # what a channel reached is none of the KPI's
        (("a,5a-N,,2024-Y,realisation,73.51,", "a,objective_5,,2024-Y,realisation,73.51,",
          "a,outbound_effectiveness,,2024-Y,realisation,73.51,",
          "a,x1,complaint,2024-Y,realisation,73.51,"), []),
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


def test_of_three_figures_those_are_told_that_a_printed_index_goes_with(
    reconciler: Reconciler,
) -> None:
    """30 and 34 of 40 are 75 and 85, which are printed; 20 of 40 are 50, told as finely as they."""
    report = rows(
        "a,3c-N,,2024-Y,target,40,", "a,3c-N,,2024-Y,realisation,30,", "a,3c-N,,2024-Y,index,75,",
        "b,3c-N,,2024-Y,realisation,34,", "b,3c-N,,2024-Y,index,85.0,",
        "c,3c-N,,2024-Y,realisation,20,",
    )  # fmt: skip
    assert (
        "3c-N 2024: the realisation is printed as 30 (a), and as 34 (b), and as 20 (c). The "
        "printed index follows from 30 of a target of 40, which is 75.0, and from 34 of a target "
        "of 40, which is 85.0; 20 of a target of 40 would be 50.0."
    ) in reconciler.findings(report)


def test_no_index_is_said_to_follow_from_a_channels_figure(reconciler: Reconciler) -> None:
    """84 of 80 is 105, which goes with the KPI's target and not with what its channel reached."""
    report = rows(
        "a,3a-N,phone,2024-Y,realisation,70,", "b,3a-N,phone,2024-Y,realisation,75,",
        "a,3a-N,,2024-Y,realisation,84,", "a,3a-N,,2024-Y,index,105,",
        "a,3a-N,,2024-Y,target,80,", "b,3a-N,,2024-Y,target,79,",
    )  # fmt: skip
    assert reconciler.findings(report) == [
        "3a-N phone 2024: the realisation is printed as 70 (a), and as 75 (b).",
        "3a-N 2024: the target is printed as 80 (a), and as 79 (b). The printed index follows from "
        "84 of a target of 80, which is 105; 84 of a target of 79 would be 106.",
    ]


def of_a_year(value: str, *, channel: str = "phone") -> str:
    """Service level of a year, whose quarters have a mean of 70."""
    cells = [f"a,service_level,{channel},2024-Q{n},service_level,{n + 67.5}," for n in range(1, 5)]
    return rows(*cells, f"a,service_level,{channel},2024-Y,service_level,{value},")


def test_a_year_that_pooling_gives_needs_no_mean(reconciler: Reconciler) -> None:
    """What kring pools from the exports for that channel, and not what it has for another."""
    pooled = {
        str(channel): f"{value:.2f}"
        for channel, value in reconciler.connection.execute(
            "select channel, value from published.kpi.cells "
            "where metric_id = 'service_level' and year = 2024 and period = 'Y'"
        ).fetchall()
    }
    assert reconciler.findings(of_a_year(pooled["phone"])) == []
    (said,) = reconciler.findings(of_a_year(pooled["chat"]))
    assert f"{pooled['chat']} is printed (a), but the mean of the four quarters" in said
