"""A published database, opened to be read: by whoever answers from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.code_version import code_version
from assets.home import HomeError

if TYPE_CHECKING:
    import duckdb


# how the engine says that a table, a column or a macro is not there
_LACKING = re.compile(r"does not exist|not found in FROM clause|does not have a column named")


class MissingColumnError(RuntimeError):
    """Rows that were read whole have not the column that is asked of them."""


def open_database(database: Path, timezone: str = "") -> duckdb.DuckDBPyConnection:
    """Open it read-only, its times shown in a zone; raises HomeError where its file is damaged."""
    import duckdb

    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error:
        raise HomeError(
            f"{database} cannot be opened; kring verify says what of the version is damaged, "
            "kring rollback goes back to another"
        ) from None
    # or a long query draws its bar on standard output
    connection.execute("set enable_progress_bar = false")
    if timezone:
        connection.execute("set TimeZone = $zone", {"zone": timezone})
    return connection


@contextmanager
def of_any_age(manifest: dict[str, Any]) -> Iterator[None]:
    """Raise HomeError where a version that an earlier kring made, and so stands as it was made,
    has not what is asked of it. What a version of this kring lacks is a fault of its own."""
    import duckdb

    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException, MissingColumnError) as error:
        lacking = str(error).splitlines()[0]
        is_lacking = isinstance(error, MissingColumnError) or _LACKING.search(lacking)
        if manifest.get("code") == code_version() or not is_lacking:
            raise
        raise HomeError(
            f"the version published lacks what this is made from, an older kring made it; "
            f"kring run publishes one that has it ({lacking})"
        ) from None
