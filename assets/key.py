"""The key of the pseudonyms: made once, private to the owner, never printed, changed on purpose.

Its fingerprint stands in the lake; a home whose key is missing or another one is refused
before anything is read, or each caller would become two persons. A rotation is recorded, with
the delivery after which the new key holds; the former key is kept beside it, so that a file
read before keeps its pseudonyms when it is read again.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assets.arrivals.ledger import Ledger
from assets.home import Home, HomeError
from assets.lake import naming, place, read_as, sync, write_json, write_text

if TYPE_CHECKING:
    from schemas.pseudonyms import Pseudonyms


# the columns in which a person's pseudonym stands, in chunks, facts and published tables
PSEUDONYM_COLUMNS = ("agent_key", "respondent_key", "customer_key")


@dataclass(frozen=True)
class KeyChange:
    """A rotation: which key holds for deliveries after which, since when and why."""

    former: str
    fingerprint: str
    after_sequence: int
    changed_at: str
    reason: str


def key_changes(home: Home) -> list[KeyChange]:
    """The rotations of a home, oldest first."""
    changes: list[KeyChange] | None = []
    if home.key_history.is_file():
        changes = read_as(home.key_history, lambda entries: [KeyChange(**each) for each in entries])
    if changes is None or _is_short(home, changes):
        raise HomeError(
            "lake/key.history.json is damaged: nothing else says by which key each file was read; "
            "put it back from a backup"
        )
    return changes


def _is_short(home: Home, changes: list[KeyChange]) -> bool:
    """Whether a former key is kept of which no rotation tells.

    Of one that was cut short before it was recorded, the key that is kept is still the key.
    """
    told = {_former(home, change.former) for change in changes}
    kept = home.key.parent.glob(f"{home.key.name}.{'[0-9a-f]' * 8}")
    return home.key.is_file() and any(
        path not in told and path.read_bytes() != home.key.read_bytes() for path in kept
    )


def pseudonyms(home: Home) -> Pseudonyms:
    """The home's pseudonyms; makes the key on the first run; raises HomeError if it changed."""
    expected = expected_fingerprint(home)
    if not home.key.exists():
        if expected:
            raise HomeError(
                f"the key file {home.key.name} is missing; restore it from where you keep it: "
                "with a new key every person would count twice"
            )
        _make(home.key)
    _finish_rotation(home)
    made = pseudonyms_of(home, home.key)
    if expected is None:
        _write_mark(home, made.fingerprint)
    elif expected != made.fingerprint:
        raise HomeError(
            f"the key file {home.key.name} is not the one this home was filled with; "
            "put the former key back"
        )
    return made


def expected_fingerprint(home: Home) -> str | None:
    """The fingerprint of the key that holds now; None before the first run."""
    rotated, mark = key_changes(home), _mark(home)
    if rotated:
        return rotated[-1].fingerprint
    return mark.read_text().strip() if mark.is_file() else None


def pseudonyms_at(home: Home, sequence: int) -> Pseudonyms:
    """The pseudonyms that a delivery was read with; the present ones if that key is gone."""
    rotated = key_changes(home)
    former = next((c.former for c in rotated if sequence <= c.after_sequence), None)
    path = _former(home, former) if former else home.key
    return pseudonyms_of(home, path) if path.is_file() else pseudonyms(home)


def all_pseudonyms(home: Home) -> list[Pseudonyms]:
    """Those of the present key and of every former one that is kept."""
    former = [_former(home, change.former) for change in key_changes(home)]
    return [pseudonyms(home), *(pseudonyms_of(home, path) for path in former if path.is_file())]


def pseudonyms_of(home: Home, path: Path) -> Pseudonyms:
    """The pseudonyms of a key file; raises HomeError where it is no key."""
    from schemas.pseudonyms import Pseudonyms

    try:
        return Pseudonyms(path.read_bytes(), home.settings.country_code)
    except ValueError as error:
        raise HomeError(
            f"the key file {path.name} is no key ({error}); put the former key back"
        ) from None


def rotate(home: Home, reason: str) -> KeyChange:
    """Make a new key that holds from the next delivery on; the caller holds the lock.

    The record is written before the key takes its place: cut short between the two, the next
    use of the key finishes it.
    """
    former = pseudonyms(home).fingerprint
    kept, new = _former(home, former), _next(home)
    if not kept.exists():
        kept.hardlink_to(home.key)
    _make(new)
    change = KeyChange(
        former, pseudonyms_of(home, new).fingerprint, Ledger(home).last_sequence(),
        datetime.now(UTC).isoformat(timespec="seconds"), reason,
    )  # fmt: skip
    write_json(home, home.key_history, [asdict(each) for each in (*key_changes(home), change)])
    _finish_rotation(home)
    return change


def is_cut_short(home: Home) -> bool:
    """Whether a rotation is recorded whose key has not taken its place yet."""
    new, expected = _next(home), expected_fingerprint(home)
    return new.exists() and pseudonyms_of(home, new).fingerprint == expected


def _finish_rotation(home: Home) -> None:
    if is_cut_short(home):
        _next(home).replace(home.key)
        sync(home.root)
        _write_mark(home, pseudonyms_of(home, home.key).fingerprint)


def _write_mark(home: Home, fingerprint: str) -> None:
    write_text(home, _mark(home), fingerprint + "\n")


def _make(path: Path) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with naming(scratch), os.fdopen(descriptor, "wb") as handle:
        handle.write(secrets.token_bytes(32))
    place(scratch, path)


def _former(home: Home, fingerprint: str) -> Path:
    return home.key.with_name(f"{home.key.name}.{fingerprint[:8]}")


def _next(home: Home) -> Path:
    return home.key.with_name(f"{home.key.name}.next")


def _mark(home: Home) -> Path:
    return home.lake / "key.fingerprint"
