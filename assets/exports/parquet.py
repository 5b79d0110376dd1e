"""A parquet file as the view `export`, once it is known to be sound.

Decoding it for the first time is done elsewhere, in `parquet_process`; what its columns are as
text is `parquet_columns`.
"""

from __future__ import annotations

import duckdb

from assets.arrivals.sources import Source
from assets.exports.columns import used_columns
from assets.exports.parquet_columns import ROW, Undecoded
from assets.exports.parquet_process import decoded_apart
from assets.exports.refused import Refused
from assets.exports.staging import Staged
from assets.exports.view import Export, create_view


def open_parquet(con: duckdb.DuckDBPyConnection, staged: Staged, source: Source) -> Export:
    """The view over a parquet file; refuses what is damaged, encrypted or has raw bytes.

    A hostile file can end an engine, and a process with it. So it is decoded once elsewhere.
    """
    [(zone,)] = con.sql("select current_setting('TimeZone')").fetchall()
    used = used_columns(con, source)
    columns = None if used is None else frozenset(used)
    found = decoded_apart(Undecoded(staged.path, staged.name, staged.size, source, zone, columns))
    if found is None:
        raise Refused(
            "crash",
            f"{staged.name}: ended the process that tried to decode it, by a crash or for want of "
            "memory or time; if other files are read, export this one again or as csv",
        )
    if not found:
        raise Refused(
            "damaged",
            f"{staged.name}: the parquet file is cut short, damaged or encrypted; export it again",
        )
    create_view(con, found["texts"], staged, source, ROW, found["of"])
    return Export(staged.name, tuple(found["texts"]), found["records"])
