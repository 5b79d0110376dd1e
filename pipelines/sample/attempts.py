"""The exports of the dialler: cases as they were listed, and every attempt to call them."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.outbound import CAMPAIGNS, MOST_TRIES, NEVER_DIALLED, Cases
from pipelines.sample.people import Staff, agent_code
from pipelines.sample.volumes import DAY, HOUR, SECOND, Calendar

NOT_REACHED = {"NA": 0.45, "BUSY": 0.18, "WPC": 0.14, "VM": 0.13, "FAIL": 0.10}
CALLED_AGAIN = 0.12  # of the reached, a week later


def attempts(rng: np.random.Generator, of: Calendar, staff: Staff, rows: Cases) -> pl.DataFrame:
    """Every attempt by time; `case` is the index into the cases."""
    number = np.tile(np.arange(1, MOST_TRIES + 1), (rows.tries.size, 1))
    made = number <= rows.tries[:, None]
    case = np.repeat(np.arange(rows.tries.size), rows.tries)
    again, again_at = _again(rng, of, rows)
    at = np.concatenate([rows.called[made], again_at])
    reached = np.concatenate(
        [(number == rows.reached[:, None])[made], rng.random(again.size) < 0.5]
    )
    n = at.size
    missed = rng.choice(list(NOT_REACHED), n, p=list(NOT_REACHED.values()))
    talk = np.where(reached, rng.lognormal(4.6, 0.5, n), rng.exponential(8, n))
    frame = pl.DataFrame(
        {
            "case": np.concatenate([case, again]),
            "at": at,
            "disposition": np.where(reached, "RPC", missed),
            "talk": talk.astype(np.int64),
            "agent": staff.outbound[rng.integers(0, staff.outbound.size, n)],
        }
    ).sort("at", maintain_order=True)
    return frame.with_columns(
        id=pl.lit(f"OB{of.year % 100:02d}-") + pl.int_range(1, n + 1).cast(pl.String).str.zfill(7)
    )


def _again(rng: np.random.Generator, of: Calendar, rows: Cases) -> tuple[np.ndarray, np.ndarray]:
    """Cases called once more after they were reached, within the year, and when."""
    repeated = (rows.reached > 0) & (rng.random(rows.reached.size) < CALLED_AGAIN)
    day = rows.reached_at // DAY + 7
    chosen = np.flatnonzero(repeated & (day <= of.days[-1]))
    clock = 8 * HOUR + rng.integers(0, 8 * 3600, chosen.size) * SECOND
    return chosen, day[chosen] * DAY + clock


def case_numbers(of: Calendar, n: int) -> pl.Series:
    """The numbers under which all exports name the cases."""
    return pl.select(
        pl.lit(f"K{of.year}-") + pl.int_range(1, n + 1).cast(pl.String).str.zfill(6)
    ).to_series()


def campaigns(rng: np.random.Generator, n: int) -> pl.Series:
    """The campaign of each case."""
    return pl.Series(rng.choice(list(CAMPAIGNS), n, p=list(CAMPAIGNS.values())))


def exported_attempts(rows: pl.DataFrame, number: pl.Series, campaign: pl.Series) -> pl.DataFrame:
    """The attempts as the dialler exports them."""
    at = pl.from_epoch("at", "ms")
    return rows.select(
        pl.col("id").alias("attempt_no"),
        number.gather(rows["case"]).alias("case_no"),
        at.dt.strftime("%Y-%m-%d %H:%M:%S").alias("call_time"),
        "disposition",
        agent_code().alias("agent"),
        campaign.gather(rows["case"]).alias("campaign"),
        pl.col("talk").cast(pl.String).alias("talk_sec"),
        at.dt.strftime("%Y%m").alias("_file"),
    )


def exported_cases(
    rng: np.random.Generator, of: Calendar, rows: Cases, number: pl.Series, campaign: pl.Series
) -> pl.DataFrame:
    """The cases as listed, by day of listing; some at the end were never dialled."""
    dialled = rows.listed_day.size
    idle = rng.integers(of.days[0], of.days[-1] + 1, number.len() - dialled)
    listed = np.concatenate([rows.listed_day, idle])
    due = np.concatenate([rows.due_day, idle + 30])
    issued = np.minimum(due - 30, listed - 1)
    taxpayer = rng.integers(0, 10**12, number.len())
    frame = pl.DataFrame(
        {"listed": listed, "due": due, "issued": issued, "taxpayer": taxpayer, "case_no": number}
    ).with_columns(campaign.alias("campaign"), pl.Series("amount", amounts(rng, number.len())))
    listed_day = pl.from_epoch("listed", "d")
    return frame.sort("listed", maintain_order=True).select(
        "case_no",
        (pl.lit("9900") + pl.col("taxpayer").cast(pl.String).str.zfill(12)).alias("taxpayer_id"),
        "campaign",
        listed_day.dt.strftime("%Y-%m-%d").alias("list_date"),
        pl.from_epoch("issued", "d").dt.strftime("%Y-%m-%d").alias("issue_date"),
        pl.from_epoch("due", "d").dt.strftime("%Y-%m-%d").alias("due_date"),
        pl.col("amount").cast(pl.String),
        listed_day.dt.strftime("%Y%m").alias("_file"),
    )


def idle_cases(dialled: int) -> int:
    """How many listed cases nobody ever called."""
    return round(dialled * NEVER_DIALLED)


def amounts(rng: np.random.Generator, n: int) -> np.ndarray:
    """Bills in whole thousands of rupiah."""
    return (rng.lognormal(14.0, 1.0, n) // 1000 * 1000).astype(np.int64) + 50_000
