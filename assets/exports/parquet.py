"""A parquet file as the view `export`, decoded first in a process of its own.

A hostile file may end an engine, and the process with it. What crashes there, takes too long or
wants too much memory is a file refused, and the run goes on. The process lives as long as ours,
serves one file after another, and is replaced when it ends. What a file must hold, and what its
columns are as text, is for `parquet_columns` to say.
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

import duckdb

from assets.arrivals.sources import Source
from assets.exports.columns import used_columns
from assets.exports.parquet_columns import ROW, Undecoded, decoded
from assets.exports.refused import Refused
from assets.exports.staging import Staged
from assets.exports.view import Export, create_view

_ROOT = Path(__file__).resolve().parents[2]
_MEMORY_BYTES = 8 << 30  # of addresses: an engine reserves far more than it uses
_LEAST_SECONDS, _BYTES_A_SECOND = 30, 1 << 20  # far slower than any disk


def open_parquet(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over a parquet file; refuses what is damaged, encrypted or has raw bytes."""
    [(zone,)] = con.sql("select current_setting('TimeZone')").fetchall()
    used = used_columns(con, source)
    columns = None if used is None else frozenset(used)
    found = _child.ask(Undecoded(staged.path, staged.name, staged.size, source, zone, columns))
    if found is None:
        raise Refused(
            "crash",
            f"{staged.name}: ended the process that tried to decode it, by a crash or for want of "
            "memory or time; if other files are read, export this one again or as csv",
        )
    if "refused" in found:
        raise Refused(*found["refused"])
    if not found:
        raise Refused(
            "damaged",
            f"{staged.name}: the parquet file is cut short, damaged or encrypted; export it again",
        )
    create_view(con, found["texts"], staged, source, ROW, found["of"])
    return Export(staged.name, tuple(found["texts"]), found["records"])


class _Child:
    """The process, and the lock of who asks: lanes take turns."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def ask(self, file: Undecoded) -> dict[str, Any] | None:
        """What `decoded` says there, or why it is `refused`; None where the file ended the process,
        or we did for its time."""
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
