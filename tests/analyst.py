"""A published version as its readers open it: with a plain DuckDB, and nothing of kring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import TestHome


@pytest.fixture(scope="module")
def current(sample_home: TestHome) -> Path:
    return sample_home.root / "published/current"


@pytest.fixture(scope="module")
def manifest(current: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((current / "manifest.json").read_text())
    return content


@pytest.fixture(scope="module")
def shell(current: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain DuckDB shell on the published file, in the zone of whoever sits there."""
    with duckdb.connect(str(current / "kring.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'America/Los_Angeles'")
        yield connection


def rows(shell: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return list(shell.execute(sql).fetchall())


def columns_of(shell: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in rows(shell, f"describe {table}")]


def parquet(current: Path, manifest: dict[str, Any], table: str) -> str:
    """The table as its parquet files hold it, as a table function."""
    files = [f"'{current / file['path']}'" for file in manifest["tables"][table]["files"]]
    return f"read_parquet([{', '.join(files)}], hive_partitioning = false)"
