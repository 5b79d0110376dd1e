"""Agent activity: one row per agent, day and channel, counted from the contacts handled.

Not-ready time is what the printed telephone occupancy leaves for it: it is drawn per row and
month and then scaled, so that the year's pooled house formula prints 98.50. Available time is
drawn freely; the standard occupancy follows from it.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl

from pipelines.sample.cells import TELEPHONE_OCCUPANCY
from pipelines.sample.people import agent_code
from pipelines.sample.volumes import DAY, Calendar, Ints

MONTH_LUCK = 0.02  # spread of the months' not-ready time around the year's


def activity(
    rng: np.random.Generator, of: Calendar, calls: pl.DataFrame, chats: pl.DataFrame
) -> pl.DataFrame:
    """Seconds per agent, day and channel; the times of concurrent chats are added up."""
    phone = _per_day(calls.filter("answered"), pl.col("hold"), pl.col("acw"))
    chat = _per_day(
        chats.filter("answered").with_columns(pl.col("talk") // 1000), pl.lit(0), pl.lit(0)
    )
    phone = phone.with_columns(channel=pl.lit("phone"), not_ready=_not_ready(rng, of, phone))
    chat = chat.with_columns(
        channel=pl.lit("chat"),
        not_ready=(chat["active"].to_numpy() * rng.uniform(0.02, 0.2, chat.height)).astype(
            np.int64
        ),
    )
    rows = pl.concat([phone, chat]).sort("day", "agent", "channel")
    busy = (rows["active"] + rows["hold"] + rows["acw"]).to_numpy()
    occupied = rng.beta(30, 5.5, rows.height)  # about 0.85
    available = (busy * (1 / occupied - 1)).astype(np.int64)
    # An agent with several chats at a time is staffed for less than the sum of them.
    concurrent = np.where(
        rows["channel"].to_numpy() == "chat", rng.uniform(1.0, 2.2, rows.height), 1.0
    )
    staffed = (busy / concurrent).astype(np.int64) + available + rows["not_ready"].to_numpy()
    return rows.with_columns(
        pl.Series("available", available),
        pl.Series("staffed", staffed),
    )


def _per_day(handled: pl.DataFrame, hold: pl.Expr, acw: pl.Expr) -> pl.DataFrame:
    return (
        handled.group_by((pl.col("entered") // DAY).alias("day"), "agent")
        .agg(active=pl.col("talk").sum(), hold=hold.sum(), acw=acw.sum())
        .with_columns(pl.col("hold", "acw").cast(pl.Int64))
        .sort("day", "agent")
    )


def _not_ready(rng: np.random.Generator, of: Calendar, phone: pl.DataFrame) -> pl.Series:
    """Seconds per row whose sum makes active / (active + hold + acw - not ready) the figure."""
    active = int(phone["active"].sum())
    pause = (phone["hold"] + phone["acw"]).to_numpy()
    total = active + int(pause.sum()) - round(Fraction(active) / TELEPHONE_OCCUPANCY)
    month = of.month[phone["day"].to_numpy() - of.days[0]]
    drawn = pause * rng.gamma(20.0, 0.05, pause.size)
    drawn *= rng.normal(1.0, MONTH_LUCK, 12)[month] / _mean_per(month, drawn, pause)
    return pl.Series("not_ready", _whole(drawn * (total / drawn.sum()), total))


def _mean_per(month: Ints, drawn: np.ndarray, pause: np.ndarray) -> np.ndarray:
    """Each row's month's ratio of drawn to pause time, so that only the month's luck is left."""
    sums = np.bincount(month, drawn, 12) / np.maximum(np.bincount(month, pause, 12), 1.0)
    return np.where(sums > 0, sums, 1.0)[month]


def _whole(parts: np.ndarray, total: int) -> Ints:
    """Whole numbers near the parts, with exactly this total."""
    whole = parts.astype(np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(whole - parts, kind="stable")[:short]] += 1
    return whole


def exported(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the workforce system exports them, durations as h:mm:ss."""
    day = pl.from_epoch("day", "d")
    durations = [
        _clock(name).alias(header)
        for name, header in (
            ("active", "Active"),
            ("hold", "Hold"),
            ("acw", "ACW"),
            ("not_ready", "Not ready"),
            ("available", "Available"),
            ("staffed", "Staffed"),
        )
    ]
    return rows.select(
        agent_code().alias("Agent"),
        day.dt.strftime("%d-%m-%Y").alias("Date"),
        pl.col("channel").alias("Channel"),
        *durations,
        day.dt.strftime("%Y%m").alias("_file"),
    )


def _clock(name: str) -> pl.Expr:
    seconds = pl.col(name)
    minutes = (seconds // 60 % 60).cast(pl.String).str.zfill(2)
    return (
        (seconds // 3600).cast(pl.String) + ":" + minutes + ":"
        + (seconds % 60).cast(pl.String).str.zfill(2)
    )  # fmt: skip
