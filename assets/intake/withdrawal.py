"""Taking a bad file back: from then on the home is as if it had never come.

The record stays, with the reason; dropped again, the same content stays withdrawn.
"""

from __future__ import annotations

from dataclasses import replace

from assets.arrivals.ledger import REFUSED, WITHDRAWN, Delivery, Ledger
from assets.home import Home, HomeError

_GIVEN_BACK = "counts again; the next run reads it, in its former place"


def withdraw(home: Home, path: str, reason: str) -> list[Delivery]:
    """Withdraw a file's content, under whatever names it came; the caller holds the lock."""
    ledger = Ledger(home)
    content = {d.sha256 for d in _of_path(home, ledger, path) if d.sha256}
    found = [d for d in ledger.deliveries() if d.sha256 in content and d.status != WITHDRAWN]
    if not found:
        raise HomeError(f"{path} is withdrawn already")
    return [ledger.write(replace(d, status=WITHDRAWN, error=reason)) for d in found]


def restore(home: Home, path: str) -> list[Delivery]:
    """Take a withdrawal back: the file is read again by the next run."""
    ledger = Ledger(home)
    content = {d.sha256 for d in _of_path(home, ledger, path)}
    found = [d for d in ledger.deliveries() if d.sha256 in content and d.status == WITHDRAWN]
    if not found:
        raise HomeError(f"{path} is not withdrawn")
    for delivery in found:
        if (home.landing / delivery.path).is_file():
            ledger.write(replace(delivery, status=REFUSED, error=_GIVEN_BACK, rules=""))
        else:
            ledger.forget(delivery)
    return found


def _of_path(home: Home, ledger: Ledger, path: str) -> list[Delivery]:
    name = path.removeprefix(f"{home.landing}/").removeprefix("./")
    found = [d for d in ledger.deliveries() if d.path == name]
    if not found:
        raise HomeError(
            f"{path} was never read; name it as kring status and ops.files do, "
            "by its path below landing"
        )
    return found
