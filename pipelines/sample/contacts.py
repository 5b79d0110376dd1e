"""The queue: who arrives, how long they wait, who gives up, for calls and chats alike.

Waits follow the load of the quarter hour and the backlog of the day; customers leave when
their patience ends. Then one number per month, how well it was staffed (a factor on all
waits), is set so that exactly the printed share is answered in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.cells import CHAT_SERVICE_LEVEL, PHONE_SERVICE_LEVEL, printable_counts
from pipelines.sample.volumes import (
    DAY,
    INBOUND_SEASON,
    OPENS,
    SLOT,
    SLOTS,
    Calendar,
    Flags,
    Floats,
    Ints,
    day_curve,
    monthly,
    noisy,
)


@dataclass(frozen=True)
class Channel:
    """A channel's clock (milliseconds) and its customers."""

    offered: int  # in a year at scale 1
    cells: tuple[int, ...]
    threshold: int
    reply: tuple[float, float]  # ringing, or reading and typing, after an agent is free
    delay: float  # mean delay of one who is delayed under an ordinary load
    patience: float
    resolution: int  # of the export's entry time
    late_on_last_day: bool


PHONE = Channel(390_000, PHONE_SERVICE_LEVEL, 20_000, (1_200, 6_000), 40_000, 170_000, 1_000, False)
CHAT = Channel(120_000, CHAT_SERVICE_LEVEL, 300_000, (8_000, 75_000), 240_000, 900_000, 1, True)


@dataclass(frozen=True)
class Stays:
    """Contacts offered to agents, by time of entry: when, how long in queue, whether answered."""

    entered: Ints
    wait: Ints
    answered: Flags

    def __len__(self) -> int:
        return int(self.entered.size)


def simulate(rng: np.random.Generator, of: Calendar, channel: Channel, scale: float) -> Stays:
    """A year of contacts offered on a channel, whose months print the report's service levels."""
    expected = day_curve(of, late_on_last_day=channel.late_on_last_day)
    demand = noisy(rng, expected)
    pressure = _pressure(demand, expected)
    months = []
    for month, wanted in enumerate(monthly(channel.offered * scale, INBOUND_SEASON)):
        n, within = printable_counts(channel.cells[month], wanted)
        day, slot = _arrivals(rng, demand * (of.month == month)[:, None], n)
        ticks = rng.integers(0, SLOT // channel.resolution, n) * channel.resolution
        entered = of.days[day] * DAY + OPENS + slot * SLOT + ticks
        wait, answered = _waits(rng, channel, pressure[day, slot], within)
        months.append((entered, wait, answered))
    entered, wait, answered = (np.concatenate(column) for column in zip(*months, strict=True))
    order = np.argsort(entered, kind="stable")
    return Stays(entered[order], wait[order], answered[order])


def _arrivals(rng: np.random.Generator, demand: Floats, n: int) -> tuple[Ints, Ints]:
    """Day and quarter hour of n contacts, spread as the demand is."""
    counts = rng.multinomial(n, (demand / demand.sum()).ravel())
    places = np.repeat(np.arange(counts.size), counts)
    return places // SLOTS, places % SLOTS


def _pressure(demand: Floats, expected: Floats) -> Floats:
    """Load of each quarter hour against the staff planned for it, plus the backlog before it."""
    hour = 8 + (np.arange(SLOTS) + 0.5) / 4
    planned = np.where((hour >= 12) & (hour < 13), 0.85, 1.0)  # the lunch break
    load = demand / np.where(expected > 0, expected * planned, 1.0)
    backlog = np.zeros(demand.shape[0])
    pressure = np.zeros_like(demand)
    for slot in range(SLOTS):
        pressure[:, slot] = load[:, slot] + backlog
        backlog = np.clip(backlog + load[:, slot] - 1.1, 0.0, 1.5)
    return pressure


def _waits(
    rng: np.random.Generator, channel: Channel, pressure: Floats, within: int
) -> tuple[Ints, Flags]:
    """Wait and fate of each contact, such that exactly `within` are answered in time.

    A contact is answered in time up to a staffing factor of its own: the smaller of
    (threshold - reply) / delay and patience / delay. Ranked by it, the factor between the
    last that must be in time and the first that must not gives the month.
    """
    n = pressure.size
    delayed = rng.random(n) < np.clip(0.55 * pressure**2, 0.0, 0.97)
    delay = delayed * rng.exponential(channel.delay, n) * np.clip(pressure, 0.3, 4.0) ** 3
    patience = rng.exponential(channel.patience, n) + 1_000
    reply = rng.uniform(*channel.reply, n)
    limit = np.full(n, np.inf)
    np.divide(np.minimum(channel.threshold - reply, patience), delay, out=limit, where=delayed)
    order = np.argsort(-limit, kind="stable")
    factor = float(np.sqrt(limit[order[within - 1]] * limit[order[within]]))
    if not np.isfinite(factor):
        factor = float(limit[order[within]]) * 1.001
    answered = patience >= factor * delay
    wait = np.where(answered, reply + factor * delay, patience).round().astype(np.int64)
    # Rounding to the millisecond must not carry a wait over the threshold.
    in_time = np.zeros(n, dtype=bool)
    in_time[order[:within]] = True
    wait = np.where(in_time, np.minimum(wait, channel.threshold), wait)
    wait[order[within - 1]] = channel.threshold  # `<=`: exactly at the threshold is in time
    late = answered & ~in_time
    return np.where(late, np.maximum(wait, channel.threshold + 1), wait), answered
