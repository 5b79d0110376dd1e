"""One run's grip on a home: the lock, one look at what is there, one engine.

Every step of a run shares them, so a run reads one state from start to end, whoever started
it. The lock is taken by the first step (it waits) and given back when the run's process ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any, TypeVar

from assets.building.ahead import Ahead, Work
from assets.building.facts import build_fact
from assets.building.kpi import build_scorecard
from assets.building.metrics import build_metric, build_monthly
from assets.building.plan import Plan
from assets.building.survey import survey_spans
from assets.building.tables import build_table, run_check
from assets.building.workbench import Workbench
from assets.home import Home
from assets.intake.leftovers import sweep_unnamed
from assets.lake import is_sound, sweep
from assets.lanes import cores
from assets.periods import parse_month
from assets.record.copying import Copy, begun
from assets.run_lock import run_lock
from assets.stored.outputs import OutputRecord

_T = TypeVar("_T")
# Months do not rest on each other, and much of a month's work keeps one core busy only.
_AT_ONCE = 2
_MEMORY_MB = 800
# Of so few months, as after a late row, one is nearly all the work: each may have the memory of
# all, or it would sort its contacts on the disk, in half as much time again.
_FEW = 4


class Session:
    """Builds outputs of one home as of one day, only stale ones unless `forced`."""

    def __init__(self, home: Home, as_of: date, *, forced: bool, wait: bool = True) -> None:
        self.home, self.as_of, self.forced = home, as_of, forced
        self._open = ExitStack()
        self._open.enter_context(run_lock(home, wait=wait))
        self._owner = threading.get_ident()
        self._benches: dict[int, Workbench] = {}
        self._many = False
        # whether nothing is stale beyond this run's months; None: not asked yet
        self._publishes: bool | None = None
        self._asked: set[str] = set()  # the works whose results were asked for
        self._ahead: Ahead[Any] | None = None
        self._plan: Plan | None = None
        self.copy = begun() or Copy(home)
        if self.copy is not begun():  # else who began it drops it
            self._open.callback(self.copy.drop)

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = Plan(self.home, self.as_of)
            survey_spans(self._plan)
            self._plan.drop_strays()
            sweep_unnamed(self.home, self._plan.ledger, self._plan.sources)
        return self._plan

    @property
    def bench(self) -> Workbench:
        """The engine of the thread that asks; those that work at once share the machine's cores."""
        thread = threading.get_ident()
        if thread not in self._benches:
            alone = thread == self._owner
            self._benches[thread] = Workbench(
                self.plan,
                memory_mb=_MEMORY_MB // _AT_ONCE if self._many and not alone else _MEMORY_MB,
                threads=None if alone else max(1, cores() // _AT_ONCE),
            )
        return self._benches[thread]

    def each(self, work: Work[_T], run: Sequence[Work[Any]] = ()) -> Iterator[tuple[str, _T]]:
        """What a work makes of each of its months, in their order.

        `run` are the works of months that this run asks for, in any order. They are begun with
        the first of them: while Dagster is told of one, the next are built.
        """
        if self._publishes is None and not self.forced and not begun():
            # else another run makes the version
            self._publishes = set(self.plan.stale_months()) <= set(map(parse_month, work.months))
        self._asked.add(work.table)
        if cores() == 1:
            yield from ((month, work.build(month)) for month in work.months)
            return
        _ = self.plan  # seen once, before the threads ask for it
        if self._ahead is None or work.table not in self._ahead:
            self.rest()
            self._many = len(work.months) > _FEW
            asked_for = [other for other in run if other.table not in self._asked]
            self._ahead = Ahead([work, *asked_for], _AT_ONCE)
        yield from self._ahead.results(work.table)

    def look_again(self) -> None:
        """Forget what was seen: ingest has changed it."""
        self._plan = None
        self.rest()

    def rest(self) -> None:
        """End the engines and give their memory back; whoever asks next gets new ones."""
        if self._ahead is not None:
            self._ahead.stop(
                lambda: [bench.connection.interrupt() for bench in list(self._benches.values())]
            )
            self._ahead = None
        for bench in self._benches.values():
            bench.close()
        self._benches.clear()

    def close(self) -> None:
        self.rest()
        self._open.close()

    def fact(self, name: str, month: date) -> OutputRecord:
        return self._fresh(f"fact.{name}", month) or build_fact(self.bench, name, month)

    def metric(self, name: str, month: date) -> OutputRecord:
        return self._fresh(f"metric.{name}", month) or build_metric(self.bench, name, month)

    def check(self, name: str, month: date) -> OutputRecord:
        return self._fresh(f"check.{name}", month) or run_check(self.bench, name, month)

    def monthly(self, month: date) -> OutputRecord:
        return self._fresh("metric.monthly", month) or build_monthly(self.bench, month)

    def table(self, name: str, month: date) -> OutputRecord:
        return self._fresh(name, month) or build_table(self.bench, name, month)

    def scorecard(self) -> OutputRecord:
        return self._fresh("kpi.scorecard", None) or build_scorecard(self.bench)[-1]

    def _fresh(self, table: str, month: date | None) -> OutputRecord | None:
        """The record that may stay; where none may, something is built and a version follows."""
        if self.forced:
            return None
        record = self.plan.outputs.get(table, month)
        is_fresh = record and record.fingerprint == self.plan.fingerprints.of(table, month)
        if record and is_fresh and is_sound(self.plan.outputs.path(record), record.sha256):
            return record
        # not with the first facts, which keep every core busy
        if not table.startswith("fact.") and self._publishes:
            self.copy.begin()
        return None


_session: tuple[str, Session] | None = None
_watcher: Callable[[str], None] | None = None


def watch(watcher: Callable[[str], None] | None) -> None:
    """Have every step say what it is about to do, for whoever waits at a terminal."""
    global _watcher
    _watcher = watcher


def tell(what: str) -> None:
    if _watcher:
        _watcher(what)


def session_of(run_id: str, home: Home, as_of: date, *, forced: bool) -> Session:
    """The session of a run in this process; opened by its first step."""
    global _session
    if _session is not None and _session[0] != run_id:
        _session[1].close()
        _session = None
    if _session is None:
        os.umask(0o077)
        _session = (run_id, Session(home, as_of, forced=forced))
        copy = begun()
        sweep(home, spared=copy.folder if copy else None)
    return _session[1]


def end_session() -> None:
    """Give lock and engine back; for a process that goes on after its run."""
    global _session
    if _session is not None:
        _session[1].close()
    _session = None
