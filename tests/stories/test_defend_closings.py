"""What can be closed and opened, what is refused, and what a damaged record says.

Two homes of calls, chats and complaints: half a year, looked at in July, and a whole year.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from commands import Command, Said
from defending import SL, DefendedHome, phone_and_chat
from homes import no_waiting
from storyhome import called, put_calls

from assets.answers.report import published_as

JULY = "2024-07-02"
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
Call = Callable[..., Said]


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> DefendedHome:
    home = DefendedHome.of_months(tmp_path_factory.mktemp("half"), "2024-01", "2024-06")
    home.publish(JULY)
    return home


@pytest.fixture
def home(half: DefendedHome, tmp_path: Path) -> DefendedHome:
    """A copy of the half year, to spoil."""
    return half.copied(tmp_path / "home")


def close(command: Command, home: DefendedHome, period: str, reason: str = "Signed") -> Said:
    with no_waiting():
        return command(home.root, "close", period, "--reason", reason)


def reopen(command: Command, home: DefendedHome, period: str) -> Said:
    with no_waiting():
        return command(home.root, "reopen", period, "--reason", "Late")


def current(home: DefendedHome) -> str:
    return (home.root / "published/current").resolve().name


def lines(said: Said, period: str) -> list[str]:
    """What a table says of a period, its columns one space apart."""
    found = [" ".join(line.split()) for line in said.out.splitlines()]
    return [line for line in found if line.startswith(f"{period} ")]


def test_what_has_not_ended_is_not_closed(half: DefendedHome, command: Command) -> None:
    said = close(command, half, "2024-YTD-Q3")
    assert (said.code, said.err) == (
        1, "kring: 2024-YTD-Q3 ends on 2024-09-30 and cannot be closed before\n",
    )  # fmt: skip
    said = close(command, half, "2024-Q3")
    assert said.code == 1
    assert "2024-Q3 is not published; kring scorecard 2024 shows what is" in said.text
    assert not (half.root / "record/decisions.jsonl").exists()
    assert list((half.root / "record").rglob("*.parquet")) == []


def test_a_closed_period_is_not_counted_as_of_a_day_before_its_end(
    home: DefendedHome, command: Command
) -> None:
    assert close(command, home, "2024-Q2").code == 0
    before = current(home)
    with no_waiting():
        said = command(home.root, "run", "--as-of", "2024-06-30")
    assert said.code == 1
    assert said.err == (
        "kring: 2024-Q2 is closed and ends on 2024-06-30, so nothing can be counted as of "
        "2024-06-30; take a later day, or kring reopen 2024-Q2 --reason ...\n"
    )
    assert current(home) == before
    with no_waiting():
        assert command(home.root, "run", "--as-of", "2024-07-01").code in (0, 3)


def test_a_reason_and_a_period_are_needed(half: DefendedHome, command: Command) -> None:
    assert close(command, half, "2024-Q1", reason=" ").code == 2
    assert command(half.root, "close", "2024-Q1").code == 2
    assert command(half.root, "close", "2024-13", "--reason", "x").code == 2
    said = reopen(command, half, "2024-Q1")
    assert (said.code, said.err) == (
        1, "kring: 2024-Q1 is not closed; kring closings lists what is\n",
    )  # fmt: skip
    assert "no period was ever closed" in command(half.root, "closings").text


def test_a_home_that_is_held_or_stale_is_not_decided_about(
    home: DefendedHome, command: Command
) -> None:
    with home.home.lock_file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = close(command, home, "2024-Q1")
    assert said.code == 75
    assert "another run holds this home" in said.text
    home.append_register("targets", "service_level,2024,*,90,2024-07-01,Decree 12,false")
    said = close(command, home, "2024-Q1")
    assert said.code == 1
    assert "some figures are stale; kring run first" in said.text


@pytest.mark.nightly
def test_a_longer_period_over_a_shorter_one(home: DefendedHome, command: Command) -> None:
    """S1 closed over Q1: its months stand as Q1 was closed, and Q1 opens only after S1."""
    assert close(command, home, "2024-Q1").code == 0
    put_calls(home, "2024-01-11", called("L1", "2024-01-11", wait="40,000"))
    home.publish(JULY)
    assert close(command, home, "2024-S1").code == 0
    assert home.card(SL, "S1")[0] == 87.5
    said = close(command, home, "2024-Q1")
    assert said.code == 1
    assert "2024-Q1 is closed as revision 1; kring reopen 2024-Q1" in said.text
    said = reopen(command, home, "2024-Q1")
    assert said.code == 1
    assert "2024-Q1 lies in 2024-S1, which is closed too; reopen that first" in said.text
    # April is closed too, by S1; the second quarter itself is not, and rests on closed months
    put_calls(home, "2024-04-11", called("L2", "2024-04-11", wait="40,000"))
    assert home.log(home.publish(JULY)) == []
    assert home.card(SL, "Q2")[0] == 87.5
    assert home.card(SL, "S1", as_now=True)[0] == pytest.approx(phone_and_chat(18, 26))
    assert reopen(command, home, "2024-S1").code == 0
    # April is open again, January is not
    assert home.card(SL, "S1")[0] == pytest.approx(phone_and_chat(18, 25))
    assert home.card(SL, "Q2")[0] == pytest.approx(phone_and_chat(9, 13))
    assert {row[-1] for row in home.log(current(home)) if row[1] == "2024-04"} == {
        "2024-S1 was reopened; file calls/calls_20240411.csv was held out until now"
    }
    assert reopen(command, home, "2024-Q1").code == 0
    assert home.card(SL, "S1")[0] == pytest.approx(phone_and_chat(18, 26))
    said = command(home.root, "closings")
    assert "closed now: nothing" in said.text
    assert [e["action"] for e in command(home.root, "closings", "--json").json["log"]] == [
        "closed", "closed", "reopened", "reopened",
    ]  # fmt: skip


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
        for table in ("kpi.explain", "kpi.revisions", "kpi.composites",
                      "metric.service_level_bridge"):  # fmt: skip
            con.execute(f"drop table {table}")
    assert "0.7500 0.6000 -0.1500" in command(home.root, "closings").text
    lacking = (("explain", SL, "2024-02"), ("report", "2024"), ("workbook", "2024"),
               ("compare", "2024-02"))  # fmt: skip
    for asked in lacking:  # what a version of this kring lacks is no older kring's doing
        with pytest.raises(duckdb.CatalogException):
            command(home.root, *asked)
    manifest = database.with_name("manifest.json")
    manifest.chmod(0o640)
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "code": "0.1.0 (older)"}))
    for asked in lacking:
        said = command(home.root, *asked)
        assert (said.code, "an older kring made it; kring run publishes" in said.text) == (1, True)


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
    home: DefendedHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later kring may write a closed month otherwise; a figure has to differ."""
    assert close(command, home, "2024-Q1").code == 0
    monkeypatch.setattr("assets.record.closing.Revision.hashes", {})
    assert "is closed" not in command(home.root, "status", "--as-of", JULY).text


