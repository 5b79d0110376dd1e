"""What a version says of its own changes: the revisions, the restatements.

Computed in the database as it is written, from what readers will see, so it cannot disagree
with it. The rules are `sql/restatement`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assets.building.ops_tables import OPS
from assets.building.plan import Plan
from assets.publishing.assembled import Assembled
from assets.record import revisions
from sql.header import Keys, Statement, read_statement
from sql.run import (
    HERE,
    SqlError,
    create,
    create_macros,
    insert_rows,
    literal,
    make_table,
    quoted,
    records,
    table_name,
)

_COMPARED = {
    "monthly": "metric.monthly", "cells": "kpi.cells", "composites": "kpi.composites",
    "scorecard": "kpi.scorecard", "explain": "kpi.explain", "files": "ops.files",
    "corrections": "ops.corrections",
    "register": "ref.register_rows", "definitions": "ref.metric_definitions",
}  # fmt: skip
# of two versions neither of which has it
_ABSENT = {"corrections": "select '' as source, '' as file_id, '' as corrected_by where false"}
# each step is built on those before
CAUSES = Assembled(
    "restatement",
    "causes",
    (
        "changed", "register_found", "settings", "fates", "pairs", "opened", "rows_changed",
        "register_pairs", "file_pairs", "moved_by_files", "recounted", "moved_by_states",
    ),
)  # fmt: skip
# the logs a version carries on, and the comparison that gives their new rows
LOGS = {
    "ops.restatements": "found",
    "ops.register_changes": "register_found",
}


@cache
def _rule(name: str) -> Statement:
    return read_statement(HERE / "restatement" / f"{name}.sql", Keys.of("title grain reads"))


def write_revisions(plan: Plan, con: Any) -> None:
    """kpi.revisions: the scorecards of all closings, with who, when and why."""
    con.execute(
        "create table kpi.revisions as select *, cast(null as timestamp with time zone) "
        "as closed_at, cast(null as text) as closed_by, cast(null as text) as closed_because, "
        "cast(null as text) as closed_from, false as stands from kpi.scorecard where false"
    )
    stands = {revision.name for revision in revisions.standing(plan.home)}
    for revision in revisions.revisions(plan.home):
        decision = revision.decision
        said = ", ".join(
            f"cast({literal(value)} as {kind}) as {name}"
            for name, value, kind in (
                ("closed_at", decision.decided_at, "timestamp with time zone"),
                ("closed_by", decision.decided_by, "text"),
                ("closed_because", decision.reason, "text"),
                ("closed_from", decision.version, "text"),
                ("stands", revision.name in stands, "boolean"),
            )
        )
        file = literal(revision.file("kpi.scorecard"))
        con.execute(f"insert into kpi.revisions by name select *, {said} from read_parquet({file})")


def snapshot(con: Any, catalog: str, mark: str, manifest: dict[str, Any]) -> None:
    """Copy what is compared out of an attached database, for its side: before or after.

    A version written before one of the tables existed has none of its rows.
    """
    there = _tables(con, catalog)
    for name, table in _COMPARED.items():
        stands = table in there
        absent = _ABSENT.get(name, "select 1 where false")
        rows = f"select * from {catalog}.{table_name(table)}" if stands else absent
        con.execute(f"create or replace temp table {quoted(f'{mark} {name}')} as {rows}")
    settings = {**manifest.get("settings", {}), "kring": manifest["code"]}
    table = f"temp.{quoted(f'{mark} settings')}"
    columns = {"name": "text", "value": "text"}
    con.execute(f"create or replace temp table {table} (name text, value text)")
    insert_rows(con, table, columns, list(settings.items()))


def compare(con: Any) -> None:
    """Lay the differences of the snapshots `before` and `after` into temp tables.

    `found` holds the numbers that differ with their cause, `register_found` the register's rows.
    """
    for name in (*_COMPARED, "settings"):
        body = " union all by name ".join(
            f"select {literal(mark)} as version, * from temp.{quoted(f'{mark} {name}')}"
            for mark in ("after", "before")
        )
        con.execute(f"create or replace temp view {quoted('both_' + name)} as {body}")
    create_macros(con, HERE / "restatement" / "macros.sql")
    CAUSES.lay_out(con)
    create(con, _rule("restatements"), "found", "temp table")


def appeared(con: Any) -> list[dict[str, Any]]:
    """Of compared versions, the queues, services and sources that only `after` has figures of."""
    create(con, _rule("appeared"), "appeared", "temp table")
    return records(con, "from appeared order by all")


def take_in_before(con: Any, database: Path, manifest: dict[str, Any]) -> bool:
    """Snapshot the version readers see; False where its file is damaged and cannot be read."""
    import duckdb

    try:
        con.execute(f"attach {literal(database)} as before (read_only)")
        snapshot(con, "before", "before", manifest)
    except duckdb.Error:
        return False
    finally:
        con.execute("detach database if exists before")
    return True


def write_logs(
    con: Any,
    so_far: dict[str, list[Path]],
    header: dict[str, Any],
    before: dict[str, Any] | None,
) -> list[str]:
    """The logs so far, and what differs from the version before; returns those that grew.

    `before` is the manifest of the version taken in, `header` that of the new one. Raises
    SqlError where a number changed and nothing it rests on did.
    """
    for name in LOGS:
        make_table(con, table_name(name), OPS[name].columns, [])
        for path in so_far[name]:
            rows = f"from read_parquet({literal(path)})"
            con.execute(f"insert into {table_name(name)} by name {rows}")
    if before is None:
        return []
    snapshot(con, "published", "after", header)
    compare(con)
    grown = []
    for name, found in LOGS.items():
        ((count,),) = con.execute(
            f"insert into {table_name(name)} by name select {literal(header['version'])} as "
            f"version, {literal(before['version'])} as previous_version, "
            f"{literal(header['created_at'])} as restated_at, * from {found}"
        ).fetchall()
        grown += [name] if count else []
    _require_causes(con, header["version"])
    return grown


def _require_causes(con: Any, version: str) -> None:
    """Refuse a version in which a number changed and nothing that it rests on did."""
    where = f"where version = {literal(version)}"
    rows = con.execute(
        f"select table_name, period, basis, id, channel from ops.restatements {where} "
        "and cause is null order by table_name desc, period, id, basis, channel limit 3"
    ).fetchall()
    if rows:
        named = "; ".join(" ".join(str(part) for part in row if part) for row in rows)
        raise SqlError(
            f"figures changed and nothing that they rest on did (first {named}); not published. "
            "A file under lake/outputs was altered by hand: remove lake/outputs and run kring run "
            "again, which builds all of it anew from what was read. Where it says so once more, "
            "kring cannot tell the cause, which is a fault of its own: report it with this message"
        )


def _tables(con: Any, catalog: str) -> set[str]:
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?",
        [catalog],
    ).fetchall()
    return {name for (name,) in rows}
