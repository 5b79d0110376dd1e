"""The views of a version that show figures by month, each over a few given rows."""

from __future__ import annotations

from typing import Any

from homes import TestHome
from viewing import APRIL, FEBRUARY, JANUARY, MARCH, Seen, only, seen

__all__ = ["seen"]  # the fixture


# outbound calls as a funnel


def test_the_funnel_of_outbound_calls(seen: Seen) -> None:
    """Thirty days to the second after the first right party is within the window."""
    reached = "2024-03-01 10:00:00+07"
    in_time, too_late = "2024-03-31 10:00:00+07", "2024-03-31 10:00:01+07"

    def case(due: bool, before: bool, known: bool, contact: str | None, paid: str | None,
             attempts: int = 1, first: str = "2024-03-01") -> dict[str, Any]:  # fmt: skip
        return {"month": f"{first[:7]}-01", "first_attempt_date": first, "attempts": attempts,
                "due_before_dialling": due, "paid_before_dialling": before,
                "paid_known_at_dialling": known, "first_right_party_at": contact,
                "first_paid_after_contact_at": paid}  # fmt: skip

    rows = seen("metric.outbound_monthly", {
        "fact.outbound_cases": [
            case(False, False, False, reached, in_time),
            case(False, False, False, reached, too_late, 2),
            case(False, True, False, None, None),
            # known to be paid; two paid again in the window
            case(False, True, True, reached, in_time),
            case(False, True, True, reached, in_time),
            case(False, True, True, None, None),
            # out of scope, whatever became of it
            case(True, True, True, reached, in_time),
            # of which all attempts were taken back
            case(False, True, True, reached, in_time, 0),
            # before there was a policy, and so a window
            case(False, False, False, "2024-02-01 10:00:00+07", "2024-02-01 11:00:00+07",
                 first="2024-02-01"),
        ],
        "ref.outbound_policy": [
            {"policy_id": "p", "valid_from": "2024-03-01", "window_days": 30}
        ],
    })  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        # dialled, due before, in scope, paid before, known, contacted, paid in the window; and of
        # those that were not known to be paid, contacted and paid in the window
        (FEBRUARY, 1, 0, 1, 0, 0, 1, 0, 1, 0),
        (MARCH, 7, 1, 6, 4, 3, 4, 3, 2, 1),
    ]


# contacts by bucket, surveys by what became of them


def test_each_contact_is_in_one_bucket_and_the_offered_are_answered_or_not(seen: Seen) -> None:
    """8 of the 10 offered were answered; who left in the menu was never offered."""

    def of(outcome: str, contacts: int, queue: str = "umum") -> dict[str, Any]:
        return {"month": MARCH, "channel": "phone", "queue": queue, "outcome": outcome,
                "contacts": contacts}  # fmt: skip

    rows = seen("metric.contacts_monthly", {"fact.contacts": [
        of("answered", 7), of("answered", 1), of("abandoned", 2), of("flow_out", 3),
        of("callback", 4), of("voicemail", 5), of("after_hours", 6), of("not_queued", 9),
        of("not_queued", 1, "vip"),
    ]})  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        # contacts, answered, abandoned, flow_out, callback, voicemail, after_hours, not_queued
        (MARCH, "phone", "umum", 37, 8, 2, 3, 4, 5, 6, 9, 10, 0.8),
        (MARCH, "phone", "vip", 1, 0, 0, 0, 0, 0, 0, 1, 0, None),
    ]


def test_who_was_asked_and_what_became_of_it(seen: Seen) -> None:
    """3 of 8 rated, 2 of these with the two highest of five; another question is kept apart."""

    def response(status: str, score: float | None = None, **more: Any) -> dict[str, Any]:
        return {"month": MARCH, "service": "inbound", "question": "overall", "status": status,
                "score": score, "scale_max": 5, "responses": 1, **more}  # fmt: skip

    rows = seen("metric.surveys_monthly", {"fact.survey_responses": [
        response("completed", 4), response("completed", 8, scale_max=10),
        response("completed", 3.9), response("not_rated"), response("refused", responses=2),
        response("wrong_person"), response("unreachable"),
        response("completed", 1, question="access"),
        response("refused", service="outbound"),
    ]})  # fmt: skip
    assert [tuple(row.values())[1:] for row in rows] == [
        # asked, completed, not rated, refused, wrong person, unreachable; the two shares
        ("inbound", "access", 1, 1, 0, 0, 0, 0, 1.0, 0, 0.0),
        ("inbound", "overall", 8, 3, 1, 2, 1, 1, 0.375, 2, 2 / 3),
        ("outbound", "overall", 1, 0, 0, 1, 0, 0, 0.0, 0, None),
    ]


