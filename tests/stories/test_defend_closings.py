"""What can be closed and opened, what is refused, and what a rollback does.

Homes of calls, chats and complaints: half a year, looked at in July, a whole year, and one that
begins within a quarter.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from commands import Command
from defending import JULY, SL, DefendedHome, close, current, phone_and_chat, reopen
from homes import no_waiting
from storyhome import called, put_calls

from assets.answers.run_report import published_as


@pytest.fixture
def home(half: DefendedHome, tmp_path: Path) -> DefendedHome:
    """A copy of the half year, to spoil."""
    return half.copied(tmp_path / "home")


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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [('first_month = "2024-01"', 'first_month = "2024-02"', "first_month leaves out 2024-01"),
     ('last_month = "2024-06"', 'last_month = "2024-02"', "last_month leaves out 2024-03")],
)  # fmt: skip
def test_a_month_that_is_closed_is_not_left_out_by_the_settings(
    home: DefendedHome, command: Command, old: str, new: str, said: str
) -> None:
    """The half-year would be counted without a month of the quarter that was signed with it."""
    assert close(command, home, "2024-Q1").code == 0
    before, settings = current(home), home.root / "kring.toml"
    settings.write_text(settings.read_text().replace(old, new))
    with no_waiting():
        refused = command(home.root, "run", "--as-of", "2024-07-01")
    assert (refused.code, current(home)) == (1, before)
    assert refused.err == (
        f"kring: kring.toml: {said}, with which 2024-Q1 is closed; take back that change, or "
        "first kring reopen 2024-Q1 --reason ... without it\n"
    )
    # opened with the months as they were, they may be left out
    settings.write_text(settings.read_text().replace(new, old))
    assert reopen(command, home, "2024-Q1").code == 0
    settings.write_text(settings.read_text().replace(old, new))
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


def test_a_rollback_that_cannot_be_logged_is_none(
    home: DefendedHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It failed on a full disk, and readers saw the earlier version all the same."""
    first = current(home)
    put_calls(home, "2024-06-11", called("L1", "2024-06-11", wait="40,000"))
    second = home.publish(JULY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/record")

    with monkeypatch.context() as patched:
        patched.setattr("assets.record.decisions.write_text", full)
        assert command(home.root, "rollback", first).code == 1
    assert current(home) == second and command(home.root, "closings", "--json").json["log"] == []


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
