"""A DuckDB connection for outside files and outside SQL: it sees the box and nothing else.

In memory, no extension fetched, no other file read, no setting changed. One connection serves
many files, one at a time in its box.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from sql.run import literal


def sandbox(
    box: Path, timezone: str, macros: str | None = None, memory_limit: str = "1GB"
) -> duckdb.DuckDBPyConnection:
    """A locked connection over `box` (an absolute folder without links in its path)."""
    box = box.resolve()
    con = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": memory_limit,
            "temp_directory": f"{box}-spill",
        },
    )
    con.execute(f"set TimeZone = {literal(timezone)}")
    # On by default where a process has no script, as in a worker: it would go to standard output.
    con.execute("set enable_progress_bar = false")
    if macros:
        con.execute(macros)
    con.execute(f"set allowed_directories = [{literal(box)}]")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con
