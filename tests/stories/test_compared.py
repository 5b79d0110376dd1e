"""`kring compare` in homes of a few calls: said once, withheld, and not known."""

from __future__ import annotations

import re
from pathlib import Path

from homes import TestHome
from storyhome import StoryHome, called, put_calls

TABLES = ("service_level_by_rule", "service_level_bridge", "daily", "interval")


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
    (phone_cell,) = home.compared("2024-Q1", "--channel", "phone")
    (rule,) = [r for r in phone_cell["rules"] if r["rule"] == "house"]
    assert [step["from_value"] for step in rule["steps"][1:4]] == ["<, <=", "none", "count, ignore"]


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
        (phone,) = home.compared(*arguments, "--channel", "phone")
        assert phone["status"] == "incomplete"
        assert "2024-01 calls: source calls lacks 30 of 31 days" in phone["reason"]
        assert phone["rules"][0]["value"] is None
    said = home.kring("compare", "2024-02")
    assert "chat: not_reported" in said.stdout
    assert "50.00" in said.stdout


def test_a_queue_of_a_channel_that_is_withheld_is_known_from_its_other_months(
    tmp_path: Path,
) -> None:
    """No calls came in January, so nothing names its queues; that there is none was said."""
    home = StoryHome(tmp_path / "home", last_month="2024-02")
    home.only_sources("calls")
    home.expecting("month", "calls")
    put_calls(home, "2024-02-10", called("B", "2024-02-10", queue="vip"))
    home.run("2024-03-31", publish=True)
    (january,) = home.compared("2024-01", "--queue", "vip")
    assert (january["channel"], january["status"]) == ("phone", "incomplete")
    assert "2024-01 calls: source calls lacks" in january["reason"]
    said = home.kring("compare", "2024-01", "--queue", "sales")
    assert (said.returncode, said.stdout) == (1, "")
    assert "no service level of sales; channels and queues are: " in " ".join(said.stderr.split())
    assert "phone vip" in said.stderr


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
    (phone,) = home.compared("2024-01", "--channel", "phone")
    rules = {rule["rule"]: rule for rule in phone["rules"]}
    assert (rules["house"]["value"], rules["house"]["reason"]) == (80 / 103, "")
    # Cisco's short calls are among those that its rule leaves out anyway: 80 of 90 + 4
    assert rules["cisco_ignored"]["value"] == 80 / 94
    assert rules["cisco_negative"]["value"] is None
    why = (
        "2024-01 a: how this rule counts 6 contacts is not known: their waits are not given, or by "
        "other limits; and 1 more of its months and queues"
    )
    assert rules["cisco_negative"]["reason"] == why
    said = home.kring("compare", "2024-01", "--channel", "phone", env={"COLUMNS": "200"}).stdout
    told = {text.split(":")[0]: text for text in re.split(r"\n *\n", said)}
    assert f"no figure: {why}" in told["cisco_negative"]
    assert "no contact changes" in told["house"] and "no figure" not in told["house"]
