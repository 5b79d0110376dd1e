"""The bars of a run's cost, and whether they were reached in this session.

Each is a ratio within the session, a number of seconds or of megabytes. A bar whose
measurements were not taken is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from scenes import Scenes, Taken


class NotTakenError(KeyError):
    """A measurement that this session did not make."""


@dataclass(frozen=True)
class Found:
    """The scenes of a small and a large history."""

    small: Scenes
    large: Scenes
    growth: float  # how many times more contacts the large one has

    def of(self, name: str, small: bool = False) -> Taken:
        try:
            return (self.small if small else self.large)[name]
        except KeyError:
            raise NotTakenError(name) from None

    def seconds(self, name: str, small: bool = False) -> float:
        return self.of(name, small).measured.seconds

    def peak(self, name: str, small: bool = False) -> float:
        return self.of(name, small).measured.peak_mb

    def publish(self, name: str, small: bool = False) -> float:
        phases = self.of(name, small).phases
        if "publish" not in phases:
            raise NotTakenError("publish")
        return phases["publish"]

    def aside(self, name: str, small: bool = False) -> float:
        """Seconds without publishing."""
        return self.seconds(name, small) - self.publish(name, small)

    def outside(self, name: str) -> float:
        """Seconds outside the steps."""
        self.publish(name)
        return self.seconds(name) - sum(self.of(name).phases.values())

    def months(self, name: str) -> float:
        return float(len(json.loads(self.of(name).measured.output)["months_rebuilt"]))


@dataclass(frozen=True)
class Target:
    """One bar: what is measured, and at most how much of it."""

    text: str
    value: Callable[[Found], float]
    bar: Callable[[Found], float]
    unit: str = ""


def _at(bar: float) -> Callable[[Found], float]:
    return lambda _: bar


TARGETS = (
    Target("cold run against DuckDB by hand, contacts alone (b)",
           lambda f: f.seconds("cold") / f.seconds("duckdb contacts"), _at(3), "x"),
    Target("cold run against DuckDB by hand, every export (b, all)",
           lambda f: f.seconds("cold") / f.seconds("duckdb all"), _at(3), "x"),
    Target("cold run of contacts alone against DuckDB by hand, contacts alone (b)",
           lambda f: f.seconds("cold, contacts alone") / f.seconds("duckdb contacts"), _at(3), "x"),
    Target("cold run against pandas doing the service level alone (c)",
           lambda f: f.seconds("cold") / f.seconds("pandas"), _at(1), "x"),
    Target("peak memory of the cold run", lambda f: f.peak("cold"), _at(1_500), "MB"),
    Target("one more day against the cold run, publish aside",
           lambda f: 100 * f.aside("day") / f.seconds("cold"), _at(5), "%"),
    Target("the first day of a month against the cold run, publish aside",
           lambda f: 100 * f.aside("first day of a month") / f.seconds("cold"), _at(5), "%"),
    Target("one more day on the large history against the small, publish aside",
           lambda f: f.aside("day") / f.aside("day", True), _at(1.3), "x"),
    Target("the first day of a month on the large history against the small, publish aside",
           lambda f: f.aside("first day of a month") / f.aside("first day of a month", True),
           _at(1.3), "x"),
    Target("publish, cold, against a plain copy of the database",
           lambda f: f.publish("cold") / f.seconds("copy"), _at(1.5), "x"),
    Target("publish after one more day against a plain copy of the database",
           lambda f: f.publish("day") / f.seconds("copy"), _at(0.3), "x"),
    Target("nothing new", lambda f: f.seconds("nothing"), _at(2), "s"),
    Target("months rebuilt for a late row", lambda f: f.months("late row"), _at(1), "month"),
    Target("months rebuilt for a target", lambda f: f.months("target"), _at(0), "months"),
    Target("months rebuilt for a policy of December (and January, running)",
           lambda f: f.months("policy"), _at(2), "months"),
    Target("growth of the cold run in time",
           lambda f: f.seconds("cold") / f.seconds("cold", True), lambda f: 1.1 * f.growth, "x"),
    Target("growth of the cold run in memory",
           lambda f: f.peak("cold") / f.peak("cold", True), _at(2), "x"),
    Target("outside the steps, one month touched", lambda f: f.outside("late row"), _at(3), "s"),
)  # fmt: skip


def table(found: dict[int, Scenes]) -> str:
    """The bars as Markdown: of the largest history, against the smallest where there are two.

    A history counts whose cold run came to its end.
    """
    sizes = sorted(size for size, scenes in found.items() if "cold" in scenes)
    if not sizes:
        return "No cold run came to its end."
    growth = sizes[-1] / sizes[0]
    both = Found(found[sizes[0]] if growth > 1 else {}, found[sizes[-1]], growth)
    lines = [f"| at {sizes[-1]:,} contacts | at most | measured | |", "|---|---:|---:|---|"]
    for target in TARGETS:
        try:
            value = target.value(both)
        except NotTakenError:
            continue
        bar = target.bar(both)
        verdict = "reached" if value <= bar else "**not reached**"
        lines.append(
            f"| {target.text} | {bar:,.4g} {target.unit} | {_shown(value)} {target.unit} "
            f"| {verdict} |"
        )
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
