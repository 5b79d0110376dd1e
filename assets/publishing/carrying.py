"""What a new version's database takes over from the one before: the large tables, month by month.

Belongs here: dropping from a copy what is written anew, and bringing the months of a large table
up to date. A table that cannot be taken over is simply written whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from assets.lanes import Edge, Stopped, cores, in_lanes
from assets.publishing import leaving
from assets.record.copying import Carried
from assets.stored.outputs import WHOLE
from sql.run import literal, parquet, quoted, table_name

# tables that are written beside each other
_AT_ONCE = 2
# a month, its file and the file's sha256
Monthly = tuple[str, Path, str]


def clear(con: Any, carried: Carried, kept: Sequence[str]) -> None:
    """Drop everything but the kept tables from the copy in use, and free its space at once."""
    relations = con.execute(
        "select if(table_type = 'VIEW', 'view', 'table'), table_schema || '.' || table_name "
        "from information_schema.tables where table_catalog = current_database()"
    ).fetchall()
    macros = con.execute(
        "select distinct if(function_type = 'table_macro', 'macro table', 'macro'), function_name "
        "from duckdb_functions() where database_name = current_database() and not internal"
    ).fetchall()
    leaving.begin(con)
    tables = {name for kind, name in relations if kind == "table"}
    carried.held = {name: carried.held[name] for name in kept if name in tables & set(carried.held)}
    for kind, name in sorted(relations, reverse=True):  # views before the tables they read
        if name not in carried.held:
            if kind == "table":
                leaving.note(con, name)
            con.execute(f"drop {kind} {table_name(name)}")
    for kind, name in macros:
        con.execute(f'drop {kind} "{name}"')
    con.execute("checkpoint")


def fill(con: Any, tables: Mapping[str, Sequence[Monthly]], carried: Carried) -> None:
    """Make each large table of the database in use hold its files, and nothing else.

    Tables are written in parallel, the largest first. Several threads on one table leave
    half-filled blocks and cost a third more processor time, so only idle cores are used so.
    """
    sizes = {name: sum(p.stat().st_size for _, p, _ in files) for name, files in tables.items()}
    largest_first = sorted(tables, key=lambda name: -sizes[name])
    ((database,),) = con.execute("select current_database()").fetchall()
    con.execute(f"set threads = {max(1, cores() - _AT_ONCE + 1)}")
    with ExitStack() as stack:
        own = {name: stack.enter_context(con.cursor()) for name in largest_first}

        def write(name: str, edge: Edge) -> None:
            edge()
            own[name].execute(f"use {quoted(database)}")
            _fill_table(own[name], name, tables[name], carried.held.get(name))

        in_lanes(
            [partial(write, name) for name in largest_first],
            min(_AT_ONCE, cores()),
            interrupt=lambda: [each.interrupt() for each in own.values()],
        )
    con.execute("reset threads")


def _fill_table(
    con: Any, name: str, files: Sequence[Monthly], held: Mapping[str, str] | None
) -> None:
    import duckdb

    try:
        if held is not None:
            if _patch(con, name, files, held):
                return
            leaving.note(con, name)
        rows = parquet(path for _, path, _ in files)
        con.execute(f"create or replace table {table_name(name)} as select * from {rows}")
    except duckdb.InterruptException:
        raise Stopped from None


def _patch(con: Any, name: str, files: Sequence[Monthly], held: Mapping[str, str]) -> bool:
    """Rewrite the months that differ, if they are the minority; whether the table is right then."""
    # a manifest knows a month by the name of its published file
    wanted = {name if month == WHOLE else month: sha256 for month, _, sha256 in files}
    if wanted == held:
        return True
    changed = [(m, path) for m, path, sha256 in files if held.get(m) != sha256]
    gone = [month for month in held if month not in wanted]
    if len(changed) + len(gone) > len(files) / 2 or not _same_columns(con, name, files[0][1]):
        return False
    for month in gone:
        _take_out(con, name, f"month = date {literal(month + '-01')}")
    for month, path in changed:
        _bring_up(con, name, month, path)
    return _holds(con, table_name(name), files)


def _bring_up(con: Any, name: str, month: str, path: Path) -> None:
    """Rewrite the rows of a month that differ from its file: often one of a hundred thousand.

    Rows are compared by two hashes of all their columns, which takes less than half the time of
    comparing the columns or of writing all rows again.
    """
    columns = [column for column, *_ in con.execute(f"describe {table_name(name)}").fetchall()]
    alike = ", ".join(
        f"hash({', '.join(map(quoted, listed))}) as {mark}"
        for mark, listed in (("one", columns), ("other", columns[::-1]))
    )
    rows = f"read_parquet({literal(path)}, file_row_number = true)"
    con.execute(
        "create or replace temp table differing as select there.row as gone, file.row as new from "
        f"(select rowid as row, {alike} from {table_name(name)} "
        f"where month = date {literal(month + '-01')}) as there full join "
        f"(select file_row_number as row, {alike} from {rows}) as file using (one, other) "
        "where there.row is null or file.row is null"
    )
    _take_out(con, name, "rowid in (select gone from temp.differing)")
    con.execute(
        f"insert into {table_name(name)} by name select * exclude (file_row_number) "
        f"from {rows} where file_row_number in (select new from temp.differing) "
        "order by file_row_number"
    )


def _take_out(con: Any, name: str, where: str) -> None:
    leaving.note(con, name, where)
    con.execute(f"delete from {table_name(name)} where {where}")


def _same_columns(con: Any, name: str, path: Path) -> bool:
    table = con.execute(f"describe {table_name(name)}").fetchall()
    file = con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()
    return "month" in {c[0] for c in table} and [c[:2] for c in table] == [c[:2] for c in file]


def _holds(con: Any, table: str, files: Sequence[Monthly]) -> bool:
    """Whether a table has as many rows of each month as the month's file."""
    written = parquet(path for _, path, _ in files)
    counts = "select month, count(*) from {} group by month order by month"
    return bool(
        con.execute(counts.format(table)).fetchall()
        == con.execute(counts.format(written)).fetchall()
    )
