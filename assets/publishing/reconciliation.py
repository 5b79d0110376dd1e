"""Reconciliation: figures as a report prints them, beside those of a published version.

The rules are `sql/reconciliation`: steps lay out what is printed and what is computed, each rule
of consistency is a file. They run in the order in which they read. Nothing is ever adjusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from assets.building.ops_tables import OPS
from assets.home import Home
from assets.lake import digest, sha256_file
from schemas.reference import REFERENCE, Reference, ReferenceRefused, read_reference
from sql.header import Keys, Statement, read_statement
from sql.run import (
    HERE,
    create,
    in_reading_order,
    make_table,
    quoted,
    records,
    statements,
    table_name,
)

COLUMNS = OPS["ops.reconciliation"].columns
_FOLDER = HERE / "reconciliation"
_STEP_KEYS, _RULE_KEYS = Keys.of("title grain reads"), Keys.of("title words reads")
_ROW_TYPES = {"value": "decimal(18,6)", "printed_decimals": "integer"}
Row = tuple[Any, ...]


@cache
def steps() -> dict[str, Statement]:
    """What is printed and what is computed, laid out for the rules: each after what it reads."""
    return in_reading_order(statements(_FOLDER / "steps", _STEP_KEYS), "reference.")


@cache
def consistency_rules() -> dict[str, Statement]:
    """The rules by name; each returns figure_id, computed and a finding in words."""
    return statements(_FOLDER / "rules", _RULE_KEYS)


@cache
def _told() -> Statement:
    """What one rule found, as rows of the table."""
    return read_statement(_FOLDER / "findings.sql", _STEP_KEYS)


def every_statement() -> tuple[Statement, ...]:
    """All that decides what is said of a file, but for the macros."""
    return (*steps().values(), *consistency_rules().values(), _told())


def reference_files(home: Home) -> list[Path]:
    """The reference files of a home, in name order."""
    return sorted(p for p in home.reference.glob("*.csv") if not p.name.startswith((".", "~")))


def references_digest(home: Home) -> str:
    """Digest of all that reconciliation adds to a version: files, steps and rules."""
    return digest(
        [(path.name, sha256_file(path)) for path in reference_files(home)],
        [(rule.name, rule.fingerprint) for rule in every_statement()],
        _macros(),
    )


def home_references(home: Home) -> Iterator[Reference | tuple[str, str]]:
    """Each reference file of a home; of one that is refused its name and why."""
    for path in reference_files(home):
        name = f"reference/{path.name}"
        try:
            yield read_reference(path, name)
        except ReferenceRefused as refused:
            yield name, str(refused)


def reconcile_home(connection: Any, catalog: str, home: Home) -> list[Row]:
    """Rows of `ops.reconciliation`: every reference file of the home."""
    rows: list[Row] = []
    for reference in home_references(home):
        if isinstance(reference, Reference):
            rows += reconcile(connection, catalog, reference)
        else:
            name, why = reference
            refused = {"file": name, "kind": "file", "verdict": "refused", "reason": why}
            rows.append(tuple(refused.get(column) for column in COLUMNS))
    return rows


def reconcile(connection: Any, catalog: str, reference: Reference) -> list[Row]:
    """One file's figures in file order, then its findings; in the order of COLUMNS.

    `connection` is of `sql.run.connect`, with the published database attached as `catalog`.
    """
    connection.execute("use memory")
    connection.execute(_macros())
    connection.execute("create schema if not exists reference")
    for name in sorted(_published_reads()):
        place = f"{quoted(catalog)}.{table_name(name)}"
        connection.execute(f"create or replace view {table_name(name)} as select * from {place}")
    _lay_out(connection, reference)
    for name, step in steps().items():
        create(connection, step, f"reference.{name}")
    figures = records(connection, "from reference.figures order by line")
    return [
        tuple({"file": reference.file, **row}.get(column) for column in COLUMNS)
        for row in (*figures, *_findings(connection))
    ]


def _published_reads() -> set[str]:
    reads = {name for rule in every_statement() for name in rule.listed("reads")}
    return {name for name in reads if not name.startswith("reference.")}


def _lay_out(connection: Any, reference: Reference) -> None:
    """The file's lines as the table `reference.rows`."""
    columns = {"line": "integer"}
    columns |= {c.name: _ROW_TYPES.get(c.name, "text") for c in REFERENCE.columns}
    columns |= {"places": "integer"}
    make_table(connection, "reference.rows", columns, list(reference.rows()))


def _findings(connection: Any) -> list[dict[str, Any]]:
    """What every rule found, in the order of the file."""
    rows: list[dict[str, Any]] = []
    for name, rule in consistency_rules().items():
        create(connection, rule, "reference.found")
        about = {"rule": name, "reason": rule.header["words"]}
        rows += [{**row, **about} for row in records(connection, _told().body)]
    return sorted(rows, key=lambda row: (row["line"], row["rule"], row["finding"]))


def _macros() -> str:
    return (_FOLDER / "macros.sql").read_text(encoding="utf-8")
