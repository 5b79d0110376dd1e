"""Expected troubles, each as one message and its exit code, for whatever is begun as a process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from assets.home import HomeError
from assets.run_lock import BusyError
from sql.header import HeaderError
from sql.run import SqlError


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
