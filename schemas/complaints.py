"""Complaints: what was received, whether and by when it had to be followed up, and when it was.

A file with a header only is a delivery too (nothing to follow up); that is for ingest to prove.
"""

from __future__ import annotations

import polars as pl

from schemas.shape import Contract, Rows, Time, optional


class Complaint(Rows):
    complaint_id: str
    received_at: Time
    category: str = optional()
    to_follow_up: bool
    due_at: pl.Date = optional()
    followed_up_at: Time = optional()
    channel: str = optional()


COMPLAINTS = Contract(
    kind="complaints",
    model=Complaint,
    key="complaint_id",
    dated_by=("received_at",),
    begins_by=("due_at", "received_at"),  # it counts in the month in which it falls due
    defaults={"to_follow_up": True},
    lowered=frozenset({"channel"}),
)
