"""`kring compare` and the tables behind it, in a published version: sums, states, messages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from homes import TestHome
from storyhome import StoryHome, called, put_calls

TABLES = ("service_level_by_rule", "service_level_bridge", "daily", "interval")


def compared(home: TestHome, *arguments: str) -> list[dict[str, Any]]:
    said = home.kring("compare", *arguments, "--json")
    assert said.returncode == 0, said.stderr
    channels: list[dict[str, Any]] = json.loads(said.stdout)["channels"]
    return channels


def test_every_bridge_adds_up_and_ends_at_the_table_of_rules(sample_home: TestHome) -> None:
    table = {
        (channel, rule): (int(n), int(d))
        for channel, rule, n, d in sample_home.query(
            "select channel, rule, sum(numerator), sum(denominator) "
            "from metric.service_level_by_rule where month = date '2024-03-01' group by all"
        )
    }
    found = compared(sample_home, "2024-03")
    assert [channel["channel"] for channel in found] == ["chat", "phone"]
    assert sum(len(channel["rules"]) for channel in found) == len(table) == 20
    for channel in found:
        start = channel["rules"][0]["steps"][0]
        for rule in channel["rules"]:
            first, *others = rule["steps"]
            assert first == start
            for part in ("numerator", "denominator"):
                total = first[part] + sum(step[f"{part}_change"] for step in others)
                assert total == rule["steps"][-1][part]
            end = rule["steps"][-1]
            assert table[channel["channel"], rule["rule"]] == (end["numerator"], end["denominator"])


def test_in_force_is_the_service_level_everyone_knows(sample_home: TestHome) -> None:
    """The report's own month: 82.73 % of calls in March."""
    (phone,) = compared(sample_home, "2024-03", "--channel", "phone")
    assert phone["rules"][0]["rule"] == "in_force"
    assert round(100 * phone["rules"][0]["value"], 2) == 82.73
    assert phone["policies"] == ["phone_house_2024"]


def test_a_quarter_and_a_queue_are_sums(sample_home: TestHome) -> None:
    def figure(*arguments: str) -> tuple[int, int]:
        (phone,) = compared(sample_home, *arguments, "--channel", "phone")
        (rule,) = [r for r in phone["rules"] if r["rule"] == "amazon_connect"]
        return rule["steps"][-1]["numerator"], rule["steps"][-1]["denominator"]

    months = [figure(f"2024-0{month}") for month in (1, 2, 3)]
    assert figure("2024-Q1") == tuple(map(sum, zip(*months, strict=True)))
    queues = sample_home.query(
        "select distinct queue from metric.service_level_by_rule where channel = 'phone'"
    )
    parts = [figure("2024-03", "--queue", queue) for (queue,) in queues]
    assert figure("2024-03") == tuple(map(sum, zip(*parts, strict=True)))


def test_what_was_in_force_in_several_queues_and_months_is_said_once(tmp_path: Path) -> None:
    home = StoryHome(tmp_path / "home")
    home.only_sources("calls")
    phone = "phone_house_2024,phone,*,2020-01-01,"
    home.edit_register("service_level_policy", phone, f"{phone}2024-01-31")
    switches = "exclude,exclude,exclude,exclude,Decree 12,false,"
    home.append_register(
        "service_level_policy",
        f"strict,phone,*,2024-02-01,,20,0.8,<,count,0,{switches}",
        f"billing,phone,Billing,2024-01-01,,20,0.8,<,ignore,0,{switches}",
    )
    for day in ("2024-01-05", "2024-02-05"):
        queues = ("Billing", "Umum")
        put_calls(home, day, *(called(f"{day}{q}", day, queue=q) for q in queues))
    home.run("2024-03-01", publish=True)
    (phone_cell,) = compared(home, "2024-Q1", "--channel", "phone")
    (rule,) = [r for r in phone_cell["rules"] if r["rule"] == "house"]
    assert [step["from_value"] for step in rule["steps"][1:4]] == ["<, <=", "none", "count, ignore"]


def test_it_fits_eighty_columns_and_says_what_changes_nothing(sample_home: TestHome) -> None:
    said = sample_home.kring("compare", "2024-03", env={"COLUMNS": "80"})
    assert said.returncode == 0
    assert max(map(len, said.stdout.splitlines())) <= 80
    assert "SYNTHETIC SAMPLE DATA" in said.stdout
    assert "Wazo queue statistics" in said.stdout
    assert "abandons: count -> ignore" in said.stdout
    house = said.stdout.partition("house: House rule")[2]
    assert "no contact changes" in house.partition("talkdesk_contacts:")[0]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["2023-12"], 1, "2023-12 is not published; published months are 2024-01 to 2024-12"),
        (["2025"], 1, "2025-Y is not published"),
        (["2024-03", "--channel", "fax"], 1, "no service level of fax; channels and queues are: "),
        (["2024-03", "--queue", "vip"], 1, "no service level of vip; channels and queues are: "),
        (["March"], 2, "'March' is no period; write 2024-03, 2024-Q1"),
    ],
)
def test_what_is_not_there_is_named(
    sample_home: TestHome, arguments: list[str], code: int, told: str
) -> None:
    said = sample_home.kring("compare", *arguments)
    assert said.returncode == code
    assert told in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr


def test_nothing_published_yet(home: TestHome) -> None:
    said = home.kring("compare", "2024-03")
    assert (said.returncode, said.stdout) == (1, "")
    assert "nothing is published yet" in said.stderr


