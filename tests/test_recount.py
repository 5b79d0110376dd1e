"""kring against a pencil: the recount in plain Python agrees exactly, cell by cell.

tests/oracle reads the same raw exports without a line of kring's; numerators and denominators
are compared as exact numbers, never as rounded ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from homes import TestHome
from oracle.recount import Figure, pooled, recount

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
QUARTERS = {f"Q{n + 1}": MONTHS[3 * n : 3 * n + 3] for n in range(4)}
PERIODS = {**QUARTERS, "S1": MONTHS[:6], "YTD-Q3": MONTHS[:9], "Y": MONTHS}
SERVICES = ("inbound", "outbound", "complaint", "social_media")
METRICS = (
    "service_level", "service_level_without_incidents", "abandonment", "speed_of_answer",
    "handle_time", "csi", "occupancy", "occupancy_standard", "outbound_contact",
    "outbound_behaviour", "complaints_on_time",
)  # fmt: skip

# What a month's cells are told apart by, in each metric; outbound's campaigns are pooled.
DIMENSIONS = {
    "service_level": ("channel", "queue"),
    "service_level_without_incidents": ("channel", "queue"), "abandonment": ("channel", "queue"),
    "speed_of_answer": ("channel", "queue"), "handle_time": ("channel", "queue"),
    "csi": ("service",), "occupancy": ("channel",), "occupancy_standard": ("channel",),
    "outbound_contact": (), "outbound_behaviour": (), "complaints_on_time": (),
}  # fmt: skip


@pytest.fixture(scope="module")
def figures(sample_home: TestHome) -> dict[str, Figure]:
    return recount(Path(sample_home.root) / "landing")


def cells(home: TestHome, table: str, metric: str, dimensions: Iterable[str]) -> Figure:
    """Numerator and denominator of a table's rows, added up by month and dimensions."""
    listed = "".join(f", {name}" for name in dimensions)
    rows = home.query(
        f"select strftime(month, '%Y-%m') as month{listed}, numerator, denominator "
        f"from metric.{table} where metric_id = '{metric}'"
    )
    sums: dict[tuple[str, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for *key, numerator, denominator in rows:
        sums[tuple(key)][0] += Fraction(numerator)
        sums[tuple(key)][1] += Fraction(denominator)
    return {key: (top, bottom) for key, (top, bottom) in sums.items()}


def without_empty(figure: Figure) -> Figure:
    """A cell of 0 of 0 says that nothing was counted; the pencil leaves it out or notes it."""
    return {key: pair for key, pair in figure.items() if pair != (0, 0)}


def test_every_metric_is_recounted(sample_home: TestHome, figures: dict[str, Figure]) -> None:
    published = sample_home.query("select distinct metric_id from metric.monthly")
    assert {name for (name,) in published} == set(METRICS) == set(figures)


@pytest.mark.parametrize("metric", METRICS)
def test_detail_agrees_in_every_cell(
    sample_home: TestHome, figures: dict[str, Figure], metric: str
) -> None:
    counted = cells(sample_home, "monthly", metric, DIMENSIONS[metric])
    assert without_empty(counted) == without_empty(figures[metric])
    assert sorted({month for month, *_ in counted}) == MONTHS


@pytest.mark.parametrize("metric", METRICS)
def test_by_channel_agrees_in_every_cell(
    sample_home: TestHome, figures: dict[str, Figure], metric: str
) -> None:
    dimensions = [name for name in DIMENSIONS[metric] if name != "queue"]
    expected: Figure = {}
    for key in figures[metric]:
        kept = key[: 1 + len(dimensions)]
        expected[kept] = pooled(figures[metric], *kept[1:], months=[kept[0]])
    counted = cells(sample_home, "monthly_by_channel", metric, dimensions)
    assert without_empty(counted) == without_empty(expected)
    rows = sample_home.query(
        "select count(*), count(distinct (month, channel, service)) "
        f"from metric.monthly_by_channel where metric_id = '{metric}'"
    )
    assert rows[0][0] == rows[0][1], "one row per month, channel and service"


@pytest.mark.parametrize("table", ["monthly", "monthly_by_channel"])
def test_value_is_numerator_by_denominator(sample_home: TestHome, table: str) -> None:
    rows = sample_home.query(
        f"select numerator, denominator, value, status from metric.{table} where denominator <> 0"
    )
    assert rows
    for numerator, denominator, value, status in rows:
        assert value == pytest.approx(float(Fraction(numerator) / Fraction(denominator)))
        assert status == "measured"
    empty = sample_home.query(
        f"select distinct value, status from metric.{table} where denominator = 0"
    )
    assert set(empty) <= {(None, "no_volume")}


def share(figure: Figure, *wanted: str, months: list[str]) -> Fraction:
    top, bottom = pooled(figure, *wanted, months=months)
    return Fraction(top) / Fraction(bottom) * 100


def expected_realisations(figures: dict[str, Figure], months: list[str]) -> dict[str, Fraction]:
    """The four KPIs that are counts pooled over a period."""
    level = figures["service_level"]
    return {
        # half phone and half chat, each pooled over the period
        "service_level": (
            share(level, "phone", months=months) + share(level, "chat", months=months)
        ) / 2,
        "telephone_occupancy": share(figures["occupancy"], "phone", months=months),
        "outbound_effectiveness": (
            share(figures["outbound_contact"], months=months)
            + share(figures["outbound_behaviour"], months=months)
        ) / 2,
    }  # fmt: skip


def quarter_csi(figures: dict[str, Figure], quarter: str) -> Fraction:
    parts = [share(figures["csi"], name, months=QUARTERS[quarter]) for name in SERVICES]
    return sum(parts, Fraction(0)) / len(parts)


@pytest.mark.parametrize("period", PERIODS)
def test_realisations_follow_from_the_recount(
    sample_home: TestHome, figures: dict[str, Figure], period: str
) -> None:
    expected = expected_realisations(figures, PERIODS[period])
    # 1a: the mean of the period's quarters, each the mean of its four services
    quarters = [name for name, months in QUARTERS.items() if set(months) <= set(PERIODS[period])]
    means = [quarter_csi(figures, name) for name in quarters]
    expected["customer_satisfaction"] = sum(means, Fraction(0)) / len(means)
    found: dict[str, Any] = dict(
        sample_home.query(
            "select id, realisation from kpi.scorecard where basis = 'computed' "
            f"and period = '{period}'"
        )
    )
    assert {name: found[name] for name in expected} == pytest.approx(
        {name: float(value) for name, value in expected.items()}, abs=1e-9
    )


def test_monthly_composites_follow_from_the_recount(
    sample_home: TestHome, figures: dict[str, Figure]
) -> None:
    rows = sample_home.query(
        "select composite_id, strftime(month, '%Y-%m'), value from metric.composites "
        "where composite_id in ('service_level_index', 'outbound_effectiveness')"
    )
    names = {
        "service_level_index": "service_level", "outbound_effectiveness": "outbound_effectiveness",
    }  # fmt: skip
    assert len(rows) == 24
    for composite, month, value in rows:
        expected = expected_realisations(figures, [month])[names[composite]]
        assert value * 100 == pytest.approx(float(expected), abs=1e-9)


def test_outbound_funnel_agrees(sample_home: TestHome, figures: dict[str, Figure]) -> None:
    rows = sample_home.query(
        "select strftime(month, '%Y-%m'), in_scope, contacted, paid_in_window, "
        "dialled - due_before_dialling from metric.outbound_monthly"
    )
    contact, behaviour = figures["outbound_contact"], figures["outbound_behaviour"]
    assert {month: counts[:3] for month, *counts in rows} == {
        month: [contact[month,][1], contact[month,][0], behaviour[month,][0]] for month in MONTHS
    }
    assert all(counts[0] == counts[3] for _, *counts in rows)
