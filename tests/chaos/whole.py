"""What must hold of a home after any disturbance; read from the disk, not through kring.

A published version is whole and is one of those expected; nothing lies about that an
undisturbed run would not have left.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# made anew by every run, or by a home's own random key; a version is named by when it was made
_OF_THE_RUN = ("loaded_at", "agent_key", "respondent_key", "customer_key",
               "version", "previous_version", "restated_at")  # fmt: skip
_OWN = ("ops.versions",)


@dataclass(frozen=True)
class Content:
    """What readers find in a version: a digest of each table's rows, whatever made them."""

    tables: dict[str, str]

    def differs(self, other: Content) -> list[str]:
        names = sorted({*self.tables, *other.tables})
        return [name for name in names if self.tables.get(name) != other.tables.get(name)]


def published(root: Path) -> Content | None:
    """The content of `current`; None where nothing was ever published; asserts it is whole."""
    link = root / "published/current"
    if not link.is_symlink():
        assert not link.exists(), "current is no link"
        return None
    assert link.exists(), f"current points to nothing ({link.readlink()})"
    return content_of(link.resolve())


def content_of(version: Path) -> Content:
    """The content of one version, its files checked against the manifest byte by byte."""
    manifest = json.loads((version / "manifest.json").read_text())
    stated = {manifest["database"]["path"]: manifest["database"]["sha256"]}
    pages = [*manifest["documents"], *manifest["reports"]["files"]]
    stated |= {file["path"]: file["sha256"] for file in pages}
    for table in manifest["tables"].values():
        stated |= {file["path"]: file["sha256"] for file in table["files"]}
    there = {str(p.relative_to(version)): p for p in version.rglob("*") if p.is_file()}
    assert set(there) == {*stated, "manifest.json"}, "files and manifest differ"
    for name, sha256 in stated.items():
        assert _sha256(there[name]) == sha256, f"{name} is not what the manifest says"
    tables = {}
    with duckdb.connect(str(version / "kring.duckdb"), read_only=True) as database:
        for name, table in manifest["tables"].items():
            rows = _rows(database, f"from {name}", name)
            tables[name] = rows
            paths = [str(version / file["path"]) for file in table["files"]]
            if paths:
                same = _rows(database, f"from read_parquet({paths}, hive_partitioning=false)", name)
                assert same == rows, f"{name}: database and parquet do not agree"
    return Content({name: rows for name, rows in tables.items() if name not in _OWN})


def _rows(database: duckdb.DuckDBPyConnection, query: str, name: str) -> str:
    columns = [row[0] for row in database.execute(f"describe {query}").fetchall()]
    kept = ", ".join(f'"{column}"' for column in columns if column not in _OF_THE_RUN)
    found = database.execute(f"select {kept} {query}").fetchall()
    return hashlib.sha256(repr(sorted(map(repr, found))).encode()).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def left(root: Path) -> frozenset[str]:
    """The files and folders a home consists of, under names that do not tell when or by what key.

    Dagster's own books are as many as there were runs, so of these only strange ones count.
    """
    return frozenset(_names(root))


def _names(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name.startswith(("landing", "register", "sources", "reference")) or name == "lake/tmp":
            continue
        if re.fullmatch(
            r"dagster/history/runs/[-0-9a-f]{36}\.db|dagster/\.nux|dagster/\.telemetry.*", name
        ):
            continue
        name = re.sub(r"\d{8}T\d{9}Z-[0-9a-f]{8}", "VERSION", name)
        yield re.sub(r"\b[0-9a-f]{12}\b", "#", name)


def strangers(root: Path, undisturbed: frozenset[str]) -> list[str]:
    """What lies there and would not, or is missing and would be."""
    now = left(root)
    return sorted([f"+ {n}" for n in now - undisturbed] + [f"- {n}" for n in undisturbed - now])


def unnamed(root: Path) -> list[str]:
    """Files of the lake that no record names, and records whose file is not as they say."""
    return [*_unnamed_outputs(root / "lake"), *_unnamed_deliveries(root / "lake")]


def _unnamed_outputs(lake: Path) -> Iterator[str]:
    for table in sorted((lake / "outputs").glob("*")):
        records = [json.loads(path.read_text()) for path in table.glob("*.json")]
        yield from _compared(table, {r["file"]: r["sha256"] for r in records})
    for source in sorted(p for p in (lake / "keys").glob("*") if p.is_dir()):
        record = json.loads(source.with_suffix(".json").read_text())
        yield from _compared(source, {m["file"]: m["sha256"] for m in record["months"].values()})


def _unnamed_deliveries(lake: Path) -> Iterator[str]:
    deliveries = [json.loads(path.read_text()) for path in lake.glob("ledger/*/*.json")]
    for folder in sorted(lake.glob("raw/*/*")):
        named = {
            chunk["file"]: chunk["sha256"]
            for d in deliveries
            if (d["kind"], d["source"]) == folder.parts[-2:]
            for chunk in d["chunks"]
        }
        yield from _compared(folder, named)
    for folder in sorted(lake.glob("rejects/*")):
        known = {d["sha256"][:16] for d in deliveries if d["source"] == folder.name}
        there = sorted(path.name for path in folder.glob("*") if path.stem not in known)
        yield from (f"{folder.name}/{name} is named by no record" for name in there)


def _compared(folder: Path, named: dict[str, Any]) -> Iterator[str]:
    there = {path.name: path for path in folder.glob("*.parquet")}
    yield from (
        f"{folder.name}/{name} is named by no record" for name in there.keys() - named.keys()
    )
    for name, sha256 in named.items():
        if name not in there:
            yield f"{folder.name}/{name} is named by a record and missing"
        elif _sha256(there[name]) != sha256:
            yield f"{folder.name}/{name} is not what its record says"