@pytest.mark.nightly
def test_a_closed_year(tmp_path: Path, command: Command) -> None:
    """Closed quarter by quarter, then whole; late data reaches neither."""
    home = DefendedHome.of_months(tmp_path, "2024-01", "2024-12")
    home.publish("2025-01-02")
    for period in ("2024-Q1", "2024"):
        assert close(command, home, period).code == 0
    put_calls(home, "2024-02-11", called("L1", "2024-02-11", wait="40,000"))
    put_calls(home, "2024-11-11", called("L2", "2024-11-11", wait="40,000"))
    assert home.log(home.publish("2025-01-02")) == []
    # 36 of 48 in the year; as now 36 of 50
    assert home.card(SL, "Y")[0] == 87.5
    assert home.card(SL, "Y", as_now=True)[0] == pytest.approx(phone_and_chat(36, 50))
    assert home.published(
        "select distinct period, revision from kpi.scorecard where revision is not null order by 1"
    ) == [("Q1", 1), ("Y", 1)]
    said = reopen(command, home, "2024-Q1")
    assert "2024-Q1 lies in 2024-Y, which is closed too" in said.text
    assert reopen(command, home, "2024").code == 0
    # November is open, February is not
    assert home.card(SL, "Y")[0] == pytest.approx(phone_and_chat(36, 49))


