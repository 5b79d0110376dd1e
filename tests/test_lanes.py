"""Lanes: answers in order whoever is first, and one failure or signal ends the others."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from assets.lanes import Edge, Stopped, in_lanes, side_by_side


@pytest.mark.parametrize("at_once", [1, 2])
def test_answers_come_in_the_order_of_the_works(at_once: int) -> None:
    works = [lambda edge, n=n: n for n in range(7)]
    assert in_lanes(works, at_once) == list(range(7))


def test_side_by_side_is_in_the_order_of_what_was_given() -> None:
    assert side_by_side(lambda number: number * number, range(7)) == [n * n for n in range(7)]


def test_one_lane_has_no_thread() -> None:
    assert in_lanes([lambda edge: threading.get_ident()], 1) == [threading.get_ident()]


def until_stopped(edge: Edge) -> None:
    while True:
        edge()


def test_a_failure_ends_the_other_lanes_and_is_the_one_told() -> None:
    begun: list[int] = []

    def fails(edge: Edge) -> None:
        raise ValueError("the one")

    def late(edge: Edge) -> None:
        begun.append(1)
        edge()

    with pytest.raises(ValueError, match="the one"):
        in_lanes([until_stopped, fails, late, late, late], 2)
    assert len(begun) <= 1  # what a lane had begun before it was told


def test_a_signal_to_the_caller_ends_every_lane() -> None:
    ended: list[bool] = []

    def interrupts(edge: Edge) -> None:
        time.sleep(0.2)  # until the caller waits
        os.kill(os.getpid(), signal.SIGINT)
        try:
            until_stopped(edge)
        finally:
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        in_lanes([interrupts, until_stopped], 2)
    assert ended == [True]


def test_what_a_lane_waits_for_is_cut_short() -> None:
    """The engine is asked to stop again and again, until its statement has ended."""
    waited_for, asked = threading.Event(), 0

    def waits(edge: Edge) -> None:
        waited_for.wait(60)
        raise Stopped

    def fails(edge: Edge) -> None:
        raise ValueError("the one")

    def interrupt() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            waited_for.set()

    began = time.monotonic()
    with pytest.raises(ValueError, match="the one"):
        in_lanes([waits, fails], 2, interrupt)
    assert time.monotonic() - began < 30
