"""The figures of the 2024 report, cell by cell: raw exports, `kring run`, published database.

The sample's cells are made to print as the report's do, so every printed figure is
expected here as data; what the report does not print is worked out beside the expectation.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from commands import Command
from homes import TestHome
from printing import (
    PRINTED_CSI,
    PRINTED_CSI_INDEX,
    PRINTED_KPIS,
    PRINTED_PARENTS,
    PRINTED_SERVICE_LEVEL,
    percent,
    printed,
)

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
PERIODS = ("Q1", "Q2", "S1", "Q3", "YTD-Q3", "Q4", "Y")
QUARTERS = ("Q1", "Q2", "Q3", "Q4")

# What the report leaves above its cap of 120: realisation / target x 100 - 120, by hand.
LOST_TO_CAP = {
    "process_transformation": "12.00",
    "telephone_occupancy": "33.91",  # 153.90625
    "service_performance": "1.52",  # 121.518...
    "mental_development": "6.25",  # 126.25
}
# The tree, for a climb of the test's own: parent, children, weights (of the printed report).
TREE = {
    "objective_1": {"customer_satisfaction": Fraction(1)},
    "objective_2": {"process_transformation": Fraction(1)},
    "objective_3": {
        "service_level": Fraction(3, 8),
        "telephone_occupancy": Fraction(3, 8),
        "service_performance": Fraction(1, 4),
    },
    "objective_4": {"complaints_on_time": Fraction(1)},
    "objective_5": {"outbound_effectiveness": Fraction(1)},
    "objective_6": {"audit_recommendations": Fraction(1)},
    "objective_7": {
        "staff_competence": Fraction(1, 3),
        "performance_risk_management": Fraction(1, 3),
        "mental_development": Fraction(1, 3),
    },
    "objective_8": {"budget_execution": Fraction(1)},
    "stakeholder": {"objective_1": Fraction(1, 2), "objective_2": Fraction(1, 2)},
    "internal_process": {f"objective_{n}": Fraction(1, 4) for n in (3, 4, 5, 6)},
    "learning_growth": {"objective_7": Fraction(1, 2), "objective_8": Fraction(1, 2)},
    "organisation": {
        "stakeholder": Fraction(4, 10),
        "internal_process": Fraction(3, 10),
        "learning_growth": Fraction(3, 10),
    },
}


def scorecard(home: TestHome, columns: str, where: str) -> dict[str, tuple[Any, ...]]:
    """The wanted columns of scorecard rows, by the id of their node."""
    rows = home.query(f"select id, {columns} from kpi.scorecard where year = 2024 and {where}")
    found = {row[0]: row[1:] for row in rows}
    assert len(found) == len(rows), "a node stands twice"
    return found


def by_period(home: TestHome, columns: str, kpi: str, basis: str) -> list[tuple[Any, ...]]:
    """The wanted columns of one KPI, in the order of the periods."""
    rows = home.query(
        f"select period, {columns} from kpi.scorecard where id = '{kpi}' and basis = '{basis}'"
    )
    found = {row[0]: row[1:] for row in rows}
    return [found[period] for period in PERIODS]


@pytest.mark.parametrize("channel", PRINTED_SERVICE_LEVEL)
def test_monthly_service_levels_print_as_the_report(sample_home: TestHome, channel: str) -> None:
    rows = sample_home.query(
        "select strftime(month, '%Y-%m'), numerator, denominator, value, status "
        "from metric.monthly_by_channel "
        f"where metric_id = 'service_level' and channel = '{channel}' order by month"
    )
    assert [row[0] for row in rows] == MONTHS
    cells = PRINTED_SERVICE_LEVEL[channel].split()
    assert [percent(top, bottom) for _, top, bottom, _, _ in rows] == cells
    assert [printed(value * 100) for _, _, _, value, _ in rows] == cells
    assert {row[4] for row in rows} == {"measured"}


def test_service_level_table_shows_them_side_by_side(sample_home: TestHome) -> None:
    rows = sample_home.query(
        "select phone, chat, target, reached, index from metric.service_level_monthly "
        "order by month"
    )
    phone, chat = (PRINTED_SERVICE_LEVEL[c].split() for c in ("phone", "chat"))
    assert [(printed(p * 100), printed(c * 100)) for p, c, *_ in rows] == list(
        zip(phone, chat, strict=True)
    )
    # Equal weights by decree: half the one and half the other, whatever their volumes.
    assert all(index == pytest.approx((p + c) / 2) for p, c, _, _, index in rows)
    # 80 % in both channels: by that, these four months only (the report's remarks differ).
    assert [row[2] for row in rows] == [0.8] * 12
    reached = [month for month, row in zip(MONTHS, rows, strict=True) if row[3]]
    assert reached == ["2024-06", "2024-09", "2024-10", "2024-11"]


@pytest.mark.parametrize("service", PRINTED_CSI)
def test_quarterly_service_csi_prints_as_the_report(sample_home: TestHome, service: str) -> None:
    rows = sample_home.query(
        "select numerator, denominator, value from kpi.cells where metric_id = 'csi' "
        f"and service = '{service}' and period like 'Q%' order by period"
    )
    assert [percent(top, bottom) for top, bottom, _ in rows] == PRINTED_CSI[service].split()
    assert [printed(value) for _, _, value in rows] == PRINTED_CSI[service].split()


def test_quarterly_csi_indices_print_as_the_report(sample_home: TestHome) -> None:
    """The unweighted mean of four services, each pooled over its quarter's responses."""
    services = sample_home.query(
        "select quarter(month), service, sum(numerator), sum(denominator) from metric.monthly "
        "where metric_id = 'csi' group by all order by all"
    )
    means = [
        sum(Fraction(top) / Fraction(bottom) for q, _, top, bottom in services if q == quarter) / 4
        for quarter in (1, 2, 3, 4)
    ]
    assert [printed(mean * 100) for mean in means] == PRINTED_CSI_INDEX.split()
    composites = sample_home.query(
        "select value, parts_measured, measured_share from kpi.composites "
        "where composite_id = 'csi_index' and period like 'Q%' order by period"
    )
    assert [row[0] for row in composites] == pytest.approx([float(m * 100) for m in means])
    assert [printed(row[0]) for row in composites] == PRINTED_CSI_INDEX.split()
    assert {row[1:] for row in composites} == {(4, 1.0)}
    quarters = sample_home.query(
        "select realisation from kpi.scorecard where id = 'customer_satisfaction' "
        "and period like 'Q%' order by period"
    )
    assert [printed(value) for (value,) in quarters] == PRINTED_CSI_INDEX.split()


