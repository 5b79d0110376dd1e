"""One export read by a source as a run reads it, in a home that vanishes; nothing is loaded.

Identifiers come out masked, and no other value of a rejected row does.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.arrivals.sources import Source
from assets.exports import Refused
from assets.home import Home
from assets.intake.accounts import Reading
from assets.intake.chunks import covered
from assets.intake.reading import Reader
from assets.intake.selecting import Selecting
from assets.trial.doubts import doubts, not_rated
from assets.trial.ids import of_ids
from assets.trial.named import by_its_name
from assets.trial.parts import Returned, drawn, first_rows
from assets.trial.rejected_cells import RULES, either_order, proposals
from assets.trial.spellings import of_spellings
from assets.trial.totals import of_totals
from assets.trial.units import of_thousands
from schemas.contract import contract
from schemas.pseudonyms import Pseudonyms
from sql.header import HeaderError

SHOWN_ROWS = 10


def try_source(home: Home, source: Source, export: Path) -> dict[str, Any]:
    """What came of an export, and what to look at twice; for `kring check-source` and its JSON."""
    begun = time.monotonic()
    returned = Returned()
    with _trial(home, source, returned) as reader:
        reading = reader.load(reader.stage(_called(home, export), export))
        kept = [reader.home.chunk(source.kind, source.name, c.file) for c in reading.chunks]
        total = sum(chunk.rows for chunk in reading.chunks)
        rows = drawn(kept, total, reader.contract.key)
        ids = of_ids(kept, rows, reader.contract) if kept else ()
        asked = _cell_notes(reader, reading, rows, returned)
        mapped = _mapped(first_rows(kept, SHOWN_ROWS), home.settings.timezone)
    months = {chunk.month: chunk.rows for chunk in reading.chunks}
    notes = [
        *reading.notes, *by_its_name(home, source, export, rows, months),
        *_below(home, source, export, reading.accepted), *ids, *_of_a_part(rows, total), *asked,
    ]  # fmt: skip
    return {
        "columns": list(reading.columns), "notes": notes,
        "rows": reading.rows, "accepted": reading.accepted, "filtered": reading.filtered,
        "rejected": reading.rejected, "rejects": _rejects(reading.rejected_rows),
        "months": months, "mapped": mapped,
        "covers_by_name": covered(source, str(export), ()),
        "refused": _refusal(reading, source), "seconds": round(time.monotonic() - begun, 2),
    }  # fmt: skip


def try_select(home: Home, source: Source) -> dict[str, Any]:
    """What can be said of a select where there is no export yet."""
    with _trial(home, source, Returned()) as reader:
        selecting = Selecting(reader.connection, source, contract(source.kind))
        try:
            return {"select_tried": selecting.check_alone(), "refused": ""}
        except (Refused, HeaderError) as error:
            return {"select_tried": True, "refused": str(error)}


@contextmanager
def _trial(home: Home, source: Source, returned: Returned) -> Iterator[Reader]:
    """A reader that lets every reject pass, in a home that vanishes."""
    with tempfile.TemporaryDirectory(prefix="kring-check-") as folder:
        trial = Home(Path(folder).resolve(), home.settings)
        pseudonyms = Pseudonyms(secrets.token_bytes(32))
        with closing(Reader(trial, source, pseudonyms, home.today(), watch=returned)) as reader:
            yield reader


def _called(home: Home, export: Path) -> str:
    """What a run calls a file: its path below landing; of one that lies elsewhere its name."""
    landing = home.landing.resolve()
    return export.relative_to(landing).as_posix() if landing in export.parents else export.name


def _cell_notes(
    reader: Reader, reading: Reading, rows: pl.DataFrame, returned: Returned
) -> tuple[str, ...]:
    """What rejected cells would be read by, and what to ask of the accepted rows."""
    source = reader.source
    cells, notes = returned.numbered(), either_order(source.times)
    if reading.rejected_rows["rule"].is_in(RULES).any() or "score" in rows.columns:
        accepted, rejects = reader.judge.checked(cells)
        notes += proposals(cells, rejects, source.times, (*reading.columns, *source.aliases))
        notes += not_rated(accepted, cells)
    days_in, contract = reader.home.settings.timezone, reader.contract
    zone = source.timezone or days_in
    asked = doubts(rows, contract, zone, days_in, reader.selected) if rows.width else ()
    of_cells = (
        *of_thousands(cells, source.decimal), *of_totals(cells, contract.key),
        *filter(None, of_spellings(cells, contract, source.nulls)),
    )  # fmt: skip
    return (*notes, *asked, *of_cells)


def _of_a_part(rows: pl.DataFrame, total: int) -> tuple[str, ...]:
    if rows.height == total:
        return ()
    return (
        f"of {total:,} accepted rows {rows.height:,}, drawn by lot, are looked at twice; what is "
        "noted of accepted rows, and how many, is noted of these",
    )


def _refusal(reading: Reading, source: Source) -> str:
    """Why a run would not take the file."""
    if reading.refused or source.tolerance.allows(reading.rejected, reading.rows):
        return reading.refused
    allowed = source.statement.header.get("tolerance") or "0"
    return f"{reading.rejected} of {reading.rows} rows rejected; the tolerance is {allowed}"


def _below(home: Home, source: Source, export: Path, accepted: int) -> tuple[str, ...]:
    """A line below the last record is none; one that becomes a row as well as the others may be."""
    options = source.options
    if not options.footer or not accepted:
        return ()
    whole = replace(source, options=replace(options, footer=0))
    with _trial(home, whole, Returned()) as reader:
        taken = reader.load(reader.stage(_called(home, export), export)).accepted - accepted
    if taken <= 0:
        return ()
    return (
        f"footer={options.footer} leaves out what would be {taken} accepted rows: are these "
        "totals, or the last records? What varies in number is left out by `where`",
    )


def _rejects(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rejects by column and rule with the first record numbers."""
    found = rows.group_by(pl.col("column").fill_null(""), "rule").agg(
        pl.col("_rows").sum().alias("rows"),
        pl.col("_row").unique(maintain_order=True).head(SHOWN_ROWS).alias("records"),
    )
    return found.sort("column", "rule").to_dicts()


def _mapped(rows: pl.DataFrame, timezone: str) -> list[dict[str, Any]]:
    """Accepted rows, times in the home's zone, identifiers masked."""
    if not rows.width:
        return []
    local = pl.col(pl.Datetime).dt.convert_time_zone(timezone)
    masked = []
    for row in rows.with_columns(local).iter_rows(named=True):
        row = {k: ("***" if k.endswith("_key") and v else v) for k, v in row.items()}
        if "activity_id" in row:
            row["activity_id"] = "***"
        masked.append({k: v for k, v in row.items() if k not in ("file_id", "_version", "_rows")})
    return masked
