"""Outbound work: cases to remind of, the attempts to reach them, and the payments that follow.

The three arrive in any month and in any order, so nothing here asks for one of the others.
"""

from __future__ import annotations

import polars as pl

from schemas.shape import Contract, Money, Rows, Seconds, Time, count, optional, seconds, words

RESULTS = ("right_party", "wrong_party", "no_answer", "busy", "voicemail", "failed")


class OutboundAttempt(Rows):
    attempt_id: str
    case_id: str
    called_at: Time
    result: str = words(*RESULTS)
    campaign: str = optional()
    agent_key: str = optional()
    talk_seconds: Seconds = seconds()
    attempts: int = count()


class OutboundCase(Rows):
    case_id: str
    customer_key: str = optional()
    campaign: str = optional()
    listed_at: pl.Date = optional()
    issued_at: pl.Date = optional()
    due_at: pl.Date = optional()
    amount: Money = optional()
    paid_at: Time = optional()


class Payment(Rows):
    payment_id: str
    case_id: str
    paid_at: Time
    amount: Money = optional()
    known_at: Time = optional()


ATTEMPTS = Contract(
    kind="outbound_attempts",
    model=OutboundAttempt,
    key="attempt_id",
    dated_by=("called_at",),
    identifiers={"agent": "agent_key"},
    defaults={"attempts": 1},
    lowered=frozenset({"result"}),
)

CASES = Contract(
    kind="outbound_cases",
    model=OutboundCase,
    key="case_id",
    dated_by=("listed_at", "issued_at", "due_at"),
    identifiers={"customer": "customer_key"},
    # These calls remind of bills that are not yet due: a due date in the future is the rule.
    may_lie_ahead=frozenset({"due_at"}),
    # Nor are those dialled in the first month: a case counts by its attempts.
    begins_by=(),
)

PAYMENTS = Contract(
    kind="payments",
    model=Payment,
    key="payment_id",
    dated_by=("paid_at",),
    # Who had paid before the first month was not to be called in it; payments become known late,
    # so that the first export of a home begins before the home does.
    begins_by=(),
)
