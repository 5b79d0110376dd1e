"""The content of a version: which tables it has, where their rows come from, what they mean.

Belongs here: everything readers may find in the database, with a comment for each table; what its
columns mean is `dictionary`'s. Writing and switching versions is `published`' work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from assets.building.kpi import AS_NOW, KEPT
from assets.building.ops_tables import OPS
from assets.building.plan import Plan
from assets.building.rule_tables import ops_table, ref_table
from assets.dictionary import digest_of_dictionary, written_digest
from assets.key import key_changes
from assets.lake import digest, sha256_file
from assets.performance_report.writing import report_digest
from assets.publishing.accounting import (
    check_row_files,
    correction_rows,
    file_rows,
    reject_files,
)
from assets.publishing.explaining import EXPLANATION
from assets.publishing.reconciliation import references_digest
from assets.record import decisions, revisions
from assets.stored.outputs import WHOLE
from schemas.register_tables import TABLES

_AS_NOW = "_as_now"
MOST_CHECK_ROWS = 1000
_TITLES = {
    "ref.calendar": "Periods and the months they hold, as far as they have begun. One row per "
    "year, period and month.",
    "ref.metric_definitions": "What each metric counts, as its SQL file states it. One row per "
    "metric.",
    "ref.register_rows": "The register as used, row by row in words: what each row decides, since "
    "when, on what authority. One row per row of any register table.",
    "kpi.revisions": "Scorecards of closed periods, every revision as it was closed, also those "
    "opened again since. One row per year, period, revision, node of the tree and basis.",
    "metric.monthly": "Every metric, month by month, at the grain at which it may be summed. "
    "One row per month, metric, channel, queue, service, source and policy.",
}  # fmt: skip


@dataclass(frozen=True)
class Small:
    """A small table made from Python rows."""

    name: str
    columns: Mapping[str, str]
    rows: list[tuple[object, ...]]

    @classmethod
    def of_ops(cls, name: str, rows: list[tuple[object, ...]]) -> Small:
        return cls(name, OPS[name].columns, rows)


@dataclass(frozen=True)
class Large:
    """A table that lies in the lake as parquet, one file a month or one for all."""

    name: str
    files: list[tuple[str, Path, str]]  # (month, path, sha256)


def large_tables(plan: Plan) -> list[Large]:
    """Facts, metrics and the KPI tables, as built."""
    names = [f"fact.{name}" for name in plan.rules.facts]
    names += [*plan.rules.tables, *(f"kpi.{name}" for name in KEPT), AS_NOW]
    built = [Large(name, _built(plan, name)) for name in names if name not in revisions.MONTHLY]
    return built + [twin for name in revisions.MONTHLY for twin in _as_published(plan, name)]


def _as_published(plan: Plan, name: str) -> tuple[Large, Large]:
    """A table whose closed months stand as they were closed, and the one that knows everything."""
    as_now = _built(plan, name)
    frozen = revisions.frozen_months(plan.home, name)
    published = [
        (month, frozen[month], sha256_file(frozen[month]))
        if month in frozen
        else (month, path, sha)
        for month, path, sha in as_now
    ]
    return Large(name, published), Large(f"{name}_as_now", as_now)


def _built(plan: Plan, output: str) -> list[tuple[str, Path, str]]:
    """The lake's files of an output; facts also of months beyond those the home reports."""
    months = {WHOLE, *(f"{m:%Y-%m}" for m in plan.months)}
    return [
        (r.month, plan.outputs.path(r), r.sha256)
        for r in plan.outputs.records(output)
        if r.month in months or output.startswith("fact.")
    ]


def reference_tables(plan: Plan) -> list[Small]:
    """The register as used, the calendar and the metrics' definitions (schema ref)."""
    names = [*sorted(plan.register.tables), "calendar", "metric_definitions",
             "register_rows"]  # fmt: skip
    return [Small(f"ref.{name}", *ref_table(plan, name)) for name in names]


def operational_tables(plan: Plan) -> list[Small]:
    """Files, checks, coverage and sources (schema ops); rejects and the rows of failed checks
    are read from their own files."""
    return [
        Small.of_ops("ops.files", file_rows(plan)),
        Small.of_ops("ops.corrections", correction_rows(plan)),
        *(Small(f"ops.{n}", *ops_table(plan, n, None)) for n in ("checks", "coverage", "sources")),
        Small.of_ops("ops.key_changes", _key_changes(plan)),
        Small.of_ops("ops.decisions", [astuple(entry) for entry in decisions.decisions(plan.home)]),
    ]


def _key_changes(plan: Plan) -> list[tuple[object, ...]]:
    columns = OPS["ops.key_changes"].columns
    return [tuple(getattr(each, name) for name in columns) for each in key_changes(plan.home)]


def content_digest(plan: Plan) -> str:
    """Digest of all that readers see, but for when it was made: same content, no new version."""
    small = [
        (t.name, [_undated(t, row) for row in t.rows])
        for t in (*reference_tables(plan), *operational_tables(plan))
        # the log of decisions goes along with a version; what it closed is content
        if t.name != "ops.decisions"
    ]
    return digest(
        [(t.name, [(m, sha) for m, _, sha in t.files]) for t in large_tables(plan)],
        small,
        [file_id for file_id, _ in reject_files(plan)],
        {name: rule.fingerprint for name, rule in plan.rules.views.items()},
        {name: rule.fingerprint for name, rule in plan.rules.explanation.items()},
        EXPLANATION.fingerprint,
        revisions.standing_digest(plan.home),
        references_digest(plan.home),
        plan.rules.macros,
        [(name, month, sha256) for name, month, _, sha256 in check_row_files(plan)],
        report_digest(plan.home),
        [written_digest("description"), plan.home.sample() is not None],
        digest_of_dictionary(plan),
    )


def _undated(table: Small, row: tuple[object, ...]) -> list[str]:
    return [
        str(value) for name, value in zip(table.columns, row, strict=True) if name != "loaded_at"
    ]


def table_comment(plan: Plan, table: str) -> str:
    """Title and grain of a table or view."""
    schema, _, name = table.partition(".")
    said = ""
    if schema == "ref" and name in TABLES:
        return TABLES[name].description
    if table.endswith(_AS_NOW):
        table, name = table.removesuffix(_AS_NOW), name.removesuffix(_AS_NOW)
        said = "With everything known now, closed periods included: "
    if table in OPS:
        return said + OPS[table].title
    if table in _TITLES:
        return said + _TITLES[table]
    named = {**plan.rules.views, **plan.rules.tables, **plan.rules.explanation}
    of_schema = {"fact": plan.rules.facts, "kpi": plan.rules.kpi}
    header = (named[table] if table in named else of_schema[schema][name]).header
    return f"{said}{header['title']}. {header['grain'][0].upper()}{header['grain'][1:]}."
