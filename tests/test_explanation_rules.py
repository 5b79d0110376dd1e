"""What a metric's month is said to rest on, rule by rule: no more than decides it, and no less."""

from __future__ import annotations

import pytest
from explaining import Explained, explained

from sql.run import literal

__all__ = ["explained"]  # the fixture


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


def test_a_month_rests_on_the_files_that_its_records_are_of(explained: Explained) -> None:
    """Each with the number of its records that count in it, the first and the last of them."""
    records = explained.con.execute(
        "select files.path, sha256, source, reading, count(*), min(file_row), max(file_row) "
        "from fact.contacts join ops.files as files using (file_id, source) "
        "where channel = 'phone' and month = '2024-03-01' and status = 'loaded' group by all"
    ).fetchall()
    assert len(records) > 20
    assert explained.rests("metric:abandonment phone", "2024-03", "file", "part, text") == sorted(
        (f"file:{path}", f"{rows} rows of fact.contacts, records {first} to {last}, sha256 "
         f"{sha256[:12]}, read by {source} {reading}")
        for path, sha256, source, reading, rows, first, last in records
    )  # fmt: skip


def test_a_month_rests_on_records_whose_file_is_not_loaded_any_more(explained: Explained) -> None:
    """It is told by its content, which is all that is known of it."""
    explained.alter("ops.files", "update {} set status = 'withdrawn'")
    found = explained.rests("metric:abandonment phone", "2024-03", "file", "part, file_id")
    assert found and all(part == f"file:{file_id}" for part, file_id in found)


def test_a_month_without_records_rests_on_the_files_that_speak_of_it(explained: Explained) -> None:
    """One is of January to the first of March and of the last of May; April's is refused."""
    name = "complaints/complaints_2024{}.csv"
    explained.alter(
        "ops.files",
        "update {0} set covers = ['2024-01-01..2024-03-01', '2024-05-31'] "
        f"where path = '{name.format('02')}'; "
        f"update {{0}} set status = 'refused' where path = '{name.format('04')}'",
    )
    for month, files in {"02": ["02"], "03": ["02", "03"], "04": [], "05": ["02", "05"],
                         "06": ["06"]}.items():  # fmt: skip
        found = explained.rests("metric:complaints_on_time", f"2024-{month}", "file", "part, rows")
        assert found == [(f"file:{name.format(file)}", 0) for file in files]


@pytest.mark.parametrize(
    ("figure", "named", "own", "another"),
    [("abandonment chat", "channel = 'chat'", "chats", "channel = 'phone'"),
     ("csi complaint", "service = 'complaint'", "surveys", "service <> 'complaint'")],
)  # fmt: skip
def test_a_month_without_records_rests_on_the_exports_that_are_required_of_it(
    explained: Explained, figure: str, named: str, own: str, another: str
) -> None:
    """Of its channel and service; and on what is required of none, which is of each."""
    explained.alter("fact.evidence", f"delete from {{}} where {named} and month = '2024-03-01'")
    metric, texts = figure.split()[0], "distinct split_part(text, ' ', 1), rows"
    explained.alter(
        "ref.requirements",
        f"update {{}} set kind = 'payments' where metric_id = '{metric}' and {another}",
    )
    assert explained.rests(f"metric:{figure}", "2024-03", "file", texts) == [(own, 0)]
    explained.con.execute(
        "update ref.requirements set channel = null, service = null "
        f"where metric_id = '{metric}' and kind = 'payments'"
    )
    both = explained.rests(f"metric:{figure}", "2024-03", "file", texts)
    assert both == sorted([(own, 0), ("payments", 0)])
    # a month that has records needs none
    beside = explained.rests(f"metric:{figure}", "2024-04", "file", "rows")
    assert beside and all(rows > 0 for (rows,) in beside)


@pytest.mark.parametrize(
    "figure", ["kpi:service_level", "composite:service_level_index", "metric:abandonment phone"]
)
def test_a_figure_rests_on_whether_its_period_has_ended(explained: Explained, figure: str) -> None:
    explained.alter("ref.calendar", "update {} set period_state = 'running' where period = 'Q4'")
    for period, state in (("Q3", "has ended"), ("Q4", "is running")):
        assert explained.rests(figure, period, "state", "text") == [(f"the period {state}",)]


def test_a_quarter_rests_on_the_months_that_were_closed_without_it(explained: Explained) -> None:
    explained.alter(
        "kpi.cells",
        "update {} set reason = 'late data; 2024-02 closed without this figure' "
        "where metric_id = 'abandonment' and period in ('Q1', 'Q2')",
    )
    found = explained.rests("metric:abandonment phone", "Q1", "state", "part, text")
    assert found[0] == ("closed_without:2024-02", "2024-02 was closed without this figure")
    assert [part for part, _ in found[1:]] == ["period"]
    assert len(explained.rests("metric:abandonment phone", "Q2", "state")) == 1
