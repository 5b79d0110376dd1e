"""Runs that ended without a word: closed in Dagster's books, or left alone while somebody works."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from homes import ROOT, TestHome
from serving import books, left_open, three_months, until

from pipelines.automation import PID
from pipelines.instance import prepare_instance
from pipelines.launch import GONE, close_orphans


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home with Dagster's books, in which nothing has run."""
    made = three_months(tmp_path_factory.mktemp("killed") / "home")
    prepare_instance(made.home)
    return made


_STARTED = "select 1 from runs where pipeline_name = ? and status = 'STARTED'"


def killed_while(job: str, place: TestHome) -> None:
    """Start the command and SIGKILL it once its run of a job has begun."""
    command = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run"],
        env={**os.environ, "KRING_HOME": str(place.root)},
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip

    def begun() -> bool:
        assert command.poll() is None, "the command ended before it could be killed"
        file = place.root / "dagster/history/runs.db"
        try:  # read as it lies: opening the instance takes longer than the run
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as runs:
                return runs.execute(_STARTED, [job]).fetchone() is not None
        except sqlite3.OperationalError:
            return False

    try:
        until(f"{job} has started", 60, begun)
    finally:
        os.killpg(command.pid, signal.SIGKILL)
        command.wait(10)


@pytest.mark.nightly
def test_a_killed_run_is_closed_with_a_reason_and_the_next_succeeds(tmp_path: Path) -> None:
    place = three_months(tmp_path / "home")
    killed_while("rebuild_month", place)
    with books(place) as instance:
        (left,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    ran = place.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    assert place.value("select count(*) from fact.contacts") == 6
    with books(place) as instance:
        closed = instance.get_run_by_id(left.run_id)
        assert closed is not None
        assert closed.status is dg.DagsterRunStatus.FAILURE
        failures = instance.all_logs(left.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
        assert GONE in "".join(entry.message for entry in failures)
        others = [run for run in instance.get_runs() if run.run_id != left.run_id]
        assert {run.status for run in others} == {dg.DagsterRunStatus.SUCCESS}


def test_a_killed_run_is_closed_though_another_process_has_its_number_now(
    place: TestHome,
) -> None:
    """As after a restart of the machine; a run of the server's is not the command's to close."""
    with books(place) as instance:
        servers = left_open(instance, {})
        left = left_open(instance, {PID: str(os.getppid())})
        assert [run.run_id for run in close_orphans(instance)] == [left.run_id]
        assert close_orphans(instance) == []
        instance.report_run_failed(servers)


# what the daemon asks the launcher every while


def test_a_living_commands_run_is_left_alone(place: TestHome) -> None:
    with books(place) as instance:
        run = left_open(instance, {PID: str(os.getpid())})
        assert instance.run_launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
        instance.report_run_failed(run)


def test_a_gone_commands_run_is_found_out(place: TestHome, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with books(place) as instance:
        health = instance.run_launcher.check_run_worker_health
        gone = left_open(instance, {PID: str(ended.pid)})
        assert health(gone).status is WorkerStatus.NOT_FOUND
        # another process has the number: it began after the run did
        reused = left_open(instance, {PID: str(os.getpid())})
        monkeypatch.setattr("pipelines.launcher._process_start", lambda number: time.time() + 600)
        assert health(reused).status is WorkerStatus.NOT_FOUND
        close_orphans(instance)


@pytest.mark.parametrize(
    ("listening", "status"),
    [
        pytest.param(False, WorkerStatus.NOT_FOUND, id="its code server is gone"),
        pytest.param(True, WorkerStatus.RUNNING, id="it listens but does not answer: in doubt"),
    ],
)
def test_a_servers_run_lives_as_long_as_its_code_server(
    place: TestHome,
    tmp_path: Path,
    listening: bool,
    status: WorkerStatus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipelines.launcher._ANSWER_SECONDS", 1)
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as code_server, books(place) as instance:
        if listening:
            code_server.bind("grpc")
            code_server.listen()
        run = left_open(
            instance, {GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": "grpc"})}
        )
        assert instance.run_launcher.check_run_worker_health(run).status is status
        instance.report_run_failed(run)
