"""What a new version's database takes over from the one before: the large tables, month by month.

Belongs here: copying that database, dropping what is written anew, and bringing the months of a
large table up to date. A table that cannot be taken over is simply written whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.key import PSEUDONYM_COLUMNS
from sql.run import literal, table_name

# A database that was patched often keeps holes; beyond this growth it is written whole.
_GROWTH = 1.5
_BLOCK = 1 << 22
# tables of small size in whose texts a pseudonym may stand
_TEXTS = ("ref.register_rows", "ops.check_rows")


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
    digest = hashlib.sha256()
    with source.open("rb") as old, target.open("xb") as new:
        while block := old.read(_BLOCK):
            digest.update(block)
            new.write(block)
    if digest.hexdigest() != stated["sha256"]:
        target.unlink()
        return Carried()
    held = {
        name: {Path(file["path"]).stem: file["sha256"] for file in table["files"]}
        for name, table in manifest["tables"].items()
    }
    return Carried(compact_bytes, held)


def note_persons(con: Any, mark: str) -> None:
    """Note the pseudonyms that the database in use holds, as the temporary table `mark`."""
    columns = con.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "join information_schema.tables using (table_catalog, table_schema, table_name) where "
        "table_catalog = current_database() and table_type = 'BASE TABLE' order by all"
    ).fetchall()
    selects = [
        f"select distinct {column} as person from {table_name(table)}"
        for table, column in columns
        if column in PSEUDONYM_COLUMNS
    ]
    selects += [
        "select unnest(regexp_extract_all(cast(found as text), '[0-9a-f]{32}')) "
        f"from {table_name(table)} as found"
        for table in _TEXTS
        if table in {name for name, _ in columns}
    ]
    con.execute(
        f"create temp table temp.{mark} as select distinct person "
        f"from ({' union all '.join(['select null as person', *selects])}) where person is not null"
    )


def lingers(con: Any, before: str, after: str) -> bool:
    """Whether somebody's pseudonym is gone from the tables: it still lies in the file's free room.

    Who was taken out must not be found in the bytes of a version, so that one is written whole.
    """
    query = f"select count(*) > 0 from (from temp.{before} except from temp.{after})"
    return bool(con.execute(query).fetchall()[0][0])


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
    tables = {name for kind, name in relations if kind == "table"}
    carried.held = {name: carried.held[name] for name in kept if name in tables & set(carried.held)}
    for kind, name in sorted(relations, reverse=True):  # views before the tables they read
        if name not in carried.held:
            con.execute(f"drop {kind} {table_name(name)}")
    for kind, name in macros:
        con.execute(f'drop {kind} "{name}"')
    con.execute("checkpoint")


def fill(con: Any, name: str, files: Sequence[tuple[str, Path, str]], carried: Carried) -> None:
    """Make a large table hold these files, (month, path, sha256) each, and nothing else."""
    held = carried.held.get(name)
    if held is not None and _patch(con, name, files, held):
        return
    sources = ", ".join(literal(path) for _, path, _ in files)
    con.execute(
        f"create or replace table {table_name(name)} as select * from read_parquet([{sources}])"
    )


def _patch(
    con: Any, name: str, files: Sequence[tuple[str, Path, str]], held: Mapping[str, str]
) -> bool:
    """Write the months that differ, if they are the fewer; whether the table is right then."""
    wanted = {_stem(name, month): sha256 for month, _, sha256 in files}
    if wanted == held:
        return True
    changed = [(m, path) for m, path, sha256 in files if held.get(m) != sha256]
    gone = [month for month in held if month not in wanted]
    if len(changed) + len(gone) > len(files) / 2 or not _same_columns(con, name, files[0][1]):
        return False
    table = table_name(name)
    for month in (*gone, *(month for month, _ in changed)):
        con.execute(f"delete from {table} where month = date {literal(month + '-01')}")
    for _, path in changed:
        con.execute(f"insert into {table} by name select * from read_parquet({literal(path)})")
    return _holds(con, table, files)


def _stem(name: str, month: str) -> str:
    """The name of a month's published file, by which a manifest knows it."""
    return name if month == "whole" else month


def _same_columns(con: Any, name: str, path: Path) -> bool:
    table = con.execute(f"describe {table_name(name)}").fetchall()
    file = con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()
    return "month" in {c[0] for c in table} and [c[:2] for c in table] == [c[:2] for c in file]


def _holds(con: Any, table: str, files: Sequence[tuple[str, Path, str]]) -> bool:
    """Whether a table has as many rows of each month as the month's file."""
    paths = ", ".join(literal(path) for _, path, _ in files)
    counts = "select month, count(*) from {} group by month order by month"
    return bool(
        con.execute(counts.format(table)).fetchall()
        == con.execute(counts.format(f"read_parquet([{paths}])")).fetchall()
    )
