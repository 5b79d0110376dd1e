"""What must hold after any fault: accounting, loudness, silence about values.

Each is a function over what a run left, so that it can be asked after every fault alike. They
read the lake for themselves, not through the code that is on trial.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import five_files
import polars as pl
import pyarrow.parquet as pq
from counting import Content

from assets.building.ops_tables import OPS
from assets.building.plan import Plan
from assets.publishing.accounting import file_rows
from assets.publishing.finding import Finding


class FileRow(NamedTuple):
    """A row of ops.files, its nulls as empty texts."""

    file_id: str
    path: str
    sha256: str
    source: str
    kind: str
    status: str
    rows: int
    accepted: int
    corrections: int
    duplicates: int
    filtered: int
    rejected: int
    months: list[str]
    error: str

    @property
    def counts(self) -> tuple[object, ...]:
        return (self.path, self.status, *self[6:12], self.error)


def file_rows_of(plan: Plan) -> list[FileRow]:
    """The rows of ops.files, those of one path in the order in which they came."""
    order = {(d.source, d.path, d.sha256): d.sequence for d in plan.ledger.deliveries()}
    named = [dict(zip(OPS["ops.files"].columns, row, strict=True)) for row in file_rows(plan)]
    rows = [FileRow(*(_filled(row[name]) for name in FileRow._fields)) for row in named]
    return sorted(rows, key=lambda r: order.get((r.source, r.path, r.sha256), 0))


def _filled(value: Any) -> Any:
    return "" if value is None else value


def rejects_of(plan: Plan) -> dict[str, list[tuple[int, str, str]]]:
    """By file, the rejected records with column and rule, from the lake."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for path in plan.home.rejects.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        assert set(frame.columns) == {"_row", "column", "rule", "_rows"}
        rows = frame.select("_row", pl.col("column").fill_null(""), "rule").rows()
        found[path.stem] = sorted(rows)
    return found


def same(found: Content, wanted: Content) -> None:
    assert found.keys() == wanted.keys()
    for source, frame in wanted.items():
        assert found[source].equals(frame), (
            f"{source}: {found[source].height} rows, not {frame.height}, or other values"
        )


def memory(root: Path) -> dict[str, str]:
    """All that a run remembers: ledger, keys, rejects by content, chunks by name."""
    lake = root / "lake"
    found = {str(path): "" for path in lake.glob("raw/**/*.parquet")}
    for folder in ("ledger", "keys", "rejects"):
        for path in lake.glob(f"{folder}/**/*"):
            if path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def accounted(files: Iterable[FileRow], content: Content) -> None:
    """I1: every row of every file has one fate, and the rows that count are the distinct keys."""
    new: dict[str, int] = {}
    for row in files:
        parts = (row.accepted, row.corrections, row.duplicates, row.filtered, row.rejected)
        assert min(parts) >= 0, row
        assert row.rows == sum(parts), row
        if row.status == "loaded":
            new[row.source] = new.get(row.source, 0) + row.accepted
        elif row.status != "refused":
            assert row.rows == 0, row
    for source, frame in content.items():
        keys = frame.columns[0]
        assert frame.height == frame[keys].n_unique() == new.get(source, 0), source


def loud(files: Iterable[FileRow], findings: list[Finding], landing: Path) -> None:
    """I5: what lies there refused, or is nobody's, is a finding, and so makes exit 3."""
    texts = "\n".join(f.text for f in findings)
    for row in {row.path: row for row in files}.values():
        if row.status == "refused" and os.path.lexists(landing / row.path):
            assert row.error and one_line(row.error) in texts, row
        if row.status == "unclaimed":
            assert one_line(row.path) in texts, row


def one_line(text: str) -> str:
    """As a finding shows it, whatever a file is called."""
    return text.replace("\n", "\\n")


def no_values(findings: list[Finding], root: Path, spoken: str) -> None:
    """I4 and I6: no marked value in a message, nor in anything kring has written."""
    said = "\n".join(f.text for f in findings) + spoken
    found = [f"{secret!r} in a message" for secret in spellings() if secret in said.encode()]
    for path in _written(root):
        found += [f"{secret!r} in {path.relative_to(root)}" for secret in _held(path)]
    assert not found


@cache
def spellings() -> tuple[bytes, ...]:
    """The marked values in the encodings in which one might lie somewhere."""
    found: list[bytes] = []
    for secret in five_files.SECRETS:
        plain = secret.encode()
        found += [plain, secret.encode("utf-16-le"), secret.encode("utf-16-be")]
        # of base64, what does not depend on the neighbours, at each of three alignments
        for before in range(3):
            text = base64.b64encode(b"\0" * before + plain)
            found.append(text[(0, 2, 3)[before] : (len(text) - 4) // 4 * 4])
    return tuple(sorted(set(found)))


def _written(root: Path) -> Iterator[Path]:
    ours = {root / name for name in ("lake", "published", "dagster", "key")}
    for top in ours:
        for path in [top, *top.rglob("*")]:
            if path.is_file() and not path.is_symlink():
                yield path


_searched: dict[bytes, list[bytes]] = {}


def _held(path: Path) -> list[bytes]:
    """The secrets in a file; one that many homes have alike is searched once."""
    data = path.read_bytes()
    name = hashlib.sha256(data).digest()
    if name not in _searched:
        _searched[name] = _searched_in(path, data)
    return _searched[name]


def _searched_in(path: Path, data: bytes) -> list[bytes]:
    if path.suffix == ".parquet":
        data += _values(pq.read_table(path).to_pydict()) if data else b""
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
            for schema, table in tables:
                rows = connection.sql(f'from "{schema}"."{table}"').to_arrow_table()
                data += _values(rows.to_pydict())
    elif path.suffix == ".json":
        json.loads(data)
    return [secret for secret in spellings() if secret in data]


def _values(columns: dict[str, list[Any]]) -> bytes:
    return repr([set(map(str, values)) for values in columns.values()]).encode()
