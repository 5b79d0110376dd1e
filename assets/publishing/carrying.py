"""What a new version's database takes over from the one before: the large tables, month by month.

Belongs here: copying that database, dropping what is written anew, and bringing the months of a
large table up to date. A table that cannot be taken over is simply written whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assets.lake import sha256_file
from assets.lanes import Edge, Stopped, cores, in_lanes
from assets.publishing import leaving
from sql.run import literal, quoted, table_name

# A database that was patched often keeps holes; beyond this growth it is written whole.
_GROWTH = 1.5
# as much as the kernel copies by one call
_MOST = 1 << 30
# tables that are written beside each other
_AT_ONCE = 2
# a month, its file and the file's sha256
Monthly = tuple[str, Path, str]


@dataclass
class Carried:
    """What the copied database holds: of each large table the digest of each month's file."""

    compact_bytes: int = 0
    """The size of the database when it was last written whole; 0: this one is."""
    held: dict[str, dict[str, str]] = field(default_factory=dict)


def copy_database(manifest: Mapping[str, Any], source: Path, target: Path) -> Carried:
    """Copy the database of a version; nothing is carried where it is not as its manifest says."""
    stated = manifest["database"]
    compact_bytes = int(stated.get("compact_bytes", 0))
    if not compact_bytes or stated["bytes"] > _GROWTH * compact_bytes:
        return Carried()
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_file, source)
        _copy(source, target)
        is_as_stated = sha256.result() == stated["sha256"]
    if not is_as_stated:
        target.unlink()
        return Carried()
    held = {
        name: {Path(file["path"]).stem: file["sha256"] for file in table["files"]}
        for name, table in manifest["tables"].items()
    }
    return Carried(compact_bytes, held)


def _copy(source: Path, target: Path) -> None:
    """Copy within the kernel, which shares the blocks where the file system can."""
    with source.open("rb") as old, target.open("xb") as new:
        try:
            while os.copy_file_range(old.fileno(), new.fileno(), _MOST):
                pass
        except OSError:  # not between these file systems, or not by this kernel
            old.seek(0)
            new.seek(0)
            shutil.copyfileobj(old, new, 1 << 22)


def clear(con: Any, carried: Carried, kept: Sequence[str]) -> None:
    """Drop all but the kept tables of the copy in use, and free their room at once."""
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
    """Make each large table of the database in use hold its files, and nothing else."""
    con.execute("begin")
    whole = [name for name, files in tables.items() if not _taken_over(con, name, files, carried)]
    con.execute("commit")
    _write_whole(con, {name: tables[name] for name in whole})


def _taken_over(con: Any, name: str, files: Sequence[Monthly], carried: Carried) -> bool:
    held = carried.held.get(name)
    if held is None:
        return False
    if _patch(con, name, files, held):
        return True
    leaving.note(con, name)
    return False


def _write_whole(con: Any, tables: Mapping[str, Sequence[Monthly]]) -> None:
    """Write tables beside each other, the largest first.

    Several threads on one table leave half-filled blocks and take a third more of the processor,
    so there are no more of them than cores that the tables themselves leave idle.
    """
    import duckdb

    sizes = {name: sum(p.stat().st_size for _, p, _ in files) for name, files in tables.items()}
    largest_first = sorted(tables, key=lambda name: -sizes[name])
    ((database,),) = con.execute("select current_database()").fetchall()
    con.execute(f"set threads = {max(1, cores() - _AT_ONCE + 1)}")
    with ExitStack() as stack:
        own = {name: stack.enter_context(con.cursor()) for name in largest_first}

        def write(name: str, edge: Edge) -> None:
            edge()
            sources = ", ".join(literal(path) for _, path, _ in tables[name])
            try:
                own[name].execute(
                    f"create or replace table {quoted(database)}.{table_name(name)} as "
                    f"select * from read_parquet([{sources}])"
                )
            except duckdb.InterruptException:
                raise Stopped from None

        in_lanes(
            [partial(write, name) for name in largest_first],
            min(_AT_ONCE, cores()),
            interrupt=lambda: [each.interrupt() for each in own.values()],
        )
    con.execute("reset threads")


def _patch(con: Any, name: str, files: Sequence[Monthly], held: Mapping[str, str]) -> bool:
    """Write the months that differ, if they are the fewer; whether the table is right then."""
    wanted = {_stem(name, month): sha256 for month, _, sha256 in files}
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
    """Write the rows of a month that differ from its file's: often one of a hundred thousand.

    Rows are told apart by two hashes of all their columns, which takes less than half the time of
    comparing them or of writing them again.
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


def _stem(name: str, month: str) -> str:
    """The name of a month's published file, by which a manifest knows it."""
    return name if month == "whole" else month


def _same_columns(con: Any, name: str, path: Path) -> bool:
    table = con.execute(f"describe {table_name(name)}").fetchall()
    file = con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()
    return "month" in {c[0] for c in table} and [c[:2] for c in table] == [c[:2] for c in file]


def _holds(con: Any, table: str, files: Sequence[Monthly]) -> bool:
    """Whether a table has as many rows of each month as the month's file."""
    paths = ", ".join(literal(path) for _, path, _ in files)
    counts = "select month, count(*) from {} group by month order by month"
    return bool(
        con.execute(counts.format(table)).fetchall()
        == con.execute(counts.format(f"read_parquet([{paths}])")).fetchall()
    )
