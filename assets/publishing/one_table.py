"""One table of a version: made in the database, and beside it as parquet.

Which tables there are is `content`'s to say, in which order they are written `database`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.building.plan import Plan
from assets.lake import is_sound, link_or_copy, make_folder
from assets.outputs import WHOLE
from assets.publishing.content import Large, Small
from assets.publishing.stating import File
from sql.run import SqlError, insert_rows, literal, make_table, table_name


def link(plan: Plan, table: Large, building: Path) -> list[File]:
    """Give the lake's own files a name in the version; SqlError where one is damaged."""
    folder = make_folder(building / "parquet" / table.name)
    linked = []
    for month, path, sha256 in table.files:
        if not is_sound(path, sha256):
            plan.outputs.forget_damaged(table.name, month)
            raise SqlError(
                f"{table.name} {month}: the lake's file is damaged; it is dropped, "
                "run kring run again and it is built anew"
            )
        year = folder if month == WHOLE else make_folder(folder / f"year={month[:4]}")
        target = year / (f"{table.name}.parquet" if month == WHOLE else f"{month}.parquet")
        link_or_copy(path, target)
        linked.append(File(target, sha256))
    return linked


def insert(con: Any, table: Small) -> None:
    """Make a small table in the database, with its rows."""
    make_table(con, table_name(table.name), table.columns, table.rows)


def fill_in(con: Any, table: Small) -> None:
    insert_rows(con, table_name(table.name), table.columns, table.rows)


def export(
    con: Any, name: str, building: Path, header: dict[str, Any], where: str = "", file: str = ""
) -> File:
    """Write a table of the database, or the rows that meet a clause, as parquet."""
    target = make_folder(building / "parquet" / name) / (file or f"{name}.parquet")
    sample = "true" if header["is_sample"] else "false"
    con.execute(
        f"copy (select * from {table_name(name)} {where} order by all) to {literal(target)} "
        "(format parquet, compression zstd, "
        f'kv_metadata {{"table": {literal(name)}, "is_sample": {literal(sample)}}})'
    )
    return File.of(target)
