"""The command in a process of its own that need not begin by importing: forked from one that has.

Dagster, Polars and Pandera take seconds to import, more than most commands take to do their work.
The server here imports once, runs nothing itself, and forks for each call; the child has the
arguments, environment, folder, umask and outputs that a process begun anew would have.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# what a run imports where it needs it; the definitions are one home's, so each call imports those
IMPORTED = (
    "pipelines.cli", "pipelines.event_log", "pipelines.launch", "pipelines.automation",
    "pipelines.report_sensors", "pipelines.spreading", "assets.graph",
    "assets.publishing.database", "assets.building.session", "alembic.command", "alembic.config",
    "sqlalchemy.dialects.sqlite", "dagster._core.execution.api", "dagster._core.instance",
    "dagster._core.storage.runs", "dagster._core.storage.event_log",
    "dagster._core.storage.schedules", "pandera.polars", "pyarrow.parquet",
)  # fmt: skip


class Warm:
    """A server, begun at the first call and ended with this process."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def __call__(
        self, arguments: Sequence[str], env: Mapping[str, str], timeout_seconds: float
    ) -> subprocess.CompletedProcess[str]:
        with self._turn, tempfile.TemporaryDirectory(prefix="kring-said-") as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            said = [str(argument) for argument in arguments]
            asked = {"arguments": said, "env": {**env}, "out": str(out), "err": str(err)}
            server = self._begun()
            assert server.stdin and server.stdout
            late = threading.Timer(timeout_seconds, server.kill)
            late.start()
            try:
                print(json.dumps(asked), file=server.stdin, flush=True)
                code = server.stdout.readline()
            finally:
                late.cancel()
            assert code, f"kring {' '.join(arguments)} did not end within {timeout_seconds} s"
            return subprocess.CompletedProcess(
                ["kring", *arguments], int(code), out.read_text(), err.read_text()
            )

    def _begun(self) -> subprocess.Popen[str]:
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, __file__], cwd=ROOT, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            atexit.register(self._server.communicate)
        return self._server


def serve() -> None:
    """Fork for each line asked; answer with the exit code."""
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()  # what was imported is never garbage; a child need not look through it
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(asked)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(asked: dict[str, object]) -> None:
    """The command, from its beginning to its end."""
    for number, where in ((1, asked["out"]), (2, asked["err"])):
        file = os.open(str(where), os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    sys.argv = ["kring", *asked["arguments"]]  # type: ignore[misc]
    code = 1
    try:
        from pipelines.cli import main

        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    serve()
