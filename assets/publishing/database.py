"""One version's files: the analysts' database and the same tables as parquet.

The database is written in the storage format that DuckDB 1.x tools can open. Large tables'
parquet files are the lake's own, linked and not copied, so an unchanged month costs nothing.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.building.ops_tables import OPS
from assets.building.plan import Plan
from assets.lake import link_or_copy, make_folder
from assets.lanes import side_by_side
from assets.publishing.accounting import check_row_files, reject_files
from assets.publishing.carrying import clear, fill
from assets.publishing.content import (
    MOST_CHECK_ROWS,
    Small,
    large_tables,
    operational_tables,
    reference_tables,
)
from assets.publishing.explaining import write_explanation
from assets.publishing.leaving import lingers
from assets.publishing.provenance import take_in_before, write_logs, write_revisions
from assets.publishing.reconciliation import reconcile_home
from assets.publishing.relations import create_views, export, insert, link, write_comments
from assets.publishing.stating import (
    File,
    require_agreement,
    state_held_out,
    state_months,
    state_tables,
)
from assets.record.copying import Carried, Copy
from assets.record.versions import Version
from sql.run import READERS_MACROS, connect, create_macros, insert_rows, literal, table_name

STORAGE = "v1.5.0"


@dataclass(frozen=True)
class Before:
    """What a new version follows: the first of `compared` that can be read, the log so far, the
    older manifests."""

    compared: list[Version]
    logs: dict[str, list[Path]]
    manifests: list[dict[str, Any]]


def write_database(
    plan: Plan, building: Path, header: dict[str, Any], before: Before, copy: Copy
) -> dict[str, Any]:
    """Write kring.duckdb and parquet/ into a folder; check that they agree; what a manifest says.

    Where possible the database is a copy of the one readers see, brought up to date. Its
    `compact_bytes` are its size when it was last written whole.
    """
    path = building / "kring.duckdb"
    written = _write(plan, building, header, before, copy.take(path))
    if written is None:
        path.unlink()
        shutil.rmtree(building / "parquet")
        written = _write(plan, building, header, before, Carried())
    assert written is not None  # nothing lingers in a new file
    return written


def _write(
    plan: Plan, building: Path, header: dict[str, Any], before: Before, carried: Carried
) -> dict[str, Any] | None:
    """Write both on top of what was carried over; None if the database must be written whole."""
    path = building / "kring.duckdb"
    con = connect(plan.home.settings.timezone, temp=plan.home.scratch / "spill", memory="800MB")
    try:
        con.execute(f"attach {literal(path)} as published (storage_version {literal(STORAGE)})")
        taken_in = (v for v in before.compared if take_in_before(con, v.database, v.manifest))
        followed = next(taken_in, None)
        con.execute("use published")
        large = large_tables(plan)
        clear(con, carried, [table.name for table in large])
        for schema in ("fact", "metric", "kpi", "ops", "ref"):
            con.execute(f"create schema if not exists {schema}")
        # what is hashed before it is linked keeps two cores busy
        linked = side_by_side(lambda table: link(plan, table, building), large)
        files = {table.name: found for table, found in zip(large, linked, strict=True)}
        fill(con, {table.name: table.files for table in large}, carried)
        con.execute("begin")
        files |= _small_tables(plan, con, building, header, before.manifests)
        if lingers(con):
            return None
        con.execute("commit")
        compared = followed.manifest if followed else None
        with con.cursor() as own, ThreadPoolExecutor(1) as beside:
            # both read the tables as they were committed, as readers will find them
            reconciled = beside.submit(reconcile_home, own, "published", plan.home)
            files |= _provenance(plan, con, building, header, before.logs, compared)
            columns = OPS["ops.reconciliation"].columns
            insert_rows(con, table_name("ops.reconciliation"), columns, reconciled.result())
        tables, months = state_tables(con, files), state_months(con)
        held_out = state_held_out(con)
        con.execute("use memory")
        con.execute("checkpoint published")
        con.execute("detach published")
        require_agreement(con, path, building, tables)
    finally:
        con.close()
    return {
        "tables": tables, "months": months, "held_out": held_out,
        "database": {"compact_bytes": carried.compact_bytes or path.stat().st_size},
    }  # fmt: skip


def _small_tables(
    plan: Plan, con: Any, building: Path, header: dict[str, Any], older: list[dict[str, Any]]
) -> dict[str, list[File]]:
    files: dict[str, list[File]] = {}
    for small in reference_tables(plan):
        insert(con, small)
        files[small.name] = [export(con, small.name, building, header)]
    for small in (*operational_tables(plan), _versions(header, older)):
        insert(con, small)
        files[small.name] = []
    for name in ("ops.rejects", "ops.check_rows", "ops.reconciliation"):
        insert(con, Small.of_ops(name, []))
        files[name] = []
    for file_id, path in reject_files(plan):
        con.execute(
            f'insert into ops.rejects select {literal(file_id)}, _row, "column", rule, _rows '
            f"from read_parquet({literal(path)})"
        )
    for check, month, path, _ in check_row_files(plan):
        con.execute(
            f"insert into ops.check_rows select {literal(check)}, {literal(month)}, "
            f"row_number() over (), cast(to_json(found) as text) "
            f"from (from read_parquet({literal(path)}) limit {MOST_CHECK_ROWS}) as found"
        )
    return files


def _provenance(
    plan: Plan,
    con: Any,
    building: Path,
    header: dict[str, Any],
    so_far: dict[str, list[Path]],
    before: dict[str, Any] | None,
) -> dict[str, list[File]]:
    """What the version says of its own figures and tables; computed from those just written."""
    con.execute("begin")
    for macros in READERS_MACROS:
        create_macros(con, macros)
    write_explanation(plan, con)
    write_revisions(plan, con)
    grown = write_logs(con, so_far, header, before)
    computed = [*plan.rules.explanation, "kpi.revisions"]
    files = {name: [export(con, name, building, header)] for name in computed}
    where = f"where version = {literal(header['version'])}"
    for name, paths in so_far.items():
        folder = make_folder(building / "parquet" / name)
        for path in paths:
            link_or_copy(path, folder / path.name)
        if name in grown:
            export(con, name, building, header, where, f"{header['version']}.parquet")
        elif not paths:  # whoever reads the log finds one, also before anything changed
            export(con, name, building, header, where, "empty.parquet")
        files[name] = [File.of(path) for path in sorted(folder.glob("*.parquet"))]
    create_views(plan, con)
    write_comments(plan, con, header)
    con.execute("commit")
    return files


def _versions(header: dict[str, Any], older: list[dict[str, Any]]) -> Small:
    columns = OPS["ops.versions"].columns
    rows = [tuple(manifest[name] for name in columns) for manifest in (*older, header)]
    return Small.of_ops("ops.versions", rows)
