"""What a figure is said to rest on, rule by rule: no more than decides it, and no less.

The sample year's tables, of which a test alters some, explained anew by the real SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from homes import TestHome

from assets.publishing.explaining import EXPLANATION
from sql.run import connect, literal, table_name

Rows = list[tuple[Any, ...]]
OF_CONTACTS = ("abandonment", "handle_time", "service_level", "service_level_without_incidents",
               "speed_of_answer")  # fmt: skip


class Explained:
    """Tables of a version, and what is said of its figures."""

    def __init__(self, home: TestHome) -> None:
        self.con = connect("Asia/Jakarta")
        database = literal(home.root / "published/current/kring.duckdb")
        self.con.execute(f"attach {database} as published (read_only)")
        held = self.con.execute(
            "select distinct schema_name, table_name from duckdb_columns() "
            "where database_name = 'published' and schema_name in ('kpi', 'ref', 'ops', 'fact')"
        ).fetchall()
        for schema, table in held:
            name = table_name(f"{schema}.{table}")
            self.con.execute(f"create view {name} as from published.{name}")

    def alter(self, table: str, change: str) -> None:
        """Put a copy in a table's place, and change that."""
        self.con.execute(f"drop view {table}")
        self.con.execute(f"create table {table} as from published.{table}")
        self.con.execute(change.format(table))

    def rests(self, figure: str, period: str, kind: str, columns: str = "part") -> Rows:
        """What a figure of 2024 rests on by computation, in order."""
        EXPLANATION.lay_out(self.con)
        return list(
            self.con.execute(
                f"select {columns} from parts where year = 2024 and figure = {literal(figure)} "
                f"and period = {literal(period)} and kind = {literal(kind)} "
                "and coalesce(basis, 'computed') = 'computed' order by all"
            ).fetchall()
        )


@pytest.fixture
def explained(sample_home: TestHome) -> Iterator[Explained]:
    made = Explained(sample_home)
    yield made
    made.con.close()


EVENTS = (
    "event_kinds:export_outage", "event_kinds:holiday", "event_kinds:incident",
    "event_kinds:migration", "event_kinds:reopened", "event_kinds:restart",
    "events:omnichannel_migration_2024", "events:omnichannel_restart_2024",
)  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "rules"),
    [
        # neither the chat's policy nor its hours, nor what was reopened for it
        ("service_level phone",
         (*EVENTS, "metrics:service_level", "requirements:service_level phone - calls",
          "service_level_policy:phone_house_2024")),
        ("abandonment chat",
         (*EVENTS, "events:service_reopened_2024", "metrics:abandonment",
          "requirements:abandonment chat - chats", "service_hours:chat_month_end",
          "service_hours:chat_weekday", "service_hours:chat_weekend")),
        # a service expects its own surveys
        ("csi complaint", ("metrics:csi", "requirements:csi - complaint surveys")),
        ("complaints_on_time",
         ("metrics:complaints_on_time", "requirements:complaints_on_time - - complaints")),
    ],
)  # fmt: skip
def test_a_month_rests_on_the_rules_that_decide_it(
    explained: Explained, figure: str, rules: tuple[str, ...]
) -> None:
    assert explained.rests(f"metric:{figure}", "2024-03", "rule") == [(rule,) for rule in rules]


def test_a_month_rests_on_rules_in_force_on_one_of_its_days(explained: Explained) -> None:
    """Until its first day or from its last is a day; the days beside it are another month's."""
    dates = (("ended", "2020-01-01", "2024-02-29"), ("first", "2020-01-01", "2024-03-01"),
             ("last", "2024-03-31", None), ("later", "2024-04-01", None))  # fmt: skip
    values = ", ".join(
        f"('outbound_policy', '{name}', '{since}', {literal(until) if until else 'null'})"
        for name, since, until in dates
    )
    explained.alter(
        "ref.register_rows",
        f"insert into {{}} (table_name, row_key, valid_from, valid_to) values {values}",
    )
    found = explained.rests("metric:outbound_contact", "2024-03", "rule")
    assert [part for (part,) in found if part.startswith("outbound_policy:")] == [
        "outbound_policy:first", "outbound_policy:last", "outbound_policy:outbound_2024",
    ]  # fmt: skip


def test_a_month_rests_on_the_failed_checks_that_withhold_it(explained: Explained) -> None:
    """Not on one that only shows, one that passed, or one of another month or table."""
    rows = (
        ("block", "fact.contacts", "2024-03-01", "block", False),
        ("flag", "fact.contacts", "2024-03-01", "flag", False),
        ("passed", "fact.contacts", "2024-03-01", "block", True),
        ("april", "fact.contacts", "2024-04-01", "block", False),
        ("payments", "fact.payments", "2024-03-01", "block", False),
    )
    values = ", ".join(
        f"('{name}', '{table}', date '{month}', 'T', '{severity}', {passed}, 3, 'because')"
        for name, table, month, severity, passed in rows
    )
    explained.alter(
        "ops.checks",
        "delete from {0}; insert into {0} (check_id, table_name, month, title, severity, passed, "
        f"offending_rows, reason) values {values}",
    )
    found = explained.rests("metric:abandonment phone", "2024-03", "check", "part, text")
    assert found == [("check:block", "T: 3 rows; because")]
    assert explained.rests("metric:csi inbound", "2024-03", "check") == []


