"""Months spread over the workers of a Dask cluster: the same steps on one shared home.

An optional extra (`dask`). Whoever starts it holds the home's lock, reads landing and, when the
workers are done, rolls up and publishes as `kring run` does; what a worker left undone is then
made up for. Workers build months and nothing else. docs/more-than-one-machine.md says how.
"""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

import argparse
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import dagster as dg

from assets.building.plan import Plan
from assets.building.session import Session, end_session
from assets.graph.builder import AS_OF, PLANNED
from assets.graph.events import asset_key
from assets.graph.steps import steps
from assets.home import Home, HomeError
from assets.lake import sweep
from assets.periods import parse_month
from assets.run_lock import run_lock
from pipelines.instance import prepare_instance
from pipelines.troubles import in_words
from pipelines.whole_run import run_home

SPREAD = "spread_months"
# shares of the months; more than there will be workers, so that none waits long for another
PARTS = 12
# they look at other months of facts and metrics, which must all be there before
_SECOND_PASS = ("ops.checks", "metric.monthly")


class PartHome(Home):
    """The home as one worker sees it: whoever started the run holds the lock of the whole."""

    @property
    def scratch(self) -> Path:
        return self.lake / "tmp" / f"{socket.gethostname()}-{os.getpid()}"

    @property
    def lock_file(self) -> Path:
        return self.scratch / "lock"


class PartSession(Session):
    """A worker's session: it removes nothing, since others are writing beside it."""

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = Plan(self.home, self.as_of)
        return self._plan


def build(home: Home, as_of: date, months: Sequence[date], first: bool) -> list[tuple[str, date]]:
    """Build these months' facts and metrics, or what rests on them; the tables and months."""
    built = []
    part = PartSession(PartHome(home.root, home.settings), as_of, forced=False)
    with closing(part):
        rules = part.plan.rules
        second = {*_SECOND_PASS, *rules.tables}
        for step in steps(rules):
            if step.is_monthly and (step.table not in second) == first:
                for month in months:
                    step.build(part, month)
                    built.append((step.table, month))
    return built


def _part(name: str, first: bool) -> dg.OpDefinition:
    @dg.op(
        name=name,
        ins={"before": dg.In(dg.Nothing)} if not first else {},
        out=dg.Out(dg.Nothing),
        config_schema={"months": dg.Field([str], default_value=[])},
    )
    def work(context: dg.OpExecutionContext) -> None:
        os.umask(0o077)
        home, as_of = Home.open(), date.fromisoformat(context.run.tags[AS_OF])
        months = [parse_month(month) for month in context.op_config["months"]]
        for table, month in build(home, as_of, months, first) if months else ():
            context.log_event(dg.AssetMaterialization(asset_key(table), partition=f"{month:%Y-%m}"))

    return work


def spread_jobs() -> list[dg.JobDefinition]:
    """The job of a cluster, where the extra is installed."""
    if not find_spec("dagster_dask"):
        return []
    from dagster_dask import dask_executor

    @dg.graph(name=SPREAD)
    def months() -> None:
        facts = [_part(f"facts_{n:02}", first=True)() for n in range(PARTS)]
        for n in range(PARTS):
            _part(f"figures_{n:02}", first=False)(before=facts)

    return [
        months.to_job(
            executor_def=dask_executor,
            description="Build months on the workers of a Dask cluster; started by "
            "`python -m pipelines.spreading`, which holds the home.",
        )
    ]


def config(months: Sequence[date], cluster: Mapping[str, object]) -> dict[str, object]:
    """The run's configuration: the cluster, and the months dealt to the parts in turn."""
    dealt = {n: [f"{m:%Y-%m}" for m in months[n::PARTS]] for n in range(PARTS)}
    return {
        "execution": {"config": {"cluster": dict(cluster)}},
        "ops": {
            f"{name}_{n:02}": {"config": {"months": share}}
            for n, share in dealt.items()
            for name in ("facts", "figures")
        },
    }


def spread(home: Home, as_of: date, cluster: Mapping[str, object]) -> int:
    """One whole run of a home, its months on the cluster; the exit code of `kring run`.

    Raises BusyError where another run holds the home, HomeError where the workers failed.
    """
    from pipelines.launch import Location, failures

    # what Dask says of its own transfers is of no use to who reads a night's log
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")
    os.environ["KRING_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(prepare_instance(home))
    os.umask(0o077)
    tags = {PLANNED: "1", AS_OF: as_of.isoformat()}
    with run_lock(home, wait=False), dg.DagsterInstance.get() as instance:
        sweep(home)
        location = Location()
        ended = location.run(instance, "ingest", tags)
        end_session()
        if failed := failures(instance, ended):
            raise HomeError("; ".join(each.text for each in failed))
        with closing(Session(home, as_of, forced=False)) as session:
            months = session.plan.stale_months()
        if months:
            ended = location.run(instance, SPREAD, tags, config=config(months, cluster))
            if failed := failures(instance, ended):
                raise HomeError("; ".join(each.text for each in failed))
        return run_home(home, as_of).exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `python -m pipelines.spreading`."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.spreading", description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--workers", type=int, help="so many processes on this machine")
    where.add_argument("--scheduler", help="address of a cluster's scheduler: tcp://HOST:8786")
    asked = parser.parse_args(arguments)
    if not find_spec("dagster_dask"):
        print("kring: the extra is not installed: pip install -e '.[dask]'", file=sys.stderr)
        return 1
    cluster: dict[str, object] = (
        {"existing": {"address": asked.scheduler}}
        if asked.scheduler
        else {"local": {"n_workers": asked.workers, "threads_per_worker": 1}}
    )
    with in_words():
        home = Home.open(asked.home)
        return spread(home, asked.as_of or home.today(), cluster)


if __name__ == "__main__":
    sys.exit(main())
