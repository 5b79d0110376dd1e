"""Stories of rules that change: checks, targets, weights, policies.

What a manager or an analyst edits is a file of the home; no story touches Python. Sources that
change are in test_changed_sources, what a run asks of the register's years in test_register_years,
what a home adds of its own in test_own_rules.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from homes import TestHome
from storyhome import StoryHome, called, chat, put_calls, put_chats

SL, PHONE = "service_level", "phone"
MONTHS = ("2024-04", "2024-05", "2024-06")
CHECK = """\
-- title: Nobody waits in the training queue
-- reads: fact.contacts
-- severity: block
-- reason: training calls are not calls of customers
select contact_id, file_id, file_row from fact.contacts where queue = 'training'
"""
FAILURE = "Nobody waits in the training queue: 1 rows"


@pytest.fixture
def home(second_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return second_quarter.copied(tmp_path / "home")


def test_a_failing_check_nulls_its_month_and_all_above_until_it_is_mended(home: StoryHome) -> None:
    home.rule("checks", "no_training", CHECK)
    trained = called("T1", "2024-05-11", queue="training")
    put_calls(home, "2024-05-11", trained)
    ran = home.run("2025-01-02")
    assert (
        "failed",
        "Nobody waits in the training queue: not so in 2024-05 (1 row); "
        "kring checks no_training shows them",
    ) in [(f.about, f.text) for f in ran.findings]
    for metric in (SL, "abandonment", "speed_of_answer", "handle_time"):
        assert home.months(metric)["2024-05"] == (None, None, "failed")
        assert home.reason(metric, "2024-05") == FAILURE
        assert home.months(metric)["2024-04"][2] == home.months(metric)["2024-06"][2] == "measured"
    assert home.months("complaints_on_time")["2024-05"] == (0, 0, "no_volume")
    for period in ("Q2", "S1", "YTD-Q3", "Y"):
        kpi = home.figure(SL, period)
        assert (kpi.realisation, kpi.status) == (None, "failed"), period
        assert f"2024-05 {FAILURE}" in kpi.reason
        assert home.figure("complaints_on_time", period).realisation == 120.0

    put_calls(home, "2024-05-11", trained.replace("training", "umum"))
    ran = home.run("2025-01-02")
    assert ran.months("fact.contacts") == ran.months("metric.monthly") == ["2024-05"]
    assert home.months(SL, PHONE)["2024-05"] == (2, 2, "measured")
    for period in ("Q2", "S1", "YTD-Q3", "Y"):
        kpi = home.figure(SL, period)
        assert (kpi.realisation, kpi.index, kpi.status) == (100.0, 120.0, "measured"), period
    assert "failed" not in [f.about for f in ran.findings]


def test_a_failed_kpi_is_null_and_its_parents_show_the_share_they_lack(home: StoryHome) -> None:
    home.rule("checks", "no_training", CHECK)
    put_calls(home, "2024-05-11", called("T1", "2024-05-11", queue="training"))
    home.run("2025-01-02")
    assert home.figure(SL, "Q2").index is None
    assert home.figure(SL, "Q2").measured_weight == 0
    # 3b was never reported and 3a has failed: of objective 3 only 3c's quarter is measured
    objective = home.figure("objective_3", "Q2")
    assert (objective.measured_weight, objective.status) == (0.25, "incomplete")
    for node in ("objective_3", "internal_process", "organisation"):
        assert FAILURE in home.figure(node, "Q2").reason, node
    # 4 and 6 are whole, of 3 a quarter, of 5 nothing: (1 + 1 + 0.25 + 0) / 4
    assert home.figure("internal_process", "Q2").measured_weight == 0.5625
    # stakeholder is half (no survey): 0.4 x 0.5 + 0.3 x 0.5625 + 0.3 x 1
    assert home.figure("organisation", "Q2").measured_weight == pytest.approx(0.66875)
    # where nothing is measured there is no figure; elsewhere it is of what is measured
    assert home.figure("objective_5", "Q2").index is None
    assert home.figure("organisation", "Q2").index is not None


def test_children_of_one_parent_may_lie_on_different_levels(home: StoryHome) -> None:
    """Objective 4 is one KPI of weight 1: put directly below the perspective it changes nothing."""

    def indices() -> dict[tuple[str, str], float]:
        rows = home.query(
            "select id, basis, index from kpi.scorecard "
            "where period = 'Q2' and level in ('perspective', 'organisation')"
        )
        assert len(rows) == len({row[:2] for row in rows}), "each node has one row"
        return {(name, basis): index for name, basis, index in rows}

    before = indices()
    home.edit_register(
        "weights", "internal_process,objective_4,", "internal_process,complaints_on_time,"
    )
    weights = home.root / "register/weights.csv"
    kept = [
        line for line in weights.read_text().splitlines(True) if not line.startswith("objective_4,")
    ]
    weights.write_text("".join(kept))
    home.run("2025-01-02")
    assert indices() == pytest.approx(before)


def test_a_target_or_weight_changes_the_scorecard_alone(home: StoryHome) -> None:
    put_calls(home, "2024-06-11", called("S1", "2024-06-11", wait="30,000"))
    home.run("2025-01-02")
    # phone 3 of 4, chat 3 of 3
    assert home.figure(SL, "Q2").realisation == 87.5
    assert home.figure(SL, "Q2").index == pytest.approx(87.5 / 79 * 100)

    home.append_register("targets", "service_level,2024,*,87.5,2024-07-01,Decree 12 of 2024,false")
    ran = home.run("2025-01-02")
    assert ran.rebuilt == [("kpi.scorecard", "None")]
    assert home.figure(SL, "Q2").index == 100.0
    # targets are append-only: a decision of the same KPI for one period goes before
    home.append_register("targets", "service_level,2024,Q2,79,2024-07-02,Decree 13 of 2024,false")
    home.weigh_no_occupancy()
    ran = home.run("2025-01-02")
    assert ran.rebuilt == [("kpi.scorecard", "None")]
    assert home.figure(SL, "Q2").index == pytest.approx(87.5 / 79 * 100)
    assert home.figure(SL, "S1").index == 100.0
    weights = home.query(
        "select distinct id, weight from kpi.scorecard where parent_id = 'objective_3' order by 1"
    )
    assert weights == [("service_level", 0.75), ("service_performance", 0.25),
                       ("telephone_occupancy", 0.0)]  # fmt: skip


def test_a_policy_from_a_date_leaves_earlier_months_to_the_byte(home: StoryHome) -> None:
    home.run("2025-01-02", publish=True)
    before = home.shas("metric.monthly"), home.shas("fact.contacts")
    beside = {table: home.shas(table) for table in BESIDE}
    home.edit_register(
        "service_level_policy", OLD_POLICY, OLD_POLICY.replace("01,,", "01,2024-05-31,")
    )
    home.append_register(
        "service_level_policy",
        "strict,phone,*,2024-06-01,,5,0.8,<=,count,0,exclude,exclude,exclude,exclude,Decree,false,",
    )
    ran = home.run("2025-01-02", publish=True)
    assert [r for r in ran.rebuilt if r[0].startswith("fact.")] == []
    assert ran.months("metric.service_level") == ran.months("metric.monthly") == ["2024-06"]
    assert home.months(SL, PHONE) == {
        "2024-04": (1, 1, "measured"), "2024-05": (1, 1, "measured"), "2024-06": (0, 1, "measured"),
    }  # fmt: skip
    after = home.shas("metric.monthly"), home.shas("fact.contacts")
    assert after[1] == before[1]
    assert {month for month in MONTHS if after[0][month] != before[0][month]} == {"2024-06"}
    for table, shas in beside.items():
        assert ran.months(table) == ["2024-06"], table
        now = home.shas(table)
        assert {month for month in MONTHS if now[month] != shas[month]} == {"2024-06"}, table
    # the same content again is no new version
    version = ran.version
    assert home.run("2025-01-02", publish=True).version == version


def test_from_a_date_a_wait_ends_with_the_acceptance(home: StoryHome) -> None:
    """Chats accepted after 290 s and replied to after 310 s are late to a first reply alone."""
    home.edit_source("chats", "    export.ended_at,", "    export.ended_at, export.accepted_at,")
    for month in MONTHS:
        late = json.loads(chat(f"C{month}", f"{month}-10", wait=310))
        put_chats(home, month, json.dumps(late | {"accepted_at": f"{month}-10T03:04:50Z"}))
    home.run("2025-01-02", publish=True)
    assert home.months(SL, "chat") == dict.fromkeys(MONTHS, (0, 1, "measured"))

    policies = home.root / "register" / "service_level_policy.csv"
    header, *lines = policies.read_text(encoding="utf-8").splitlines()
    lines = [line.replace("chat,*,2020-01-01,,", "chat,*,2020-01-01,2024-05-31,") for line in lines]
    accepted = "taken,chat,*,2024-06-01,,300,0.8,<=,count,0,exclude,exclude,exclude,exclude,"
    lines = [f"{header},wait_ends", *(f"{line}," for line in lines),
             f"{accepted}Decision 12,false,,acceptance"]  # fmt: skip
    policies.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = home.run("2025-01-02", publish=True)
    assert ran.months("metric.service_level") == ["2024-06"]
    assert home.months(SL, "chat") == {
        "2024-04": (0, 1, "measured"), "2024-05": (0, 1, "measured"), "2024-06": (1, 1, "measured"),
    }  # fmt: skip
    # the mean wait stays that of the answer
    assert home.months("speed_of_answer", "chat")["2024-06"] == (310, 1, "measured")
    told = "select text from kpi.explain where part = 'service_level_policy:taken'"
    assert "wait_ends acceptance" in TestHome.at(home.root).value(f"{told} limit 1")
    page = home.root / "report.html"
    home.kring("report", "2024", "--lang", "en", "--out", str(page))
    said = re.sub("<[^>]*>", "", page.read_text(encoding="utf-8"))
    assert "since 1 Jun 2024: live chat accepted by an agent within 300 seconds" in said
    assert "phone answered within 20 seconds" in said


BESIDE = ("metric.service_level_bridge", "metric.service_level_by_rule", "metric.daily",
          "metric.interval")  # fmt: skip
OLD_POLICY = "phone_house_2024,phone,*,2020-01-01,,"