def test_a_month_rests_on_records_whose_file_is_not_loaded_any_more(explained: Explained) -> None:
    """It is told by its content, which is all that is known of it."""
    explained.alter("ops.files", "update {} set status = 'withdrawn'")
    found = explained.rests("metric:abandonment phone", "2024-03", "file", "part, file_id")
    assert found and all(part == f"file:{file_id}" for part, file_id in found)


def test_a_kpi_rests_on_its_own_row_and_conversions(explained: Explained) -> None:
    assert explained.rests("kpi:service_level", "Q4", "rule") == [("kpis:service_level",)]
    conversions = ("80_to_91", "91_to_95", "below_80", "from_95")
    assert explained.rests("kpi:budget_execution", "Q4", "rule") == [
        *((f"conversions:budget_{piece}",) for piece in conversions), ("kpis:budget_execution",),
    ]  # fmt: skip


def test_a_kpi_rests_on_its_composite_of_that_period(explained: Explained) -> None:
    assert explained.rests("kpi:service_level", "Q4", "composite", "part, part_period, text") == [
        ("composite:service_level_index", "Q4",
         "Service level of phone and live chat, equally weighted; counted from complete exports"),
    ]  # fmt: skip


def test_a_kpi_and_a_composite_rest_on_the_channels_and_services_they_name(
    explained: Explained,
) -> None:
    assert explained.rests("kpi:telephone_occupancy", "Y", "metric", "part, text") == [
        ("metric:occupancy phone", "Occupancy by the house formula")
    ]
    assert explained.rests("composite:service_level_index", "Q1", "metric", "part, text") == [
        ("metric:service_level chat", "chat: Service level"),
        ("metric:service_level phone", "phone: Service level"),
    ]
    services = ("complaint", "inbound", "outbound", "social_media")
    assert explained.rests("composite:csi_index", "Q1", "metric", "part, split_part(text, ':', 1)"
                           ) == [(f"metric:csi {name}", name) for name in services]  # fmt: skip


def test_a_kpi_that_begins_within_a_period_rests_on_the_months_from_there_on(
    explained: Explained,
) -> None:
    explained.alter(
        "ref.kpis",
        "update {} set valid_from = date '2024-02-01' where kpi_id = 'telephone_occupancy'",
    )
    months = explained.rests("kpi:telephone_occupancy", "Q1", "month", "part, part_period")
    assert months == [("metric:occupancy phone", m) for m in ("2024-02", "2024-03")]
    assert explained.rests("kpi:telephone_occupancy", "Q1", "metric") == []
    assert explained.rests("kpi:telephone_occupancy", "Q2", "month") == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"), [(1.25, 2.5, 50), (1, 1, 100), (0, 0, None)]
)
def test_an_input_of_two_numbers_is_their_share(
    explained: Explained, numerator: float, denominator: float, value: float | None
) -> None:
    explained.alter(
        "kpi.inputs",
        f"update {{}} set numerator = {numerator}, denominator = {denominator} "
        "where input_id = 'process_transformation' and period = 'Q1'",
    )
    assert explained.rests("kpi:process_transformation", "Q1", "input", "value") == [(value,)]


def test_an_input_counts_in_the_quarters_at_whose_end_it_is_named(explained: Explained) -> None:
    """SMART is a part from November on: in the fourth quarter, not in the third."""
    explained.alter(
        "kpi.inputs",
        "insert into {} by name select * replace ('Q3' as period) from published.kpi.inputs "
        "where input_id = 'smart'",
    )
    explained.alter(
        "ref.composite_parts",
        "update {} set valid_from = date '2024-11-01' where part_id = 'smart'",
    )
    found = explained.rests("composite:budget_execution", "Y", "input")
    assert found == [
        *((f"inputs:ikpa 2024 Q{n}",) for n in range(1, 5)), ("inputs:smart 2024 Q4",),
    ]  # fmt: skip


def test_a_node_says_what_its_children_lost_and_lack(explained: Explained) -> None:
    explained.alter(
        "kpi.scorecard",
        "update {} set points_lost_to_cap = if(id = 'service_performance', 0.5, 0), "
        "measured_weight = if(id = 'stakeholder', 0.625, 1)",
    )
    texts = "regexp_replace(part, '^.*:', ''), text"
    assert explained.rests("objective:objective_3", "Q1", "kpi", texts) == [
        ("service_level", "3a-N Service level of Kring Pajak"),
        ("service_performance",
         "3c-N Effectiveness of contact-centre service performance; 0.50 points lost to the cap"),
        ("telephone_occupancy", "3b-N Telephone occupancy"),
    ]  # fmt: skip
    assert explained.rests("organisation:organisation", "Q1", "perspective", texts) == [
        ("internal_process", "Internal process perspective"),
        ("learning_growth", "Learning and growth perspective"),
        ("stakeholder", "Stakeholder perspective; 62.5 % of its weight measured"),
    ]
    # of a KPI, which is measured or not, its status tells
    explained.con.execute("update kpi.scorecard set measured_weight = 0 where level = 'kpi'")
    assert explained.rests("objective:objective_3", "Q1", "kpi", texts)[0][1] == (
        "3a-N Service level of Kring Pajak"
    )
