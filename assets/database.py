"""A published database, opened to be read: by whoever answers from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def of_any_age() -> Iterator[None]:
    """Raise HomeError where a published database has not what is asked of it: a version that an
    earlier kring made stands as it was made, and readers may have been rolled back to it."""
    import duckdb

    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        lacking = str(error).splitlines()[0]
        raise HomeError(
            f"the version published lacks what this is made from, an older kring made it; "
            f"kring run publishes one that has it ({lacking})"
        ) from None
