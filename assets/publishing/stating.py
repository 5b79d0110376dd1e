"""What a manifest states of a version's tables: rows, columns and files, as they were written.

The written files are opened as a reader would, so what is stated is what a reader finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.lake import sha256_file
from sql.run import SqlError, literal, parquet, table_name


@dataclass(frozen=True)
class File:
    """A parquet file of a version and its digest."""

    path: Path
    sha256: str

    @classmethod
    def of(cls, path: Path) -> File:
        """A file that was just written."""
        return cls(path, sha256_file(path))


def state_tables(con: Any, files: Mapping[str, Sequence[File]]) -> dict[str, Any]:
    """The tables of the database in use, with their files."""
    columns: dict[str, list[dict[str, str]]] = {}
    for table, column, kind in con.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "semi join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = current_database() order by 1, column_index"
    ).fetchall():
        columns.setdefault(table, []).append({"name": column, "type": kind})
    rows = _counts(con, {name: table_name(name) for name in columns})
    return {
        name: {
            "rows": rows[name],
            "columns": columns[name],
            "files": [
                {
                    "path": "/".join(file.path.parts[file.path.parts.index("parquet") :]),
                    "sha256": file.sha256,
                    "bytes": file.path.stat().st_size,
                }
                for file in files[name]
            ],
        }
        for name in columns
    }


def state_months(con: Any) -> dict[str, dict[str, int]]:
    """How many cells of each month have which status."""
    rows = con.execute(
        "select strftime(month, '%Y-%m'), status, count(*) from metric.monthly_by_channel "
        "group by all order by all"
    ).fetchall()
    months: dict[str, dict[str, int]] = {}
    for month, status, count in rows:
        months.setdefault(month, {})[status] = count
    return months


def state_held_out(con: Any) -> list[str]:
    """The months and periods whose figures would differ if closed ones were opened."""
    rows = con.execute("select distinct period from kpi.pending order by period").fetchall()
    return [period for (period,) in rows]


def require_agreement(con: Any, database: Path, building: Path, tables: dict[str, Any]) -> None:
    """Raise SqlError where the written database or parquet has other rows than stated."""
    con.execute(f"attach {literal(database)} as reader (read_only)")
    stated = {name: table["rows"] for name, table in tables.items()}
    written = _counts(con, {name: f"reader.{table_name(name)}" for name in tables})
    written_too = _counts(con, {
        name: parquet(building / file["path"] for file in table["files"])
        for name, table in tables.items()
        if table["files"]
    })  # fmt: skip
    for name, rows in stated.items():
        if not rows == written[name] == written_too.get(name, rows):
            raise SqlError(f"{name}: the written database and parquet do not agree; not published")
    con.execute("detach reader")


def _counts(con: Any, relations: Mapping[str, str]) -> dict[str, int]:
    """How many rows each relation has; all are asked by one query."""
    asked = " union all ".join(
        f"select {literal(name)}, count(*) from {place}" for name, place in relations.items()
    )
    return dict(con.execute(asked).fetchall()) if asked else {}