def test_a_rollback_is_in_the_log_and_is_undone_by_a_run(
    home: DefendedHome, command: Command
) -> None:
    """A run after a rollback compares with what readers see, and the log goes on."""
    first = current(home)
    put_calls(home, "2024-02-11", called("L1", "2024-02-11", wait="30,000"))
    second = home.publish(JULY)
    with no_waiting():
        assert command(home.root, "rollback", first, "--reason", "Wrong file").code == 0
    assert home.counts(SL, "2024-02") == (3, 4)
    # what readers see is not what the lake holds: closing it would publish something else
    said = close(command, home, "2024-Q1")
    assert said.code == 1
    told = f"readers see {first}, not what the lake holds (rolled back: Wrong file)"
    assert f"{told}; kring run first" in said.text
    assert f"to {first}" in command(home.root, "closings").text
    assert f"to do: {told}; kring run" in command(home.root, "status", "--as-of", JULY).text
    assert f"warn version: {told} do: kring run" in command(home.root, "doctor").text
    third = home.publish(JULY)
    assert home.counts(SL, "2024-02") == (3, 5)
    instead = f"published {third} in place of {first}, to which readers had been rolled back"
    assert published_as(home.home) == instead
    assert "lake holds" not in command(home.root, "status", "--as-of", JULY).text
    # the same numbers are restated twice: once for those who saw the second version, and
    # again for those who had been given back the first
    assert home.moved(second, "kpi.scorecard") == home.moved(third, "kpi.scorecard") != set()
    assert home.published(
        "select distinct version, previous_version from ops.restatements order by 1"
    ) == [(second, first), (third, first)]
    assert home.published("select action, version, reason from ops.decisions") == [
        ("rolled back", first, "Wrong file")
    ]


def test_a_log_that_was_altered_is_named_and_nothing_is_published(
    home: DefendedHome, command: Command
) -> None:
    assert close(command, home, "2024-Q1").code == 0
    assert reopen(command, home, "2024-Q1").code == 0
    log, version = home.root / "record/decisions.jsonl", current(home)
    kept = log.read_text()
    first, second = kept.splitlines()
    entry = json.loads(first)
    for altered, line in (
        ("\n".join([json.dumps({**entry, "reason": "Better"}), second]) + "\n", "line 2"),
        (second + "\n", "line 1"),
        (first + "\n{}\n", "line 2"),
        (first + "\n", "entry 2"),
        ("", "entry 2"),
    ):
        log.write_text(altered)
        said = command(home.root, "verify")
        assert said.code == 1
        assert "record/decisions.jsonl" in said.text and line in said.text
        assert "the log only grows, so restore the file from the last backup" in said.text
        said = close(command, home, "2024-Q1")
        assert (said.code, current(home)) == (1, version)
        assert line in said.text
        for asked in ("closings", "doctor"):
            said = command(home.root, asked)
            assert (said.code, line in said.text) == (1, True), asked
    put_calls(home, "2024-02-11", called("L1", "2024-02-11"))
    with pytest.raises(Exception, match="entry 2 is not what kring wrote"):
        home.publish(JULY)
    assert current(home) == version
    log.write_text(kept)
    assert command(home.root, "verify").code == 0
    assert home.publish(JULY) != version


