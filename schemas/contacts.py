"""Contact: one customer's one stay in one queue (calls and chats share this contract).

A contact is answered only with a known wait, given or worked out from the two times; of contacts
that were counted elsewhere the bounds of their waits will do. Abandoned contacts without a wait are
real and are kept.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.shape import Contract, Rows, Seconds, Time, count, optional, seconds, words

OUTCOMES = (
    "answered",
    "abandoned",
    "flow_out",
    "callback",
    "voicemail",
    "after_hours",
    "not_queued",
)


class Contact(Rows):
    contact_id: str
    queue: str = optional()
    entered_at: Time
    answered_at: Time = optional()
    ended_at: Time = optional()
    outcome: str = words(*OUTCOMES)
    wait_seconds: Seconds = seconds()
    talk_seconds: Seconds = seconds()
    hold_seconds: Seconds = seconds()
    acw_seconds: Seconds = seconds()
    agent_key: str = optional()
    contacts: int = count()
    wait_within_seconds: Seconds = seconds()
    wait_over_seconds: Seconds = seconds()
    accepted_at: Time = optional()

    @pa.dataframe_check(name="wait_seconds:wait_missing", n_failure_cases=1)
    @classmethod
    def answered_has_a_wait(cls, data: PolarsData) -> pl.LazyFrame:
        answered = (pl.col("outcome") == "answered") & (pl.col("contacts") > 0)
        known = pl.any_horizontal(
            pl.col("wait_seconds", "wait_within_seconds", "wait_over_seconds").is_not_null()
        )
        return data.lazyframe.select(~answered | known)

    @pa.dataframe_check(name="wait_within_seconds:bounds_exchanged", n_failure_cases=1)
    @classmethod
    def bounds_leave_a_wait(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("wait_within_seconds") > pl.col("wait_over_seconds"))

    @pa.dataframe_check(name="ended_at:ends_before_it_starts", n_failure_cases=1)
    @classmethod
    def ends_after_it_starts(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("ended_at") >= pl.col("entered_at"))

    @pa.dataframe_check(name="accepted_at:ends_before_it_starts", n_failure_cases=1)
    @classmethod
    def is_accepted_after_it_starts(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("accepted_at") >= pl.col("entered_at"))


def complete_waits(frame: pl.DataFrame) -> pl.DataFrame:
    """Work out a missing wait from the two times, and a missing answer from the wait.

    Who gave up waited until the end of the stay; the end of a row of many is that of an interval.
    By epoch arithmetic, half up at the millisecond: counting second boundaries would turn
    19.6 s into 20.
    """
    if frame["wait_seconds"].null_count():
        gave_up = (pl.col("outcome") == "abandoned") & (pl.col("contacts") == 1)
        at_end = pl.when(gave_up & (pl.col("ended_at") >= pl.col("entered_at"))).then("ended_at")
        stopped = pl.coalesce("answered_at", at_end)
        waited = (stopped - pl.col("entered_at")).dt.total_microseconds()
        millis = waited.sign() * ((waited.abs() + 500) // 1000)
        wait = (millis.cast(pl.Decimal(38, 3)) / 1000).cast(pl.Decimal(12, 3), strict=False)
        frame = frame.with_columns(pl.col("wait_seconds").fill_null(wait))
    missing = (pl.col("outcome") == "answered") & pl.col("answered_at").is_null()
    if frame.select(missing.any()).item():
        micros = (pl.col("wait_seconds") * 1000).cast(pl.Int64) * 1000
        answered = pl.col("entered_at") + pl.duration(microseconds=micros)
        frame = frame.with_columns(
            answered_at=pl.when(missing).then(answered).otherwise("answered_at")
        )
    return frame


def contacts(kind: str) -> Contract:
    return Contract(
        kind=kind,
        model=Contact,
        key="contact_id",
        dated_by=("entered_at",),
        identifiers={"agent": "agent_key"},
        defaults={"contacts": 1},
        lowered=frozenset({"outcome"}),
        prepare=complete_waits,
    )


CALLS = contacts("calls")
CHATS = contacts("chats")
