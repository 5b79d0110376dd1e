"""Taking a bad file back: from then on the home is as if it had never come.

The record stays, with the reason; dropped again, the same content stays withdrawn. A content
without records says for each of its names that there was none, and is taken back by name.
"""

from __future__ import annotations

from dataclasses import replace

from assets.arrivals.deliveries import is_lost
from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import (
    DUPLICATE,
    GIVEN_BACK,
    LOADED,
    REFUSED,
    WITHDRAWN,
    Delivery,
)
from assets.home import Home, HomeError
from assets.lake import sha256_file

_COUNTS_AGAIN = "counts again; the next run reads it, in its former place"
_READ_AGAIN = "its withdrawal was taken back; the next run reads it again"
_REPLACED = "its withdrawal was taken back; another content lies under its name by now"


def withdraw(home: Home, path: str, reason: str) -> list[Delivery]:
    """Withdraw a file's content, under whatever names it came; the caller holds the lock."""
    ledger = Ledger(home)
    found = [d for d in _meant(home, ledger, path) if d.status != WITHDRAWN]
    if not found:
        raise HomeError(f"{path} is withdrawn already")
    none = _without_records(ledger, found)
    for d in found:
        # one that was refused says nothing by its name either
        rules = "" if d.status == REFUSED and not d.is_given_back else d.rules
        ledger.write(replace(d, status=WITHDRAWN, standing="", error=reason, rules=rules))
    for source, sha256 in none:
        _hand_over(ledger, source, sha256)
    return found


def restore(home: Home, path: str) -> list[Delivery]:
    """Take a withdrawal back: what lies in landing is read again by the next run, what has left it
    counts as it was read. Returns what does either."""
    ledger = Ledger(home)
    withdrawn = [d for d in _meant(home, ledger, path) if d.status == WITHDRAWN]
    found = [d for d in withdrawn if not d.is_taken_out]
    if withdrawn and not found:
        raise HomeError(f"{path} was {withdrawn[0].error}, and stays out")
    if not found:
        raise HomeError(f"{path} is not withdrawn")
    none = _without_records(ledger, found)
    # a copy counts by the rows of another, so those with rows first
    for d in sorted(found, key=lambda d: d.is_none):
        here = home.landing / d.path
        if here.is_file():
            is_there = sha256_file(here) == d.sha256
            why = (_COUNTS_AGAIN if d.rules else _READ_AGAIN) if is_there else _REPLACED
            ledger.write(replace(d, status=REFUSED, standing=GIVEN_BACK, error=why))
        elif again := _as_it_was(home, ledger, d, (d.source, d.sha256) in none):
            ledger.write(again)
        else:
            ledger.forget(d)
    now = ((d.source, d.path, d.sha256) for d in ledger.deliveries())
    back = {*now} & {(d.source, d.path, d.sha256) for d in found}
    if not back:
        raise HomeError(
            f"{path} is withdrawn no more, but neither is it in landing nor are its rows kept; "
            "put it back, and kring run reads it"
        )
    return [d for d in found if (d.source, d.path, d.sha256) in back]


def _without_records(ledger: Ledger, found: list[Delivery]) -> set[tuple[str, str]]:
    contents = {(d.source, d.sha256) for d in found}
    return {content for content in contents if ledger.says_none(*content)}


def _as_it_was(home: Home, ledger: Ledger, delivery: Delivery, says_none: bool) -> Delivery | None:
    """The record of a file that has left landing, as before its withdrawal; None where its rows
    are not kept, or there were none to keep for it was refused."""
    back = replace(delivery, status=LOADED, error="")
    if not delivery.rules:
        return None
    if not delivery.is_none:
        return back if delivery.chunks and not is_lost(home, delivery) else None
    holder = ledger.holder(delivery.source, delivery.sha256)
    if holder and holder.status == LOADED:
        return replace(back, status=DUPLICATE, error=holder.path, rows=0, filtered=0)
    return back if says_none else None


def _hand_over(ledger: Ledger, source: str, sha256: str) -> None:
    """Of the other names of a content without records the first holds it from now on."""
    every = ledger.names(source, sha256)
    read = max(every, key=lambda d: d.rows)
    names = [d for d in every if d.status in (LOADED, DUPLICATE)]
    for d in names[:1]:
        ledger.write(replace(d, status=LOADED, error="", rows=read.rows, filtered=read.filtered))
    for d in names[1:]:
        ledger.write(replace(d, status=DUPLICATE, error=names[0].path, rows=0, filtered=0))


def _meant(home: Home, ledger: Ledger, path: str) -> list[Delivery]:
    """The deliveries of a path and of its contents' other names, but for contents without
    records. Raises HomeError where it was never read."""
    name = path.removeprefix(f"{home.landing}/").removeprefix("./")
    own = [d for d in ledger.deliveries() if d.path == name]
    if not own:
        raise HomeError(
            f"{path} was never read; name it as kring status and ops.files do, "
            "by its path below landing"
        )
    whole = {d.sha256 for d in own if d.sha256 and not ledger.says_none(d.source, d.sha256)}
    return [d for d in ledger.deliveries() if d.sha256 in whole or (d in own and d.sha256)]
