"""Parquet decoded first in a process of its own: a hostile file may end an engine, or more.

What crashes there, takes too long or wants too much memory is a file refused, and the run goes
on. The process lives as long as ours, serves one file after another, and is replaced when it
ends. What a file must hold is for `parquet_columns` to say.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any

from assets.exports.parquet_columns import Undecoded, decoded
from assets.exports.refused import Refused

_ROOT = Path(__file__).resolve().parents[2]
_MEMORY_BYTES = 8 << 30  # of addresses: an engine reserves far more than it uses
_LEAST_SECONDS, _BYTES_A_SECOND = 30, 1 << 20  # far slower than any disk


class _Child:
    """The process, and the lock of who asks: lanes take turns."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def ask(self, file: Undecoded) -> dict[str, Any] | None:
        """Its answer; None where it was ended by the file, or by us for its time."""
        with self._lock:
            process = self._living()
            asked, told = _pipes(process)
            try:
                pickle.dump(file, asked)
                asked.flush()
                seconds = _LEAST_SECONDS + file.size / _BYTES_A_SECOND
                line = told.readline() if select.select([told], [], [], seconds)[0] else b""
            except BrokenPipeError:
                line = b""
            if not line:
                process.kill()
                process.wait()
                with suppress(BrokenPipeError):  # of what it did not read any more
                    asked.close()
                self._process = None
                return None
            answer: dict[str, Any] = json.loads(line)
            return answer

    def _living(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, cwd=_ROOT, env={"PATH": os.environ.get("PATH", "")},
            )  # fmt: skip
        return self._process


_child = _Child()


def decoded_apart(file: Undecoded) -> dict[str, Any] | None:
    """What the child found in a file; None where the file ended it. Raises Refused as it did."""
    answer = _child.ask(file)
    if answer and "refused" in answer:
        raise Refused(*answer["refused"])
    return answer


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


def _serve() -> None:
    """Answer until our parent is gone; one line of JSON a file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the parent to heed
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    while True:
        try:
            file: Undecoded = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = decoded(file)
        except Refused as refusal:
            answer = {"refused": [refusal.rule, str(refusal)]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