def test_a_month_that_is_withheld_shows_no_figure_anywhere(tmp_path: Path) -> None:
    """January has calls of one day of 31; February, of which a day is enough, is whole."""
    home = TestHome(tmp_path / "home", last_month="2024-02")
    home.only_sources("calls")
    source = home.root / "sources/calls.sql"
    source.write_text(
        source.read_text().replace("expects:     day", "expects:     day until 2024-01-31")
    )
    put_calls(home, "2024-01-10", called("A", "2024-01-10"))
    put_calls(home, "2024-02-10", called("B", "2024-02-10"), called("C", "2024-02-10", "30,000"))
    home.run("2024-03-31")
    for table in TABLES:
        rows = home.query(
            f"select strftime(month, '%m'), count(numerator), count(denominator), "
            f"string_agg(distinct status, ',') from metric.{table} "
            "where channel = 'phone' group by 1 order by 1"
        )
        (january, february) = rows
        assert january == ("01", 0, 0, "incomplete")
        assert february[1] > 0
    assert home.query(
        "select count(value), count(lower_95) from metric.service_level_by_rule "
        "where month = date '2024-01-01'"
    ) == [(0, 0)]
    # a quarter with a withheld month has no figure, and says which month; nor has a queue of it
    for arguments in (["2024-01"], ["2024-Q1"], ["2024-Q1", "--queue", "umum"]):
        (phone,) = compared(home, *arguments, "--channel", "phone")
        assert phone["status"] == "incomplete"
        assert "2024-01 calls: source calls lacks 30 of 31 days" in phone["reason"]
        assert phone["rules"][0]["value"] is None
    said = home.kring("compare", "2024-02")
    assert "chat: not_reported" in said.stdout
    assert "50.00" in said.stdout


def test_days_and_half_hours_of_the_sample_add_up_to_its_months(sample_home: TestHome) -> None:
    """Every metric that has the grain, in every cell, through the real steps."""
    cell = "month, metric_id, channel, queue, service, source, policy_id"
    for table, metrics in (
        ("interval", "abandonment handle_time service_level speed_of_answer"),
        ("daily", "abandonment csi handle_time occupancy occupancy_standard service_level "
         "speed_of_answer"),
    ):  # fmt: skip
        names = sample_home.query(f"select distinct metric_id from metric.{table} order by 1")
        assert [name for (name,) in names] == metrics.split()
        assert sample_home.query(
            f"select count(*) from (select {cell}, sum(numerator), sum(denominator) "
            f"from metric.{table} group by all except select {cell}, numerator, denominator "
            "from metric.monthly)"
        ) == [(0,)]
        # nor is a cell of the month without its parts, unless nothing happened in it
        assert sample_home.query(
            f"select count(*) from metric.monthly anti join metric.{table} "
            "using (month, metric_id) "
            f"where denominator > 0 and metric_id in (select metric_id from metric.{table})"
        ) == [(0,)]


def test_months_show_the_interval_of_a_share_and_of_nothing_else(sample_home: TestHome) -> None:
    assert sample_home.query(
        "select distinct unit, lower_95 is not null and lower_95 <= value and value <= upper_95 "
        "from metric.monthly join ref.metric_definitions using (metric_id) "
        "where value is not null order by 1"
    ) == [("ratio", False), ("seconds", False), ("share", True)]
    # by channel it is that of the pooled counts
    assert sample_home.query(
        "select count(*) from metric.monthly_by_channel where metric_id = 'service_level' "
        "and abs(lower_95 - wilson_lower(numerator, denominator)) < 1e-12"
    ) == [(24,)]


def test_a_rule_that_asks_for_another_limit_than_the_counts_says_that_it_has_no_figure(
    tmp_path: Path,
) -> None:
    """Who gave up within 20 s may have done so within 5 s or not; that nothing changed was said."""
    home = StoryHome(tmp_path / "home", last_month="2024-01")
    home.only_sources()
    home.source(
        "counts",
        "-- title: Counts\n-- kind: calls\n-- files: counts_*.csv\n-- format: csv\n"
        "-- times: %Y-%m-%d %H:%M\n-- covers: filename %Y-%m\n"
        "select _row, id as contact_id, queue, '2024-01-15 10:00' as entered_at, outcome, "
        "n as contacts, within as wait_within_seconds, over as wait_over_seconds from export\n",
    )
    home.put(
        "counts_2024-01.csv",
        "id,queue,outcome,n,within,over\n1,a,answered,80,20,\n2,a,answered,10,,20\n"
        "3,a,abandoned,6,20,\n4,a,abandoned,4,,20\n5,b,abandoned,3,20,\n",
    )
    home.run("2024-02-10", publish=True)
    (phone,) = compared(home, "2024-01", "--channel", "phone")
    rules = {rule["rule"]: rule for rule in phone["rules"]}
    assert (rules["house"]["value"], rules["house"]["reason"]) == (80 / 103, "")
    # Cisco's short calls are among those that its rule leaves out anyway: 80 of 90 + 4
    assert rules["cisco_ignored"]["value"] == 80 / 94
    assert rules["cisco_negative"]["value"] is None
    why = (
        "2024-01 a: how this rule counts 6 contacts is not known: their waits are told by other "
        "limits; and 1 more of its months and queues"
    )
    assert rules["cisco_negative"]["reason"] == why
    said = home.kring("compare", "2024-01", "--channel", "phone", env={"COLUMNS": "200"}).stdout
    told = {text.split(":")[0]: text for text in re.split(r"\n *\n", said)}
    assert f"no figure: {why}" in told["cisco_negative"]
    assert "no contact changes" in told["house"] and "no figure" not in told["house"]
