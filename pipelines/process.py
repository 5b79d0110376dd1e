"""kring as a process: its streams made fit to be spoken on, expected troubles said in one message
with their exit code.

Belongs here: streams that are closed, an encoding that lacks a character, a width of nothing.
How a thing is said is `commands.terminal`, how a process is stopped `stopping`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TextIO

from assets.home import HomeError
from assets.run_lock import BusyError
from sql.header import HeaderError
from sql.run import SqlError


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


@contextmanager
def in_words() -> Iterator[None]:
    """End the process with a message and code 1, 2 (what was asked) or 75 (another run works)."""
    from assets.dictionary import DictionaryError
    from schemas.reference import ReferenceRefused
    from schemas.register import RegisterError

    try:
        yield
    except BusyError as busy:
        _fail(str(busy), 75)
    except ReferenceRefused as refused:
        _fail(str(refused), 2)
    except (DictionaryError, HomeError, HeaderError, RegisterError, SqlError) as error:
        _fail(str(error), 1)
    except OSError as error:
        # of a copy the place that refuses is as likely the one that is written
        places = " to ".join(str(each) for each in (error.filename, error.filename2) if each)
        named = f"{places}: {error.strerror}" if places else str(error)
        _fail(named, 1)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"kring: {message}\n")
    raise SystemExit(code)
