"""Agents' days that came before a change of the key and again after it.

A row of agents' time is known by its agent, so across the change it is no correction of the
one that came before: both count. That is told, by file; nothing here decides which is right.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from assets.arrivals.ledger_record import Delivery
from assets.building.plan import Plan
from assets.key import key_changes


def days_of_two_keys(plan: Plan) -> list[tuple[Delivery, Delivery, list[date]]]:
    """The later file, the first one that shares days with it by a former key, and those days."""
    after = [change.after_sequence for change in key_changes(plan.home)]
    if not after:
        return []
    found = []
    for source in plan.sources_of("agent_activity"):
        loaded = plan.ledger.loaded(source.name)
        for later in loaded:
            turned = [last for last in after if last < later.sequence]
            former = [d for d in loaded if turned and d.sequence <= turned[-1]]
            shared = {d.file_id: sorted(_shared(plan, d, later)) for d in former}
            first = next((d for d in former if shared[d.file_id]), None)
            if first:
                found.append(
                    (later, first, sorted({day for each in shared.values() for day in each}))
                )
    return found


def _shared(plan: Plan, one: Delivery, other: Delivery) -> set[date]:
    months = {c.month for c in one.chunks} & {c.month for c in other.chunks}
    return _days(plan, one, months) & _days(plan, other, months)


def _days(plan: Plan, delivery: Delivery, months: set[str]) -> set[date]:
    """Of what is gone from the lake none are known; the next run reads it again."""
    places = {
        plan.home.chunk(delivery.kind, delivery.source, chunk.file): chunk.sha256
        for chunk in delivery.chunks
        if chunk.month in months
    }
    return {day for path, sha256 in places.items() if path.is_file() for day in _held(path, sha256)}


@cache
def _held(path: Path, sha256: str) -> frozenset[date]:
    """The days of a chunk, which is compared with every one of its month."""
    import polars as pl

    return frozenset(pl.read_parquet(path, columns=["day"])["day"].unique())
