"""The builder of every computed asset: months or a whole, its checks beside it, never blocking.

It opens the run's session, calls the step, and reports per month. It computes nothing.
"""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from operator import attrgetter
from time import perf_counter

import dagster as dg

from assets.building.ahead import Work
from assets.building.plan import Plan
from assets.building.session import Session, session_of, tell
from assets.graph.events import Result, Verdict, asset_key, beyond, evaluation, evaluations
from assets.home import Home
from assets.periods import parse_month

# partitions_def on a check spec is marked "preview" in 1.13; backfill_policy "beta"
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
warnings.filterwarnings("ignore", category=dg.BetaWarning)

PLANNED, AS_OF = "kring/planned", "kring/as_of"
OWNER = "team:data"


def month_partitions(home: Home) -> dg.MonthlyPartitionsDefinition:
    """Months since the first, the running one included."""
    return dg.MonthlyPartitionsDefinition(
        start_date=f"{home.settings.first_month:%Y-%m}",
        timezone=home.settings.timezone,
        fmt="%Y-%m",
        end_offset=1,
    )


def open_session(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> Session:
    """The run's session: forced, unless the judge planned the run."""
    home = Home.open()
    # a re-execution inherits the tags of its parent, but is of today and asked for by hand
    tags = context.run.tags if context.run.parent_run_id is None else {}
    as_of = date.fromisoformat(tags[AS_OF]) if AS_OF in tags else home.today()
    forced = PLANNED not in tags
    return session_of(context.run_id, home, as_of, forced=forced)


@dataclass(frozen=True)
class Months:
    """What builds a month of an asset, and which months it has in a home."""

    build: Callable[[Session, date], Result]
    of: Callable[[Plan], Collection[date]] = attrgetter("months")


@dataclass(frozen=True)
class Step:
    """One asset: where it stands in the graph and what builds it, its months or the whole."""

    table: str
    group: str
    deps: tuple[str, ...]
    description: str
    made_by: Months | Callable[[Session], Result]
    verdict: Callable[[Session], Verdict] | None = None
    kinds: tuple[str, ...] = ("duckdb", "parquet")

    @property
    def is_monthly(self) -> bool:
        return isinstance(self.made_by, Months)

    @property
    def name(self) -> str:
        """What Dagster calls it among the steps of a run."""
        return asset_key(self.table).to_python_identifier()

    def build(self, session: Session, month: date | None) -> Result:
        """Build the whole, or a month; there is nothing to build of one that it does not have."""
        if not isinstance(self.made_by, Months):
            return self.made_by(session)
        if month is None or month not in self.made_by.of(session.plan):
            return beyond(session)
        return self.made_by.build(session, month)

    def make(self, session: Session, month: str) -> Result:
        """Build a month, or without its name the whole, and say so to who waits."""
        tell(f"{self.table} {month}".strip())
        began = perf_counter()
        result = self.build(session, parse_month(month) if month else None)
        took = {"build seconds": round(perf_counter() - began, 3)}
        return replace(result, metadata={**result.metadata, **took})

    def work(self, session: Session, months: Sequence[str]) -> Work[Result]:
        return Work(self.table, self.deps, months, partial(self.make, session))


def step_asset(
    step: Step, every_month: dg.PartitionsDefinition, monthly: Sequence[Step]
) -> dg.AssetsDefinition:
    """An asset of months, or a whole one, around what builds it.

    `monthly` are all steps of months: those of a run are built ahead of being asked for.
    """
    key, partitions = asset_key(step.table), every_month if step.is_monthly else None
    specs = [
        dg.AssetCheckSpec(
            "no_month_failed", asset=key, blocking=False,
            description="No month of any metric is withheld because a blocking check failed.",
        )
    ] if step.verdict else []  # fmt: skip

    @dg.asset(
        key=key,
        deps=[asset_key(name) for name in step.deps],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        group_name=step.group,
        kinds=set(step.kinds),
        owners=[OWNER],
        description=step.description,
        check_specs=specs,
    )
    def body(context: dg.AssetExecutionContext) -> Iterator[object]:
        session = open_session(context)
        if partitions:
            months, of_run = list(context.partition_keys), _steps_of_run(context)
            run = [each.work(session, months) for each in monthly if each.name in of_run]
            results = dict(session.each(step.work(session, months), run))
        else:
            results = {"": step.make(session, "")}
        for month, result in results.items():
            rows = "dagster/partition_row_count" if month else "dagster/row_count"
            context.add_asset_metadata(
                {rows: result.rows, **result.metadata}, partition_key=month or None
            )
        yield dg.MaterializeResult()
        yield from evaluations(context, {m: r.verdicts for m, r in results.items()})
        if step.verdict:
            yield evaluation(step.verdict(session), None, None)
        for spec in specs:
            yield dg.Output(None, output_name=spec.get_python_identifier())

    return body


def _steps_of_run(context: dg.AssetExecutionContext) -> set[str]:
    """The names of a run's steps: all of its job's, or those that it executes again."""
    return set(context.run.step_keys_to_execute or (node.name for node in context.job_def.nodes))
