"""Days and half hours: the month's definition, adding up to it exactly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from contact_engine import OUTCOMES, WAITS, Contact, ContactEngine
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st

from assets.rulebook.grains import check_grains
from assets.rulebook.headers import FACT_KEYS, METRIC_KEYS
from sql.header import HeaderError, Statement
from sql.run import HERE, statements

CELL = "metric_id, channel, queue, source, policy_id"
HALF_YEAR = 182 * 24 * 60
CONTACT = st.builds(
    Contact,
    outcome=st.sampled_from(OUTCOMES),
    wait_seconds=WAITS,
    contacts=st.integers(1, 3),
    entered_at=st.integers(0, HALF_YEAR - 7 * 60 - 1).map(
        lambda minutes: datetime(2023, 12, 31, 17, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    queue=st.sampled_from(["umum", "vip"]),
    talk_seconds=st.one_of(st.none(), st.integers(0, 900)),
)
CONTACTS = st.lists(CONTACT, min_size=1, max_size=25)


@pytest.fixture(scope="module")
def engine() -> Iterator[ContactEngine]:
    made = ContactEngine()
    yield made
    made.connection.close()


def sums(engine: ContactEngine, table: str, *by: str) -> dict[tuple[Any, ...], Any]:
    """Exact sums of numerator and denominator of a table's cells, by its moments."""
    listed = ", ".join(by)
    rows = engine.rows(
        f"select {listed}, {CELL}, sum(numerator), sum(denominator) "
        f"from metric.{table} group by all"
    )
    return {row[:-2]: row[-2:] for row in rows}


@examples(8)
@given(CONTACTS)
def test_half_hours_add_up_to_days_to_months_to_quarters(
    engine: ContactEngine, contacts: list[Contact]
) -> None:
    engine.fill(contacts)
    assert sums(engine, "interval", "day") == sums(engine, "daily", "day")
    assert sums(engine, "daily", "month") == sums(engine, "monthly", "month")
    quarters = engine.rows(
        "select metric_id, period, numerator, denominator from kpi.cells "
        "where period in ('Q1', 'Q2') order by all"
    )
    assert quarters == engine.rows(
        "select metric_id, 'Q' || quarter(interval_start), sum(numerator), sum(denominator) "
        "from metric.interval group by all order by all"
    )


@examples(8)
@given(CONTACTS)
def test_each_half_hour_is_the_recount_of_its_contacts(
    engine: ContactEngine, contacts: list[Contact]
) -> None:
    """Abandoned and offered, by half hour of the clock in Jakarta (UTC+7), in plain Python."""
    engine.fill(contacts)
    wanted: dict[tuple[datetime, str], list[int]] = {}
    for c in contacts:
        local = c.entered_at.replace(tzinfo=None) + timedelta(hours=7)
        start = local - timedelta(minutes=local.minute % 30)
        pair = wanted.setdefault((start, c.queue), [0, 0])
        pair[0] += c.contacts * (c.outcome == "abandoned")
        pair[1] += c.contacts * (c.outcome in ("answered", "abandoned"))
    found = engine.rows(
        "select interval_start, queue, numerator, denominator, value, status "
        "from metric.interval where metric_id = 'abandonment'"
    )
    assert {(start, queue): [n, d] for start, queue, n, d, *_ in found} == wanted
    for *_, numerator, denominator, value, status in found:
        if denominator == 0:
            assert (value, status) == (None, "no_volume")  # never 100 %, never 0 %
        else:
            assert value == pytest.approx(float(numerator / denominator))


@examples(8)
@given(CONTACTS, CONTACT)
def test_one_contact_moves_its_half_hour_its_day_and_its_month_alone(
    engine: ContactEngine, contacts: list[Contact], one: Contact
) -> None:
    grains = (("interval", "interval_start"), ("daily", "day"), ("monthly", "month"))
    engine.fill(contacts)
    before = [sums(engine, *grain) for grain in grains]
    engine.fill([*contacts, one])
    local = one.entered_at.replace(tzinfo=None) + timedelta(hours=7)
    moments = (local - timedelta(minutes=local.minute % 30), local.date(),
               local.date().replace(day=1))  # fmt: skip
    for grain, moment, was in zip(grains, moments, before, strict=True):
        now = sums(engine, *grain)
        moved = {key for key in {*was, *now} if was.get(key) != now.get(key)}
        assert {key[0] for key in moved} <= {moment}
        assert {key[3] for key in moved} <= {one.queue}
        if one.outcome in ("answered", "abandoned"):
            assert "abandonment" in {key[1] for key in moved}


