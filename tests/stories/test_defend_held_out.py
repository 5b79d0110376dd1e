"""What is held out of closed periods, and how it is told: in the log, by a run, in the status.

Half a year of calls, chats and complaints, looked at in July.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from commands import Command, Said
from defending import JULY, SL, DefendedHome, alter, close, current, phone_and_chat, reopen
from storyhome import called, chat, put_calls

LONG_WAIT = """-- title: Answered after a long wait
-- unit: share
-- numerator: answered after more than 20 seconds
-- denominator: answered
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-01
select
    month, channel, queue, source,
    sum(contacts) filter (wait_seconds > 20) as numerator, sum(contacts) as denominator
from fact.contacts
where outcome = 'answered' and channel = 'phone'
group by all
"""


@pytest.fixture
def home(half: DefendedHome, tmp_path: Path) -> DefendedHome:
    """A copy of the half year, to spoil."""
    return half.copied(tmp_path / "home")


def lines(said: Said, period: str) -> list[str]:
    """What a table says of a period, its columns one space apart."""
    found = [" ".join(line.split()) for line in said.out.splitlines()]
    return [line for line in found if line.startswith(f"{period} ")]


def test_what_is_held_out_is_listed_with_its_effect(home: DefendedHome, command: Command) -> None:
    assert close(command, home, "2024-Q1").code == 0
    assert "nothing is held out of them" in command(home.root, "closings").text
    put_calls(home, "2024-01-11", called("L1", "2024-01-11", wait="40,000"))
    home.publish(JULY)
    said = command(home.root, "closings")
    # January from 0.75 to 0.6, the quarter's index by (9/13 - 9/12) x 50 / 79 x 100
    assert "0.7500" in said.text and "0.6000" in said.text and "-0.1500" in said.text
    effect = (phone_and_chat(9, 13) - 87.5) / 79 * 100
    pending = {
        (row["period"], row["id"]): row["effect"]
        for row in command(home.root, "closings", "--json").json["pending"]
    }
    assert pending["2024-Q1", SL] == pytest.approx(effect)
    assert pending["2024-Q1", "organisation"] == pytest.approx(0.06 * effect)
    # a run says so every time, and ends well: nobody has to act
    found = home.run(JULY, publish=True).findings
    assert [f.text[:57] for f in found if "closed" in f.text] == [
        "2024-Q1 is closed and keeps revision 1; 2024-01, 2024-Q1 "
    ]
    assert not any(f.must_be_acted_on for f in found)


def test_a_score_that_rises_because_a_figure_is_withheld_is_explained(
    home: DefendedHome, command: Command, tmp_path: Path
) -> None:
    """Without the calls of January 3a has no figure, and its objective no part that holds it down:
    what is held out would raise the score, by nothing that anybody did."""
    assert close(command, home, "2024-Q1").code == 0
    out, told = tmp_path / "report.html", "there would be no figure any more"

    def reported() -> str:
        assert command(home.root, "report", "2024", "--lang", "en", "--out", str(out)).code == 0
        return out.read_text(encoding="utf-8")

    put_calls(home, "2024-01-11", called("L1", "2024-01-11", wait="40,000"))
    home.publish(JULY)
    assert "no figure any more" not in command(home.root, "closings").text + reported()
    for day in ("10", "11"):
        path = f"calls/calls_202401{day}.csv"
        assert command(home.root, "withdraw", path, "--reason", "a test").code == 0
    home.publish(JULY)
    said = command(home.root, "closings")
    (quarter,) = [line for line in lines(said, "2024-Q1") if SL in line]
    assert quarter.endswith(" - -")
    assert "- as now: no figure any more; scores above it are then without it" in said.text
    assert told in reported()


def test_a_version_that_an_earlier_kring_made_is_read_or_said_to_be_older(
    home: DefendedHome, command: Command
) -> None:
    """Readers see it after an upgrade until the next run, and after a rollback."""
    assert close(command, home, "2024-Q1").code == 0
    put_calls(home, "2024-01-11", called("L1", "2024-01-11", wait="40,000"))
    home.publish(JULY)
    database = home.root / "published/current/kring.duckdb"
    database.chmod(0o640)
    with duckdb.connect(str(database)) as con:
        ((view,),) = con.execute(
            "select sql from duckdb_views() where schema_name = 'kpi' and view_name = 'pending'"
        ).fetchall()
        con.execute(view.replace("CREATE VIEW kpi.pending", "create view kpi.every_pending"))
        con.execute(
            "create or replace view kpi.pending as select * exclude (target_as_published, "
            "target_as_now, denominator_as_published, denominator_as_now) from kpi.every_pending"
        )
    assert "0.7500 0.6000 -0.1500" in command(home.root, "closings").text
    manifest = database.with_name("manifest.json")
    manifest.chmod(0o640)
    this = manifest.read_text()
    older = json.dumps({**json.loads(this), "code": "0.1.0 (older)"})
    manifest.write_text(older)
    said = command(home.root, "report", "2024")
    assert said.code == 1 and "kpi.pending has no column target_as_published" in said.text
    manifest.write_text(this)
    with duckdb.connect(str(database)) as con:
        for table in ("kpi.explain", "kpi.revisions", "kpi.composites",
                      "metric.service_level_bridge"):  # fmt: skip
            con.execute(f"drop table {table}")
    lacking = (("explain", SL, "2024-02"), ("report", "2024"), ("workbook", "2024"),
               ("compare", "2024-02"))  # fmt: skip
    for asked in lacking:  # what a version of this kring lacks is no older kring's doing
        with pytest.raises(duckdb.CatalogException):
            command(home.root, *asked)
    manifest.write_text(older)
    for asked in lacking:
        said = command(home.root, *asked)
        assert (said.code, "an older kring made it; kring run publishes" in said.text) == (1, True)


def test_a_file_that_was_withdrawn_while_a_quarter_was_closed_is_named_when_it_is_opened(
    home: DefendedHome, command: Command
) -> None:
    """The reopening alone was told, and not what it takes in."""
    extra = "calls/calls_20240111.csv"
    put_calls(home, "2024-01-11", called("L1", "2024-01-11", wait="40,000"))
    home.publish(JULY)
    assert close(command, home, "2024-Q1").code == 0
    assert command(home.root, "withdraw", extra, "--reason", "a test").code == 0
    home.publish(JULY)
    assert home.counts(SL, "2024-01") == (3, 5)
    assert reopen(command, home, "2024-Q1").code == 0
    assert home.counts(SL, "2024-01") == (3, 4)
    assert home.causes(current(home)) == {f"2024-Q1 was reopened; file {extra} was withdrawn"}


def test_a_renamed_source_is_told_as_that_and_nothing_of_it_is_held_out(
    home: DefendedHome, command: Command
) -> None:
    """Its files were said to be read by another rule, and those of a closed month to be pending."""
    assert close(command, home, "2024-Q1").code == 0
    former = home.root / "sources/calls.sql"
    header = "-- was: calls\n" + former.read_text()
    home.source("phone_calls", header)
    former.unlink()
    version = home.publish(JULY)
    assert home.causes(version) == {"source calls is now called phone_calls"}
    assert home.published("from ops.pending_files") == []
    put_calls(home, "2024-02-11", called("L1", "2024-02-11"))
    home.publish(JULY)
    assert home.published("select path, rows_as_published, rows_as_now from ops.pending_files") == [
        ("calls/calls_20240211.csv", None, 1)
    ]


def test_late_rows_that_leave_the_share_as_it_was_are_held_out_and_listed(
    home: DefendedHome, command: Command
) -> None:
    """Three more of four in time: January stays at 0.75, now of eight."""
    assert close(command, home, "2024-Q1").code == 0
    waits = ("10,000", "10,000", "10,000", "30,000")
    late = [called(f"L{n}", "2024-01-11", wait) for n, wait in enumerate(waits)]
    put_calls(home, "2024-01-11", *late)
    home.publish(JULY)
    (row,) = (
        row
        for row in command(home.root, "closings", "--json").json["pending"]
        if (row["period"], row["id"], row["channel"]) == ("2024-01", SL, "phone")
    )
    assert (row["as_published"], row["as_now"]) == (0.75, 0.75)
    assert (row["denominator_as_published"], row["denominator_as_now"]) == (4, 8)
    assert "denominator 8" in command(home.root, "closings").text
    assert any("2024-Q1 is closed" in f.text for f in home.run(JULY, publish=True).findings)


def test_a_metric_that_begins_after_a_closing_has_no_half_year_until_it_is_opened(
    home: DefendedHome, command: Command
) -> None:
    """The closed months hold no such figure, so three months of six would stand for the half."""
    assert close(command, home, "2024-Q1").code == 0
    home.rule("metrics", "long_wait", LONG_WAIT)
    home.publish(JULY)
    wanted = (
        "select period, value, status, reason from kpi.cells where metric_id = 'long_wait' "
        "and channel = 'phone' and period in ('Q2', 'S1', 'Y') order by period"
    )
    without = "; ".join(f"2024-0{n} closed without this figure" for n in (1, 2, 3))
    assert home.published(wanted) == [
        ("Q2", 25.0, "measured", "counted from complete exports"),
        ("S1", None, "incomplete", without),
        ("Y", 25.0, "in_progress", f"the period is running; without {without}"),
    ]
    assert reopen(command, home, "2024-Q1").code == 0
    assert home.published(wanted)[1][1:3] == (25.0, "measured")


def test_what_comes_of_a_figure_that_a_month_was_closed_without_is_a_cause(
    home: DefendedHome, command: Command
) -> None:
    """There was nothing to count of it in the closed months; a late chat is held out of them, and
    the half-year, which counted none, is incomplete. It stopped all publishing, for no cause."""
    long_chats = LONG_WAIT.replace("channel = 'phone'", "(channel = 'phone' or wait_seconds > 500)")
    home.rule("metrics", "long_wait", long_chats)
    home.append_register("metrics", "long_wait,lower,Branch,2024-01-01,Decree 12,,,")
    home.publish(JULY)
    assert close(command, home, "2024-Q1").code == 0
    home.append_register("requirements", "long_wait,chat,,chats")
    home.publish(JULY)
    half = (
        "select numerator, status from kpi.cells where metric_id = 'long_wait' "
        "and channel = 'chat' and period = 'S1'"
    )
    assert home.published(half) == [(0, "no_volume")]
    late = f"{chat('C2024-02-9', '2024-02-12', wait=600)}\n"
    home.put("chats/chats_late_202402.jsonl", late)
    version = home.publish(JULY)
    assert home.published(half) == [(None, "incomplete")]
    without = "2024-02 was closed without this figure"
    cause = "select cause from ops.restatements where id = 'long_wait' and period = '2024-S1'"
    told = [(f"{without}, and it is not known any more that there was none",)]
    assert home.published(f"{cause} and version = '{version}'") == told
    # opened, the one that there was counts: nobody knows by now that there was none
    opened = home.copied(home.root.parent / "opened")
    assert reopen(command, opened, "2024-Q1").code == 0
    assert opened.published(half) == [(1, "measured")]
    (last,) = opened.published(f"{cause} order by version desc limit 1")
    assert last == ("2024-Q1 was reopened",)
    gone = "chats/chats_late_202402.jsonl"
    assert command(home.root, "withdraw", gone, "--reason", "a test").code == 0
    version = home.publish(JULY)
    assert home.published(half) == [(0, "no_volume")]
    told = [(f"{without}, and it is known by now that there was none",)]
    assert home.published(f"{cause} and version = '{version}'") == told


def test_what_a_capped_index_hides_is_held_out_and_shown(
    home: DefendedHome, command: Command
) -> None:
    """Of 2a: 50 of 25 is 120 as published; 30 of 20 would be 120 as well."""
    assert close(command, home, "2024-Q1").code == 0
    home.append_register("targets", "process_transformation,2024,Q1,20,2024-07-01,Decree 12,false")
    home.publish(JULY)
    held = lines(command(home.root, "closings"), "2024-Q1")
    assert held == [
        "2024-Q1 process_transformation target 25.00 target 20.00 -5.0000",
        "2024-Q1 process_transformation (reported) target 25.00 target 20.00 -5.0000",
    ]
    home.edit_register("inputs", "transformation,2024,Q1,1.25", "transformation,2024,Q1,0.75")
    home.publish(JULY)
    held = lines(command(home.root, "closings"), "2024-Q1")
    assert held[0] == "2024-Q1 process_transformation realisation 50.00 realisation 30.00 -20.0000"
    # no month has moved, and yet the run and the status say that something is held out
    said = command(home.root, "status", "--as-of", JULY)
    assert "2024-Q1 is closed and keeps revision 1; 2024-Q1 would come out otherwise" in said.text
    assert reopen(command, home, "2024-Q1").code == 0
    assert "is closed" not in command(home.root, "status", "--as-of", JULY).text


def test_other_bytes_of_the_same_figures_are_no_warning(
    home: DefendedHome, command: Command
) -> None:
    """A later kring may write a closed month otherwise; a figure has to differ."""
    assert close(command, home, "2024-Q1").code == 0
    before = current(home)
    alter(home, "metric.monthly", "2024-02", "numerator")
    assert home.publish(JULY) != before, "the bytes are others"
    assert "is closed" not in command(home.root, "status", "--as-of", JULY).text
    assert "nothing is held out of them" in command(home.root, "closings").text
    # the same month of another figure is told
    alter(home, "metric.monthly", "2024-02", "numerator * 4 / 3")
    home.publish(JULY)
    assert "is closed" in command(home.root, "status", "--as-of", JULY).text
