"""A published database, opened to be read: by whoever answers from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assets.home import HomeError

if TYPE_CHECKING:
    import duckdb


def open_database(database: Path) -> duckdb.DuckDBPyConnection:
    """Open it read-only; raises HomeError where its file is damaged."""
    import duckdb

    try:
        return duckdb.connect(str(database), read_only=True)
    except duckdb.Error:
        raise HomeError(
            f"{database} cannot be opened; kring verify says what of the version is damaged, "
            "kring rollback goes back to another"
        ) from None
