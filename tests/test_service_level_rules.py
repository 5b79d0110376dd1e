"""One month by every rule: the worked table, the toy month, and bridges that add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from contact_engine import OUTCOMES, WAITS, Contact, ContactEngine
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st

# 1000 answered, 860 of them within 20 s; 60 abandoned: 10 within 5 s, 20 within 20 s, 40 later
WORKED = [
    Contact("answered", 20, 860), Contact("answered", 21, 140), Contact("abandoned", 5, 10),
    Contact("abandoned", 20, 10), Contact("abandoned", 21, 40),
]  # fmt: skip
# 850 answered, 700 within 20 s; 60 abandons within 5 s, 40 at 5 to 20 s, 50 later; 15 callbacks
# within 20 s; 15 sent elsewhere
TOY = [
    Contact("answered", 20, 700), Contact("answered", 60, 150), Contact("abandoned", 5, 60),
    Contact("abandoned", 12, 40), Contact("abandoned", 45, 50), Contact("callback", 20, 15),
    Contact("flow_out", 30, 15),
]  # fmt: skip
RULES: dict[str, dict[str, object]] = {
    "count": {},
    "ignore": {"abandons": "ignore"},
    "credit": {"abandons": "credit_within_threshold"},
    "after_threshold": {"abandons": "after_threshold_only"},
    "short_out": {"short_abandon_seconds": 5},
    "short_credited": {"short_abandon_seconds": 5, "short_abandons": "credit"},
}


@pytest.fixture
def engine() -> Iterator[ContactEngine]:
    made = ContactEngine()
    yield made
    made.connection.close()


def by_rule(engine: ContactEngine) -> dict[str, tuple[int, int, str]]:
    """Numerator, denominator and percentage as printed to four places, by rule."""
    rows = engine.rows(
        "select rule, numerator, denominator, cast(100 * value as decimal(9, 4)) "
        "from metric.service_level_by_rule"
    )
    return {rule: (int(n), int(d), str(percent)) for rule, n, d, percent in rows}


def steps(engine: ContactEngine, rule: str) -> list[tuple[Any, ...]]:
    """The steps of a rule that move a contact: switch, and what it adds to either count."""
    return [
        (switch, int(n), int(d))
        for switch, n, d in engine.rows(
            "select switch, numerator_change, denominator_change from metric.service_level_bridge "
            "where rule = ? and (numerator_change <> 0 or denominator_change <> 0) order by step",
            [rule],
        )
    ]


def test_the_worked_table(engine: ContactEngine) -> None:
    for name, switches in RULES.items():
        engine.preset(name, **switches)
    found = by_rule(engine.fill(WORKED))
    assert {name: found[name] for name in RULES} == {
        "count": (860, 1060, "81.1321"), "ignore": (860, 1000, "86.0000"),
        "credit": (880, 1060, "83.0189"), "after_threshold": (860, 1040, "82.6923"),
        "short_out": (860, 1050, "81.9048"), "short_credited": (870, 1060, "82.0755"),
    }  # fmt: skip
    assert found["in_force"] == (860, 1060, "81.1321")
    # ... and the same by what each switch moves, from 860 of 1060 on
    assert {name: steps(engine, name) for name in RULES} == {
        "count": [], "ignore": [("abandons", 0, -60)], "credit": [("abandons", 20, 0)],
        "after_threshold": [("abandons", 0, -20)], "short_out": [("short_abandons", 0, -10)],
        "short_credited": [("short_abandons", 10, 0)],
    }  # fmt: skip


def test_the_toy_month_as_others_count_it(engine: ContactEngine) -> None:
    assert by_rule(engine.fill(TOY)) == {
        "in_force": (700, 1000, "70.0000"), "house": (700, 1000, "70.0000"),
        "genesys": (700, 1030, "67.9612"), "genesys_less_short": (700, 940, "74.4681"),
        "cisco_negative": (700, 940, "74.4681"), "amazon_connect": (815, 1030, "79.1262"),
        "cisco_ignored": (700, 900, "77.7778"), "cisco_positive": (740, 940, "78.7234"),
        "talkdesk_contacts": (700, 940, "74.4681"), "wazo": (700, 850, "82.3529"),
    }  # fmt: skip


def test_the_toy_month_step_by_step(engine: ContactEngine) -> None:
    engine.fill(TOY)
    # 100 abandons within 20 s credited, 15 flow-outs counted, 15 callbacks counted and credited
    assert steps(engine, "amazon_connect") == [
        ("abandons", 100, 0), ("flow_out", 0, 15), ("callback", 15, 15),
    ]  # fmt: skip
    # 60 short ones leave first, so that only the 40 others within 20 s are left to leave
    assert steps(engine, "cisco_ignored") == [("short_abandons", 0, -60), ("abandons", 0, -40)]
    assert steps(engine, "wazo") == [("abandons", 0, -150)]
    assert steps(engine, "house") == []
    assert engine.rows(
        "select from_value, to_value from metric.service_level_bridge "
        "where rule = 'cisco_ignored' and switch in ('short_abandons', 'abandons') order by step"
    ) == [("none", "exclude up to 5 s"), ("count", "after_threshold_only")]


def test_a_wait_of_exactly_the_threshold_moves_with_the_comparator(engine: ContactEngine) -> None:
    engine.preset("strict", comparator="<")
    engine.fill([Contact("answered", 20, 3), Contact("answered", 19.999), Contact("abandoned", 20)])
    assert steps(engine, "strict") == [("comparator", -3, 0)]


def test_counts_by_the_threshold_are_in_time_by_either_comparator(engine: ContactEngine) -> None:
    engine.preset("strict", comparator="<")
    engine.fill([Contact("answered", None, 8, wait_within_seconds=20),
                 Contact("answered", None, 2, wait_over_seconds=20)])  # fmt: skip
    assert by_rule(engine)["in_force"] == by_rule(engine)["strict"] == (8, 10, "80.0000")


def test_policies_of_a_month_are_pooled_and_both_named(engine: ContactEngine) -> None:
    engine.rows("update ref.service_level_policy set valid_to = date '2024-01-15'")
    engine.policy("ignoring", valid_from="2024-01-16", valid_to=None, abandons="ignore")
    late = datetime(2024, 1, 20, 3, tzinfo=UTC)
    engine.fill([Contact(), Contact("abandoned", 9), Contact().at(late),
                 Contact("abandoned", 9).at(late)])  # fmt: skip
    assert by_rule(engine)["in_force"][:2] == (2, 3)
    assert by_rule(engine)["wazo"][:2] == (2, 2)
    assert engine.rows(
        "select from_value, to_value from metric.service_level_bridge "
        "where rule = 'wazo' and switch = 'abandons'"
    ) == [("count, ignore", "ignore")]


def test_a_rule_under_which_nothing_was_offered_has_no_value(engine: ContactEngine) -> None:
    """Never 100 %: with abandons ignored, a month of abandons holds nothing to count."""
    engine.fill([Contact("abandoned", 30)])
    assert engine.rows(
        "select rule, numerator, denominator, value, lower_95, upper_95, is_few, status "
        "from metric.service_level_by_rule where rule in ('house', 'wazo') order by rule"
    ) == [
        ("house", 0, 1, 0.0, 0.0, pytest.approx(0.793451, abs=1e-6), False, "measured"),
        ("wazo", 0, 0, None, None, None, None, "no_volume"),
    ]


def test_few_contacts_are_marked_by_every_rule(engine: ContactEngine) -> None:
    engine.rows("update ref.metrics set minimum_n = 2 where metric_id = 'service_level'")
    engine.fill([Contact(), Contact("abandoned", 30)])
    marks = engine.rows("select rule, is_few from metric.service_level_by_rule where denominator>0")
    assert {rule: few for rule, few in marks if rule in ("house", "wazo")} == {
        "house": False, "wazo": True,
    }  # fmt: skip


# Properties. The other count is in plain Python and knows the rules from the register's words.

CONTACTS = st.lists(
    st.builds(
        Contact,
        outcome=st.sampled_from(OUTCOMES),
        wait_seconds=WAITS,
        contacts=st.integers(1, 3),
        entered_at=st.integers(0, 30 * 24 * 60 - 1).map(
            lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        ),
        queue=st.sampled_from(["umum", "vip"]),
        channel=st.sampled_from(["phone", "chat"]),
    ),
    min_size=1,
    max_size=25,
)
TREATMENTS = ("exclude", "count", "credit", "credit_within_threshold")
SWITCHES = {
    "comparator": st.sampled_from(["<=", "<"]),
    "short_abandon_seconds": st.sampled_from([0, 3, 5]),
    "short_abandons": st.sampled_from(["exclude", "credit"]),
    "abandons": st.sampled_from(
        ["count", "ignore", "credit_within_threshold", "after_threshold_only"]
    ),
    **dict.fromkeys(("flow_out", "callback", "voicemail"), st.sampled_from(TREATMENTS)),
}
ORDER = (("comparator",), ("short_abandon_seconds", "short_abandons"), ("abandons",),
         ("flow_out",), ("callback",), ("voicemail",))  # fmt: skip
THRESHOLDS = {"phone": 20, "chat": 300}


def placed(c: Contact, rule: dict[str, Any], wait: Decimal) -> tuple[bool, bool]:
    """Whether a contact of this wait is offered by a rule, and whether the rule is met."""
    threshold, short = THRESHOLDS[c.channel], rule["short_abandon_seconds"]
    in_time = wait <= threshold if rule["comparator"] == "<=" else wait < threshold
    if c.outcome == "answered":
        treatment = "credit_within_threshold"
    elif c.outcome == "abandoned" and short and wait <= short:
        treatment = rule["short_abandons"]
    elif c.outcome == "abandoned":
        treatment = {
            "ignore": "exclude", "after_threshold_only": "exclude" if in_time else "count",
        }.get(rule["abandons"], rule["abandons"])  # fmt: skip
    else:
        treatment = rule.get(c.outcome, "exclude")
    is_met = treatment == "credit" or (treatment == "credit_within_threshold" and in_time)
    return treatment != "exclude", is_met


def is_known(c: Contact, rule: dict[str, Any]) -> bool:
    """Of a wait that is not given: whether the longest and the shortest are placed alike."""
    shortest, longest = (placed(c, rule, Decimal(wait)) for wait in (0, 10**6))
    return c.wait_seconds is not None or shortest == longest


def recounted(contacts: list[Contact], rule: dict[str, Any]) -> tuple[int | None, int | None]:
    """Numerator and denominator of contacts by a rule, counted one by one."""
    if not all(is_known(c, rule) for c in contacts):
        return None, None
    places = [(c, *placed(c, rule, Decimal(c.wait_seconds or 0))) for c in contacts]
    met = sum(c.contacts for c, _, is_met in places if is_met)
    return met, sum(c.contacts for c, is_offered, _ in places if is_offered)


@pytest.fixture(scope="module")
def shared() -> Iterator[ContactEngine]:
    made = ContactEngine()
    yield made
    made.connection.close()


@examples(8)
@given(contacts=CONTACTS, policy=st.fixed_dictionaries(SWITCHES),
       rule=st.fixed_dictionaries(SWITCHES))  # fmt: skip
def test_every_step_is_the_recount_and_every_bridge_adds_up(
    shared: ContactEngine, contacts: list[Contact], policy: dict[str, Any], rule: dict[str, Any]
) -> None:
    """For any contacts, any policy in force and any rule beside the shipped ones."""
    assigned = ", ".join(f"{name} = {value!r}" for name, value in policy.items())
    shared.rows(f"update ref.service_level_policy set {assigned}")
    shared.rows("delete from ref.service_level_presets where rule_id = 'drawn'")
    shared.preset("drawn", **rule)
    shared.fill(contacts)
    presets = shared.connection.sql("from ref.service_level_presets").fetchall()
    names = shared.connection.sql("from ref.service_level_presets").columns
    rules = {row[0]: dict(zip(names, row, strict=True)) for row in presets}
    walked: dict[tuple[str, ...], list[tuple[int | None, int | None]]] = {}
    for channel, queue, name, step, n, d, n_change, d_change in shared.rows(
        "select channel, queue, rule, step, numerator, denominator, numerator_change, "
        "denominator_change from metric.service_level_bridge order by all"
    ):
        mixed = dict(policy)
        for switches in ORDER[:step]:
            mixed |= {switch: rules[name][switch] for switch in switches}
        # whom the rule in force cannot place is in its coverage, and in no count beside it
        own = [c for c in contacts
               if (c.channel, c.queue) == (channel, queue) and is_known(c, policy)]  # fmt: skip
        assert (n, d) == recounted(own, mixed)
        so_far = walked.setdefault((channel, queue, name), [])
        so_far.append((n, d) if step == 0 else (n_change, d_change))
    last = {
        (channel, queue, name): (n, d)
        for channel, queue, name, n, d in shared.rows(
            "select channel, queue, rule, numerator, denominator from metric.service_level_by_rule"
        )
    }
    assert set(last) == set(walked)
    for key, moves in walked.items():
        numbers = [number for move in moves for number in move]
        if None not in numbers:
            assert last[key] == (sum(numbers[::2]), sum(numbers[1::2]))
