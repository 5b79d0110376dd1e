"""The key of the pseudonyms: made once, private to the owner, never printed.

Its fingerprint stands in the lake; a home whose key is missing or another one is refused
before anything is read, or each caller would become two persons.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from assets.home import Home, HomeError
from assets.lake import aside, naming, sync

if TYPE_CHECKING:
    from schemas.pseudonyms import Pseudonyms


def pseudonyms(home: Home) -> Pseudonyms:
    """The home's pseudonyms; makes the key on the first run; raises HomeError if it changed."""
    from schemas.pseudonyms import Pseudonyms

    mark = _mark(home)
    if not home.key.exists():
        if mark.exists():
            raise HomeError(
                f"the key file {home.key.name} is missing; restore it from where you keep it: "
                "with a new key every person would count twice"
            )
        _make(home.key)
    made = Pseudonyms(home.key.read_bytes())
    if not mark.exists():
        with aside(home, mark) as scratch, naming(scratch):
            scratch.write_text(made.fingerprint + "\n")
    if mark.read_text().strip() != made.fingerprint:
        raise HomeError(
            f"the key file {home.key.name} is not the one this home was filled with; "
            "put the former key back"
        )
    return made


def _make(path: Path) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with naming(scratch), os.fdopen(descriptor, "wb") as handle:
        handle.write(secrets.token_bytes(32))
    sync(scratch)
    scratch.replace(path)
    sync(path.parent)


def _mark(home: Home) -> Path:
    return home.lake / "key.fingerprint"
