"""Dagster for tests: a home's books opened as they lie, and the real server on this machine.

The server is `kring ui` in a session of its own, so that all it started can be ended.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from homes import ROOT, TestHome, call, calls_file

LOCATION = {"repositoryLocationName": "pipelines.definitions", "repositoryName": "__repository__"}
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
MONTHS = ["2024-01", "2024-02", "2024-03"]


@contextmanager
def books(place: TestHome) -> Iterator[dg.DagsterInstance]:
    """The home's instance of Dagster."""
    with dg.DagsterInstance.from_config(str(place.root / "dagster")) as instance:
        yield instance


def three_months(root: Path) -> TestHome:
    """Three months with two calls each; nothing run yet."""
    made = TestHome(root, last_month="2024-03", reports="id en")
    made.only_sources("calls")
    for month in MONTHS:
        day = f"15/{month[5:]}/2024"
        lines = [
            call(f"C{month[5:]}", f"{day} 10:00:00"),
            call(f"D{month[5:]}", f"{day} 11:00:00", wait="25,0"),
        ]
        made.put(f"calls/calls_2024{month[5:]}15.csv", calls_file(lines))
    return made


def left_open(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that stands as started in the books."""
    return instance.create_run(
        job_name="ingest", run_id=None, run_config=None, resolved_op_selection=None,
        step_keys_to_execute=None, status=dg.DagsterRunStatus.STARTED, tags=tags,
        root_run_id=None, parent_run_id=None, job_snapshot=None, execution_plan_snapshot=None,
        parent_job_snapshot=None, remote_job_origin=None, job_code_origin=None,
        asset_selection=None, asset_check_selection=None, op_selection=None, asset_graph=None,
    )  # fmt: skip


def until(what: str, seconds: float, found: Callable[[], Any]) -> Any:
    """What `found` returns once it is true; fails with `what` after so many seconds."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if result := found():
            return result
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds:g} s: {what}")


class Server:
    """`kring ui` on loopback: web server, daemon and code server of one home."""

    def __init__(self, place: TestHome, log: Path) -> None:
        self.place, self.log = place, log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.cli", "ui", "--port", str(self.port)],
                env={**os.environ, "KRING_HOME": str(place.root)},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float = 120) -> None:
        """Until the code location is loaded."""
        query = "{repositoriesOrError{... on RepositoryConnection{nodes{name}}}}"
        try:
            until("the server answers", seconds, lambda: self._answers(query))
        except AssertionError as error:
            tail = self.log.read_text(errors="replace")[-3000:]
            raise AssertionError(f"{error}\n{tail}") from None

    def _answers(self, query: str) -> bool:
        assert self._process.poll() is None, self.log.read_text(errors="replace")[-3000:]
        try:
            return bool(self.ask(query)["repositoriesOrError"].get("nodes"))
        except OSError:
            return False

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that GraphQL answers; fails on errors."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()[:2000]) from None
        assert not answer.get("errors"), json.dumps(answer["errors"])[:2000]
        data: dict[str, Any] = answer["data"]
        return data

    # what a user does there

    def launch(self, job: str, **tags: str) -> str:
        """Launch a job; the run's id."""
        done = self.ask(
            "mutation($p:ExecutionParams!){launchRun(executionParams:$p){__typename"
            " ... on LaunchRunSuccess{run{runId}} ... on PythonError{message}}}",
            p={
                "selector": {**LOCATION, "jobName": job},
                "executionMetadata": {
                    "tags": [{"key": k.replace("__", "/"), "value": v} for k, v in tags.items()]
                },
            },
        )["launchRun"]
        assert done["__typename"] == "LaunchRunSuccess", done
        return str(done["run"]["runId"])

    def launch_month(self, month: str) -> str:
        return self.launch("rebuild_month", dagster__partition=month)

    def execute_again(self, run_id: str, strategy: str) -> str:
        """Re-execute a run (ALL_STEPS, FROM_FAILURE); the new run's id."""
        done = self.ask(
            "mutation($p:ReexecutionParams){launchRunReexecution(reexecutionParams:$p){__typename"
            " ... on LaunchRunSuccess{run{runId}} ... on PythonError{message}}}",
            p={"parentRunId": run_id, "strategy": strategy},
        )["launchRunReexecution"]
        assert done["__typename"] == "LaunchRunSuccess", done
        return str(done["run"]["runId"])

    def switch_schedule(self, name: str, *, on: bool) -> None:
        if on:
            self.ask(
                "mutation($s:ScheduleSelector!){startSchedule(scheduleSelector:$s){__typename"
                " ... on PythonError{message}}}",
                s={**LOCATION, "scheduleName": name},
            )
            return
        state = self.ask(
            "query($s:InstigationSelector!){instigationStateOrError(instigationSelector:$s)"
            "{... on InstigationState{id}}}",
            s={**LOCATION, "name": name},
        )["instigationStateOrError"]
        self.ask("mutation($i:String!){stopRunningSchedule(id:$i){__typename}}", i=state["id"])

    # what a user sees there

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(
            "query($i:ID!){runOrError(runId:$i){... on Run{runId jobName status parentRunId"
            " stepKeysToExecute stepStats{stepKey status} tags{key value}}}}",
            i=run_id,
        )["runOrError"]
        return found

    def runs(self) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        found: list[dict[str, Any]] = self.ask(
            "{runsOrError(limit:50){... on Runs{results{runId jobName status parentRunId"
            " tags{key value}}}}}"
        )["runsOrError"]["results"]
        return found

    def ended(self, run_id: str, seconds: float = 90) -> dict[str, Any]:
        """A run once it has ended."""
        until(f"run {run_id} ends", seconds, lambda: self.run(run_id)["status"] in ENDED)
        return self.run(run_id)

    # ending it

    @property
    def leader(self) -> int:
        """The process that was begun; the others are its children."""
        return self._process.pid

    def stop(self) -> None:
        """End the server and all that it started, politely first."""
        self._signal(signal.SIGINT)
        for seconds, number in ((15, signal.SIGTERM), (5, signal.SIGKILL)):
            try:
                until("the session ends", seconds, lambda: not self.processes())
                break
            except AssertionError:
                self._signal(number)
        self._process.wait(10)

    def kill(self) -> None:
        """End all of it as a power cut would."""
        while self.processes():  # what was just being started is only seen the next time
            self._signal(signal.SIGKILL)
            time.sleep(0.1)
        self._process.wait(10)

    def processes(self) -> list[int]:
        """The living processes of the server's session."""
        self._process.poll()
        return [number for number in _processes() if _session(number) == self._process.pid]

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _session(number: int) -> int | None:
    """The session of a living process; a zombie waits for its parent and counts as gone."""
    try:
        state, *numbers = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return None if state == "Z" else int(numbers[2])
