"""How `kring compare` adds up months and queues, over a few given steps of the bridge."""

from __future__ import annotations

from typing import Any

import pytest
from viewing import FEBRUARY, JANUARY, MARCH, Rows, Seen, only, seen

__all__ = ["seen"]  # the fixture

ASKED = {"months": [JANUARY, FEBRUARY], "channel": "phone"}
COUNTED = "counted from complete exports"


def step(numerator: int | None, denominator: int | None, *, rule: str = "in_force", number: int = 0,
         **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"month": JANUARY, "channel": "phone", "queue": "a", "rule": rule, "step": number,
            "switch": "in_force", "numerator": numerator, "denominator": denominator,
            "status": "measured", "reason": COUNTED, **more}  # fmt: skip


def steps(seen: Seen, *bridge: dict[str, Any], queue: str | None = None) -> Rows:
    presets = [{"rule_id": "all", "title": "All of them", "follows": "the manual"}]
    given = {"metric.service_level_bridge": list(bridge), "ref.service_level_presets": presets}
    return seen("comparison/steps", given, **ASKED, queue=queue)


def test_months_and_queues_add_up_step_by_step(seen: Seen) -> None:
    """10 and 5 of 20 and 10; where abandons are ignored, 5 fewer of the one queue."""
    ignored = {"rule": "all", "number": 1, "switch": "abandons", "to_value": "ignore"}
    rows = steps(
        seen,
        step(10, 20, rule="all"), step(5, 10, rule="all", queue="b", month=FEBRUARY),
        step(12, 15, from_value="count, ignore", **ignored),
        step(5, 10, from_value="count", queue="b", month=FEBRUARY, **ignored),
        step(10, 20), step(5, 10, queue="b", month=FEBRUARY),
        step(70, 80, month=MARCH), step(70, 80, channel="chat"),
    )  # fmt: skip
    told = ("rule", "step", "title", "follows", "from_value", "numerator", "denominator",
            "numerator_change", "denominator_change", "reason")  # fmt: skip
    assert only(rows, *told) == [
        # the rule in force first, whatever the others are called
        ("in_force", 0, "The policy in force", "", None, 15, 30, None, None, ""),
        ("all", 0, "All of them", "the manual", None, 15, 30, None, None, ""),
        ("all", 1, "All of them", "the manual", "count, ignore", 17, 25, 2, -5, ""),
    ]


@pytest.mark.parametrize(
    ("bridge", "reason"),
    [
        ([step(10, 20), step(None, None, queue="b", reason="bad rows")], "2024-01 b: bad rows"),
        # of several the first is told, and how many more there are
        ([step(10, 20), step(None, None, queue="b", reason="bad rows", month=FEBRUARY),
          step(None, None, queue="c", reason="no export"), step(None, None, queue="d", reason="x")],
         "2024-01 c: no export; and 2 more of its months and queues"),
    ],
)  # fmt: skip
def test_a_month_or_queue_that_is_withheld_withholds_the_sum(
    seen: Seen, bridge: Rows, reason: str
) -> None:
    (row,) = steps(seen, *bridge)
    assert (row["numerator"], row["denominator"], row["reason"]) == (None, None, reason)


def test_of_a_queue_its_own_steps_are_told_and_those_of_the_channel(seen: Seen) -> None:
    """A cell without a queue stands for a channel that is withheld."""
    (row,) = steps(seen, step(10, 20), step(5, 10, queue="b"), queue="a")
    assert (row["numerator"], row["denominator"]) == (10, 20)
    withheld = step(None, None, queue=None, month=FEBRUARY, reason="bad rows")
    (row,) = steps(seen, step(10, 20), withheld, queue="a")
    assert (row["numerator"], row["reason"]) == (None, "2024-02: bad rows")


def none(status: str, reason: str, **more: Any) -> dict[str, Any]:
    return step(None, None, status=status, reason=reason, **more)


EMPTY = step(0, 0, queue="b", status="no_volume", reason="nothing to count")
TO_DATE = step(1, 2, queue="b", status="provisional", reason="late data", month=FEBRUARY)


@pytest.mark.parametrize(
    ("bridge", "queue", "status", "reason"),
    [
        ([step(10, 20), EMPTY], None, "measured", COUNTED),
        ([EMPTY, {**EMPTY, "queue": "c"}], None, "no_volume", "nothing to count"),
        ([step(10, 20), TO_DATE, EMPTY], None, "provisional", "2024-02 late data"),
        # no state but that of a figure withheld goes before the others
        ([step(10, 20), TO_DATE, none("failed", "bad rows", queue="c")], None, "failed",
         "2024-01 bad rows; 2024-02 late data"),
        ([EMPTY, none("incomplete", "lacks a day", month=FEBRUARY)], None, "incomplete",
         "2024-02 lacks a day"),
        # a queue has its own state, and the channel's
        ([step(10, 20), none("failed", "bad rows", queue="b")], "a", "measured", COUNTED),
        ([step(10, 20), none("not_reported", "no export", queue=None)], "a", "not_reported",
         "2024-01 no export"),
        # other rules, channels and months are not asked for
        ([step(10, 20), none("failed", "bad rows", rule="all"),
          none("failed", "bad rows", channel="chat"), none("failed", "bad rows", month=MARCH)],
         None, "measured", COUNTED),
    ],
)  # fmt: skip
def test_what_months_and_queues_come_to(
    seen: Seen, bridge: Rows, queue: str | None, status: str, reason: str
) -> None:
    given = {"metric.service_level_bridge": bridge}
    (row,) = seen("comparison/state", given, **ASKED, queue=queue)
    assert (row["status"], row["reason"]) == (status, reason)


def test_queues_of_a_withheld_channel_are_those_of_its_other_months(seen: Seen) -> None:
    """Chat has its own; of mail, which is withheld in every month, none is known."""
    rows = seen("comparison/queues", {"metric.service_level_bridge": [
        step(None, None, queue=None), step(1, 2, queue="b", month=MARCH),
        step(1, 2, queue="a", month=MARCH), step(3, 4, queue="a", month=MARCH, rule="all"),
        step(1, 2, channel="chat", queue="c"), step(1, 2, channel="chat", queue="d", month=MARCH),
        step(None, None, channel="mail", queue=None),
    ]}, months=ASKED["months"])  # fmt: skip
    assert only(rows, "channel", "queue") == [
        ("chat", "c"), ("mail", None), ("phone", "a"), ("phone", "b"), ("phone", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("queue", "policies"), [(None, ["p1", "p2"]), ("a", ["p1"])])
def test_the_policies_of_what_is_asked_for(
    seen: Seen, queue: str | None, policies: list[str]
) -> None:
    def cell(policy: str | None, **more: Any) -> dict[str, Any]:
        return {"month": JANUARY, "metric_id": "service_level", "channel": "phone", "queue": "a",
                "policy_id": policy, **more}  # fmt: skip

    monthly = [
        cell("p2", queue="b"), cell("p1"), cell("p1", month=FEBRUARY), cell(None),
        cell("p3", month=MARCH), cell("p4", channel="chat"), cell("p5", metric_id="other"),
    ]  # fmt: skip
    rows = seen("comparison/policies", {"metric.monthly": monthly}, **ASKED, queue=queue)
    assert [row["policy_id"] for row in rows] == policies
