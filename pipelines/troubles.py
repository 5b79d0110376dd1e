"""Expected troubles, each as one message and its exit code, for whatever is begun as a process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
        _fail(_refusal(error), 1)


def _refusal(error: OSError) -> str:
    """Where a home refuses what to do about it; of another place its name."""
    from assets.disk import places, refused

    named, root = places(error), os.environ.get("KRING_HOME")
    if (
        root
        and any(Path(each).is_relative_to(root) for each in named)
        and (said := refused(Path(root), error))
    ):
        return said
    return f"{' to '.join(named)}: {error.strerror}" if named else str(error)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"kring: {message}\n")
    raise SystemExit(code)
