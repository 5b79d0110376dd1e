"""Telephone calls: the offered ones of the queue process, and what else a switch records.

Durations behind `lost` are true but did not reach the export (the report names a fault that
lost handle times); agent activity is counted from the true ones.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.contacts import PHONE, Stays, simulate
from pipelines.sample.people import Staff, agent_code, on_duty
from pipelines.sample.volumes import (
    DAY,
    HOUR,
    SECOND,
    Calendar,
    Ints,
    around_the_day,
    out_of_hours,
)

QUEUES = {"umum": 0.62, "efiling": 0.24, "coretax": 0.14}
# Records a year at scale 1 that are not offered to an agent; the first three leave the queue.
OTHERS = {"Overflow": 4_500, "Callback": 3_500, "Voicemail": 2_000, "Closed": 16_000, "IVR": 44_000}
LEAVE_QUEUE = ("Overflow", "Callback", "Voicemail")
LOST_HANDLE_TIMES = 0.004
HEADER = (
    "Call ID", "Queue", "Entered", "Answered", "Ended", "Wait", "Talk", "Hold", "Wrap-up",
    "Agent", "Outcome",
)  # fmt: skip


def calls(rng: np.random.Generator, of: Calendar, staff: Staff, scale: float) -> pl.DataFrame:
    """Every call of the year by time of entry; times in local ms, durations in seconds."""
    stays = simulate(rng, of, PHONE, scale)
    offered = _offered(rng, of, staff, stays)
    others = [
        _others(rng, of, stays, outcome, max(2, round(n * scale))) for outcome, n in OTHERS.items()
    ]
    rows = pl.concat([offered, *others], how="diagonal").sort("entered", maintain_order=True)
    return rows.with_columns(
        id=pl.lit(f"C{of.year % 100:02d}-")
        + pl.int_range(1, rows.height + 1).cast(pl.String).str.zfill(7)
    )


def _offered(rng: np.random.Generator, of: Calendar, staff: Staff, stays: Stays) -> pl.DataFrame:
    n = len(stays)
    talk = rng.lognormal(np.log(330) - 0.18, 0.6, n).astype(np.int64) + 5
    entered = stays.entered.copy()
    late, moments = _last_evenings(rng, of, stays)
    entered[late] = moments
    talk[late] += 900  # past midnight, so past the month
    hold = rng.exponential(90, n).astype(np.int64) * (rng.random(n) < 0.33)
    agent = on_duty(rng, of, staff.phone, entered // DAY)
    frame = pl.DataFrame(
        {
            "entered": entered,
            "wait": stays.wait,
            "answered": stays.answered,
            "talk": talk,
            "hold": hold,
            "acw": rng.lognormal(np.log(60) - 0.125, 0.5, n).astype(np.int64),
            "agent": agent,
            "lost": rng.random(n) < LOST_HANDLE_TIMES,
            "queue": rng.choice(list(QUEUES), n, p=list(QUEUES.values())),
        }
    )
    handled = pl.col("answered")
    return frame.with_columns(
        pl.when(handled).then(pl.col("talk", "hold", "acw", "agent")),
        outcome=pl.when(handled).then(pl.lit("Answered")).otherwise(pl.lit("Abandoned")),
        ended=pl.col("entered")
        + pl.col("wait")
        + pl.when(handled).then((pl.col("talk") + pl.col("hold")) * SECOND).otherwise(0),
    )


def _last_evenings(rng: np.random.Generator, of: Calendar, stays: Stays) -> tuple[Ints, Ints]:
    """Some answered calls of each month, and the moments at 23.5x of its last day they get.

    A late line is open on a month's last evening. Its calls end in the next month, but belong
    to the month of their entry.
    """
    month = of.month[stays.entered // DAY - of.days[0]]
    chosen, moments = [], []
    for number, evening in enumerate(of.days[of.last_of_month].tolist()):
        candidates = np.flatnonzero((month == number) & stays.answered)
        moved = rng.choice(candidates, max(2, candidates.size // 4_000), replace=False)
        seconds = 23 * HOUR // SECOND + 50 * 60 + rng.integers(0, 540, moved.size)
        chosen.append(moved)
        moments.append(evening * DAY + seconds * SECOND)
    return np.concatenate(chosen), np.concatenate(moments)


def _others(
    rng: np.random.Generator, of: Calendar, stays: Stays, outcome: str, n: int
) -> pl.DataFrame:
    """Calls that no agent was asked for, or that left the queue by another door."""
    columns: dict[str, object] = {"outcome": [outcome] * n}
    stay = rng.exponential(45, n).astype(np.int64) * SECOND + 5 * SECOND
    if outcome in LEAVE_QUEUE:
        entered = rng.choice(stays.entered, n)
        stay += rng.integers(0, 1_000, n)
        columns |= {"wait": stay, "queue": rng.choice(list(QUEUES), n, p=list(QUEUES.values()))}
    elif outcome == "Closed":
        entered = out_of_hours(rng, of, n)
        columns["queue"] = ["umum"] * n
    else:
        entered = around_the_day(rng, of, n)
    return pl.DataFrame(
        columns | {"entered": entered, "ended": entered + stay, "answered": np.zeros(n, dtype=bool)}
    )


def exported(rows: pl.DataFrame) -> pl.DataFrame:
    """The calls as the switch exports them: texts under its header, and the file's day."""
    known = pl.col("answered") & ~pl.col("lost")
    seconds = [
        pl.when(known).then(pl.col(name).cast(pl.String)).otherwise(pl.lit("-")).alias(header)
        for name, header in (("talk", "Talk"), ("hold", "Hold"), ("acw", "Wrap-up"))
    ]
    wait = (
        (pl.col("wait") // 1000).cast(pl.String)
        + ","
        + (pl.col("wait") % 1000).cast(pl.String).str.zfill(3)
    )
    return rows.select(
        pl.col("id").alias("Call ID"),
        pl.col("queue").fill_null("-").alias("Queue"),
        _local("entered").alias("Entered"),
        pl.when("answered")
        .then(_local(pl.col("entered") + pl.col("wait")))
        .otherwise(pl.lit("-"))
        .alias("Answered"),
        _local("ended").alias("Ended"),
        wait.fill_null("-").alias("Wait"),
        *seconds,
        agent_code().alias("Agent"),
        pl.col("outcome").alias("Outcome"),
        pl.from_epoch("entered", "ms").dt.strftime("%Y%m%d").alias("_file"),
    ).select(*HEADER, "_file")


def _local(time: str | pl.Expr) -> pl.Expr:
    return pl.from_epoch(time, "ms").dt.strftime("%d/%m/%Y %H:%M:%S")
