"""The rows that count in the end, read from the lake without asking the code that decides it.

Chunks hold every accepted version of a row; the lists of the losers say which do not count.
"""

from __future__ import annotations

import polars as pl

from assets.building.plan import Plan
from schemas.contract import contract

Content = dict[str, pl.DataFrame]


def content_of(plan: Plan) -> Content:
    """The rows that count of each source, without file and record, in a total order."""
    found = {}
    for source in plan.sources:
        kind = contract(source.kind)
        chunks = [
            plan.home.chunk(source.kind, source.name, c.file)
            for d in plan.ledger.loaded(source.name)
            for c in d.chunks
        ]
        if not chunks:
            found[source.name] = pl.DataFrame(schema=dict(kind.columns))
            continue
        rows = pl.concat(
            pl.read_parquet(path).with_columns(
                place=pl.int_range(pl.len(), dtype=pl.Int64), chunk=pl.lit(path.name)
            )
            for path in chunks
        )
        state = plan.keys_of(source.name)
        for month in state.months.values():
            lost = pl.read_parquet(plan.home.keys / source.name / month["file"])
            rows = rows.join(lost, on=["chunk", "place"], how="anti")
        columns = list(kind.columns)
        found[source.name] = rows.select(columns).sort(columns, nulls_last=True)
    return found
