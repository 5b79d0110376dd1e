"""Pseudonyms that leave a database which is updated in place: none may stay in its free space.

The persons of rows that are taken out are noted, and at the end looked for in every table. A
person who was taken out must not be found in the bytes of a version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.key import PSEUDONYM_COLUMNS
from sql.run import table_name

# in memory, where every cursor on the database sees it
_LEAVING = "memory.main.leaving"
# tables of small size in whose texts a pseudonym may stand
_TEXTS = ("ref.register_rows", "ops.check_rows")


def begin(con: Any) -> None:
    """Start with an empty list."""
    con.execute(f"create or replace table {_LEAVING} (person text)")


def note(con: Any, table: str, where: str = "true") -> None:
    """Note the persons of rows that are about to be taken out of a table of the database in use."""
    for persons in _persons(con, table, where):
        con.execute(f"insert into {_LEAVING} select distinct person from ({persons})")


def lingers(con: Any) -> bool:
    """Whether somebody who left is in no table any more; then the file must be written whole.

    Tables are searched, the smallest first, until all are found, so the large ones seldom are.
    """
    # a transaction that writes the database may write beside it what is temporary, and no more
    con.execute(f"create or replace temp table missing as select distinct * from {_LEAVING}")
    for table in _tables(con) if _anybody(con) else []:
        for persons in _persons(con, table, "true"):
            con.execute(
                "delete from temp.missing where person in "
                f"(select person from ({persons}) semi join temp.missing using (person))"
            )
            if not _anybody(con):
                return False
    return _anybody(con)


def _anybody(con: Any) -> bool:
    query = "select count(*) > 0 from temp.missing where person is not null"
    return bool(con.execute(query).fetchall()[0][0])


def _persons(con: Any, table: str, where: str) -> Iterator[str]:
    """Selects of the persons in a table's rows, as the column `person`."""
    columns = [column for column, *_ in con.execute(f"describe {table_name(table)}").fetchall()]
    for column in columns:
        if column in PSEUDONYM_COLUMNS:
            yield f"select {column} as person from {table_name(table)} where {where}"
    if table in _TEXTS:
        yield (
            "select unnest(regexp_extract_all(cast(found as text), '[0-9a-f]{32}')) as person "
            f"from {table_name(table)} as found where {where}"
        )


def _tables(con: Any) -> list[str]:
    """The tables of the database in use, the smallest first."""
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = current_database() order by estimated_size, 1"
    ).fetchall()
    return [name for (name,) in rows]
