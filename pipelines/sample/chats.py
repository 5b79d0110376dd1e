"""Live chats: those that asked for an agent, and those the bot kept or nobody was there for.

The export is in UTC while the centre lives by its own zone, so the file of a month holds some
chats whose UTC date is the last of the month before. An agent closes a chat when the notes are
written.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.contacts import CHAT, simulate
from pipelines.sample.people import Staff, agent_code, on_duty
from pipelines.sample.volumes import (
    DAY,
    SECOND,
    Calendar,
    Ints,
    around_the_day,
    out_of_hours,
)

SKILLS = {"chat_umum": 0.7, "chat_efiling": 0.3}
BOT_ONLY, OFFLINE = 24_000, 6_000  # a year at scale 1


def chats(rng: np.random.Generator, of: Calendar, staff: Staff, scale: float) -> pl.DataFrame:
    """Every chat of the year by time of request, in local milliseconds."""
    stays = simulate(rng, of, CHAT, scale)
    n = len(stays)
    agent = on_duty(rng, of, staff.chat, stays.entered // DAY)
    talk = (rng.lognormal(np.log(620) - 0.18, 0.6, n) * SECOND).astype(np.int64) + 10_000
    handled = pl.col("answered")
    asked = pl.DataFrame(
        {
            "entered": stays.entered,
            "wait": stays.wait,
            "answered": stays.answered,
            "talk": talk,
            "agent": agent,
            "queue": rng.choice(list(SKILLS), n, p=list(SKILLS.values())),
        }
    ).with_columns(
        pl.when(handled).then(pl.col("talk", "agent")),
        status=pl.when(handled).then(pl.lit("handled")).otherwise(pl.lit("missed")),
        ended=pl.col("entered") + pl.col("wait") + pl.when(handled).then("talk").otherwise(0),
    )
    bot = _unasked(rng, around_the_day(rng, of, round(BOT_ONLY * scale)), "bot_only")
    offline = _unasked(rng, out_of_hours(rng, of, round(OFFLINE * scale)), "offline")
    rows = pl.concat([asked, bot, offline], how="diagonal").sort("entered", maintain_order=True)
    return rows.with_columns(
        id=pl.lit(f"LC{of.year % 100:02d}-")
        + pl.int_range(1, rows.height + 1).cast(pl.String).str.zfill(7)
    )


def _unasked(rng: np.random.Generator, entered: Ints, status: str) -> pl.DataFrame:
    n = entered.size
    at = entered + rng.integers(0, 1_000, n)
    return pl.DataFrame(
        {
            "entered": at,
            "ended": at + rng.exponential(70_000, n).astype(np.int64) + 2_000,
            "answered": np.zeros(n, dtype=bool),
            "status": [status] * n,
            "queue": ["chat_umum"] * n,
        }
    )


def exported(rows: pl.DataFrame, timezone: str) -> pl.DataFrame:
    """The chats as the chat system exports them: UTC texts, null where there is nothing."""
    reply = pl.when("answered").then(pl.col("entered") + pl.col("wait"))
    return rows.select(
        "id",
        pl.col("queue").alias("skill"),
        _utc(pl.col("entered"), timezone).alias("requested_at"),
        _utc(reply, timezone).alias("first_reply_at"),
        _utc(pl.col("ended"), timezone).alias("ended_at"),
        agent_code().alias("agent"),
        "status",
        pl.from_epoch("entered", "ms").dt.strftime("%Y%m").alias("_file"),
    )


def _utc(local: pl.Expr, timezone: str) -> pl.Expr:
    # No contact lies between 00 and 05 local time, where clocks are changed.
    moment = pl.from_epoch(local, "ms").dt.replace_time_zone(timezone)
    return moment.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