def test_a_revision_that_was_altered_is_named_and_nothing_rests_on_it(
    home: DefendedHome, command: Command
) -> None:
    assert close(command, home, "2024-Q1").code == 0
    version, folder = current(home), home.root / "record/revisions/2024-Q1.r1"
    card, manifest = folder / "kpi.scorecard.parquet", folder / "manifest.json"
    kept = card.read_bytes(), manifest.read_text()
    for path in (card, manifest):
        path.chmod(0o640)
    card.write_bytes(kept[0][:-1] + b"x")
    assert "2024-Q1.r1/kpi.scorecard.parquet is not as closed" in command(home.root, "verify").text
    put_calls(home, "2024-05-11", called("L1", "2024-05-11"))
    with pytest.raises(Exception, match=r"2024-Q1.r1/kpi.scorecard.parquet is not as closed"):
        home.publish(JULY)
    # its list of hashes changed along with it: the log knows the list
    import hashlib

    hashes = {**json.loads(kept[1]), card.name: hashlib.sha256(card.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps(hashes))
    said = reopen(command, home, "2024-Q1")
    assert (said.code, current(home)) == (1, version)
    assert "2024-Q1.r1/manifest.json is not as closed; restore it" in said.text
    card.write_bytes(kept[0])
    manifest.write_text(kept[1])
    assert home.publish(JULY) != version
    assert command(home.root, "verify").code == 0


@pytest.mark.nightly
def test_a_closing_that_was_cut_short_is_as_if_it_had_not_been(
    home: DefendedHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the copy and its entry: the folder is there, the log does not name it."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    version = current(home)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        from assets.record import closing
        from assets.record.versions import current as published

        patch.setattr("assets.record.closing.decide", killed)
        standing = published(home.home)
        assert standing is not None
        with no_waiting():
            closing.close(home.home, standing, 2024, "Q1", "Signed")
    orphan = home.root / "record/revisions/2024-Q1.r1"
    assert orphan.is_dir()
    assert "no period was ever closed" in command(home.root, "closings").text
    assert command(home.root, "verify").code == 0
    put_calls(home, "2024-02-11", called("L1", "2024-02-11", wait="30,000"))
    assert home.publish(JULY) != version
    # the quarter is open: the late call counts, and closing keeps what is published now
    assert home.card(SL, "Q1")[0] == pytest.approx(phone_and_chat(9, 13))
    assert close(command, home, "2024-Q1").code == 0
    assert home.published("select realisation from kpi.revisions where id = 'service_level'") == [
        (pytest.approx(phone_and_chat(9, 13)),)
    ]
    assert command(home.root, "verify").code == 0


def test_a_quarter_in_which_the_home_begins_is_closed_with_the_months_it_has(
    tmp_path: Path, command: Command
) -> None:
    home = DefendedHome.of_months(tmp_path, "2024-02", "2024-06")
    home.publish(JULY)
    said = close(command, home, "2024-Q1")
    assert said.code == 0, said.text
    assert close(command, home, "2024-S1").code == 0
    put_calls(home, "2024-02-11", called("late", "2024-02-11", "30,000"))
    home.publish(JULY)
    assert home.card(SL, "Q1")[0] == phone_and_chat(6, 8)
    assert home.card(SL, "Q1", as_now=True)[0] == pytest.approx(phone_and_chat(6, 9))
    assert home.counts("service_level", "2024-02") == (3, 4)
    said = reopen(command, home, "2024-Q1")
    assert "2024-Q1 lies in 2024-S1, which is closed too" in said.text
    # a month before those that were closed is shown, and the closed ones stay as they are
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace('"2024-02"', '"2024-01"'))
    put_calls(home, "2024-01-10", called("first", "2024-01-10", "10,000"))
    home.publish(JULY)
    assert home.counts("service_level", "2024-01") == (1, 1)
    assert home.card(SL, "Q1")[0] == phone_and_chat(6, 8)