def test_year_follows_from_the_sample(sample_home: TestHome) -> None:
    year = scorecard(
        sample_home,
        "realisation, index, status",
        "period = 'Y' and basis = 'computed' and level = 'kpi'",
    )
    # The mean of the quarters as labelled; the printed 87.78 is the mean of other columns.
    realisation, index, status = year["customer_satisfaction"]
    assert (printed(realisation), printed(index), status) == ("87.13", "111.70", "measured")
    assert printed(year["telephone_occupancy"][0]) == "98.50"
    # 114.85 is printed beside 73.50, so the unrounded figure lies in 73.5008..73.505.
    realisation, index, _ = year["outbound_effectiveness"]
    assert (printed(realisation), printed(index)) == ("73.50", "114.85")
    assert 73.5008 <= realisation < 73.505


def test_scorecard_on_the_reported_basis_is_the_printed_table(sample_home: TestHome) -> None:
    where = "period = 'Y' and basis = 'reported'"
    kpis = scorecard(sample_home, "code, target, realisation, index", f"{where} and level = 'kpi'")
    assert {
        name: f"{code} {printed(target)} {printed(realisation)} {printed(index)}"
        for name, (code, target, realisation, index) in kpis.items()
    } == PRINTED_KPIS
    parents = scorecard(sample_home, "index", f"{where} and level <> 'kpi'")
    assert {name: printed(index) for name, (index,) in parents.items()} == PRINTED_PARENTS
    levels = sample_home.query(
        f"select level, count(*) from kpi.scorecard where {where} group by level order by level"
    )
    assert levels == [("kpi", 12), ("objective", 8), ("organisation", 1), ("perspective", 3)]
    everything = scorecard(sample_home, "status, is_official, measured_weight", where)
    assert set(everything.values()) == {("measured", True, 1.0)}


