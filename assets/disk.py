"""The disk a home lies on: whether it takes writing, and what its refusal means to a person.

Asked before any work, so that a full or read-only disk costs no half a night. That nothing
half-made stands after a refusal in the middle is the work of whoever writes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.home import Home, HomeError
from assets.lake import make_folder, naming

_TRIAL_BYTES = 1 << 16
_ERRORS = {
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG,
    errno.ENOTDIR, errno.EMFILE, errno.ENFILE,
}  # fmt: skip
# how the engines and Dagster's sqlite word it, which know no numbers of errors
_DENIED = "Permission denied"
_DAMAGED = ("file is not a database", "disk image is malformed")
_WORDED = (
    "No space left on device", "Disk quota exceeded", "Input/output error", "I/O error",
    "fsync failed", "Read-only file system", "readonly database", _DENIED, "disk is full",
    "unable to open database file", "Not a directory", *_DAMAGED,
)  # fmt: skip


def preflight(home: Home) -> None:
    """Write and sync a little in every place a run writes to; raises HomeError naming it."""
    for folder in (home.lake, home.published, home.dagster):
        trial = folder / f".trial-{os.getpid()}"
        try:
            make_folder(folder)
            with naming(trial), trial.open("xb") as handle:
                handle.write(bytes(_TRIAL_BYTES))
                handle.flush()
                os.fsync(handle.fileno())
        except OSError as error:
            raise HomeError(_told(home.root, error)) from None
        finally:
            if os.path.lexists(trial):
                trial.unlink()


def refused(root: Path, error: BaseException | None) -> str:
    """What to say where an error is that of a home's disk that refuses; else empty."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _ERRORS:
            return _told(root, error)
        if is_refusal(str(error)):
            said = str(error)
            return f"{advice(root, said)}: {said.splitlines()[0]}"
        error = error.__cause__ or error.__context__
    return ""


@contextmanager
def explained(home: Home) -> Iterator[None]:
    """Turn the disk's refusal inside into a HomeError that says what to do."""
    try:
        yield
    except HomeError:
        raise
    except Exception as error:
        if told := refused(home.root, error):
            raise HomeError(told) from None
        raise


def is_refusal(text: str) -> bool:
    """Whether a message is that of a disk that refuses."""
    return any(words in text for words in _WORDED)


def advice(root: Path, said: str) -> str:
    """Which disk, what is free on it, what to do; of a right that is lacking, who lacks it; of
    sqlite's files, which are Dagster's alone, that they can be spared."""
    if _DENIED in said:
        return _closed(root, "a file or folder")
    if any(words in said for words in _DAMAGED):
        return (
            f"Dagster's books are damaged; figures do not rest on them: move {root / 'dagster'} "
            "away, then give the same command again"
        )
    free = os.statvfs(_nearest(root))
    room = f"{free.f_bavail * free.f_frsize >> 20} MB and {free.f_favail} files free"
    return (
        f"the disk of {root} refuses ({room}); nothing half-made stands: make room or mend "
        "it, then give the same command again"
    )


def _told(root: Path, error: OSError) -> str:
    """Why, and what to do: a disk lacks room or is damaged, but an account lacks rights."""
    if not isinstance(error, PermissionError):
        return f"{advice(root, str(error))}: {error}"
    return _closed(root, " to ".join(places(error)) or str(error))


def places(error: OSError) -> list[str]:
    """The paths an error names: of a copy the one that is written refuses as likely."""
    return [str(each) for each in (error.filename, error.filename2) if each]


def _closed(root: Path, what: str) -> str:
    owner = root.stat().st_uid
    return (
        f"{what} is closed to this account (uid {os.geteuid()}; the home is of "
        f"uid {owner}); nothing half-made stands: let kring run as the home's owner alone, give "
        f"that account what is another's (chown -R {owner} {root}; landing need only be "
        "readable) and open what is its own (chmod u+rwx FOLDER), then give the same command again"
    )


def _nearest(path: Path) -> Path:
    """The path, or the folder above it that is there."""
    return path if path.exists() else _nearest(path.parent)
