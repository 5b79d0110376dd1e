"""One process measured from outside: wall, processor, peak memory, bytes written.

What the kernel counts for a process and the children it waited for; nothing is sampled.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class FailedError(RuntimeError):
    """A measured process that did not end as it should; its last words are the message."""


@dataclass(frozen=True)
class Measured:
    """What one process took, and what it said."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    written_mb: float
    output: str = ""


def measured(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    good: Sequence[int] = (0,),
    limit: float = 3_600,
    group: Path | None = None,
) -> Measured:
    """Run it to its end; raises FailedError where its exit code is none of `good`.

    `group` is a control group it is put into before it begins.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            _joining(group, command), env={**os.environ, **(env or {})}, cwd=cwd,
            stdout=out, stderr=err, start_new_session=True,
        )  # fmt: skip
        try:
            status, usage = _waited(process, began + limit)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)
            raise
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait again
        out.seek(0)
        err.seek(0)
        said = out.read().decode(errors="replace")
        if process.returncode not in good:
            words = (said + err.read().decode(errors="replace")).strip()[-1_500:]
            raise FailedError(f"{' '.join(command)[:200]} ended with {process.returncode}\n{words}")
    return Measured(
        round(seconds, 3), round(usage.ru_utime + usage.ru_stime, 3),
        # in kilobytes, and in blocks of 512 bytes
        round(usage.ru_maxrss / 1024, 1), round(usage.ru_oublock * 512 / 1e6, 2), said,
    )  # fmt: skip


def _waited(process: subprocess.Popen[bytes], until: float) -> tuple[int, object]:
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            return status, usage
        if time.perf_counter() > until:
            raise FailedError("took longer than the benchmark waits")
        time.sleep(0.005)


def _joining(group: Path | None, command: Sequence[str]) -> list[str]:
    if group is None:
        return list(command)
    return ["/bin/sh", "-c", f'echo $$ > "{group}/cgroup.procs" && exec "$@"', "sh", *command]
