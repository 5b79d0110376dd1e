"""Rows that an export put in the place of a former one does not have any more, and that count.

A content is a delivery of its own, so rows that another one lacks are not taken back by it, nor
are those whose ids it writes otherwise, which then count twice. Asked once, when it is read;
which of the two exports is right nothing here decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.arrivals.ledger_record import Delivery
from assets.arrivals.sources import Source
from assets.home import Home
from assets.intake.keys import losers_file, resolved
from assets.key import key_changes
from schemas.contract import contract
from schemas.register_columns import LISTS, PERHAPS_LISTS
from schemas.zones import local_day

if TYPE_CHECKING:
    import polars as pl


def lacking(home: Home, source: Source, former: Sequence[Delivery], now: Delivery) -> str:
    """What to say of rows of former contents that count and are not in the one of now.

    Of a file that grows each content is in the next: where all of the last one that lacked nothing
    is in the one of now, so is all of those before it.
    """
    rows = 0
    for each in former if _replaces(source) else ():
        if _keys_differ(home, each, now):
            lacks = 0
        else:
            lacks, counting = _rows_left_out(home, source, each, now)
            rows += counting
        if not lacks and not each.warning:
            break
    if not rows:
        return ""
    count = "1 row" if rows == 1 else f"{rows} rows"
    is_in, goes_on = ("is", "counts") if rows == 1 else ("are", "count")
    return (
        f"{now.path}: {count} of what lay there before {is_in} not in it and {goes_on} as before; "
        f"where it replaces that, kring withdraw {now.path} --reason ... and kring withdraw "
        f"{now.path} --undo, which reads what lies there now; where it adds to it, give it a name "
        "of its own; then kring run"
    )


def _replaces(source: Source) -> bool:
    """Whether an export can be expected to hold what the one before it did.

    By a name that says no days, one with a version brings what has changed since the last one.
    """
    if isinstance(source.covers, str):
        return not source.version and source.kind not in PERHAPS_LISTS
    return source.kind not in LISTS


def _keys_differ(home: Home, former: Delivery, now: Delivery) -> bool:
    """Whether the key was changed between the two: ids of persons are then others, which is told
    of agents' days as that."""
    first, last = sorted((former.sequence, now.sequence))
    return any(first <= each.after_sequence < last for each in key_changes(home))


def _rows_left_out(home: Home, source: Source, former: Delivery, now: Delivery) -> tuple[int, int]:
    """How many rows are left out, and for how many contacts those of them stand that count.

    Where days are those of the rows, a name may hold another span each time: of that alone, and
    of none that begins on a later day, for by another day than the rows' its edge is not sharp.
    """
    import polars as pl

    by_rows = isinstance(source.covers, str)
    rows, held = _rows(home, source, former), _rows(home, source, now)
    if rows is None or held is None or (by_rows and _begins_later(home, held, rows)):
        return 0, 0
    if source.version or former.sequence < now.sequence:
        rows = rows.join(held, on="key", how="anti")
    # else the older one lies there again: of all ids that both have the newer one's row counts
    if by_rows:
        rows = rows.filter(pl.col("at").is_between(held["at"].min(), held["at"].max()))
    lacks = rows.height
    state = resolved(home, source.name)
    for chunk in former.chunks if state.is_by_the_rule else ():
        if file := losers_file(home, source.name, state, chunk.month):
            rows = rows.join(pl.read_parquet(file), on=["chunk", "place"], how="anti")
    return lacks, int(rows["_rows"].sum())


def _begins_later(home: Home, held: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """Whether the window has moved on, or nothing tells where it lies."""
    if held.is_empty() or rows.is_empty():
        return True
    first, former = (local_day(one["at"], home.settings.timezone).sort()[0] for one in (held, rows))
    return bool(first > former)


def _rows(home: Home, source: Source, delivery: Delivery) -> pl.DataFrame | None:
    """Of each row its key's hash (the texts of ten million take too much room) and its moment.

    None where rows are gone from the lake, which the next run reads again.
    """
    import polars as pl

    kind = contract(source.kind)
    places = delivery.files(home)
    if not all(path.is_file() for path in places):
        return None
    if not places:
        none = {"key": pl.UInt64, "at": pl.Null, "_rows": pl.Int64}
        return pl.DataFrame(schema={**none, "place": pl.Int64, "chunk": pl.String})
    key, at = pl.col(kind.key).hash().alias("key"), pl.col(kind.dated_by[0]).alias("at")
    return pl.concat(
        pl.scan_parquet(path)
        .select(key, at, "_rows")
        .with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64), chunk=pl.lit(path.name))
        .collect()
        for path in places
    )
