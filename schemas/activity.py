"""Agent activity: how one agent's day on one channel was spent.

Exports have no id for such a row; its identity is agent, day, channel and, where an agent's day
comes in parts, the part, kept as one text.
"""

from __future__ import annotations

import polars as pl

from schemas.shape import Contract, Rows, Seconds, optional, optional_words, seconds


class AgentActivity(Rows):
    agent_key: str
    day: pl.Date
    channel: str = optional_words("phone", "chat")
    active_seconds: Seconds = seconds(nullable=False)
    hold_seconds: Seconds = seconds()
    acw_seconds: Seconds = seconds()
    not_ready_seconds: Seconds = seconds()
    available_seconds: Seconds = seconds()
    staffed_seconds: Seconds = seconds()
    part: str = optional()
    activity_id: str


def name_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Make the id; blanks stay blank in it, so that a missing part is reported as itself."""
    parts = [
        pl.col("agent_key").fill_null(""),
        pl.col("day").dt.strftime("%Y-%m-%d").fill_null(""),
        pl.col("channel").fill_null(""),
    ]
    whole = pl.concat_str(parts, separator="|")
    return frame.with_columns(activity_id=whole + pl.concat_str(pl.lit("|"), "part").fill_null(""))


ACTIVITY = Contract(
    kind="agent_activity",
    model=AgentActivity,
    key="activity_id",
    dated_by=("day",),
    identifiers={"agent": "agent_key"},
    lowered=frozenset({"channel"}),
    made=frozenset({"activity_id"}),
    prepare=name_rows,
)
