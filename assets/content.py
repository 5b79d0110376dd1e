"""The content of a version: which tables it has, where their rows come from, what they mean.

Belongs here: everything readers may find in the database, with a comment for each table and
column. Writing and switching versions is `published`' work.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assets.accounting import FILES, check_row_files, file_rows, reject_files
from assets.kpi import KEPT
from assets.lake import digest
from assets.plan import Plan
from assets.workbench import ops_table, ref_table
from schemas.register_tables import TABLES

_COLUMNS = Path(__file__).resolve().parent.parent / "schemas" / "columns.csv"
VERSIONS = {
    "version": "text", "created_at": "timestamp with time zone", "as_of": "date",
    "is_sample": "boolean", "content": "text", "code": "text", "register": "text",
}  # fmt: skip
REJECTS = {
    "file_id": "text", "file_row": "bigint", "column": "text", "rule": "text", "rows": "bigint",
}  # fmt: skip
CHECK_ROWS = {"check_id": "text", "month": "date", "row_number": "bigint", "row": "text"}
MOST_CHECK_ROWS = 1000
_OPS_TITLES = {
    "ops.files": "What became of every export file. One row per delivery of a file to a source; "
    "rows = accepted + corrections + duplicates + filtered + rejected.",
    "ops.rejects": "Rows that were not accepted. One row per record and broken rule; no values.",
    "ops.checks": "Results of the data checks. One row per check and month.",
    "ops.check_rows": "The rows that failed checks found, the first 1,000 of each check and month. "
    "One row per check, month and offending row.",
    "ops.coverage": "Whether the exports of a kind are all there. One row per kind and month.",
    "ops.sources": "How exports are read. One row per source.",
    "ops.versions": "The versions that still stand, this one included. One row per version.",
    "ref.calendar": "Periods and the months they hold, as far as they have begun. One row per "
    "year, period and month.",
    "ref.metric_definitions": "What each metric counts, as its SQL file states it. One row per "
    "metric.",
    "metric.monthly": "Every metric, month by month, at the grain at which it may be summed. "
    "One row per month, metric, channel, queue, service, source and policy.",
}  # fmt: skip


@dataclass(frozen=True)
class Small:
    """A small table made from Python rows."""

    name: str
    columns: Mapping[str, str]
    rows: list[tuple[object, ...]]


@dataclass(frozen=True)
class Large:
    """A table that lies in the lake as parquet, one file a month or one for all."""

    name: str
    files: list[tuple[str, Path, str]]  # (month, path, sha256)


def large_tables(plan: Plan) -> list[Large]:
    """Facts, metrics and the KPI tables, as built."""
    names = [f"fact.{name}" for name in plan.rules.facts]
    names += ["metric.monthly", *plan.rules.tables, *(f"kpi.{name}" for name in KEPT)]
    tables = []
    for name in names:
        records = plan.outputs.of_table(name)
        if name == "metric.monthly" or name in plan.rules.tables:
            records = [r for r in records if r.month in {f"{m:%Y-%m}" for m in plan.months}]
        tables.append(Large(name, [(r.month, plan.outputs.path(r), r.sha256) for r in records]))
    return tables


def reference_tables(plan: Plan) -> list[Small]:
    """The register as used, the calendar and the metrics' definitions (schema ref)."""
    names = [*sorted(plan.register.tables), "calendar", "metric_definitions"]
    return [Small(f"ref.{name}", *ref_table(plan, name)) for name in names]


def operational_tables(plan: Plan) -> list[Small]:
    """Files, checks, coverage and sources (schema ops); rejects and the rows of failed checks
    are read from their own files."""
    return [
        Small("ops.files", FILES, file_rows(plan)),
        Small("ops.checks", *ops_table(plan, "checks", None)),
        Small("ops.coverage", *ops_table(plan, "coverage", None)),
        Small("ops.sources", *ops_table(plan, "sources", None)),
    ]


def content_digest(plan: Plan) -> str:
    """Digest of all that readers see, but for when it was made: same content, no new version."""
    small = [
        (t.name, [_undated(t, row) for row in t.rows])
        for t in (*reference_tables(plan), *operational_tables(plan))
    ]
    return digest(
        [(t.name, [(m, sha) for m, _, sha in t.files]) for t in large_tables(plan)],
        small,
        [file_id for file_id, _ in reject_files(plan)],
        [(name, month, sha256) for name, month, _, sha256 in check_row_files(plan)],
        {name: view.fingerprint for name, view in plan.rules.views.items()},
        [descriptions_digest(), plan.home.sample() is not None],
    )


def _undated(table: Small, row: tuple[object, ...]) -> list[str]:
    return [
        str(value) for name, value in zip(table.columns, row, strict=True) if name != "loaded_at"
    ]


@cache
def _descriptions() -> dict[tuple[str, str], str]:
    with _COLUMNS.open(encoding="utf-8", newline="") as handle:
        return {(row["table"], row["column"]): row["description"] for row in csv.DictReader(handle)}


def descriptions_digest() -> str:
    return digest(sorted((*key, text) for key, text in _descriptions().items()))


def column_comment(table: str, column: str) -> str:
    """Meaning and unit of a column; KeyError where nobody has written it down."""
    schema, _, name = table.partition(".")
    if schema == "ref" and name in TABLES:
        described = {c.name: c.description for c in TABLES[name].columns}
        return described[column]
    found = _descriptions()
    for key in ((table, column), (schema, column), ("*", column)):
        if key in found:
            return found[key]
    raise KeyError(f"schemas/columns.csv describes no column {column} of {table}; add a row")


def table_comment(plan: Plan, table: str) -> str:
    """Title and grain of a table or view."""
    schema, _, name = table.partition(".")
    if table in _OPS_TITLES:
        return _OPS_TITLES[table]
    if schema == "ref":
        return TABLES[name].description
    named = {**plan.rules.views, **plan.rules.tables}
    of_schema = {"fact": plan.rules.facts, "kpi": plan.rules.kpi}
    header = (named[table] if table in named else of_schema[schema][name]).header
    return f"{header['title']}. {header['grain'][0].upper()}{header['grain'][1:]}."
