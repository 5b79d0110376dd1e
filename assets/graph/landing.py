"""From landing to raw: the one step that reads files, and the months it reports.

Landing and the raw months are external to Dagster: ingest finds out which it touched.
"""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

from collections.abc import Iterator, Mapping

import dagster as dg

from assets.building.session import Session, tell
from assets.graph.builder import OWNER, open_session
from assets.graph.events import Verdict, asset_key, evaluations
from assets.periods import parse_month
from schemas.register_columns import KINDS


def ledger_asset() -> dg.AssetsDefinition:
    """The step that reads landing; reports the months it touched as raw/*."""

    @dg.asset(
        key="ledger",
        deps=["landing"],
        group_name="ingest",
        kinds={"json", "parquet"},
        owners=[OWNER],
        description="Reads the export files that are new in landing, each once, and says "
        "which months of raw/* they touched.",
    )
    def ledger(context: dg.AssetExecutionContext) -> Iterator[object]:
        # brings Polars and Pandera, which a run that reads nothing can do without
        from assets.intake.ingest import ingest

        session = open_session(context)
        done = ingest(session.home, session.as_of, _tell_file)
        session.look_again()
        touched = done.months()
        for kind, months in sorted(touched.items()):
            for month in sorted(months):
                rows = sum(n for k, _, n in session.plan.accepted(parse_month(month)) if k == kind)
                yield dg.AssetMaterialization(
                    asset_key(f"raw.{kind}"), partition=month,
                    metadata={"dagster/partition_row_count": rows},
                )  # fmt: skip
        yield from evaluations(context, _news(context, session, touched))
        yield dg.MaterializeResult(
            metadata={
                "files loaded": len(done.loaded),
                "files refused": len(done.refused),
                "files that repeat another": len(done.duplicates),
            }
        )

    return ledger


def _news(
    context: dg.AssetExecutionContext, session: Session, touched: Mapping[str, set[str]]
) -> dict[str, list[Verdict]]:
    """Verdicts of the months touched, and of others that differ from what stands in Dagster.

    A file that is refused, missing or withdrawn brings no rows and touches no month.
    """
    every = {f"{cell.month:%Y-%m}" for cell in session.plan.coverage}
    found: dict[str, list[Verdict]] = {}
    for kind in KINDS:
        check = dg.AssetCheckKey(asset_key(f"raw.{kind}"), "exports_complete")
        known = {
            info.partition_key: info.latest_execution_status.value == "SUCCEEDED"
            for info in context.instance.event_log_storage.get_asset_check_partition_info([check])
        }
        for month, verdicts in raw_verdicts(session, {kind: every}).items():
            stands = known.get(month, True)
            if month in touched.get(kind, ()) or any(v.passed != stands for v in verdicts):
                found.setdefault(month, []).extend(verdicts)
    return found


def _tell_file(path: str, number: int, of: int) -> None:
    tell(f"reading file {number} of {of}: {path}")


def raw_verdicts(session: Session, touched: Mapping[str, set[str]]) -> dict[str, list[Verdict]]:
    verdicts: dict[str, list[Verdict]] = {}
    states = {(c.kind, f"{c.month:%Y-%m}"): c for c in session.plan.coverage}
    for kind, months in touched.items():
        for month in months:
            cell = states.get((kind, month))
            if cell is None:
                continue
            good = cell.state != "incomplete" and not cell.flagged
            verdicts.setdefault(month, []).append(
                Verdict(f"raw.{kind}", "exports_complete", good, cell.reason or cell.flagged)
            )
    return verdicts


def external_assets(partitions: dg.PartitionsDefinition) -> list[dg.AssetSpec]:
    """What Dagster does not build itself: landing, and the raw months that ingest reports."""
    landing = dg.AssetSpec(
        "landing", group_name="ingest", kinds={"file"}, owners=[OWNER],
        description="Export files dropped by other systems. Never altered.",
    )  # fmt: skip
    raw = [
        dg.AssetSpec(
            asset_key(f"raw.{kind}"), deps=["ledger"], partitions_def=partitions,
            group_name="raw", kinds={"parquet"}, owners=[OWNER],
            description=f"Rows of the {kind.replace('_', ' ')} exports as accepted: typed, "
            "checked, people as pseudonyms. Written by ledger, never altered.",
        )
        for kind in KINDS
    ]  # fmt: skip
    return [landing, *raw]
