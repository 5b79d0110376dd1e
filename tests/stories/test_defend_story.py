"""The story of a quarter: late data, a correction, a policy, closing, reopening, closing again.

One home, told in order; each test is a step and reads what the step published. Every month has
four calls, three in time (10 s) and one not (30 s; the house allows 20), and four chats in time.
So a month's phone service level is 3/4, a quarter's 9/12 = 75 %, the index of 3a (75 + 100) / 2
= 87.5 and its achievement 87.5 / 79. Above it, of objective 3 only 3a (0.375) and 3c (0.25) are
measured, of the perspective only objectives 3, 4 and 6, of the organisation every perspective:
a point of 3a is 0.375 / 0.625 = 0.6 of the objective, a third of that of the perspective, and
0.3 of that, 0.06, of the organisation.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import Command
from defending import SL, SLI, WITHOUT, DefendedHome, phone_and_chat
from homes import no_waiting
from storyhome import called, put_calls

AS_OF = "2024-07-02"
CALLS = ("abandonment", "handle_time", SL, WITHOUT, "speed_of_answer")
LONGER = ("S1", "YTD-Q3", "Y")
ABOVE = (SL, "objective_3", "internal_process", "organisation")


@dataclass
class Story:
    """The home and the versions so far, by the name of their step."""

    home: DefendedHome
    versions: dict[str, str] = field(default_factory=dict)

    def publish(self, step: str) -> str:
        self.versions[step] = self.home.publish(AS_OF)
        return self.versions[step]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    root = tmp_path_factory.mktemp("story")
    return Story(DefendedHome.of_months(root, "2024-01", "2024-06"))


def decide(story: Story, command: Command, step: str, *arguments: str) -> str:
    with no_waiting():
        said = command(story.home.root, *arguments)
    assert said.code == 0, said.text
    story.versions[step] = (story.home.root / "published/current").resolve().name
    return said.text


def test_1_the_first_version_restates_nothing(story: Story) -> None:
    version = story.publish("first")
    assert story.home.log(version) == []
    assert story.home.counts(SL, "2024-02") == (3, 4)
    realisation, index = story.home.card(SL, "Q1")
    assert realisation == phone_and_chat(9, 12) == 87.5
    assert index == pytest.approx(87.5 / 79 * 100)


def test_2_a_late_file_for_an_open_month_moves_its_month_and_what_is_above(story: Story) -> None:
    home, before = story.home, story.home.card("organisation", "Q1")[1]
    put_calls(home, "2024-02-11", called("L1", "2024-02-11", wait="30,000"))
    version = story.publish("late")
    # February 3 of 5, the quarter 9 of 13
    assert home.counts(SL, "2024-02") == (3, 5)
    assert home.card(SL, "Q1")[0] == pytest.approx(phone_and_chat(9, 13))
    fall = (phone_and_chat(9, 13) - 87.5) / 79 * 100
    assert home.card("organisation", "Q1")[1] == pytest.approx(before + 0.06 * fall)
    # all four figures of calls count one contact more; of the quarters, Q2 is as it was
    assert home.moved(version, "metric.monthly") == {("2024-02", name) for name in CALLS}
    assert home.moved(version, "kpi.scorecard") == {
        (f"2024-{period}", name) for period in ("Q1", *LONGER) for name in ABOVE
    }
    assert home.moved(version, "kpi.composites") == {("2024-02", SLI)} | {
        (f"2024-{period}", SLI) for period in ("Q1", *LONGER)
    }
    assert home.causes(version) == {"file calls/calls_20240211.csv arrived"}


def test_3_a_correction_is_told_as_one(story: Story) -> None:
    home = story.home
    # the call that waited 30 s in March had waited 10
    put_calls(home, "2024-03-11", called("A2024-03-3", "2024-03-10"))
    version = story.publish("corrected")
    assert home.counts(SL, "2024-03") == (4, 4)
    assert home.card(SL, "Q1")[0] == pytest.approx(phone_and_chat(10, 13))
    # what counts contacts alone, and handle time, do not move
    moved = {("2024-03", name) for name in (SL, WITHOUT, "speed_of_answer")}
    assert home.moved(version, "metric.monthly") == moved
    assert home.causes(version) == {"file calls/calls_20240311.csv arrived and corrected 1 rows"}


def test_4_a_policy_moves_the_months_from_its_day_on(story: Story) -> None:
    home = story.home
    old = "phone_house_2024,phone,*,2020-01-01,,"
    home.edit_register("service_level_policy", old, old.replace("01,,", "01,2024-03-31,"))
    home.append_register(
        "service_level_policy",
        "lenient,phone,*,2024-04-01,,35,0.8,<=,count,0,exclude,exclude,exclude,exclude,Decree,false,",
    )
    version = story.publish("policy")
    # 30 s are in time now: the second quarter 12 of 12, the first as it was
    assert home.counts(SL, "2024-05") == (4, 4)
    assert home.card(SL, "Q2")[0] == 100.0
    assert home.card(SL, "Q1")[0] == pytest.approx(phone_and_chat(10, 13))
    assert home.card(SL, "S1")[0] == pytest.approx(phone_and_chat(22, 25))
    assert home.moved(version, "metric.monthly") == {
        (f"2024-0{n}", name) for n in (4, 5, 6) for name in (SL, WITHOUT)
    }
    (cause,) = home.causes(version)
    assert "service_level_policy lenient: added (channel phone, queue *, threshold_seconds 35" in (
        cause
    )
    assert "service_level_policy phone_house_2024: no longer holds" in cause
    assert home.published(
        "select row_key, change, was, now from ops.register_changes "
        f"where version = '{version}' and change = 'changed'"
    ) == [("phone_house_2024", "changed", "", "valid_to 2024-03-31")]


def test_5_closing_changes_no_number(story: Story, command: Command) -> None:
    home = story.home
    said = decide(story, command, "closed", "close", "2024-Q1", "--reason", "Report signed",
                  "--by", "Head of quality")  # fmt: skip
    assert "2024-Q1 is closed as revision 1" in said
    assert home.log(story.versions["closed"]) == []
    assert home.published(
        "select distinct period, revision from kpi.scorecard where revision is not null"
    ) == [("Q1", 1)]
    assert home.published(
        "select distinct period, revision, closed_by, closed_because, closed_from, stands "
        "from kpi.revisions"
    ) == [("Q1", 1, "Head of quality", "Report signed", story.versions["policy"], True)]


def test_6_a_late_file_for_the_closed_quarter_is_held_out(story: Story) -> None:
    home = story.home
    put_calls(home, "2024-01-11", called("L2", "2024-01-11", wait="40,000"))
    version = story.publish("held out")
    # as published January is 3 of 4 and the quarter 10 of 13; as now 3 of 5 and 10 of 14
    assert (home.counts(SL, "2024-01"), home.counts(SL, "2024-01", as_now=True)) == (
        (3, 4), (3, 5),
    )  # fmt: skip
    for period, published, now in (("Q1", (10, 13), (10, 14)), ("S1", (22, 25), (22, 26))):
        assert home.card(SL, period)[0] == pytest.approx(phone_and_chat(*published)), period
        as_now = home.card(SL, period, as_now=True)[0]
        assert as_now == pytest.approx(phone_and_chat(*now)), period
    assert home.log(version) == []
    pending = home.published(
        "select period, id, effect from kpi.pending where level in ('metric', 'organisation')"
    )
    effects = {(period, name): effect for period, name, effect in pending}
    assert effects["2024-01", SL] == pytest.approx(3 / 5 - 3 / 4)
    fall = phone_and_chat(10, 14) - phone_and_chat(10, 13)
    assert effects["2024-Q1", "organisation"] == pytest.approx(0.06 * fall / 79 * 100)
    # abandonment and handle time stay as they were, of one call more
    assert (effects["2024-01", "abandonment"], effects["2024-01", "handle_time"]) == (0, 0)
    assert set(effects) == {("2024-01", name) for name in CALLS} | {
        (f"2024-{period}", "organisation") for period in ("Q1", *LONGER)
    }
    assert home.published(
        "select distinct path, rows_as_published, rows_as_now from ops.pending_files"
    ) == [("calls/calls_20240111.csv", None, 1)]


def test_7_inputs_and_targets_of_the_closed_quarter_are_held_out(story: Story) -> None:
    home = story.home
    home.edit_register("inputs", "performance,2024,Q1,,,97.42", "performance,2024,Q1,,,80")
    home.edit_register(
        "inputs", "audit_recommendations,2024,Q1,3,3", "audit_recommendations,2024,Q1,1,3"
    )
    home.append_register("targets", "service_level,2024,Q1,75,2024-07-01,Decree 12,false")
    version = story.publish("register")
    assert home.log(version) == []
    assert home.card("service_performance", "Q1")[0] == pytest.approx(97.42)
    assert home.card("service_performance", "Q1", as_now=True)[0] == 80
    # pooled over Q1 and Q2: 3 + 5 of 8 as published, 1 + 5 of 8 as now
    assert home.card("audit_recommendations", "S1") == (100, pytest.approx(100 / 0.9))
    assert home.card("audit_recommendations", "S1", as_now=True)[0] == 75
    assert home.card(SL, "Q1")[1] == pytest.approx(phone_and_chat(10, 13) / 79 * 100)
    assert home.card(SL, "Q1", as_now=True)[1] == pytest.approx(phone_and_chat(10, 14) / 75 * 100)
    said = {row[:2] for row in home.published(
        "select period, id, effect from kpi.pending where level = 'kpi'")}  # fmt: skip
    assert said == {("2024-Q1", "service_performance")} | {
        (f"2024-{p}", name) for p in ("Q1", *LONGER) for name in (SL, "audit_recommendations")
    }


def test_8_reopening_takes_in_what_was_held_out_and_says_so(story: Story, command: Command) -> None:
    home = story.home
    decide(story, command, "reopened", "reopen", "2024-Q1", "--reason", "Late calls")
    version = story.versions["reopened"]
    assert home.counts(SL, "2024-01") == (3, 5)
    assert home.card(SL, "Q1") == (
        pytest.approx(phone_and_chat(10, 14)), pytest.approx(phone_and_chat(10, 14) / 75 * 100),
    )  # fmt: skip
    causes = {
        (table, period, name): cause.split("; ")
        for table, period, name, _, cause in home.log(version)
    }
    reopened = "2024-Q1 was reopened"
    late = "file calls/calls_20240111.csv was held out until now"
    assert causes["metric.monthly", "2024-01", SL] == [reopened, late]
    assert causes["kpi.scorecard", "2024-S1", SL] == [reopened, late]
    assert causes["kpi.scorecard", "2024-Q1", "service_performance"] == [
        reopened, "inputs service_performance 2024 Q1: was 97.42", "is 80",
    ]  # fmt: skip
    assert causes["kpi.scorecard", "2024-Q1", SL] == [
        reopened, late,
        "targets service_level 2024: was 79 for every period, decided on 2024-01-01",
        "is 75 for Q1, decided on 2024-07-01",
    ]  # fmt: skip
    assert home.published("select count(*) from kpi.pending") == [(0,)]
    assert home.published("select count(*) from ops.pending_files") == [(0,)]
    # revision 1 is readable, as it was
    assert home.published(
        "select realisation, stands from kpi.revisions where id = 'service_level' and revision = 1"
    ) == [(pytest.approx(phone_and_chat(10, 13)), False)]


def test_9_the_second_revision_stands_beside_the_first(story: Story, command: Command) -> None:
    home = story.home
    said = decide(story, command, "second", "close", "2024-Q1", "--reason", "Corrected report")
    assert "closed as revision 2" in said
    assert home.log(story.versions["second"]) == []
    assert home.published(
        "select revision, realisation, closed_because, stands from kpi.revisions "
        "where id = 'service_level' order by revision"
    ) == [
        (1, pytest.approx(phone_and_chat(10, 13)), "Report signed", False),
        (2, pytest.approx(phone_and_chat(10, 14)), "Corrected report", True),
    ]
    # in the database and as parquet
    folder = home.root / "record/revisions"
    assert sorted(path.name for path in folder.iterdir()) == ["2024-Q1.r1", "2024-Q1.r2"]
    assert [(action, revision) for action, revision in home.published(
        "select action, revision from ops.decisions order by number"
    )] == [("closed", 1), ("reopened", 1), ("closed", 2)]  # fmt: skip


def test_diff_tells_the_whole_way_in_one_step(story: Story, command: Command) -> None:
    """From the first version to the last, from both databases alone."""
    versions = story.versions
    said = command(story.home.root, "diff", versions["first"], versions["second"], "--json")
    numbers = {
        (n["table_name"], n["period"], n["id"], n["channel"]): n for n in said.json["numbers"]
    }
    january = numbers["metric.monthly", "2024-01", SL, "phone"]
    assert (january["old_value"], january["new_value"]) == (0.75, 0.6)
    assert january["cause"] == "file calls/calls_20240111.csv arrived"
    quarter = numbers["kpi.scorecard", "2024-Q1", SL, None]
    assert quarter["old_numerator"] == 87.5
    assert quarter["new_numerator"] == pytest.approx(phone_and_chat(10, 14))
    for part in ("20240111.csv arrived", "20240211.csv arrived", "corrected 1 rows", "75 for Q1"):
        assert part in quarter["cause"], part
    changed = {(row["table_name"], row["row_key"]) for row in said.json["register"]}
    assert changed == {
        ("inputs", "audit_recommendations 2024 Q1"), ("inputs", "service_performance 2024 Q1"),
        ("service_level_policy", "lenient"), ("service_level_policy", "phone_house_2024"),
        ("targets", "service_level 2024 Q1 2024-07-01"),
    }  # fmt: skip
    shown = command(story.home.root, "diff", versions["first"][:18]).text
    assert "register service_level_policy lenient from 2024-04-01 added" in shown
    assert "87.50" in shown
    # a mean that is the same of more calls: their sum alone would pass for it
    whole = command(story.home.root, "diff", versions["first"], versions["second"], "--all").text
    assert re.search(r"2024-01 handle_time phone \S+ (\S+) = \d+ / 4 \1 = \d+ / 5 ", whole), whole


def test_the_log_of_all_versions_goes_along(story: Story) -> None:
    """Each version's changes are in the newest database, one row per number."""
    home, versions = story.home, story.versions
    steps = home.published("select distinct version from ops.restatements order by 1")
    named = ("late", "corrected", "policy", "reopened")
    assert [step for (step,) in steps] == [versions[name] for name in named]
    assert (
        home.published(
            "select version, table_name, period, basis, id, channel, queue, service, source "
            "from ops.restatements group by all having count(*) > 1"
        )
        == []
    )
    files = Path(home.root / "published/current/parquet/ops.restatements").iterdir()
    stems = [*(versions[name] for name in named), "empty"]  # the first version's, without a row
    assert sorted(path.stem for path in files) == stems
    manifest = json.loads((home.root / "published/current/manifest.json").read_text())
    assert manifest["decisions"]["number"] == 3
