"""What a step says of itself, as Dagster shows it: its description, rows, columns and verdicts.

A check result is tied to the month's latest materialisation: without that tie Dagster stores it but
does not count it for the month. What a step shows of its figures is `showing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)

from assets.building.session import Session
from assets.dictionary import DictionaryError, column_comment
from assets.stored.outputs import OutputRecord

Context = dg.AssetExecutionContext | dg.OpExecutionContext


@dataclass(frozen=True)
class Verdict:
    """One check's answer for one month (or, without a month, for all)."""

    key: str
    check: str
    passed: bool
    reason: str = ""
    must_be_acted_on: bool = True
    rows: int | None = None
    """How many rows it found, of a check that looks for such."""


@dataclass(frozen=True)
class Result:
    """What building one month (or the whole) of a table says about itself."""

    rows: int
    verdicts: tuple[Verdict, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


def asset_key(table: str) -> dg.AssetKey:
    """`fact.contacts` or `raw.calls` as Dagster's key fact/contacts, raw/calls."""
    return dg.AssetKey(table.split(".", 1))


def evaluation(verdict: Verdict, month: str | None, target: Target | None) -> object:
    """A check's answer as Dagster's event; red but never blocking."""
    acute, mild = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
    return dg.AssetCheckEvaluation(
        asset_key=asset_key(verdict.key),
        check_name=verdict.check,
        passed=verdict.passed,
        severity=acute if verdict.must_be_acted_on else mild,
        blocking=False,
        partition=month,
        description=verdict.reason or None,
        # Dagster plots numbers among a check's metadata
        metadata={} if verdict.rows is None else {"rows found": verdict.rows},
        target_materialization_data=target,
    )


def evaluations(context: Context, verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[object]:
    """Verdicts by month, each tied to the month's latest materialisation of its asset."""
    keys = sorted({v.key for found in verdicts.values() for v in found})
    for key in keys:
        made = _latest(context, key, [month for month in verdicts if month])
        for month, found in verdicts.items():
            for verdict in found:
                if verdict.key == key:
                    yield evaluation(verdict, month or None, made.get(month))


def _latest(context: Context, key: str, months: list[str]) -> dict[str, Target]:
    records = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key(key), asset_partitions=months or None),
        limit=max(2 * len(months), 1),
    ).records
    made: dict[str, Target] = {}
    for record in records:
        made.setdefault(
            record.partition_key or "",
            Target(storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp),
        )
    return made


def paragraphs(*texts: str) -> str:
    """Titles and phrases of rules' headers as sentences, a paragraph each."""
    return "\n\n".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in texts)


def beyond(session: Session) -> Result:
    """For a month outside the home's, in which late payments and attempts may lie."""
    months = session.plan.months
    span = f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}" if months else "no month yet"
    note = f"nothing to show: the home reports {span}; only late payments and attempts lie beyond"
    return Result(0, metadata={"note": note})


def described(
    table: str, session: Session, record: OutputRecord, shown: Mapping[str, object] | None = None
) -> Result:
    """Row count, digest and columns of a built month, and what else it shows."""
    import pyarrow.parquet as pq

    columns = [
        dg.TableColumn(column.name, str(column.type), _meaning(table, column.name))
        for column in pq.read_schema(session.plan.outputs.path(record))
    ]
    schema = dg.TableSchema(columns)
    return Result(
        record.rows,
        metadata={**(shown or {}), "sha256": record.sha256, "dagster/column_schema": schema},
    )


def _meaning(table: str, column: str) -> str:
    try:
        return column_comment(table, column)
    except DictionaryError:
        return ""
