"""Hand-built exports for the tests of reading: a source, a file, and what came of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from assets.arrivals.sources import Source, read_source
from assets.exports import Export, Refused, open_export, require_columns, sandbox, stage

SEMI = "delim=';'"
PLAIN = b"id;name;n\n1;Ani;5\n2;Budi;6\n"


class Read(NamedTuple):
    """An open export and the rows of its view, without `_file`."""

    export: Export
    rows: list[tuple[Any, ...]]

    @property
    def rejects(self) -> list[tuple[int, str]]:
        return [(each.row, each.rule) for each in self.export.rejects]

    @property
    def values(self) -> list[tuple[Any, ...]]:
        return [row[:-1] for row in self.rows]

    @property
    def numbers(self) -> list[int]:
        return [row[-1] for row in self.rows]


class Bench:
    """A sandbox with its box and a landing folder; reads one file at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.box = folder / "box"
        self.landing = folder / "landing"
        self.box.mkdir()
        self.landing.mkdir()
        self.con: duckdb.DuckDBPyConnection = sandbox(self.box, "Asia/Jakarta")

    def source(
        self, form: str = "csv", select: str = "select * from export", **keys: str
    ) -> Source:
        header = {"title": "T", "kind": "calls", "files": "*", "format": form, **keys}
        path = self.folder / "t.sql"
        lines = [f"-- {key}: {value}" for key, value in header.items()]
        path.write_text("\n".join([*lines, select, ""]), encoding="utf-8")
        return read_source(path)

    def put(self, content: bytes, name: str = "f.csv") -> Path:
        path = self.landing / name
        path.write_bytes(content)
        return path

    def read(self, file: Path | bytes, form: str = "csv", **keys: str) -> Read:
        """Stage, open and check a file; every record is in the view or among the rejects."""
        source = self.source(form, **keys)
        path = self.put(file) if isinstance(file, bytes) else file
        export = open_export(self.con, stage(path, source, self.box), source)
        require_columns(self.con, source, export)
        rows = self.con.sql("select * exclude (_file) from export order by _row").fetchall()
        assert len(rows) + len(export.rejects) == export.records
        return Read(export, rows)


def refusal(bench: Bench, content: bytes | Path, form: str = "csv", **keys: str) -> Refused:
    with pytest.raises(Refused) as caught:
        bench.read(content, form, **keys)
    return caught.value
