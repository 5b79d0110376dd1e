"""Whether the process of a run on this machine still lives; Dagster's daemon asks every while.

Without it the books of a killed run stay open, and one open run keeps every later one in
the queue. In doubt a run counts as living: nothing is closed that may still be working.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from dagster import DagsterRun, DefaultRunLauncher
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from pipelines.automation import PID, made_by_command

if TYPE_CHECKING:
    from dagster._core.storage.dagster_run import RunRecord

_TICKS = os.sysconf("SC_CLK_TCK")
_MARGIN_SECONDS, _ANSWER_SECONDS = 60, 20


class LocalRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, which also notices that a run's process is gone."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        record = self._instance.get_run_record_by_id(run.run_id)
        alive = record is None or (
            _command_lives(record) if made_by_command(run) else self._server_has(run)
        )
        if alive:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "its process is gone")

    def _server_has(self, run: DagsterRun) -> bool:
        """Whether the code server that started a run still runs it."""
        address = json.loads(run.tags.get(GRPC_INFO_TAG, "{}")).get("socket")
        if address is None:
            return True
        if not _listens(address):
            return False
        try:
            return self._still_executes(run)
        except Exception:  # whatever keeps it from answering is no proof of death
            return True

    def _still_executes(self, run: DagsterRun) -> bool:
        from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
        from dagster._serdes import deserialize_value

        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return True
        answer = client.can_cancel_execution(
            CanCancelExecutionRequest(run_id=run.run_id), timeout=_ANSWER_SECONDS
        )
        return deserialize_value(answer, CanCancelExecutionResult).can_cancel


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_ANSWER_SECONDS)
        try:
            probe.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:
            return True
    return True


def _command_lives(record: RunRecord) -> bool:
    """Whether the process with a run's number exists and is older than the run."""
    number = int(record.dagster_run.tags[PID])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    began = _process_start(number)
    # the margin is for a clock that was set meanwhile
    return began is None or began <= record.create_timestamp.timestamp() + _MARGIN_SECONDS


def _process_start(number: int) -> float | None:
    """When a process began, in seconds since 1970; None where the system does not say."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        system = Path("/proc/stat").read_text()
    except OSError:
        return None
    boot = next(int(line.split()[1]) for line in system.splitlines() if line.startswith("btime"))
    return boot + int(fields[19]) / _TICKS
