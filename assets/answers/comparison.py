"""One period's service level by every rule, and the way from the rule in force to each other.

Read from the published database alone, like an explanation. Counting, and adding up months and
queues, is the SQL's (`sql/comparison`); rendering is the command's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.home import HomeError
from sql.run import questions, records

IN_FORCE = "in_force"


@dataclass(frozen=True)
class Step:
    """One switch changed: to what, and what that does to the counts (None: withheld)."""

    switch: str
    from_value: str | None
    to_value: str | None
    numerator: int | None
    denominator: int | None
    numerator_change: int | None
    denominator_change: int | None

    @property
    def value(self) -> float | None:
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator

    @property
    def is_change(self) -> bool:
        if self.numerator_change is None:  # to or from what is not known
            return self.switch != IN_FORCE and self.from_value != self.to_value
        return bool(self.numerator_change or self.denominator_change)


@dataclass(frozen=True)
class Rule:
    """A rule with what it follows, its interval, and its steps; the first is the rule in force.

    The reason says why it has no figure, where it has none.
    """

    rule: str
    title: str
    follows: str
    steps: tuple[Step, ...]
    lower_95: float | None
    upper_95: float | None
    reason: str

    @property
    def figure(self) -> Step:
        return self.steps[-1]


@dataclass(frozen=True)
class Comparison:
    """All rules of one channel; the rule in force comes first."""

    channel: str
    policies: tuple[str, ...]
    rules: tuple[Rule, ...]
    status: str
    reason: str


class Comparer:
    """Compares rules in one published database (a read-only connection)."""

    def __init__(self, connection: Any) -> None:
        self._con = connection

    def months(self, year: int, period: str) -> list[date]:
        """The published months of a period (`Q1`, `Y`, or a month as `2024-03`).

        Raises HomeError where there are none, naming those that there are.
        """
        rows = self._rows(
            "select distinct month from ref.calendar where year = $year "
            "and $period in (period, strftime(month, '%Y-%m')) order by month",
            {"year": year, "period": period},
        )
        if not rows:
            ((first, last),) = self._con.execute(
                "select strftime(min(month), '%Y-%m'), strftime(max(month), '%Y-%m') "
                "from ref.calendar"
            ).fetchall()
            named = period if period[:1].isdigit() else f"{year}-{period}"
            raise HomeError(f"{named} is not published; published months are {first} to {last}")
        return [row["month"] for row in rows]

    def compare(
        self, months: Sequence[date], channel: str | None, queue: str | None
    ) -> list[Comparison]:
        """Each channel's rules over the months and its queues, or the one asked for.

        Raises HomeError where it is none, naming those that there are.
        """
        asked = {"months": list(months), "channel": channel, "queue": queue}
        there = self._rows(questions("comparison")["queues"].body, asked)
        channels = [
            row["channel"]
            for row in there
            if channel in (None, row["channel"]) and queue in (None, row["queue"])
        ]
        if not channels:
            names = ", ".join(" ".join(filter(None, row.values())) for row in there)
            raise HomeError(
                f"there is no service level of {' '.join(filter(None, (channel, queue)))}; "
                f"channels and queues are: {names or 'none'}"
            )
        return [self._channel({**asked, "channel": one}) for one in dict.fromkeys(channels)]

    def _channel(self, asked: dict[str, Any]) -> Comparison:
        rows, (state,), policies = (
            self._rows(questions("comparison")[name].body, asked)
            for name in ("steps", "state", "policies")
        )
        rules: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            rules.setdefault(row["rule"], []).append(row)
        return Comparison(
            asked["channel"],
            tuple(row["policy_id"] for row in policies),
            tuple(_rule(steps) for steps in rules.values()),
            state["status"],
            state["reason"],
        )

    def _rows(self, query: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        used = {name: value for name, value in asked.items() if f"${name}" in query}
        return records(self._con, query, used)


def _rule(rows: list[dict[str, Any]]) -> Rule:
    names = Step.__dataclass_fields__
    last = rows[-1]
    return Rule(
        last["rule"],
        last["title"],
        last["follows"],
        tuple(Step(**{name: row[name] for name in names}) for row in rows),
        last["lower_95"],
        last["upper_95"],
        last["reason"],
    )
