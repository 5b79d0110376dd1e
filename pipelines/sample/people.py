"""The people of the sample, all invented: agents with their desks and duty, and phone numbers.

An agent's code stays the same all year. Blended agents serve phone and chat on one day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.sample.volumes import Calendar, Ints

AGENTS = 300
SMALLEST_STAFF = 12
# Of the staff: phone only, chat only, blended; the rest calls taxpayers (outbound).
DESKS = (0.35, 0.20, 0.20)
ON_DUTY = 0.35  # of those who can serve a channel; the others write, train or rest


@dataclass(frozen=True)
class Staff:
    """Numbers of the agents (1, 2, ...) who can serve each kind of work."""

    phone: Ints
    chat: Ints
    outbound: Ints


def staff(scale: float) -> Staff:
    """The agents of the centre; small samples keep at least a dozen."""
    total = max(SMALLEST_STAFF, round(AGENTS * scale))
    phone, chat, blended = (max(1, round(total * share)) for share in DESKS)
    everyone = np.arange(1, total + 1)
    only_phone, only_chat, both, outbound = np.split(everyone, np.cumsum([phone, chat, blended]))
    return Staff(np.concatenate([only_phone, both]), np.concatenate([only_chat, both]), outbound)


def on_duty(rng: np.random.Generator, of: Calendar, pool: Ints, entered_day: Ints) -> Ints:
    """The agent of each contact, among those on duty in the pool on the contact's day."""
    seats = max(2, round(pool.size * ON_DUTY))
    drawn = rng.random((of.days.size, pool.size)).argsort(axis=1, kind="stable")[:, :seats]
    chair = rng.integers(0, drawn.shape[1], entered_day.size)
    agents: Ints = pool[drawn[entered_day - of.days[0], chair]]
    return agents


def agent_code() -> pl.Expr:
    """The code under which exports name an agent: KP-0123."""
    return pl.lit("KP-") + pl.col("agent").cast(pl.String).str.zfill(4)


def phone_numbers(rng: np.random.Generator, n: int) -> list[str]:
    """Fictitious subscriber numbers (0811-0000-xxxx), one in five written internationally."""
    last = rng.integers(0, 10_000, n).tolist()
    abroad = (rng.random(n) < 0.2).tolist()
    return [
        f"+62 811-0000-{digits:04d}" if plus else f"0811-0000-{digits:04d}"
        for digits, plus in zip(last, abroad, strict=True)
    ]
