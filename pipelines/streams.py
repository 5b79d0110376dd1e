"""The streams a process was given, made fit to be spoken on.

Belongs here: streams that are closed, an encoding that lacks a character, a width of nothing.
How a thing is said is `commands.terminal`.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def make_fit() -> None:
    """Let whatever is said be sayable; to be called before anything else is opened."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # else the next file opened would be this process's voice
    os.close(number)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if os.environ.get("COLUMNS") == "0":  # said where nobody knows; taken at its word, all is cut
        del os.environ["COLUMNS"]


def flush() -> None:
    """Hand over what is left. Whoever speaks has flushed and heard of trouble; here it is over."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
