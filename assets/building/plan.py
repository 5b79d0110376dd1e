"""The judge of staleness: what differs between what should be and what stands.

`kring run`, `kring status`, the schedule and the sensor all ask here, so they agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from assets.building.fingerprints import Fingerprints
from assets.building.look import Look
from assets.home import Home
from assets.lake import is_sound
from assets.periods import parse_month, window
from assets.rulebook.headers import trailing
from assets.rulebook.rules import KPI_ORDER
from assets.stored.outputs import WHOLE, month_name


@dataclass(frozen=True, order=True)
class Stale:
    """An output whose record does not match: a table, and its month (None: the whole)."""

    table: str
    month: date | None


class Plan(Look):
    """One look at a home on a day: what there is, what should be, what differs."""

    def __init__(self, home: Home, as_of: date) -> None:
        super().__init__(home, as_of)
        self.fingerprints = Fingerprints(self)

    def expected(self) -> Iterator[tuple[str, date | None]]:
        """Every output that should exist: table and month."""
        for name, rule in self.rules.facts.items():
            yield from ((f"fact.{name}", month) for month in self.fact_months(rule))
        for month in self.months:
            yield from ((f"metric.{name}", month) for name in self.rules.metrics)
            yield from ((f"check.{name}", month) for name in self.rules.checks)
            yield "metric.monthly", month
            yield from ((name, month) for name in self.rules.tables)
        yield "kpi.scorecard", None

    def stale(self) -> list[Stale]:
        """Outputs to rebuild. A stale month leaves what rests on it to be judged after it."""
        found = []
        for table, month in self.expected():
            record = self.outputs.get(table, month)
            if record is None or record.fingerprint != self.fingerprints.of(table, month):
                found.append(Stale(table, month))
        return [*found, *self._trailing(found)]

    def _trailing(self, found: list[Stale]) -> list[Stale]:
        """Rules that look back at a stale month: their own months become stale with it."""
        stale = {(s.table, s.month) for s in found}
        looking = {f"check.{n}": r for n, r in self.rules.checks.items()} | dict(self.rules.tables)
        return [
            Stale(table, month)
            for table, rule in looking.items()
            if trailing(rule)
            for month in self.months
            if (table, month) not in stale
            and any(
                (name, each) in stale
                for read in rule.listed("reads")
                for name in self._rests_on(read)
                for each in window(month, trailing(rule))
            )
        ]

    def _rests_on(self, table: str) -> set[str]:
        """A table and what it is built from: a stale fact makes its metrics stale after it."""
        metrics = self.rules.metrics
        names = list(metrics) if table == "metric.monthly" else [table.removeprefix("metric.")]
        return {table}.union(*(metrics[n].listed("reads") for n in names if n in metrics))

    def damaged(self, months: Collection[date], but: Collection[str]) -> set[str]:
        """Tables, but these, of which the disk has not kept the file of one of these months."""
        return {
            record.table
            for record in self.outputs.all()
            if record.table not in but
            and record.month != WHOLE
            and parse_month(record.month) in months
            and not is_sound(self.outputs.path(record), record.sha256)
        }

    def drop_strays(self) -> None:
        """Forget outputs of rules or months that are no more; with the run lock held."""
        kept = {(table, month_name(month)) for table, month in self.expected()}
        kept |= {(f"kpi.{name}", WHOLE) for name in (*KPI_ORDER, "scorecard_as_now")}
        for record in self.outputs.all():
            if (record.table, record.month) not in kept:
                self.outputs.drop(record)
        self.outputs.sweep()

    def stale_months(self) -> list[date]:
        return sorted({s.month for s in self.stale() if s.month is not None})
