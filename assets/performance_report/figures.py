"""The report's figures, each with the place in the published database it was read from.

A `Row` is one row of a published table (or one group of them); a `Figure` is one of its
numbers. The address goes with the number onto the page, so a page can be checked number by
number. Reading them is `reading`'s work, showing them `page`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assets.database import MissingColumnError

Number = float | int | Decimal


@dataclass(frozen=True)
class Figure:
    """A number to print: its value, where it stands, and with how many decimals it is shown.

    `less` is the address of what was taken off it, where the figure is a difference;
    `times` is 100 where a share is printed in percentage points.
    """

    value: Number | None
    column: str
    key: Mapping[str, object]
    places: int = 2
    less: tuple[str, Mapping[str, object]] | None = None
    times: int = 1

    def __sub__(self, other: Figure) -> Figure:
        if self.value is None or other.value is None:
            value = None
        else:
            value = float(self.value) - float(other.value)
        return Figure(value, self.column, self.key, self.places, (other.column, other.key))


@dataclass(frozen=True)
class Row:
    """One row: its table (or `sum(table)`, `pull(table)` of a group), its key, its values."""

    table: str
    key: Mapping[str, object]
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        try:
            return self.values[column]
        except KeyError:
            raise MissingColumnError(f"{self.table} has no column {column}") from None

    def figure(self, column: str, places: int = 2) -> Figure:
        return Figure(self[column], f"{self.table}.{column}", self.key, places)

    def percent(self, column: str, places: int | None = 2) -> Figure:
        """A share 0..1 in percentage points; `places` None: none where it is a whole number."""
        value = self[column]
        shown = None if value is None else value * 100
        if places is None:
            places = 0 if shown is None or shown == round(shown) else 2
        return Figure(shown, f"{self.table}.{column}", self.key, places, times=100)


@dataclass(frozen=True)
class Node:
    """A node of the scorecard in a period: the basis to quote, and each basis there is."""

    official: Row
    bases: Mapping[str, Row]

    @property
    def id(self) -> str:
        return str(self.official["id"])


@dataclass(frozen=True)
class Part:
    """A counted cell that a KPI rests on, and its weight in it."""

    metric: str
    channel: str | None
    service: str | None
    weight: Row | None
    definition: Row

    @property
    def cell(self) -> dict[str, str | None]:
        """By what its rows are found in a table of figures."""
        return {"metric_id": self.metric, "channel": self.channel, "service": self.service}


@dataclass(frozen=True)
class ClosedRules:
    """What a KPI of a closed period rests on, as the revision keeps it.

    `rules` are rows of the explanation, in the register's words; `rule` is how the KPI was scored.
    """

    period: str
    card: Row
    rule: Row | None
    parts: list[Part]
    rules: list[Row]


@dataclass(frozen=True)
class Point:
    """A month or quarter of a KPI's trend, with the target of its quarter."""

    label: str
    row: Row
    target: Row | None
    column: str

    @property
    def figure(self) -> Figure:
        return self.row.figure(self.column)


@dataclass(frozen=True)
class Kpi:
    """All the report says of one KPI, but for the office's own words."""

    node: Node
    periods: list[tuple[str, Node]]
    before: Row | None
    target_before: Row | None
    rule: Row
    targets: list[Row]
    parts: list[Part]
    policies: list[Row]
    closed: ClosedRules | None
    former: list[ClosedRules]
    trend: list[Point]
    pulls: list[Row]
    inputs: list[Row]
    deliveries: list[Row]
    gaps: list[Row]
    states: list[Row]

    @property
    def id(self) -> str:
        return self.node.id


@dataclass(frozen=True)
class Channel:
    """The service level of a channel: its months, its target, its half hours as hours."""

    name: str
    months: list[tuple[Row, Row | None, bool | None]]
    abandoned: Mapping[str, Row]
    policy: Row | None
    hours: Mapping[tuple[int, int], Row]


@dataclass(frozen=True)
class Report:
    """One year up to a period, from one published version."""

    year: int
    period: str
    organisation: str
    version: Row
    score: Node
    perspectives: list[Node]
    objectives: list[Node]
    kpis: list[Kpi]
    channels: list[Channel]
    breaks: list[Row]
    satisfaction: Mapping[tuple[str, str], Row]
    satisfaction_index: Mapping[str, Row]
    occupancy: Mapping[tuple[str, str, str], Row]
    funnel: Row | None
    funnel_months: list[Row]
    closings: list[Row]
    restatements: list[Row]
    pending: list[Row]
    definitions: list[Row]
    findings: list[Row]
    files: list[Row]
    months: list[date]

    @property
    def is_sample(self) -> bool:
        return bool(self.version["is_sample"])
