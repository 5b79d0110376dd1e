"""Outbound: cases of taxpayers to be reminded, the attempts to reach them, their payments.

A case is settled first (in scope, reached at which attempt, pays after the call or not), so
that the year's effectiveness prints 73.50; attempts (attempts.py) and payments (payments.py)
then follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.cells import effective_counts
from pipelines.sample.volumes import (
    DAY,
    HOUR,
    OUTBOUND_SEASON,
    SECOND,
    WEEKDAY,
    Calendar,
    Flags,
    Ints,
)

DIALLED_CASES = 183_000  # a year at scale 1, about 2.1 attempts each
NEVER_DIALLED = 0.015
MOST_TRIES = 4
REACHED_PER_TRY = 0.37
OUT_OF_SCOPE = 0.03  # due before the first attempt
CAMPAIGNS = {"pph21_reminder": 0.4, "ppn_reminder": 0.35, "pbb_reminder": 0.25}


@dataclass(frozen=True)
class Cases:
    """One entry per case, the dialled ones; days since 1970, times in local ms.

    `tries` attempts until the taxpayer was reached or given up; `reached` is the number of the
    attempt that reached the right party, 0 if none did; `called` holds the time of each.
    """

    called: Ints  # cases x MOST_TRIES
    tries: Ints
    reached: Ints
    listed_day: Ints
    due_day: Ints
    in_scope: Flags
    pays_after_call: Flags

    @property
    def first_call(self) -> Ints:
        return self.called[:, 0]

    @property
    def reached_at(self) -> Ints:
        """Time of the first right-party contact; meaningless where there was none."""
        attempt = np.maximum(self.reached, 1) - 1
        at: Ints = self.called[np.arange(self.reached.size), attempt]
        return at


def cases(rng: np.random.Generator, of: Calendar, scale: float) -> Cases:
    """The year's dialled cases, each first attempted within the year."""
    n = round(DIALLED_CASES * scale)
    called = _call_times(rng, of, n)
    tries, reached = _fates(rng, n)
    first_day = called[:, 0] // DAY
    in_scope = rng.random(n) >= OUT_OF_SCOPE
    # Never due on the very day of the first attempt: whether that is "before" is for no
    # sample to decide.
    due_day = np.where(
        in_scope, first_day + rng.integers(1, 46, n), first_day - rng.integers(1, 21, n)
    )
    listed = np.maximum(first_day - rng.integers(1, 8, n), of.days[0])
    return Cases(
        called, tries, reached, listed, due_day, in_scope, _settle(rng, tries, reached, in_scope)
    )


def _call_times(rng: np.random.Generator, of: Calendar, n: int) -> Ints:
    """Times of up to MOST_TRIES attempts; the last ones of December run into January."""
    weight = np.asarray(OUTBOUND_SEASON)[of.month] * np.asarray(WEEKDAY)[of.weekday] * of.working
    weight[-1] = 0.0  # none begins on 31 December: its last payments would be known too late
    day = of.days[np.sort(rng.choice(of.days.size, n, p=weight / weight.sum()))]
    times = []
    for _ in range(MOST_TRIES):
        times.append(day * DAY + 8 * HOUR + rng.integers(0, 8 * 3600, n) * SECOND)
        day = _next_weekday(day + rng.integers(1, 3, n))
    return np.stack(times, axis=1)


def _next_weekday(day: Ints) -> Ints:
    """The day itself, or the Monday after it."""
    weekday = (day + 3) % 7
    return np.where(weekday > 4, day + 7 - weekday, day)


def _fates(rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """How often each case is tried, and at which try the right party answers (0: never)."""
    patience = rng.integers(2, MOST_TRIES + 1, n)
    success = rng.geometric(REACHED_PER_TRY, n)
    reached = np.where(success <= patience, success, 0)
    return np.where(reached > 0, reached, patience), reached


def _settle(rng: np.random.Generator, tries: Ints, reached: Ints, in_scope: Flags) -> Flags:
    """Which cases pay after the call; `reached` is mended in place to the counts that print."""
    contacted = in_scope & (reached > 0)
    wanted, paying = effective_counts(int(in_scope.sum()), int(contacted.sum()))
    surplus = int(contacted.sum()) - wanted
    spare = np.flatnonzero(contacted if surplus > 0 else in_scope & (reached == 0))
    moved = rng.choice(spare, abs(surplus), replace=False)
    reached[moved] = 0 if surplus > 0 else tries[moved]
    pays = np.zeros(reached.size, dtype=bool)
    pays[rng.choice(np.flatnonzero(in_scope & (reached > 0)), paying, replace=False)] = True
    return pays
