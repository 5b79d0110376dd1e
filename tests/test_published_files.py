"""The files of a published version: the same tables as parquet, the manifest, who may read them."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Any

import duckdb
from analyst import columns_of, current, manifest, parquet, rows, shell
from homes import ROOT

__all__ = ["current", "manifest", "shell"]  # the fixtures


def test_parquet_holds_what_the_database_holds(
    shell: duckdb.DuckDBPyConnection, current: Path, manifest: dict[str, Any]
) -> None:
    tables = manifest["tables"]
    with_files = [name for name in tables if tables[name]["files"]]
    logs = ["ops.register_changes", "ops.restatements"]
    assert with_files == [name for name in tables if name in logs or name[:4] != "ops."]
    # what is no file is said on the page for those who read files
    everything = shell.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    )
    views = {name for (name,) in everything.fetchall()} - set(tables)
    page = (ROOT / "docs/consumers.md").read_text(encoding="utf-8")
    assert [name for name in (*views, *logs) if f"`{name}`" not in page] == []
    for table in with_files:
        files = parquet(current, manifest, table)
        assert rows(shell, f"select count(*) from {table}") == [(tables[table]["rows"],)], table
        assert rows(shell, f"select count(*) from {files}") == [(tables[table]["rows"],)], table
        assert columns_of(shell, f"(from {files})") == columns_of(shell, table)
        assert rows(shell, f"from {table} except all from {files}") == [], table
        assert rows(shell, f"from {files} except all from {table}") == [], table


def test_large_tables_are_partitioned_by_year(current: Path, manifest: dict[str, Any]) -> None:
    for table in ("fact.contacts", "metric.monthly"):
        folders = {
            Path(file["path"]).parent.as_posix() for file in manifest["tables"][table]["files"]
        }
        assert f"parquet/{table}/year=2024" in folders


def test_every_parquet_file_says_that_it_is_a_sample(
    shell: duckdb.DuckDBPyConnection, current: Path, manifest: dict[str, Any]
) -> None:
    said = rows(
        shell,
        "select file_name, decode(key), decode(value) from parquet_kv_metadata("
        f"'{current}/parquet/*/**/*.parquet')",
    )
    files = [file["path"] for table in manifest["tables"].values() for file in table["files"]]
    marked = [Path(name).relative_to(current).as_posix() for name, k, v in said
              if (k, v) == ("is_sample", "true")]  # fmt: skip
    assert sorted(marked) == sorted(files)
    assert all(v in name for name, k, v in said if k == "table")


def test_manifest_tells_what_the_version_holds(
    shell: duckdb.DuckDBPyConnection, current: Path, manifest: dict[str, Any]
) -> None:
    assert manifest["version"] == current.resolve().name
    assert manifest["is_sample"] is True
    assert {"schema", "created_at", "as_of", "organisation", "content", "code", "register"} < set(
        manifest
    )
    assert rows(shell, "select version from ops.versions") == [(manifest["version"],)]
    base = rows(
        shell,
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_type = 'BASE TABLE'",
    )
    assert set(manifest["tables"]) == {name for (name,) in base}
    for name, table in manifest["tables"].items():
        described = [(column, kind) for column, kind, *_ in rows(shell, f"describe {name}")]
        assert [(c["name"], c["type"]) for c in table["columns"]] == described, name
    states = rows(
        shell,
        "select strftime(month, '%Y-%m'), status, count(*) from metric.monthly_by_channel "
        "group by all",
    )
    assert sorted(states) == sorted(
        (month, status, count)
        for month, counts in manifest["months"].items()
        for status, count in counts.items()
    )


def test_manifest_hashes_are_those_of_the_files(current: Path, manifest: dict[str, Any]) -> None:
    files = [manifest["database"], *manifest["documents"], *manifest["reports"]["files"]]
    files += [file for table in manifest["tables"].values() for file in table["files"]]
    for file in files:
        content = (current / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"], file["path"]
        assert len(content) == file["bytes"]
    listed = {file["path"] for file in files} | {"manifest.json"}
    there = [p for p in current.resolve().rglob("*") if p.is_file()]
    assert {p.relative_to(current.resolve()).as_posix() for p in there} == listed


def test_a_version_is_read_only_and_the_groups(current: Path) -> None:
    version = current.resolve()
    assert current.readlink() == Path("versions") / version.name
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [version, *version.rglob("*")]
    }
    assert modes == {(True, 0o750), (False, 0o440)}


def test_the_way_to_a_version_is_open_to_the_group(current: Path) -> None:
    """Files that the group may read lie behind folders that it may enter."""
    for folder in (current.resolve().parent, current.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o750, folder.name
