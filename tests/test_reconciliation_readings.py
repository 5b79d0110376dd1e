"""How a report's line is read: whose figure it is, in which unit, and what it is compared with.

A figure is compared with figures of its own kind alone. Each case is a report of a few lines, with
what is said of it, word for word.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from homes import TestHome
from reporting import ONE, Reconciler, reconciler, rows

from assets.home import Home

__all__ = ["reconciler"]  # the fixture

INDEX = [f"t,service_level_index,,2024-Q{n},service_level_index,{80 + n}," for n in range(1, 5)]
CHANNELS = ("t,service_level,phone,2024-Y,service_level,80,",
            "t,service_level,chat,2024-Y,service_level,90,")  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        # the quarters are of both channels together, with a mean of 82.5
        (*INDEX, "t,3a-N,phone,2024-Y,realisation,90,"),
        # 0.5 x 80 + 0.5 x 90 is the KPI, and neither of its channels
        (*CHANNELS, "t,3a-N,phone,2024-Y,realisation,80,", "t,3a-N,chat,2024-Y,realisation,90,"),
    ],
)
def test_a_kpis_channel_is_not_held_against_what_both_channels_come_to(
    reconciler: Reconciler, lines: tuple[str, ...]
) -> None:
    assert reconciler.findings(rows(*lines)) == []


def test_nothing_of_the_whole_reproduces_a_channels_figure_or_a_target(
    reconciler: Reconciler,
) -> None:
    """Each is printed as the number that the KPI, or the metric itself, comes to in the year."""
    (index,), (inbound,) = (
        reconciler.connection.execute(query).fetchall()
        for query in (
            "select value from published.kpi.composites where year = 2024 and period = 'Y' "
            "and composite_id = 'service_level_index'",
            "select value from published.kpi.cells where year = 2024 and period = 'Y' "
            "and service = 'inbound' and metric_id = 'csi'",
        )
    )
    header = "figure_id,subject,channel,service,period,measure,value\n"
    found = reconciler(
        f"{header}a,3a-N,phone,,2024-Y,realisation,{index[0]:.4f}\n"
        f"b,csi,,inbound,2024-Y,target,{inbound[0]:.4f}\n"
        # 85.28 of 79 is 107.95, which is the KPI's index
        "c,3a-N,phone,,2024-Y,index,107.95\nd,3a-N,,,2024-Y,realisation,85.28\n"
        "e,3a-N,,,2024-Y,target,79\n"
    )
    assert [row["reproduced_by"] for row in found[:3]] == [None, None, None]


def test_a_figure_in_another_unit_is_told_as_that(reconciler: Reconciler) -> None:
    """80.00 % is 0.80, and 425 s are 7.1 minutes; of 0.8 and 7 it is not known."""
    ((level, handle),) = reconciler.connection.execute(
        "select max(value) filter (metric_id = 'service_level') / 100, "
        "max(value) filter (metric_id = 'handle_time') / 60 "
        "from published.kpi.cells where period = '2024-03' and channel = 'phone'"
    ).fetchall()
    lines = (
        ("a", "service_level", f"{level:.4f}"), ("b", "service_level", f"{level:.1f}"),
        ("c", "handle_time", f"{handle:.1f}"), ("d", "handle_time", f"{handle:.0f}"),
    )  # fmt: skip
    found = reconciler(
        ONE + "".join(f"{n},phone,,{metric},2024-03,{metric},{v}\n" for n, metric, v in lines)
    )[:4]
    assert [row["reproduced_by"] for row in found] == [
        "the computed percentage as a share", None, "the computed seconds in minutes", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "verdict", "reason"),
    [
        ("1a-N,2024-Y,target,78", "equal", "measured: target of the register"),
        ("1a-N,2024-Y,colour,3", "not_computable",
         'kring computes no "colour" of "1a-N", only achievement, index, realisation, target'),
        # an objective has an index and no more
        ("objective_1,2024-Y,target,100", "not_computable",
         'kring computes no "target" of "objective_1", only achievement, index'),
        ("csi_index,2024-Y,realisation,87", "not_computable",
         'kring computes no "realisation" of "csi_index", only csi_index'),
    ],
)  # fmt: skip
def test_the_reason_is_that_of_the_figure(
    reconciler: Reconciler, line: str, verdict: str, reason: str
) -> None:
    row, *_ = reconciler(f"{ONE}a,,,{line}\n")
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_who_prints_a_channel_of_a_kpi_is_told_what_to_write(reconciler: Reconciler) -> None:
    row, *_ = reconciler(f"{ONE}a,phone,,3b-N,2024-Y,realisation,98.5\n")
    assert row["reason"] == (
        "is not computed for phone: leave channel and service empty, or name the metric"
    )


def changed(home: TestHome, folder: Path, *statements: str) -> Reconciler:
    """Reconciles with the home's published figures after some statements."""
    database = folder / "published/current/kring.duckdb"
    database.parent.mkdir(parents=True)
    shutil.copyfile(home.home.current / "kring.duckdb", database)
    with duckdb.connect(str(database)) as con:
        for statement in statements:
            con.execute(statement)
    return Reconciler(Home(folder, home.home.settings), folder)


