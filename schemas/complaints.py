"""Complaints: what was received, whether and by when it had to be followed up, and when it was.

A file with a header only is a delivery too (nothing to follow up); that is for ingest to prove.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.shape import Contract, Rows, Time, optional

_LONGEST_DAYS = 3 * 366  # far more than any promise; a later day is what programs write for none


class Complaint(Rows):
    complaint_id: str
    received_at: Time
    category: str = optional()
    to_follow_up: bool
    due_at: pl.Date = optional()
    followed_up_at: Time = optional()
    channel: str = optional()

    @pa.dataframe_check(name="followed_up_at:followed_up_before_received", n_failure_cases=1)
    @classmethod
    def follow_up_comes_after(cls, data: PolarsData) -> pl.LazyFrame:
        """By a day, since of many follow-ups only the day is known, which reads as its midnight."""
        latest = pl.col("followed_up_at") + pl.duration(days=1)
        return data.lazyframe.select(latest > pl.col("received_at"))

    @pa.dataframe_check(name="due_at:due_far_ahead", n_failure_cases=1)
    @classmethod
    def falls_due_in_time(cls, data: PolarsData) -> pl.LazyFrame:
        """It counts in the month in which it falls due, and that of 9999-12-31 never comes."""
        due = pl.col("due_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        return data.lazyframe.select(due <= pl.col("received_at") + pl.duration(days=_LONGEST_DAYS))


COMPLAINTS = Contract(
    kind="complaints",
    model=Complaint,
    key="complaint_id",
    dated_by=("received_at",),
    begins_by=("due_at", "received_at"),  # it counts in the month in which it falls due
    defaults={"to_follow_up": True},
    lowered=frozenset({"channel"}),
)