@pytest.mark.parametrize("basis", ["computed", "reported"])
def test_tree_is_the_weighted_mean_of_what_stands_below(sample_home: TestHome, basis: str) -> None:
    """The climb done once more, in fractions, from targets and realisations alone."""
    for period in PERIODS if basis == "computed" else ("Y",):
        rows = scorecard(
            sample_home,
            "target, realisation, index, points_lost_to_cap, weight, contribution",
            f"period = '{period}' and basis = '{basis}'",
        )
        index = {}
        for name in PRINTED_KPIS:
            raw = Fraction(rows[name][1]) / Fraction(rows[name][0]) * 100
            index[name] = min(raw, Fraction(120))
            assert rows[name][3] == pytest.approx(float(max(raw - 120, 0)), abs=1e-9)
        for parent, children in TREE.items():
            index[parent] = sum(
                (weight * index[child] for child, weight in children.items()), Fraction(0)
            )
            for child, weight in children.items():
                assert rows[child][4] == pytest.approx(float(weight), abs=1e-12)
                assert rows[child][5] == pytest.approx(float(weight * index[child]), abs=1e-9)
        assert {name: row[2] for name, row in rows.items()} == pytest.approx(
            {name: float(value) for name, value in index.items()}, abs=1e-9
        )


def test_computed_basis_shows_what_the_report_would_follow_to(sample_home: TestHome) -> None:
    """With 1a as labelled the stakeholder perspective is (111.70 + 120) / 2 = 115.85."""
    year = scorecard(sample_home, "index, is_official", "period = 'Y' and basis = 'computed'")
    assert printed(year["objective_1"][0]) == "111.70"
    assert printed(year["stakeholder"][0]) == "115.85"
    assert printed(year["learning_growth"][0]) == "115.85"  # inputs as printed: as reported
    assert printed(year["objective_5"][0]) == "114.85"
    assert not any(official for _, official in year.values())
    # All else equal, 1a alone would lower the printed 115.87 by 0.4 / 2 x (112.54 - 111.70).
    reported = scorecard(sample_home, "index", "period = 'Y' and basis = 'reported'")
    lower = (reported["objective_1"][0] - year["objective_1"][0]) * 0.4 / 2
    assert printed(reported["organisation"][0] - lower) == "115.70"


def test_points_lost_to_the_cap_are_kept(sample_home: TestHome) -> None:
    rows = scorecard(sample_home, "points_lost_to_cap", "period = 'Y' and basis = 'reported'")
    assert {name: printed(lost) for name, (lost,) in rows.items() if lost} == LOST_TO_CAP


@pytest.mark.parametrize("basis", ["computed", "reported"])
def test_2a_in_its_seven_periods(sample_home: TestHome, basis: str) -> None:
    """The only KPI whose periods are printed: uncapped there, capped at 120 in the table."""
    rows = by_period(
        sample_home,
        "target, realisation, index_raw, index, points_lost_to_cap",
        "process_transformation",
        basis,
    )
    target, realisation, raw, index, lost = zip(*rows, strict=True)
    assert target == (25, 50, 50, 75, 75, 100, 100)
    assert realisation == (50, 100, 100, 116, 116, 132, 132)
    assert [printed(value) for value in raw] == [
        "200.00", "200.00", "200.00", "154.67", "154.67", "132.00", "132.00",
    ]  # fmt: skip
    assert index == (120,) * 7
    assert [printed(value) for value in lost] == [
        "80.00", "80.00", "80.00", "34.67", "34.67", "12.00", "12.00",
    ]  # fmt: skip


