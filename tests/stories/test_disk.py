"""A disk that refuses: said before any work, by its path, and nothing of it stands."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.disk import is_refusal, preflight, refused
from assets.home import HomeError
from assets.lake import naming
from pipelines.troubles import in_words


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[TestHome]:
    """A home of one call on a disk of its own, of 64 MB and a few thousand files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = "size=64m,nr_inodes=4000"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        home = TestHome(disk / "home", last_month="2024-01")
        home.only_sources("calls")
        home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
        yield home
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def told(home: TestHome) -> str:
    """What the command says; it must end with 1, without a traceback, and name the disk."""
    ran = home.kring("run", env={"COLUMNS": "400"})
    said = str(ran.stdout + ran.stderr)
    assert ran.returncode == 1, said
    assert "Traceback" not in said and str(home.root) in said, said
    return said


def test_a_full_disk_is_told_and_the_same_command_then_succeeds(narrow: TestHome) -> None:
    """Full from the start, then full in the middle, then with room: one version, whole."""
    heard = narrow.root.parent.parent / "heard.json"  # who is alerted hears what the terminal says
    settings = narrow.root / "kring.toml"
    settings.write_text(f'{settings.read_text()}\n[alerts]\nhook = "tee {heard}"\n')
    ballast = narrow.root / "landing/.ballast"
    narrow.home.lake.mkdir()
    ballast.write_bytes(bytes(_free(narrow.root) - 8192))
    assert "No space left" in told(narrow)
    ballast.write_bytes(bytes(1))
    ballast.write_bytes(bytes(_free(narrow.root) - (1 << 20)))  # enough to begin with
    told(narrow)
    assert json.loads(heard.read_text())["sentence"].count("make room") == 1
    ballast.unlink()
    ran = narrow.kring("run")
    assert ran.returncode == 3, "one day of the month is there, so it is incomplete"
    assert narrow.value("select count(*) from fact.contacts") == 1
    assert len(list((narrow.root / "published/versions").iterdir())) == 1
    assert list((narrow.root / "lake").glob(".trial-*")) == []


def test_no_inode_left_is_told(narrow: TestHome) -> None:
    crowd = narrow.root / "reference/crowd"
    crowd.mkdir()
    with pytest.raises(OSError, match="No space left"):
        for number in range(4000):
            (crowd / str(number)).touch()
    assert "0 files free" in told(narrow)


def test_a_read_only_disk_is_told_before_any_work(narrow: TestHome) -> None:
    disk = str(narrow.root.parent)
    narrow.run("2024-01-31")
    narrow.put("calls/calls_20240116.csv", calls_file([call("A2")]))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert "Read-only file system" in told(narrow)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert narrow.run("2024-01-31").version is not None
    assert narrow.value("select count(*) from fact.contacts") == 2


@pytest.mark.parametrize(
    "line",
    [("withdraw", "calls/calls_20240115.csv", "--reason", "Bad"), ("rotate-key", "--reason", "Due"),
     ("backup", "{safe}"), ("close", "2024-Q1", "--reason", "Signed"), ("ui", "--port", "3179")],
    ids=lambda line: line[0],
)  # fmt: skip
def test_every_command_says_what_to_do_with_a_read_only_disk(
    narrow: TestHome, tmp_path: Path, line: tuple[str, ...]
) -> None:
    """Some named the file and no more, and the interface began and ended in a traceback."""
    narrow.run("2024-01-31")
    disk = str(narrow.root.parent)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    said = narrow.kring(*(part.format(safe=tmp_path / "safe") for part in line)).stderr
    assert "Traceback" not in said
    assert f"the disk of {narrow.root} refuses" in said and "mend it, then give the same" in said


def test_the_doctor_says_that_a_disk_is_read_only(narrow: TestHome) -> None:
    """It said to run kring as another account, or to chown."""
    narrow.run("2024-01-31")
    subprocess.run(["mount", "-o", "remount,ro", str(narrow.root.parent)], check=True)
    said = narrow.kring("doctor").stdout
    assert f"{narrow.root}/record cannot be written" in said
    assert "do: its disk is read-only: mend or mount it for writing" in said


@pytest.mark.parametrize("inside", [True, False])
def test_both_places_of_a_rename_are_named_and_what_to_do_with_a_home(
    home: TestHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    inside: bool,
) -> None:  # fmt: skip
    """The one that is closed is as likely the one that is written, such as `record/`."""
    monkeypatch.setenv("KRING_HOME", str(home.root if inside else home.root / "other"))
    old, new = f"{home.root}/lake/tmp/1", f"{home.root}/record/decisions.jsonl"
    with pytest.raises(SystemExit), in_words():
        raise PermissionError(13, "Permission denied", old, None, new)
    told = capsys.readouterr().err
    assert told.startswith(f"kring: {old} to {new}")
    assert ("chown -R" in told and "chmod u+rwx" in told) is inside


def _free(root: Path) -> int:
    free = os.statvfs(root)
    return free.f_bavail * free.f_frsize


def test_a_place_that_takes_no_writing_is_named(home: TestHome) -> None:
    home.home.published.write_text("a file where a folder belongs")
    with pytest.raises(HomeError, match=r"MB and \d+ files free.*published"):
        preflight(home.home)
    assert list(home.home.lake.iterdir()) == []


def test_a_refusal_is_told_from_other_trouble(home: TestHome) -> None:
    with (
        pytest.raises(OSError, match=r"No space left.*'/somewhere'") as caught,
        naming(Path("/somewhere")),
    ):
        raise OSError(28, "No space left on device")
    assert str(home.root) in refused(home.root, caught.value)
    wrapped = RuntimeError("a step failed")
    wrapped.__cause__ = caught.value
    assert "/somewhere" in refused(home.root, wrapped)
    assert refused(home.root, ValueError("a wrong number")) == ""
    assert is_refusal("(sqlite3.OperationalError) database or disk is full")
    # as DuckDB says it of a published database that the disk does not take, without its path
    fsync = "step published__snapshot: FATAL Error: fsync failed!"
    assert str(home.root) in refused(home.root, RuntimeError(fsync))


def test_a_right_that_is_lacking_is_no_matter_of_room(home: TestHome) -> None:
    """As after one run by root: its files are root's, and the disk has room enough."""
    told = refused(home.root, PermissionError(13, "Permission denied", "/home/lake/tmp"))
    owner = home.root.stat().st_uid
    assert told.startswith("/home/lake/tmp is closed to this account (uid ")
    assert f"chown -R {owner} {home.root}" in told and "room" not in told
    # as an engine or a step of Dagster words it, which is all that a run's end is given
    worded = refused(home.root, RuntimeError("step x: [Errno 13] Permission denied: '/outputs'"))
    assert f"chown -R {owner} {home.root}" in worded and "room" not in worded


@pytest.mark.parametrize(("asked", "option"), [(["report", "2024"], "--out"),
                                               (["dictionary"], "--html")])  # fmt: skip
def test_a_command_that_cannot_write_its_file_names_it(
    home: TestHome, command: Command, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, asked: list[str], option: str,
) -> None:  # fmt: skip
    """`No space left on device`, they said, and not where."""
    home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
    home.run("2024-01-31")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    target = tmp_path / "page.html"
    said = command(home.root, *asked, option, str(target))
    assert (said.code, said.err) == (1, f"kring: {target}: No space left on device\n")
