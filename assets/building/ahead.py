"""Works of a run, each begun as soon as what it rests on is built, a few at a time.

So a step that is asked for finds its months made, or being made, while those before it were told
of. Belongs here: what may begin when. What a work does, and what a run asks for, is given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from queue import PriorityQueue
from typing import Generic, TypeVar

_T = TypeVar("_T")
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Work(Generic[_T]):
    """A table's months, the tables it rests on, and what builds one of its months."""

    table: str
    rests_on: Sequence[str]
    months: Sequence[str]
    build: Callable[[str], _T]


class Ahead(Generic[_T]):
    """Builds, of what is ready, the first in the order of the works given.

    So what much rests on does not wait for what nothing rests on.
    """

    def __init__(self, works: Sequence[Work[_T]], at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, "month")
        self._begun: list[Future[None]] = []
        # by the place of the work, then of its month
        self._ready: PriorityQueue[tuple[int, int, Callable[[], None]]] = PriorityQueue()
        self._stopped, self._lock = False, threading.RLock()
        self._made: dict[str, dict[str, Future[_T]]] = {
            work.table: {month: Future() for month in work.months} for work in works
        }
        for place, work in enumerate(works):
            before = [f for name in work.rests_on for f in self._made.get(name, {}).values()]
            _when_all(before, partial(self._begin, place, work))

    def __contains__(self, table: str) -> bool:
        return table in self._made

    def results(self, table: str) -> Iterator[tuple[str, _T]]:
        """What came of each month, in their order, waiting for it; raises what building raised."""
        yield from ((month, future.result()) for month, future in self._made[table].items())

    def stop(self, interrupt: Callable[[], object] = lambda: None) -> None:
        """Begin nothing more, and wait for what is being built; `interrupt` cuts it short."""
        with self._lock:
            self._stopped = True
            self._pool.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in self._begun):
            interrupt()  # again and again: a work may just be between two statements
            wait(self._begun, _LOOK_SECONDS)

    def _begin(self, place: int, work: Work[_T], error: BaseException | None) -> None:
        """Begin a work's months, or pass on why something that it rests on was not built."""
        with self._lock:
            for number, (month, future) in enumerate(self._made[work.table].items()):
                if error:
                    future.set_exception(error)
                elif not self._stopped:
                    build = partial(self._build, work, month, future)
                    self._ready.put((place, number, build))
                    self._begun.append(self._pool.submit(self._build_first))

    def _build_first(self) -> None:
        """Build the first month that is ready; called once for each."""
        *_, build = self._ready.get_nowait()
        build()

    def _build(self, work: Work[_T], month: str, future: Future[_T]) -> None:
        # of a process that ends nothing more is built, though its pool would go on
        if self._stopped or not threading.main_thread().is_alive():
            return
        try:
            result = work.build(month)
        except BaseException as error:  # told to whoever asks for it, as a future does
            future.set_exception(error)
        else:
            future.set_result(result)


def _when_all(futures: Sequence[Future[_T]], then: Callable[[BaseException | None], None]) -> None:
    """Call once all are done, with the error of one that failed."""
    left, lock = iter(range(len(futures) - 1, -1, -1)), threading.Lock()

    def done(_: Future[_T]) -> None:
        with lock:
            is_last = next(left) == 0
        if is_last:
            then(next(filter(None, (each.exception() for each in futures)), None))

    for future in futures:
        future.add_done_callback(done)
    if not futures:
        then(None)