def test_the_buckets_of_the_sample_agree_with_its_metrics(sample_home: TestHome) -> None:
    buckets = sample_home.query(
        "select contacts = answered + abandoned + flow_out + callback + voicemail + after_hours "
        "+ not_queued, count(*) from metric.contacts_monthly group by 1"
    )
    assert [whole for whole, _ in buckets] == [True]
    together = (
        "select count(*), max(abs(answer_rate + abandonment - 1)) from metric.contacts_monthly "
        "join (select month, channel, queue, sum(numerator) / sum(denominator) as abandonment "
        "from metric.monthly where metric_id = 'abandonment' and denominator > 0 group by all) "
        "using (month, channel, queue)"
    )
    ((months, apart),) = sample_home.query(together)
    assert months >= 24 and apart < 1e-12


# phone and chat beside the index


def test_both_channels_reach_their_own_target_or_the_month_does_not(seen: Seen) -> None:
    phone = {JANUARY: 0.8 - 2**-53, FEBRUARY: 0.8, MARCH: 0.79, APRIL: 0.9}
    chat = {JANUARY: 0.7, FEBRUARY: 0.69, MARCH: 0.9, APRIL: 0.9}
    cells = [
        {"month": month, "metric_id": metric, "channel": channel, "value": values[month] + more}
        for channel, values in (("phone", phone), ("chat", chat))
        for metric, more in (("service_level", 0), ("service_level_without_incidents", -0.25))
        for month in values
    ] + [{"month": MARCH, "metric_id": "abandonment", "channel": "phone", "value": 0.99}]
    policy = {"valid_from": "2024-01-31", "valid_to": "2024-04-29"}
    rows = seen("metric.service_level_monthly", {
        "metric.monthly_by_channel": cells,
        "metric.composites": [
            {"month": JANUARY, "composite_id": "service_level_index", "value": 0.75},
            {"month": JANUARY, "composite_id": "csi_index", "value": 0.9},
        ],
        "ref.service_level_policy": [
            {"policy_id": "p", "channel": "phone", "queue": "*", "target_share": 0.8, **policy},
            {"policy_id": "c", "channel": "chat", "queue": "*", "target_share": 0.7, **policy},
            # a queue's own target is not the channel's
            {"policy_id": "q", "channel": "phone", "queue": "vip", "target_share": 0.95, **policy},
        ],
    })  # fmt: skip
    assert only(rows, "month", "phone", "chat", "target", "reached", "index") == [
        # on the target but for the last bit of a quotient; in force on the month's last day
        (JANUARY, phone[JANUARY], 0.7, 0.8, True, 0.75),
        (FEBRUARY, 0.8, 0.69, 0.8, False, None),
        (MARCH, 0.79, 0.9, 0.8, False, None),
        # no policy on the thirtieth
        (APRIL, 0.9, 0.9, None, None, None),
    ]
    assert only(rows[2:3], "phone_without_incidents", "chat_without_incidents") == [(0.54, 0.65)]


# what is divided, and by what


def test_a_month_is_divided_once_and_a_null_stays_one(seen: Seen) -> None:
    """2 of 3, and not 66.67 of 100."""
    cell = {"metric_id": "m", "channel": "phone", "numerator": 2, "denominator": 3}
    bounds = {"lower_95": 20, "upper_95": 90}
    rows = seen("metric.monthly_by_channel", {"kpi.cells": [
        {**cell, **bounds, "period": "2024-01", "value": 66.67},
        {**cell, "period": "2024-02", "status": "failed"},
        {**cell, "period": "Q1", "value": 66.67},
    ]})  # fmt: skip
    assert only(rows, "month", "value", "lower_95", "upper_95") == [
        (JANUARY, 2 / 3, 0.2, 0.9), (FEBRUARY, None, None, None),
    ]  # fmt: skip


def test_a_composite_of_seconds_is_told_in_seconds_and_one_of_shares_as_a_share(
    seen: Seen,
) -> None:
    rows = seen("metric.composites", {
        "kpi.composites": [
            {"period": "2024-01", "composite_id": "index", "value": 85},
            {"period": "2024-01", "composite_id": "wait", "value": 30},
            {"period": "Q1", "composite_id": "index", "value": 85},
        ],
        "ref.composite_parts": [
            {"composite_id": "index", "source": "metric:share"},
            {"composite_id": "wait", "source": "metric:seconds"},
        ],
        "ref.metric_definitions": [
            {"metric_id": "share", "unit": "share"}, {"metric_id": "seconds", "unit": "seconds"},
        ],
    })  # fmt: skip
    assert only(rows, "month", "composite_id", "value") == [
        (JANUARY, "index", 0.85), (JANUARY, "wait", 30),
    ]  # fmt: skip


def test_a_series_breaks_in_the_month_in_which_an_event_of_such_a_kind_begins(seen: Seen) -> None:
    rows = seen("metric.series_breaks", {
        "ref.events": [
            {"event_id": "new", "kind": "migration", "begins_at": "2024-02-29 23:59:59"},
            {"event_id": "old", "kind": "holiday", "begins_at": "2024-02-10 00:00:00"},
        ],
        "ref.event_kinds": [
            {"kind": "migration", "breaks_series": True},
            {"kind": "holiday", "breaks_series": False},
        ],
    })  # fmt: skip
    assert only(rows, "month", "event_id") == [(FEBRUARY, "new")]
