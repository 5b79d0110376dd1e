"""`kring compare` and the tables behind it, in a published version: sums, states, messages."""

from __future__ import annotations

import pytest
from homes import TestHome


def test_every_bridge_adds_up_and_ends_at_the_table_of_rules(sample_home: TestHome) -> None:
    table = {
        (channel, rule): (int(n), int(d))
        for channel, rule, n, d in sample_home.query(
            "select channel, rule, sum(numerator), sum(denominator) "
            "from metric.service_level_by_rule where month = date '2024-03-01' group by all"
        )
    }
    found = sample_home.compared("2024-03")
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
    (phone,) = sample_home.compared("2024-03", "--channel", "phone")
    assert phone["rules"][0]["rule"] == "in_force"
    assert round(100 * phone["rules"][0]["value"], 2) == 82.73
    assert phone["policies"] == ["phone_house_2024"]


def test_a_quarter_and_a_queue_are_sums(sample_home: TestHome) -> None:
    def figure(*arguments: str) -> tuple[int, int]:
        (phone,) = sample_home.compared(*arguments, "--channel", "phone")
        (rule,) = [r for r in phone["rules"] if r["rule"] == "amazon_connect"]
        return rule["steps"][-1]["numerator"], rule["steps"][-1]["denominator"]

    months = [figure(f"2024-0{month}") for month in (1, 2, 3)]
    assert figure("2024-Q1") == tuple(map(sum, zip(*months, strict=True)))
    queues = sample_home.query(
        "select distinct queue from metric.service_level_by_rule where channel = 'phone'"
    )
    parts = [figure("2024-03", "--queue", queue) for (queue,) in queues]
    assert figure("2024-03") == tuple(map(sum, zip(*parts, strict=True)))


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