def test_8a_converts_the_fourth_quarter_alone(sample_home: TestHome) -> None:
    """Q1 to Q3 are IKPA over 95.5; Q4 is half SMART, half IKPA: 96.37, from 95 on index 120."""
    rows = by_period(sample_home, "target, realisation, index", "budget_execution", "computed")
    assert [(target, printed(value)) for target, value, _ in rows] == [
        (95.5, "96.12"), (95.5, "96.58"), (95.5, "96.58"), (95.5, "96.91"), (95.5, "96.91"),
        (100, "120.00"), (100, "120.00"),
    ]  # fmt: skip
    # 96.12 / 95.5, 96.58 / 95.5, 96.91 / 95.5
    assert [printed(index) for *_, index in rows] == [
        "100.65", "101.13", "101.13", "101.48", "101.48", "120.00", "120.00",
    ]  # fmt: skip
    ((before,),) = sample_home.query(
        "select value from kpi.composites where composite_id = 'budget_execution' and period = 'Q4'"
    )
    assert before == pytest.approx((95.40 + 97.34) / 2)
    (reason,) = by_period(sample_home, "reason", "budget_execution", "computed")[
        PERIODS.index("Q4")
    ]
    assert "budget_from_95" in reason and "synthetic" in reason


def test_4a_is_awarded_where_the_exports_are_there_and_empty(sample_home: TestHome) -> None:
    rows = by_period(
        sample_home, "realisation, index, status, reason", "complaints_on_time", "computed"
    )
    assert set(rows) == {(120, 120, "measured", "nothing to be done: zero rule award_cap")}
    # The metric itself claims nothing: there was nothing to count.
    assert sample_home.query(
        "select distinct numerator, denominator, value, status from metric.monthly "
        "where metric_id = 'complaints_on_time'"
    ) == [(0, 0, None, "no_volume")]


def test_every_period_has_every_node(sample_home: TestHome) -> None:
    rows = sample_home.query("select year, period, id from kpi.scorecard where basis = 'computed'")
    assert sorted(rows) == sorted(
        (2024, period, node) for period in PERIODS for node in (*PRINTED_KPIS, *PRINTED_PARENTS)
    )
    assert sample_home.query(
        "select status, measured_weight, count(*) from kpi.scorecard "
        "where basis = 'computed' group by all"
    ) == [("measured", 1.0, 7 * 24)]


def test_reported_figures_stand_where_the_report_has_them(sample_home: TestHome) -> None:
    """Quarters are printed for 2a alone: it, its objective, and the little weight above them."""
    rows = sample_home.query(
        "select distinct id, is_official, status from kpi.scorecard "
        "where basis = 'reported' and period <> 'Y' order by id"
    )
    assert rows == [
        ("objective_2", True, "measured"),
        ("organisation", False, "incomplete"),
        ("process_transformation", True, "measured"),
        ("stakeholder", False, "incomplete"),
    ]


def test_the_scorecard_says_which_reported_figures_are_of_a_part(
    sample_home: TestHome, command: Command
) -> None:
    said = command(sample_home.root, "scorecard", "2024", "--period", "Q1").text
    assert "incomplete: NKO reported (20% measured), Stakeholder perspective reported (50%" in said


def test_a_parent_shows_the_share_of_weight_reported(sample_home: TestHome) -> None:
    """2a is half of its perspective, and 0.4 of that is the organisation's: 0.5 and 0.2."""
    rows = scorecard(sample_home, "measured_weight", "period = 'Q1' and basis = 'reported'")
    assert rows == {
        "process_transformation": (1.0,),
        "objective_2": (1.0,),
        "stakeholder": (0.5,),
        "organisation": (0.2,),
    }


def test_one_basis_is_the_one_to_quote(sample_home: TestHome) -> None:
    """Exactly one row of each period and node; the reported one where it is whole."""
    rows = sample_home.query(
        "select period, id, count(*) filter (is_official) from kpi.scorecard group by all"
    )
    assert len(rows) == 7 * 24
    assert {official for *_, official in rows} == {1}
    assert sample_home.query(
        "select distinct basis from kpi.scorecard where is_official and period = 'Y'"
    ) == [("reported",)]
    assert sample_home.query(
        "select distinct basis from kpi.scorecard where is_official and period <> 'Y' "
        "and id not in ('process_transformation', 'objective_2')"
    ) == [("computed",)]


def test_nothing_was_late_so_now_is_as_published(sample_home: TestHome) -> None:
    differing = sample_home.query(
        "(from kpi.scorecard except all from kpi.scorecard_as_now) union all "
        "(from kpi.scorecard_as_now except all from kpi.scorecard)"
    )
    assert differing == []
