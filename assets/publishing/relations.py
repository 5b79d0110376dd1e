"""A version's tables and views: made in the database, beside it as parquet, and what each means.

Which there are is `content`'s to say, in which order they are written `database`'s.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.building.plan import Plan
from assets.dictionary import column_comment
from assets.lake import is_sound, link_or_copy, make_folder
from assets.publishing.content import Large, Small, table_comment
from assets.publishing.stating import File
from assets.stored.outputs import WHOLE
from assets.stored.soundness import made_anew
from sql.run import execute, literal, make_table, quoted, table_name

_REMARKS = """
with relations as (
    select 'table' as kind, database_name, schema_name, table_name, comment from duckdb_tables()
    union all
    select 'view', database_name, schema_name, view_name, comment from duckdb_views()
)

select kind, schema_name || '.' || table_name, null, comment
from relations
where database_name = current_database()
union all
select relations.kind, schema_name || '.' || table_name, columns.column_name, columns.comment
from duckdb_columns() as columns
join relations using (database_name, schema_name, table_name)
where database_name = current_database()
"""


def link(plan: Plan, table: Large, building: Path) -> list[File]:
    """Give the lake's own files a name in the version; HomeError where one is damaged."""
    folder = make_folder(building / "parquet" / table.name)
    linked = []
    for month, path, sha256 in table.files:
        if not is_sound(path, sha256):
            plan.outputs.forget_damaged(table.name, month)
            raise made_anew(path)
        year = folder if month == WHOLE else make_folder(folder / f"year={month[:4]}")
        target = year / (f"{table.name}.parquet" if month == WHOLE else f"{month}.parquet")
        link_or_copy(path, target)
        linked.append(File(target, sha256))
    return linked


def insert(con: Any, table: Small) -> None:
    """Make a small table in the database, with its rows."""
    make_table(con, table_name(table.name), table.columns, table.rows)


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


def create_views(plan: Plan, con: Any) -> None:
    """Create the rules' views in the database in use, in the order of their names: a view can read
    those alone that come before it."""
    for name, view in plan.rules.views.items():
        execute(con, view, f"create view {table_name(name)} as {view.body}")


def write_comments(plan: Plan, con: Any, header: dict[str, Any]) -> None:
    """Say what relations and columns mean; a table that was taken over says most of it already."""
    sample = "SYNTHETIC SAMPLE DATA. " if header["is_sample"] else ""
    unsaid = []
    for kind, name, column, before in con.execute(_REMARKS).fetchall():
        if column:
            what = f"column {table_name(name)}.{quoted(column)}"
            said = column_comment(name, column)
        else:
            what, said = f"{kind} {table_name(name)}", sample + table_comment(plan, name)
        if said != before:
            unsaid.append(f"comment on {what} is {literal(said)};")
    # some hundreds: told one by one they take half as long again
    con.execute("\n".join(unsaid))
