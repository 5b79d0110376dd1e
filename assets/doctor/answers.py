"""What a check is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from assets.home import Home
from assets.run_lock import lock_holder

if TYPE_CHECKING:
    from assets.building.plan import Plan

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True)
class Answer:
    """One line: whether it is well, what was seen, what to do."""

    state: str
    said: str
    do: str = ""
    what: str = ""


class Patient:
    """The home that is looked at; what several checks need is looked at once."""

    def __init__(self, home: Home, as_of: date) -> None:
        self.home, self.as_of = home, as_of

    @cached_property
    def holder(self) -> str | None:
        """Since when a run works; None where none does."""
        return lock_holder(self.home)

    @cached_property
    def plan(self) -> Plan:
        from assets.building.plan import Plan

        return Plan(self.home, self.as_of)


Check = Callable[[Patient], list[Answer]]