def test_a_month_of_a_kpi_without_channel_pools_the_metrics_channels(
    sample_home: TestHome, tmp_path: Path
) -> None:
    """Of 500 calls 50 are abandoned, of 100 chats 40: 90 of 600 are 15 %, and not 25 %. Where the
    chats of a month are withheld, so is the KPI."""
    kpi = (
        "insert into ref.kpis by name select * replace ('gave_up' as kpi_id, '9a-N' as code, "
        "'metric:abandonment' as source) from ref.kpis where kpi_id = 'customer_satisfaction'"
    )
    counts = (
        "update kpi.cells set numerator = if(channel = 'phone', 50, 40), "
        "denominator = if(channel = 'phone', 500, 100) "
        "where metric_id = 'abandonment' and period = '2024-03'"
    )
    withheld = (
        "update kpi.cells set status = 'incomplete', reason = 'a file is missing', value = null, "
        "numerator = null, denominator = null "
        "where metric_id = 'abandonment' and channel = 'chat' and period = '2024-04'"
    )
    march, april, *_ = changed(sample_home, tmp_path, kpi, counts, withheld)(
        f"{ONE}a,,,9a-N,2024-03,realisation,15.00\nb,,,9a-N,2024-04,realisation,9\n"
    )
    assert (march["computed"], march["verdict"]) == (15, "equal")
    assert april["verdict"] == "not_computable"
    assert april["reason"].startswith("incomplete: a file is missing")


def test_of_a_kpi_that_has_no_figure_yet_it_is_said_that_there_is_none(
    sample_home: TestHome, tmp_path: Path
) -> None:
    kpi = (
        "insert into ref.kpis by name select * replace ('begins' as kpi_id, '9b-N' as code, "
        "date '2025-01-01' as valid_from) from ref.kpis where kpi_id = 'customer_satisfaction'"
    )
    row, *_ = changed(sample_home, tmp_path, kpi)(f"{ONE}a,,,9b-N,2024-Y,realisation,15\n")
    assert row["verdict"] == "not_computable"
    assert row["reason"] == 'kring computes no "realisation" of "9b-N"'


