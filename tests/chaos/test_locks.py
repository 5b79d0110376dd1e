"""One run at a time: who comes second is told since when the first one works; and how one ends."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine

sys.path.insert(0, str(Path(__file__).resolve().parent))

from homes import TestHome, call, calls_file
from killer import begun, session
from serving import until

from assets.run_lock import BusyError, run_lock
from pipelines import stopping

SINCE = re.compile(r"another run holds this home since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def one_call(root: Path) -> TestHome:
    home = TestHome(root, last_month="2024-01")
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
    return home


@pytest.mark.parametrize("count", [3, pytest.param(8, marks=pytest.mark.nightly)])
def test_of_runs_at_once_one_works_and_the_others_say_since_when(
    tmp_path: Path, count: int
) -> None:
    home = one_call(tmp_path / "home")
    runs = [begun(home.root) for _ in range(count)]
    said = [(process.communicate(timeout=200)[0], process.returncode) for process in runs]
    worked = [text for text, code in said if code in (0, 3) and "published" in text]
    turned_away = [text for text, code in said if code == 75]
    late = [text for text, code in said if code in (0, 3) and "nothing new" in text]
    assert len(worked) == 1, said
    assert len(worked) + len(turned_away) + len(late) == count, said
    assert turned_away and all(SINCE.search(text) for text in turned_away), said
    assert len(list((home.root / "published/versions").iterdir())) == 1
    assert home.value("select count(*) from fact.contacts") == 1


def test_who_comes_while_the_lake_is_given_its_number_finds_none_or_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number is read before the lock is taken: half of it would be a later kring's lake."""
    home = one_call(tmp_path / "home").home
    seen: list[str] = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        home.require_format()
        seen.append("there" if home.format_file.exists() else "not yet")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    with run_lock(home, wait=False):
        home.require_format()
    assert seen == ["not yet", "there"]  # its own sync, then that of its folder
    assert [path.name for path in home.lake.iterdir() if "format" in path.name] == ["format"]


def test_the_lock_of_a_killed_run_is_free_at_once(tmp_path: Path) -> None:
    home = one_call(tmp_path / "home")
    process = begun(home.root)
    until("it holds the lock", 60, lambda: held(home))
    with pytest.raises(BusyError, match=SINCE), run_lock(home.home, wait=False):
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with run_lock(home.home, wait=False):
        pass


def test_who_shares_a_lock_with_a_thread_that_leaves_first_still_holds_it(tmp_path: Path) -> None:
    home = one_call(tmp_path / "home")
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(run_lock(home.home, wait=False))
        second.enter_context(run_lock(home.home, wait=False))
        first.close()
        assert held(home), "the kernel has given it away under who still works"
        second.close()
    assert not held(home)
    with run_lock(home.home, wait=False):
        assert held(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_stop_stops_and_says_so(
    tmp_path: Path, number: signal.Signals
) -> None:
    home = one_call(tmp_path / "home")
    process = begun(home.root)
    until("it is at work", 60, lambda: (home.root / "lake/ledger").exists())
    process.send_signal(number)
    said, _ = process.communicate(timeout=10)
    assert process.returncode == 130, said
    assert "stopped; nothing half-made stands" in said and "Traceback" not in said
    assert session(process.pid) == []
    assert not (home.root / "published/current").exists()


def test_what_breaks_over_a_stop_counts_as_the_stop() -> None:
    """As where a signal meets a library that closes its file, and then wants to roll back."""
    with pytest.raises(KeyboardInterrupt), stopping.heeded(), stopping.told_apart():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            raise ValueError("closed database") from None
    with pytest.raises(ValueError), stopping.heeded(), stopping.told_apart():
        raise ValueError("nobody asked to stop")


def test_a_library_that_cannot_close_its_cursor_over_a_stop_says_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SQLAlchemy would print a traceback beside the sentence that the run has stopped."""
    pool = create_engine("sqlite://").pool
    with stopping.heeded():
        pool.logger.error("Error closing cursor")
    assert caplog.text == ""
    pool.logger.error("Error closing cursor")
    assert "Error closing cursor" in caplog.text


def held(home: TestHome) -> bool:
    path = home.home.lock_file
    if not path.exists() or not path.read_text():
        return False
    with path.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_child_of_a_run_does_not_inherit_its_lock(tmp_path: Path) -> None:
    home = one_call(tmp_path / "home")
    with run_lock(home.home, wait=False):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert not held(home), "the child holds it on"
    finally:
        child.kill()
        child.wait()
