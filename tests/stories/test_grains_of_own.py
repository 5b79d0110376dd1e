"""Days of a metric of one's own, which add up to its month, and days rebuilt before their month."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from storyhome import StoryHome, called, put_calls

from assets.building.session import Session
from assets.intake.ingest import ingest
from sql.run import SqlError

BY_DAY = """\
-- title: Mine
-- unit: number
-- numerator: agents
-- denominator: calls
-- rollup: none
-- reads: fact.contacts
-- since: 2024-01
-- grains: day
select month, channel, count(distinct agent_key) as numerator, count(*) as denominator
from fact.contacts
group by month, channel
"""
JANUARY, DAY = date(2024, 1, 1), date(2024, 2, 10)


@pytest.fixture
def landed(tmp_path: Path) -> StoryHome:
    """A call of 5 January, and one of the 6th by the same agent."""
    home = StoryHome(tmp_path / "home")
    home.only_sources("calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    put_calls(home, "2024-01-06", called("A2", "2024-01-06"))
    return home


def test_a_count_of_different_things_has_no_days(landed: StoryHome) -> None:
    """One agent answers on two days: one agent in the month, and two in its days added up."""
    landed.rule("metrics", "mine", BY_DAY)
    refused = "by day, 1 of its rows of 2024-01 do not add up to what they are by month; .*day out"
    with pytest.raises(SqlError, match=refused):
        landed.run(DAY, publish=True)
    # twice 10 s in minutes: two sixths, each rounded up in its day, and a third, rounded down
    minutes = BY_DAY.replace("count(distinct agent_key)", "sum(wait_seconds / 60)")
    landed.rule("metrics", "mine", minutes)
    assert landed.run(DAY, publish=True).version


def test_days_may_be_rebuilt_before_their_month(landed: StoryHome) -> None:
    """As somebody may in Dagster: the fact, in which there is a call more, and its days alone."""
    landed.run(DAY, publish=True)
    put_calls(landed, "2024-01-07", called("A3", "2024-01-07"))
    ingest(landed.home, DAY)
    with closing(Session(landed.home, DAY, forced=True)) as session:
        assert session.fact("contacts", JANUARY).rows == 3
        session.table("metric.daily", JANUARY)
    landed.run(DAY, publish=True)
    days = "select count(*) from metric.daily where metric_id = 'abandonment'"
    assert landed.published(days) == [(3,)]
