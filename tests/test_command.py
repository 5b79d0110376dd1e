"""The command's promises to those who call it: exit codes, JSON, messages that say what to do.

0 done; 1 nothing done; 2 wrong usage; 3 published with findings; 75 another run works.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Command
from ended import AS_OF, january
from homes import TestHome, call, calls_file


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("command") / "home")


# 0 and 3


def test_0_when_nothing_is_new_and_all_is_there(filled: TestHome) -> None:
    done = filled.kring("run", "--as-of", AS_OF, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["exit"], said["published"], said["findings"]) == (0, False, [])
    assert (said["is_sample"], said["as_of"], said["files_read"]) == (False, AS_OF, 0)


def test_3_as_long_as_something_has_to_be_acted_on(place: TestHome) -> None:
    """Published all the same, what could be read is there; and again when nothing is new."""
    place.put("calls/calls_20240116.csv", calls_file([call("A3", "31/02/2024 10:00:00")]))
    place.put("notes/readme.txt", "not an export")
    place.put("calls/calls_20240117.csv", calls_file([call("A4")]))
    place.run(AS_OF)
    contacts = "select contact_id from fact.contacts order by all"
    assert place.query(contacts) == [("A1",), ("A2",), ("A4",)]
    done = place.kring("run", "--as-of", AS_OF, "--json")
    assert done.returncode == 3, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["exit"], said["failures"]) == (3, [])
    findings = {finding["about"]: finding["text"] for finding in said["findings"]}
    assert findings["unclaimed"].startswith("notes/readme.txt: no source claims it")
    assert "not_a_time entered_at 1; first at record 1" in findings["refused"]
    again = place.kring("run", "--as-of", AS_OF)
    assert again.returncode == 3
    assert "notes/readme.txt" in again.stdout and "not_a_time" in again.stdout


@pytest.mark.parametrize(
    "asked", [("workbook", "2024", "--out"), ("dictionary", "--html"), ("dictionary", "--markdown")]
)
def test_nothing_is_written_into_a_version_or_where_no_folder_is(
    filled: TestHome, command: Command, asked: tuple[str, ...], tmp_path: Path
) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    for target, why in (
        ("published/current/dictionary.html", "published versions never change"),
        ("nowhere/x", f"there is no folder {filled.root / 'nowhere'}"),
        ("", f"{filled.root} is a folder; name the file to write"),
        (str(circle / "x"), f"there is no folder {circle}"),
    ):
        said = command(filled.root, *asked, str(filled.root / target))
        assert said.code == 1 and why in said.text
    assert command(filled.root, "verify").code == 0


def test_a_link_to_a_folder_is_told_as_one(place: TestHome, tmp_path: Path) -> None:
    """Nothing below it is read; to remove "the file" or to add a source would be no help."""
    (tmp_path / "share").mkdir()
    (tmp_path / "share/calls_20240116.csv").write_text(calls_file([call("A3")]))
    (place.root / "landing/share").symlink_to(tmp_path / "share")
    (said,) = place.run(AS_OF).findings
    assert said.about == "unclaimed" and said.text.startswith("share: is a link")


def test_an_earlier_day_forgets_nothing_and_the_run_says_so(place: TestHome) -> None:
    done = place.kring("run", "--as-of", "2024-01-20", "--json")
    version = (place.root / "published/current").resolve().name
    told = [found for found in json.loads(done.stdout)["findings"] if "as of" in found["text"]]
    assert told[0]["about"] == "warning"
    assert told[0]["text"].startswith("counted as of 2024-01-20; version ")
    assert told[0]["text"].endswith(f"was of {AS_OF}, and what was read by then counts as well")
    assert version not in told[0]["text"], "it names the one that stood before"
    again = place.kring("run", "--as-of", AS_OF, "--json")
    assert "as of" not in again.stdout.replace("as_of", "")


# versions and periods


def test_the_version_is_said_as_what_was_published_says_it(
    command: Command, filled: TestHome
) -> None:
    manifest = json.loads((filled.root / "published/current/manifest.json").read_text())
    said = command(filled.root, "--version")
    assert (said.code, said.out) == (0, f"kring {manifest['code']}\n")


@pytest.mark.parametrize("period", ["q3", "2024-Q3"])
def test_a_period_beside_its_year_may_name_it(
    command: Command, sample_home: TestHome, tmp_path: Path, period: str
) -> None:
    said = command(sample_home.root, "scorecard", "2024", "--period", period)
    assert (said.code, "Scorecard 2024-Q3" in said.out) == (0, True)
    page = tmp_path / "report.html"
    said = command(sample_home.root, "report", "2024", "--period", period, "--out", str(page))
    assert (said.code, page.is_file()) == (0, True)


def test_a_year_beside_itself_is_the_whole_of_it(command: Command, sample_home: TestHome) -> None:
    """What is said to be written is taken."""
    for period in ("2024", "Y"):
        said = command(sample_home.root, "scorecard", "2024", "--period", period)
        assert (said.code, "Scorecard 2024-Y" in said.out) == (0, True), said.err
    said = command(sample_home.root, "report", "2024", "--period", "2023-Q1")
    assert said.code == 2
    assert "'2023-Q1' is no period of 2024, the year asked for" in " ".join(said.err.split())


# 2


def test_2_for_a_day_no_run_can_mean(filled: TestHome) -> None:
    """A slip in the year would count thousands of empty months, and hold the lock for hours."""
    for day in ("2999-01-01", "2023-12-31", "01.02.2024"):
        done = filled.kring("run", "--as-of", day)
        assert done.returncode == 2, done.stdout
        assert day in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--as-of", "31-01-2024"), "'31-01-2024' is no date; write YYYY-MM-DD"),
        (("status", "--as-of", "2024-02-30"), "'2024-02-30' is no date; write YYYY-MM-DD"),
        (("run", "--force"), "No such option: --force"),
        (("publish",), "No such command 'publish'"),
        (("rollback",), "Missing argument"),
        (("key", "KP-1", "--as", "dog"), "must be agent, respondent or customer"),
        (("sample", "--scale", "0.01"), "Invalid value for '--scale'"),
        (("explain", "3a-N", "last year"), "'last year' is no period"),
        (("scorecard", "2024", "--period", "Q5"), "'2024-Q5' is no period"),
        *(
            ((*arguments, "--reason", " "), "say why; an auditor will read it")
            for arguments in (
                ("close", "2024-Q1"),
                ("reopen", "2024-Q1"),
                ("rotate-key",),
                ("rollback", "x"),
                ("withdraw", "calls/x.csv"),
            )
        ),
    ],
)
def test_2_for_wrong_usage(
    command: Command, filled: TestHome, arguments: tuple[str, ...], told: str
) -> None:
    said = command(filled.root, *arguments)
    assert said.code == 2
    assert told in said.text.replace("│ ", "").replace(" │", "")


def test_what_may_hold_a_path_is_one_line_however_narrow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: TestHome
) -> None:
    said = Command(monkeypatch, capsys, 40)(home.root, "gallery", "add", "vicidial")
    assert said.out.splitlines() == [
        "sources/vicidial.sql is active; adapt its files: and codes, then check it"
    ]


# 75


@pytest.fixture
def busy(filled: TestHome) -> Iterator[str]:
    """Somebody else holds the home, since the moment that is yielded."""
    since = "2024-02-10T04:00:00+07:00"
    with (filled.root / "lake/run.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate()
        lock.write(since)
        lock.flush()
        yield since


@pytest.mark.parametrize("arguments", [("run",), ("sample",), ("rollback", "x")])
def test_75_while_another_run_works(
    command: Command, filled: TestHome, busy: str, arguments: tuple[str, ...]
) -> None:
    said = command(filled.root, *arguments)
    assert said.code == 75
    assert said.text == f"kring: another run holds this home since {busy}"


def test_readers_are_not_kept_waiting(command: Command, filled: TestHome, busy: str) -> None:
    for arguments in (("status",), ("versions",), ("verify",), ("key", "KP-0001")):
        assert command(filled.root, *arguments).code == 0
    assert filled.query("select count(*) from fact.contacts") == [(2,)]
