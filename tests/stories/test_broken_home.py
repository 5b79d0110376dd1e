"""A home that somebody broke: the error says where and what to do, and nothing is published.

Every way a register table alone can be wrong is in test_register_broken, a source's header in
test_sources; here it is the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from storyhome import StoryHome, called, put_calls

from assets.home import HomeError
from schemas.register import RegisterError
from sql.header import HeaderError
from sql.run import SqlError

Break = Callable[[StoryHome], None]
EXPECTED = (HomeError, HeaderError, RegisterError, SqlError)
DAY = "2024-01-10"
METRIC = """\
-- title: Mine
-- unit: share
-- numerator: answered
-- denominator: all
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-01
select
    month,
    channel,
    count(*) filter (outcome = 'answered') as numerator,
    count(*) as denominator
from fact.contacts
group by month, channel
"""
CHECK = """\
-- title: Mine
-- reads: fact.contacts
-- severity: block
-- reason: nobody called on New Year's Day
select contact_id from fact.contacts where local_date = date '2024-01-01'
"""


@pytest.fixture
def landed(tmp_path: Path) -> StoryHome:
    """A home with one call in landing, which would be published."""
    home = StoryHome(tmp_path / "home")
    home.only_sources("calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    return home


def settings(old: str, new: str) -> Break:
    def change(home: StoryHome) -> None:
        path = home.root / "kring.toml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def source(old: str, new: str) -> Break:
    return lambda home: home.edit_source("calls", old, new)


def metric(old: str, new: str, name: str = "mine") -> Break:
    assert old in METRIC
    return lambda home: home.rule("metrics", name, METRIC.replace(old, new))


def check(old: str, new: str) -> Break:
    assert old in CHECK
    return lambda home: home.rule("checks", "mine", CHECK.replace(old, new))


def register(table: str, old: str, new: str) -> Break:
    return lambda home: home.edit_register(table, old, new)


BROKEN: dict[str, tuple[Break, str]] = {
    # the register
    "weights": (
        register("weights", "objective_1,customer_satisfaction,2024-01-01,,1,",
                 "objective_1,customer_satisfaction,2024-01-01,,0.9,"),
        r"register/weights.csv line 13: .*'objective_1' sum to 0.9 on 2024-01-01.*exactly 1",
    ),
    # a source's header
    "kind": (source("kind:        calls", "kind:        call"),
             r"calls.sql line 2: kind: `call` is not one of calls; chats;"),
    "key twice": (source("-- decimal:     ,", "-- decimal:     ,\n-- decimal:     ."),
                  r"calls.sql line 9: `decimal:` stands twice \(first on line 8\); keep one"),
    "no format": (source("-- format:      csv\n", ""),
                  r"calls.sql line 1: the header lacks `format:`; it needs files, format, kind"),
    # a metric or a check
    "unit": (metric("unit: share", "unit: percent"),
             r"mine.sql line 2: unit: must be one of share, ratio, seconds, number"),
    "misspelt key": (metric("rollup", "roll_up"),
                     r"mine.sql line 5: unknown key `roll_up:`; the keys are .*rollup"),
    "unknown fact": (metric("fact.contacts\n-- since", "fact.calls\n-- since"),
                     r"mine.sql line 6: reads: there is no fact.calls to read; .*contacts"),
    "undeclared read": (metric("from fact.contacts", "from fact.payments"),
                        r"metrics/mine.sql line 13, `from fact.payments`: (?s:.*)payments does "
                        r"not exist(?s:.*)sees the tables that its `reads:` names"),
    "strange name": (metric("(outcome =", "(outcme ="),
                     r'metrics/mine.sql line 11, `count.*`: .*"outcme" not found'),
    "no number": (metric("count(*) as", "channel as"),
                  r"mine.sql: a cast or function of column denominator failed on a row; use"),
    "divided by none": (metric("count(*) as", "count(*) / 0 as"),
                        r"metrics/mine.sql: a cast or function of column denominator failed"),
    "another month": (metric("    month,", "    date '2024-01-02' as month,"),
                      r"mine.sql: 1 of its rows of 2024-01 have another day than 2024-01-01"),
    "unknown numerator": (
        metric("count(*) filter (outcome = 'answered')", "sum(1) filter (outcome = 'callback')"),
        r"metrics/mine.sql: numerator is null in 1 of its rows of 2024-01 .* coalesce\(..., 0\)",
    ),
    "unknown denominator": (
        metric("count(*) as denominator", "sum(1) filter (outcome = 'callback') as denominator"),
        r"metrics/mine.sql: denominator is null in 1 of its rows of 2024-01 that have a numerator",
    ),
    "two statements": (metric("group by month, channel", "group by month, channel; select 1"),
                       r"metrics/mine.sql: must be one select and nothing else"),
    "no select": (metric("select\n    month", "create table t as select\n    month"),
                  r"metrics/mine.sql: must be one select and nothing else"),
    "no denominator": (metric("as denominator", "as total"),
                       r"mine.sql: the select must return denominator"),
    "strange column": (metric("    channel,\n", "    channel,\n    1 as answer,\n"),
                       r"mine.sql: unknown columns answer; a metric returns month, numerator"),
    "not SQL": (metric("select\n", "selct\n"), r"metrics/mine.sql line 8, `selct`: Parser Error"),
    "register table of a metric": (
        metric("fact.contacts\n-- since", "fact.contacts, ref.policies\n-- since"),
        r"mine.sql line 6: reads: there is no ref.policies",
    ),
    "since": (metric("since: 2024-01", "since: soon"), r"mine.sql line 7: since"),
    "taken name": (metric("Mine", "Ours", name="service_level"),
                   r"metrics/service_level.sql: .*rename the file"),
    "severity": (check("block", "stop"),
                 r"mine.sql line 3: severity: must be one of block, flag, warn"),
    "tolerance of a check": (check("block", "block\n-- tolerance: few"),
                             r"mine.sql line 4: tolerance"),
    "column of a check": (check("select contact_id from", "select kontact_id, month from"),
                          r"checks/mine.sql line 5, `select kont.*`: .*\"kontact_id\" not found"),
    "condition of a check": (check("local_date =", "lokal_date ="),
                             r"checks/mine.sql line 5, `.*`: .*\"lokal_date\" not found"),
    "no reason": (check("-- reason: nobody called on New Year's Day\n", ""),
                  r"mine.sql line 1: the header lacks `reason:`; it needs reads, reason"),
    "metric without SQL": (
        lambda home: home.append_register(
            "metrics", "occupancy_standart,none,Team chat,2024-01-01,Decree 12,,,"
        ),
        r"register/metrics.csv line \d+: .*'occupancy_standart' is counted by no SQL; write "
        r"occupancy_standard or add metrics/occupancy_standart.sql",
    ),
    # settings
    "not TOML": (settings("= 0", "= 0 0"), r"kring.toml: not readable as TOML \(.*line 6"),
    "key": (settings("timezone", "time_zone"),
            r"line 3: unknown key organisation.time_zone; known are country_code, first_month,"),
    "section": (settings("[ingest]", "[ingst]"),
                r"unknown section \[ingst\]; known are alerts, freshness, ingest, nightly, "
                r"organisation, published"),
    "organisation's zone": (settings("Asia/Jakarta", "Jakarta"),
                            r"line 3: organisation.timezone is no zone .*such as Asia/Jakarta"),
    "month": (settings('"2024-01"', '"Jan 2024"'),
              r'line 4: organisation.first_month must read like "2024-01"'),
    "empty name": (settings('"Test centre"', '""'), r"organisation.name is missing or empty"),
    "type": (settings("settle_seconds = 0", 'settle_seconds = "0"'),
             r"ingest.settle_seconds must be"),
    "nothing kept": (settings("keep_versions = 50", "keep_versions = 0"),
                     r"keep_versions must not be below 1"),
    "missing": (settings('first_month = "2024-01"\n', ""),
                r"organisation.first_month is missing or empty; fill it in"),
}  # fmt: skip


@pytest.mark.parametrize(("break_it", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_home_says_where_and_what_to_do(
    landed: StoryHome, break_it: Break, message: str
) -> None:
    break_it(landed)
    with pytest.raises(EXPECTED) as caught:
        landed.run(DAY, publish=True)
    assert re.search(message, str(caught.value)), str(caught.value)
    assert not (landed.root / "published").exists()


@pytest.mark.parametrize(
    "break_it",
    [
        metric("group by month, channel", "group by month, channel, outcome, wait_seconds"),
        metric("    month,", "    date '2024-01-02' as month,"),
    ],
    ids=["doubled rows", "another month"],
)
def test_what_a_metric_is_refused_for_is_refused_again(landed: StoryHome, break_it: Break) -> None:
    """What was made is not kept: the next run would take it for whole, and publish it."""
    put_calls(landed, "2024-01-06", called("A2", "2024-01-06", wait="31,000"))
    break_it(landed)
    for _ in range(2):
        with pytest.raises(SqlError, match=r"metrics/mine.sql: "):
            landed.run(DAY, publish=True)
    assert not (landed.root / "published").exists()


def test_a_scorecard_without_an_organisation_has_no_report_and_says_why(
    landed: StoryHome,
) -> None:
    for table in ("nodes", "weights"):
        path = landed.root / "register" / f"{table}.csv"
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("organisation,")))
    landed.run(DAY, publish=True)
    ended = landed.kring("report", "2024", "--period", "Q1")
    assert ended.returncode in (1, 2) and "Traceback" not in ended.stderr
    assert "has no organisation, and a report is of one; give the topmost row" in ended.stderr


def test_a_home_of_years_without_a_kpi_is_told_why_it_has_no_scorecard(landed: StoryHome) -> None:
    settings('"2024-01"', '"1999-01"\nlast_month = "1999-01"')(landed)
    landed.run("1999-02-10", publish=True)
    for command, options in (("scorecard", ()), ("report", ("--out", str(landed.root / "r.html")))):
        ended = landed.kring(command, "1999", *options)
        assert ended.returncode in (1, 2)
        assert "none" in ended.stderr and "no KPI of register/kpis.csv is in force" in ended.stderr


def test_a_day_of_an_unknown_numerator_is_refused_as_a_month_is(landed: StoryHome) -> None:
    """One of two days has a long wait: the month's numerator is known, the other day's is not."""
    long = "sum(1) filter (wait_seconds > 60)"
    by_day = METRIC.replace("count(*) filter (outcome = 'answered')", long)
    landed.rule("metrics", "mine", by_day.replace("-- since", "-- grains: day\n-- since"))
    put_calls(landed, "2024-01-06", called("A2", "2024-01-06", wait="90,000"))
    with pytest.raises(SqlError, match="numerator is null in 1 of its rows of 2024-01 by day that"):
        landed.run("2024-02-10", publish=True)
    landed.rule("metrics", "mine", (by_day.replace(long, f"coalesce({long}, 0)")))
    assert landed.run("2024-02-10", publish=True).version


def test_settings_may_be_saved_by_notepad(landed: StoryHome) -> None:
    path = landed.root / "kring.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    landed.run(DAY, publish=True)
    assert landed.published("select count(*) from fact.contacts") == [(1,)]


def test_a_metric_may_end_in_a_comment_and_write_its_columns_in_capitals(
    landed: StoryHome,
) -> None:
    metric("as denominator", "as DENOMINATOR")(landed)
    path = landed.root / "metrics" / "mine.sql"
    path.write_text(path.read_text().rstrip() + " -- in all")
    landed.run(DAY, publish=True)
    counted = "select denominator::int from metric.monthly where metric_id = 'mine'"
    assert landed.published(counted) == [(1,)]


@pytest.mark.parametrize("name", ["weights", "kind", "key"])
def test_the_command_ends_with_1_and_the_message(landed: StoryHome, name: str) -> None:
    break_it, message = BROKEN[name]
    break_it(landed)
    ended = landed.kring("run", "--as-of", DAY)
    assert ended.returncode == 1
    assert re.search(message, ended.stderr), ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert ended.stderr.startswith("kring: ")
    assert not (landed.root / "published/versions").exists()
    assert not list(landed.root.glob("lake/outputs/*"))


def test_the_last_version_stands_until_the_mistake_is_mended(landed: StoryHome) -> None:
    version = landed.run(DAY, publish=True).version
    put_calls(landed, "2024-01-06", called("A2", "2024-01-06"))
    landed.edit_register("weights", "objective_8,budget_execution,2024-01-01,,1,", WRONG)
    with pytest.raises(RegisterError, match=r"weights.csv line \d+: .*'objective_8' sum to 0.5"):
        landed.run(DAY, publish=True)
    count = "select count(*) from fact.contacts"
    assert landed.published(count) == [(1,)]

    landed.edit_register("weights", WRONG, "objective_8,budget_execution,2024-01-01,,1,")
    ran = landed.run(DAY, publish=True)
    assert ran.version is not None
    assert version is not None
    assert ran.version.id != version.id
    assert landed.published(count) == [(2,)]


WRONG = "objective_8,budget_execution,2024-01-01,,0.5,"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param('"Queue" as queue', '"Quee" as queue', "Quee", id="strange header"),
        pytest.param('"Queue" as queue', '"Queue" as que', "que", id="strange column"),
        pytest.param("\nfrom export\n", "\nfrm export\n", 'near "frm"', id="not SQL"),
    ],
)
def test_a_select_that_does_not_fit_refuses_its_files(
    landed: StoryHome, old: str, new: str, complaint: str
) -> None:
    landed.edit_source("calls", old, new)
    ran = landed.run(DAY)
    assert [d.path for d in ran.ingested.refused] == ["calls/calls_20240105.csv"]
    (finding,) = [f for f in ran.findings if f.about == "refused"]
    assert complaint in finding.text and "sources/calls.sql" in finding.text
    # mended, the file is read again as it lies there
    landed.edit_source("calls", new, old)
    ran = landed.run(DAY)
    assert [d.path for d in ran.ingested.loaded] == ["calls/calls_20240105.csv"]
    assert ran.findings == []
