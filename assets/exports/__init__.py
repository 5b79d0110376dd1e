"""A raw export file becomes the DuckDB view `export`: text columns by header name.

stage() copies a landing file into a private box and learns what it is; open_export() makes
the view over the copy and accounts for every record in it. Converting text to types, and
deciding how many rejects are too many, belong to the contract and to ingest.
"""

from __future__ import annotations

import duckdb

from assets.arrivals.sources import Source
from assets.exports.columns import (
    complaint,
    described,
    require_columns,
    select_columns,
    used_columns,
)
from assets.exports.delimited import open_delimited
from assets.exports.refused import Refused, Reject
from assets.exports.sandbox import sandbox
from assets.exports.staging import Staged, stage
from assets.exports.unpacking import Limits
from assets.exports.view import Export, create_empty_view


def open_export(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """Create or replace the view `export` in `con`; raises Refused for the file as a whole."""
    if source.format in ("csv", "tsv"):
        return open_delimited(con, staged, source)
    if source.format in ("json", "json lines"):
        from assets.exports.json_records import open_json

        return open_json(con, staged, source)
    if source.format == "xlsx":
        from assets.exports.xlsx import open_xlsx

        return open_xlsx(con, staged, source)
    from assets.exports.parquet import open_parquet

    return open_parquet(con, staged, source)


__all__ = [
    "Export", "Limits", "Refused", "Reject", "Staged", "complaint",
    "create_empty_view", "described", "open_export", "require_columns", "sandbox",
    "select_columns", "stage", "used_columns",
]  # fmt: skip
