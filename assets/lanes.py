"""Lanes: pieces of work that do not rest on each other, a few at a time, each in a thread.

The first that fails, or a signal to the caller, stops the others at their next edge, where
nothing is half done. Which work may go beside which is for the caller to know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import TypeVar

_T = TypeVar("_T")
_One = TypeVar("_One")
Edge = Callable[[], None]
# A signal that another thread has taken wakes no caller who waits.
_LOOK_SECONDS = 0.5


def cores() -> int:
    """How many of the machine's cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


class Stopped(Exception):  # noqa: N818 - no error, a lane told to end
    """The work of a lane ends here, because of what happened outside it."""


def in_lanes(
    works: Sequence[Callable[[Edge], _T]],
    at_once: int,
    interrupt: Callable[[], object] = lambda: None,
) -> list[_T]:
    """What each work gives, in their order; a work calls its edge wherever it may be stopped.

    `interrupt` cuts short what a work is waiting for, which then raises Stopped.
    """
    stop = Event()

    def edge() -> None:
        if stop.is_set():
            raise Stopped

    if at_once == 1:
        return [work(edge) for work in works]
    with ThreadPoolExecutor(at_once, "lane") as pool:
        lanes: list[Future[_T]] = []
        try:
            lanes.extend(pool.submit(work, edge) for work in works)
            while _go_on(lanes):
                wait(lanes, _LOOK_SECONDS, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
            for lane in lanes:
                lane.cancel()
            while not all(lane.done() for lane in lanes):
                interrupt()  # again and again: a work may be just about to wait
                wait(lanes, _LOOK_SECONDS)
    failed = [error for lane in lanes if not lane.cancelled() and (error := lane.exception())]
    for error in failed:
        if not isinstance(error, Stopped):
            raise error
    return [lane.result() for lane in lanes]


def side_by_side(make: Callable[[_One], _T], given: Sequence[_One]) -> list[_T]:
    """What `make` gives of each, in their order; two at a time where there are cores."""

    def work(one: _One, edge: Edge) -> _T:
        edge()
        return make(one)

    return in_lanes([partial(work, one) for one in given], min(2, cores()))


def _go_on(lanes: list[Future[_T]]) -> bool:
    """Whether some lane still works and none has failed."""
    over = [lane for lane in lanes if lane.done()]
    return len(over) < len(lanes) and not any(lane.exception() for lane in over)
