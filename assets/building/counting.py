"""The rows of exports that count, as a query: chunks without the rows that lost their key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assets.building.plan import Plan
from assets.home import HomeError
from assets.intake import keys
from assets.stored.outputs import month_name
from assets.stored.soundness import sound_chunks
from sql.run import literal, parquet, quoted


def counting_rows(
    plan: Plan, kind: str, month: date | None, only: str = "", among: frozenset[Path] | None = None
) -> str:
    """A kind's rows of a month, or of all months, with source, file and record.

    `only` is a clause that rows must meet, `among` the chunks in which those are that do.
    """
    from schemas.contract import contract

    name = month_name(month) if month else None
    columns = ", ".join(
        f"cast(null as {_sql_type(dtype)}) as {quoted(column)}"
        for column, dtype in contract(kind).columns.items()
    )
    parts = [
        _of_source(plan, source.name, chunks, name)
        for source in plan.sources_of(kind)
        if (chunks := sound_chunks(plan.home, plan.ledger, source.name, name, among))
    ]
    parts.append(
        f"select {columns}, cast(null as text) as source, cast(null as text) as file_id, "
        "cast(null as bigint) as file_row where false"
    )
    return f"select * from ({' union all by name '.join(parts)}) {only}"


def _of_source(plan: Plan, source: str, chunks: Sequence[Path], month: str | None) -> str:
    state = plan.keys_of(source)
    months = [month] if month else sorted(state.months)
    lost = [file for m in months if (file := keys.losers_file(plan.home, source, state, m))]
    if lost and not state.is_by_the_rule:
        raise HomeError(
            f"which rows of source {source} count was said by an earlier kring; `kring run` says "
            "it anew"
        )
    # a loser is known by its place in its chunk
    placed = ", filename = true, file_row_number = true" if lost else ""
    rows = (
        f"select {literal(source)} as source, * exclude (_row, _version, _rows), "
        f"_row as file_row from {parquet(chunks, ', union_by_name = true' + placed)}"
    )
    if not lost:
        return rows
    return (
        f"select * exclude (filename, file_row_number) from ({rows}) as c "
        f"anti join {parquet(lost)} as lost "
        "on lost.place = c.file_row_number and lost.chunk = parse_filename(c.filename)"
    )


def _sql_type(kind: Any) -> str:
    """A Polars type as the engine names it."""
    import polars as pl

    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision}, {kind.scale})"
    if isinstance(kind, pl.Datetime):
        return "timestamp with time zone"
    names: dict[Any, str] = {
        pl.String: "text", pl.Date: "date", pl.Int64: "bigint", pl.Boolean: "boolean",
    }  # fmt: skip
    return names[kind if isinstance(kind, type) else type(kind)]
