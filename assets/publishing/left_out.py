"""Rows that an export put in the place of a former one does not have any more, and that count.

A content is a delivery of its own, so rows that another one lacks are not taken back by it, nor
are those whose ids it writes otherwise, which then count twice. That is told, by file; which of
the two exports is right nothing here decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.arrivals.ledger import LOADED, Delivery
from assets.arrivals.sources import Source
from assets.building.plan import Plan
from assets.intake.keys import losers_file
from schemas.contract import contract

if TYPE_CHECKING:
    import polars as pl

# a list of what is still to be done may shrink
_LISTS = ("outbound_cases",)


def rows_left_out(plan: Plan) -> list[tuple[Delivery, int]]:
    """What lies in landing now under a name, and the rows of former contents that it lacks."""
    present = {(file.path, file.stamp) for file in plan.found}
    found = []
    for source in plan.sources:
        by_path: dict[str, list[Delivery]] = {}
        for d in plan.ledger.deliveries([source.name]):
            if d.status == LOADED and source.kind not in _LISTS:
                by_path.setdefault(d.path, []).append(d)
        for path, contents in by_path.items():
            now = next((d for d in contents if (path, d.stamp) in present), None)
            if now and len(contents) > 1:
                rows = sum(_lacking(plan, source, d, now) for d in contents if d is not now)
                found += [(now, rows)] if rows else []
    return found


def _lacking(plan: Plan, source: Source, former: Delivery, now: Delivery) -> int:
    """Rows of a former content that count and are not in the one of now.

    Where days are those of the rows, a name may hold another span each time: of that alone.
    """
    import polars as pl

    kind = contract(source.kind)
    key, at = kind.key, kind.dated_by[0]
    held = _rows(plan, now, (key, at))
    rows = _rows(plan, former, (key, at, "_row", "_rows"))
    if rows is None or (held is None and (now.chunks or isinstance(source.covers, str))):
        return 0
    if held is not None:
        rows = rows.join(held, on=key, how="anti")
        if isinstance(source.covers, str):
            rows = rows.filter(pl.col(at).is_between(held[at].min(), held[at].max()))
    state = plan.keys_of(source.name)
    for chunk in former.chunks:
        if file := losers_file(plan.home, source.name, state, chunk.month):
            lost = pl.read_parquet(file).filter(pl.col("file_id") == former.file_id)
            rows = rows.join(lost, left_on="_row", right_on="file_row", how="anti")
    return int(rows["_rows"].sum())


def _rows(plan: Plan, delivery: Delivery, columns: tuple[str, ...]) -> pl.DataFrame | None:
    """Columns of a content's rows; None where it has none, or some are gone from the lake, which
    the next run reads again."""
    import polars as pl

    places = [plan.home.chunk(delivery.kind, delivery.source, c.file) for c in delivery.chunks]
    if not places or not all(path.is_file() for path in places):
        return None
    return pl.concat(pl.read_parquet(path, columns=list(columns)) for path in places)
