"""Opening a landing file safely: a regular file, not followed, not waited on, standing still.

Landing belongs to other systems: what lies there may be a link, a pipe, or still growing.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from assets.exports.decoding import CHUNK
from assets.exports.refused import Refused
from assets.exports.unpacking import Limits


class Opened:
    """A regular file, open for one reading, that refuses to have changed meanwhile."""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.path, self.name = path, name
        try:
            self._require_regular(path.lstat(), limits)
            self.handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise Refused("vanished", f"{name}: is no longer there") from None
        except PermissionError:
            raise Refused(
                "unreadable", f"{name}: may not be read; give kring's user read access"
            ) from None
        except OSError as error:
            raise Refused("unreadable", f"{name}: cannot be opened ({error.strerror})") from None
        self.before = os.fstat(self.handle)
        self.read = 0

    def _require_regular(self, found: os.stat_result, limits: Limits) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise Refused(
                "not_a_file",
                f"{self.name}: is a link, folder, pipe or device; put the file itself there",
            )
        if found.st_size == 0:
            raise Refused("empty", f"{self.name}: is empty (0 bytes), not even a header")
        if found.st_size > limits.raw_bytes:
            raise Refused(
                "too_large",
                f"{self.name}: has {found.st_size >> 20} MB; the limit is "
                f"{limits.raw_bytes >> 20} MB; export it in parts",
            )

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.handle)

    def chunks(self, digest: hashlib._Hash) -> Iterator[bytes]:
        if not stat.S_ISREG(self.before.st_mode):
            raise Refused("not_a_file", f"{self.name}: changed into something else while opened")
        while True:
            try:
                chunk = os.read(self.handle, CHUNK)
            except OSError as error:
                raise Refused(
                    "unreadable", f"{self.name}: reading failed ({error.strerror})"
                ) from None
            if not chunk:
                return
            digest.update(chunk)
            self.read += len(chunk)
            if self.read > self.before.st_size:
                self.unchanged()
            yield chunk

    def unchanged(self) -> os.stat_result:
        """What was opened, if it is still that; a file being written is left for the next run."""
        after = os.fstat(self.handle)
        same = all(
            getattr(after, each) == getattr(self.before, each)
            for each in ("st_size", "st_mtime_ns", "st_ino")
        )
        if not same or self.read != after.st_size:
            raise Refused(
                "unstable",
                f"{self.name}: changed while it was read; it is read again when it stands still",
            )
        return after
