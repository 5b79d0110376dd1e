"""Payments of the cases, by the month in which they became known, about a fortnight late.

Only those of the cases settled to pay after the call fall into the 30 days that count. The
others come too late, before the call, or without one.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.attempts import amounts
from pipelines.sample.outbound import Cases
from pipelines.sample.volumes import DAY, HOUR, SECOND, Calendar, Floats, Ints

# Shares of the cases that do not pay in time after a call.
PAID_BEFORE_LISTING_WAS_CHECKED, PAID_TOO_LATE, PAID_UNCALLED = 0.08, 0.20, 0.35
SECOND_INSTALMENT = 0.10  # of those who pay in time
KNOWN_UNTIL = 44  # days after the year's end: mid-February


def payments(rng: np.random.Generator, of: Calendar, rows: Cases) -> pl.DataFrame:
    """Every payment known by mid-February of the next year, by the time it became known."""
    drawn = rng.random(rows.tries.size)
    reached, counts = rows.reached > 0, rows.pays_after_call
    early = ~counts & (drawn < PAID_BEFORE_LISTING_WAS_CHECKED)
    # Cases out of scope pay as they like; what they do is in no figure.
    late = reached & ~counts & ~early & (drawn > 1 - PAID_TOO_LATE)
    uncalled = ~reached & ~early & (drawn > 1 - PAID_UNCALLED)
    second = counts & (drawn < SECOND_INSTALMENT)
    reached_at, first = rows.reached_at, rows.first_call
    parts = [
        _after(rng, counts, reached_at, 1 / 24, 29.9),
        _after(rng, second, reached_at, 30.5, 60.0),
        _after(rng, late, reached_at, 31.0, 75.0),
        _after(rng, uncalled, first, 0.5, 60.0),
        _before(rng, of, early, first),
    ]
    case = np.concatenate([part[0] for part in parts])
    paid = np.concatenate([part[1] for part in parts])
    end = (int(of.days[-1]) + KNOWN_UNTIL) * DAY + 18 * HOUR
    lag = rng.integers(5, 16, paid.size) * DAY + rng.integers(0, 3600, paid.size) * SECOND
    # A payment that counts is in the last file at the latest; others may be too late for it.
    must = np.arange(paid.size) < int(counts.sum())
    known = np.where(must, np.minimum(paid + lag, end), paid + lag)
    frame = pl.DataFrame(
        {"case": case, "paid": paid, "known": known, "amount": amounts(rng, paid.size)}
    )
    frame = frame.filter(pl.col("known") <= end).sort("known", "case", maintain_order=True)
    return frame.with_columns(
        id=pl.lit(f"PY{of.year % 100:02d}-")
        + pl.int_range(1, frame.height + 1).cast(pl.String).str.zfill(7)
    )


def _after(
    rng: np.random.Generator, chosen: np.ndarray, moment: Ints, low: float, high: float
) -> tuple[Ints, Ints]:
    """Payments of the chosen cases between `low` and `high` days after a moment of each."""
    case = np.flatnonzero(chosen)
    days: Floats = rng.uniform(low, high, case.size)
    return case, moment[case] + (days * 86_400).astype(np.int64) * SECOND


def _before(
    rng: np.random.Generator, of: Calendar, chosen: np.ndarray, first: Ints
) -> tuple[Ints, Ints]:
    """Payments up to three weeks before the first attempt, within the year."""
    case = np.flatnonzero(chosen)
    paid = first[case] - (rng.uniform(0.1, 21.0, case.size) * 86_400).astype(np.int64) * SECOND
    inside = paid >= int(of.days[0]) * DAY
    return case[inside], paid[inside]


def exported(rows: pl.DataFrame, number: pl.Series) -> pl.DataFrame:
    """The payments as the treasury's file gives them."""
    known = pl.from_epoch("known", "ms")
    form = "%Y-%m-%d %H:%M:%S"
    return rows.select(
        pl.col("id").alias("payment_no"),
        number.gather(rows["case"]).alias("case_no"),
        pl.from_epoch("paid", "ms").dt.strftime(form).alias("paid_at"),
        known.dt.strftime(form).alias("known_at"),
        pl.col("amount").cast(pl.String),
        known.dt.strftime("%Y%m").alias("_file"),
    )
