"""The macros that rules share: what rests on them, what they read, and readers who call them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from homes import ROOT
from storyhome import StoryHome, of_a_quarter

from assets.building.plan import Plan
from sql.run import SqlError

SL, WITHOUT = "service_level", "service_level_without_incidents"
AS_OF = "2024-04-05"


@pytest.fixture(scope="module")
def first_quarter(tmp_path_factory: pytest.TempPathFactory) -> StoryHome:
    return of_a_quarter(tmp_path_factory.mktemp("macros") / "home")


@pytest.fixture
def quarter(first_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return first_quarter.copied(tmp_path / "home")


def test_a_changed_macro_makes_what_rests_on_it_stale(quarter: StoryHome) -> None:
    """The text that several figures share is part of each one's fingerprint, and of no other's."""
    home = quarter
    home.run(AS_OF)
    plan = Plan(home.home, date.fromisoformat(AS_OF))
    assert plan.stale() == []
    shipped = plan.rules.macros

    def stale(macro: str) -> set[str]:
        vars(plan.rules)["macros"] = tuple(
            text + "\n-- another rule" if f"create macro {macro}(" in text else text
            for text in shipped
        )
        return {s.table for s in plan.stale()}

    counted = stale("treated_contacts")
    assert {f"metric.{SL}", f"metric.{WITHOUT}", "metric.service_level_bridge"} <= counted
    assert not counted & {"metric.abandonment", "metric.speed_of_answer", "metric.handle_time"}
    dated = stale("is_in_force")  # a fact rests on it as well
    assert {"fact.contacts", f"metric.{SL}"} <= dated
    assert not dated & {"fact.complaints", "fact.survey_responses"}


def test_a_macro_reads_what_the_header_declares(quarter: StoryHome) -> None:
    """Lineage stays stated once: a policy that the header does not read is not there to join."""
    home = quarter
    shipped = (ROOT / "sql/metrics/service_level.sql").read_text()
    home.rule("metrics", "mine", shipped.replace(", ref.service_level_policy", ""))
    with pytest.raises(SqlError, match=r"metrics/mine.sql line 18, .*_policy does not exist"):
        home.run(AS_OF)


def test_an_analyst_counts_by_a_policy_of_their_own(quarter: StoryHome) -> None:
    """The macros are in the published file: the same contacts, as if 5 s were the threshold."""
    home = quarter
    home.run(AS_OF, publish=True)
    with duckdb.connect() as shell:
        shell.execute(f"attach '{home.root}/published/current/kring.duckdb' as kring (read_only)")
        shell.execute("use kring")
        shell.execute(
            "create table memory.main.mine as "
            "select * replace (5 as threshold_seconds) from ref.service_level_policy"
        )
        count = "select count(*) filter (is_met(treatment, is_within)), count(*) from "
        by_house = shell.execute(f"{count} treated_contacts()").fetchall()
        by_mine = shell.execute(
            f"{count} treated_contacts(policy_table := 'memory.main.mine')"
        ).fetchall()
    # 3 calls of 10 s and 3 chats of 60 s answered, 3 calls given up
    assert (by_house, by_mine) == ([(6, 9)], [(0, 9)])