def test_the_hour_that_clocks_repeat_counts_both_its_passes() -> None:
    """On 3 November 2024 New York's clocks go from 1:59 back to 1:00: two contacts at 1:10."""
    engine = ContactEngine("America/New_York")
    passes = [datetime(2024, 11, 3, hour, 10, tzinfo=UTC) for hour in (5, 6)]
    engine.fill([Contact().at(time) for time in passes])
    for table, moment in (("interval", datetime(2024, 11, 3, 1)), ("daily", date(2024, 11, 3))):
        column = "interval_start" if table == "interval" else "day"
        assert engine.rows(
            f"select {column}, denominator from metric.{table} where metric_id = 'abandonment'"
        ) == [(moment, 2)]


def test_the_hour_that_clocks_skip_has_no_half_hours() -> None:
    """On 10 March 2024 New York's clocks go from 1:59 to 3:00."""
    engine = ContactEngine("America/New_York")
    times = [datetime(2024, 3, 10, 6, 59, tzinfo=UTC), datetime(2024, 3, 10, 7, 0, tzinfo=UTC)]
    engine.fill([Contact().at(time) for time in times])
    assert engine.rows(
        "select interval_start from metric.interval where metric_id = 'abandonment' order by all"
    ) == [(datetime(2024, 3, 10, 1, 30),), (datetime(2024, 3, 10, 3),)]


def test_a_withheld_month_withholds_its_days(engine: ContactEngine) -> None:
    engine.fill([Contact(), Contact("abandoned", 30)])
    engine.rows(
        "create view main.withheld as select * replace ('incomplete' as status, "
        "'calls lack 1 of 31 days' as reason) from metric.monthly"
    )
    assert engine.rows(
        "select distinct numerator, denominator, value, lower_95, is_few, status, reason "
        "from cells_of_month('metric.by_day', monthly_table := 'main.withheld')"
    ) == [(None, None, None, None, None, "incomplete", "calls lack 1 of 31 days")]


def test_few_cases_are_marked_by_the_day(engine: ContactEngine) -> None:
    engine.rows("update ref.metrics set minimum_n = 2 where metric_id = 'abandonment'")
    late = datetime(2024, 1, 20, 3, tzinfo=UTC)
    engine.fill([Contact(), Contact(), Contact().at(late)])
    assert engine.rows(
        "select day, is_few from metric.daily where metric_id = 'abandonment' order by day"
    ) == [(date(2024, 1, 15), False), (date(2024, 1, 20), True)]
    engine.rows("update ref.metrics set minimum_n = null where metric_id = 'abandonment'")


def test_sums_are_exact_to_the_millisecond(engine: ContactEngine) -> None:
    waits = [Decimal("0.001"), Decimal("19.999"), Decimal("300.123")]
    engine.fill([Contact("answered", wait) for wait in waits])
    ((total,),) = engine.rows(
        "select sum(numerator) from metric.interval where metric_id = 'speed_of_answer'"
    )
    assert total == sum(waits)


@pytest.mark.parametrize(
    ("grains", "complaint"),
    [
        ("hour", "must be any of day, interval"),
        ("day, interval", "fact.agent_activity has no interval"),
    ],
)
def test_a_grain_that_the_facts_lack_is_refused(grains: str, complaint: str) -> None:
    facts = statements(HERE / "facts", FACT_KEYS)
    rule = statements(HERE / "metrics", METRIC_KEYS)["occupancy"]
    header = {**rule.header, "grains": grains}
    wrong = Statement(rule.name, rule.path, header, rule.text, rule.lines)
    with pytest.raises(HeaderError, match=complaint):
        check_grains(wrong, facts)