def test_the_organisations_cap_is_known_by_whatever_id_it_has(
    sample_home: TestHome, tmp_path: Path
) -> None:
    """100 of a target of 50 is 200, capped at the 130 that the report states and not at 120."""
    renamed = "update ref.nodes set node_id = 'centre' where node_id = 'organisation'"
    reconciler = changed(sample_home, tmp_path, renamed)
    lines = ["a,centre,,2024-Y,cap,130,", "a,x2,,2024-Y,index,140,"]
    pair = [f"a,1a-N,,2024-Y,{measure},{value}," for measure, value in
            (("target", 50), ("realisation", 100), ("index", 130))]  # fmt: skip
    assert reconciler.findings(rows(*lines, *pair)) == [
        "An index of at most 130 is stated (a), yet higher ones are printed: x2 2024 140 (a)."
    ]
    cap, *_ = reconciler(f"{ONE}a,,,centre,2024-Y,cap,120\n")
    assert cap["verdict"] == "equal"


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [
        # the point of thousands is none of decimals, in either spelling
        ("375.084", "375084", 0), ("375,084", "375084", 0), ("1.234,5", "1234.5", 1),
        ("98,50 %", "98.5", 2), ("1.234", "1.234", 3), ("1 234,50", "1234.5", 2),
        # the text is another number: the value's own decimals are compared
        ("0,985", "98.5", 1),
    ],
)  # fmt: skip
def test_decimals_are_those_of_the_printed_number(
    reconciler: Reconciler, text: str, value: str, places: int
) -> None:
    header = "figure_id,subject,channel,service,period,measure,value,printed_text\n"
    row, *_ = reconciler(f'{header}a,calls,,,2024-Y,count,{value},"{text}"\n')
    assert row["printed_decimals"] == places


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # a KPI's own cap goes before the organisation's
        (("a,organisation,,2024-Y,cap,120,", "a,x1,,2024-Y,cap,150,", "a,x1,,2024-Y,index,140,",
          "a,x2,,2024-Y,index,130,"),
         ["An index of at most 120 is stated (a), yet higher ones are printed: x2 2024 130 (a)."]),
        # that of a perspective is not that of the others
        (("a,stakeholder,,2024-Y,cap,110,", "a,learning_growth,,2024-Y,index,115,"), []),
        (("a,stakeholder,,2024-Y,cap,110,", "a,stakeholder,,2024-Y,index,115,"),
         ["An index of at most 110 is stated (a), yet higher ones are printed: stakeholder 2024 "
          "115 (a)."]),
    ],
)  # fmt: skip
def test_whose_cap_it_is(reconciler: Reconciler, lines: tuple[str, ...], said: list[str]) -> None:
    assert reconciler.findings(rows(*lines)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        # 85 is either of them, said less precisely, and hides neither
        (("85.28", "85.41", "85"), ["85.28 (s0, s2), and as 85.41 (s1, s2)"]),
        # so does 85.7 not hide that the others are two
        (("85.28", "85.31", "85.7"), ["85.28 (s0), and as 85.31 (s1), and as 85.7 (s2)"]),
        (("85.284", "85.28", "85.3", "85"), []),
    ],
)
def test_a_figure_that_says_less_hides_no_two_that_say_more(
    reconciler: Reconciler, values: tuple[str, ...], said: list[str]
) -> None:
    report = rows(*(f"s{n},x1,,2024-Y,realisation,{value}," for n, value in enumerate(values)))
    assert reconciler.findings(report) == [
        f"x1 2024: the realisation is printed as {words}." for words in said
    ]


def test_what_lies_above_the_cap_is_in_no_mean_of_an_objective(reconciler: Reconciler) -> None:
    """0.375 x 100 + 0.375 x 120 + 0.25 x 120 is 112.5, capped; 128.75 before the cap."""
    kpis = (("3a-N", 100, 100), ("3b-N", 150, 120), ("3c-N", 140, 120))
    lines = [
        f"a,{kpi},,2024-Y,{measure},{value},"
        for kpi, achievement, index in kpis
        for measure, value in (("achievement", achievement), ("index", index))
    ]
    objective = [f"a,objective_3,,2024-Y,{m},112.5," for m in ("achievement", "index")]
    assert reconciler.findings(rows(*lines, *objective)) == []


def test_a_composites_year_may_lie_outside_of_its_quarters(reconciler: Reconciler) -> None:
    """Telephone 90 50 50 50, chat 50 90 50 50: with nearly all calls in the first quarter and
    nearly all chats in the second, the year is nearly 90, above the best quarter's 70."""
    cells = [
        f"t,service_level,{channel},2024-Q{n},service_level,{value},"
        for channel, values in (("phone", (90, 50, 50, 50)), ("chat", (50, 90, 50, 50)))
        for n, value in enumerate(values, start=1)
    ]
    assert reconciler.findings(rows(*cells, "t,3a-N,,2024-Y,realisation,80,")) == [
        "3a-N 2024: 80 is printed (t), but the mean of the four quarters (70, 70, 50, 50) is 60. "
        "It lies outside of all of them; its parts, each pooled over its own volumes, may still "
        "give it."
    ]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("90.4", "Pooled over volumes it may be right"), ("90.6", "no weighting"),
        ("79.6", "Pooled over volumes it may be right"), ("79.4", "no weighting"),
    ],
)  # fmt: skip
def test_what_rounds_to_the_best_quarter_lies_within(
    reconciler: Reconciler, year: str, said: str
) -> None:
    """A quarter that is printed as 90 may be anything below 90.5, and one as 80 from 79.5 on."""
    quarters = [f"t,3b-N,,2024-Q{n},realisation,{value}," for n, value in
                enumerate((80, 80, 80, 90), start=1)]  # fmt: skip
    (finding,) = reconciler.findings(rows(*quarters, f"t,3b-N,,2024-Y,realisation,{year},"))
    assert said in finding
