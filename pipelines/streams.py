"""The streams a process was given, made fit to be spoken on.

Belongs here: streams that are closed, an encoding that lacks a character, a width of nothing.
How a thing is said is `commands.terminal`.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO


def make_fit() -> None:
    """Let whatever is said be sayable; to be called before anything else is opened."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # else the next file opened would be this process's voice
    os.close(number)
    sys.stdout, sys.stderr = _spoken(1, sys.stdout), _spoken(2, sys.stderr)
    if os.environ.get("COLUMNS") == "0":  # said where nobody knows; taken at its word, all is cut
        del os.environ["COLUMNS"]


class _Heard(io.FileIO):
    """A stream whose listener may leave, as `head` does: it has heard enough, and the command
    ends as it would have ended."""

    def write(self, said: Any) -> int:
        try:
            return super().write(said)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(said)


def _spoken(number: int, given: TextIO | None) -> TextIO:
    """A stream on which whatever is said can be said, by lines where it was by lines."""
    return io.TextIOWrapper(
        io.BufferedWriter(_Heard(number, "w", closefd=False)),
        encoding=given.encoding if given else "utf-8",
        errors="backslashreplace",
        line_buffering=number == 2 or (given is not None and given.isatty()),
    )


def flush() -> None:
    """Hand over what is left. Whoever speaks has flushed and heard of trouble; here it is over."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
