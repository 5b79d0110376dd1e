"""What is named as the cause of a changed number: rules, decisions, settings, states."""

from __future__ import annotations

import pytest
from restating import ALL, FEBRUARY, JANUARY, KPI, METRIC, MONTH, OBJECTIVE, QUARTER, Versions, two

__all__ = ["two"]  # the fixture


def test_a_rule_tells_its_items_that_differ(two: Versions) -> None:
    for side, items in zip(two.both(), (("a 1", "b 2", "c 3"), ("a 1", "b 4")), strict=True):
        side.register("policy", "p", *items)
        side.edge(JANUARY, METRIC, "rule", "policy:p", text=", ".join(items))
    assert two.moved().causes() == dict.fromkeys(ALL, "policy p: was b 2, c 3; is b 4")


def test_a_rule_that_says_more_or_less(two: Versions) -> None:
    for side, items in zip(two.both(), (("a 1",), ("a 1", "b 4")), strict=True):
        side.register("policy", "p", *items)
        side.edge(JANUARY, METRIC, "rule", "policy:p", text=", ".join(items))
    assert two.moved().cause() == "policy p: was nothing; is b 4"
    less = Versions()
    for side, items in zip(less.both(), (("a 1", "b 4"), ("a 1",)), strict=True):
        side.register("policy", "p", *items)
        side.edge(JANUARY, METRIC, "rule", "policy:p", text=", ".join(items))
    assert less.moved().cause() == "policy p: was b 4; is nothing"


def test_a_rule_that_begins_and_one_that_ends(two: Versions) -> None:
    two.before.register("policy", "old", "s 1", valid_from="2020-01-01")
    two.before.edge(JANUARY, METRIC, "rule", "policy:old", text="s 1")
    two.after.register("policy", "old", "s 1", valid_from="2020-01-01", valid_to="2023-12-31")
    two.after.register("policy", "new", "s 2", valid_from="2024-01-01")
    two.after.edge(JANUARY, METRIC, "rule", "policy:new", text="s 2")
    assert two.moved().cause() == "policy new: added (s 2); policy old: no longer holds (s 1)"


@pytest.mark.parametrize("kind", ["rule", "target", "reported"])
def test_a_row_that_is_what_it_was_is_no_cause(two: Versions, kind: str) -> None:
    """It applies no longer, for a reason that is told by itself: here a file came as well."""
    for side in two.both():
        side.register("policy", "p", "s 1")
        side.register("policy", "pp", "s 1")
    two.after.register("policy", "pp 2", "s 1")  # nor does one whose name begins alike count
    two.before.edge(JANUARY, METRIC, kind, "policy:p", text="s 1")
    assert set(two.moved().causes().values()) == {None}
    two.after.file("new", 1)
    assert two.cause() == "file new.csv arrived"


def test_an_input_that_only_weighs_another_share_is_told_by_its_weight(two: Versions) -> None:
    for side, weight in zip(two.both(), (1, 0.5), strict=True):
        side.register("inputs", "i 2024 Q1", "value 5")
        side.edge("Q1", KPI, "input", "inputs:i 2024 Q1", part_period="Q1", value=5, weight=weight)
    two.moved(january=3, quarter=3)
    assert two.cause() == "weight of inputs:i 2024 Q1 was 1, is 0.5"


def test_a_target_is_one_of_several_decisions(two: Versions) -> None:
    two.before.register("targets", "k 2024 * 2024-01-01", "target 79")
    two.after.register("targets", "k 2024 * 2024-01-01", "target 79")
    two.after.register("targets", "k 2024 Q1 2024-05-01", "target 80")
    for side, text in zip(two.both(), ("79, decided", "80, decided"), strict=True):
        side.edge("Q1", KPI, "target", "targets:k 2024", text=text)
    two.moved(january=3, quarter=3)
    assert two.causes() == dict.fromkeys(
        (("kpi.scorecard", QUARTER, "k"), ("kpi.scorecard", QUARTER, "o")),
        "targets k 2024: was 79; is 80",
    )


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [({"value": 1.5}, {"value": 2.5}, "was 1.5; is 2.5"),
     ({"numerator": 3, "denominator": 4, "value": 75}, {"numerator": 4, "denominator": 4},
      "was 3 / 4; is 4 / 4")],
)  # fmt: skip
def test_an_input(two: Versions, was: dict[str, float], now: dict[str, float], said: str) -> None:
    """Its evidence is the same; its value is what counts."""
    for side, numbers in zip(two.both(), (was, now), strict=True):
        side.register("inputs", "i 2024 Q1", f"value {numbers}")
        side.edge(
            "Q1", KPI, "input", "inputs:i 2024 Q1", part_period="Q1", text="page 3", **numbers
        )
    two.moved(january=3, quarter=3)
    assert two.cause() == f"inputs i 2024 Q1: {said}"


def test_an_input_that_counts_since_its_quarter_began_or_no_longer(two: Versions) -> None:
    for side in two.both():
        side.register("inputs", "i 2024 Q1", "value 5")
    two.after.edge("Q1", KPI, "input", "inputs:i 2024 Q1", part_period="Q1", value=5)
    two.moved(january=3, quarter=3)
    assert two.cause() == "inputs i 2024 Q1 counts from now on (5)"
    two.before, two.after = two.after, two.before
    assert two.cause() == "inputs i 2024 Q1 counts no longer (5)"


@pytest.mark.parametrize("kind", ["rule", "target", "reported"])
def test_a_figure_whose_period_has_not_begun_as_of_an_earlier_day(two: Versions, kind: str) -> None:
    """Its row of the register is what it was, and all there is to tell."""
    for side in two.both():
        side.register("policy", "p", "s 1")
        side.tables["explain"] = [e for e in side.tables["explain"]
                                  if KPI not in (e["figure"], e["part"])]  # fmt: skip
    two.before.edge("Q1", KPI, kind, "policy:p", text="s 1")
    two.after.tables["scorecard"] = two.after.tables["scorecard"][1:]
    assert two.causes() == {("kpi.scorecard", QUARTER, "k"): "policy p counts no longer (s 1)"}


def test_a_row_that_says_nothing_is_no_cause_beside_a_reopening(two: Versions) -> None:
    """Wants of a metric may be blank: a figure that went with an opened period rested on them."""
    for side in two.both():
        side.register("metrics", "m", "")
        side.tables["explain"] = [e for e in side.tables["explain"]
                                  if KPI not in (e["figure"], e["part"])]  # fmt: skip
    two.before.edge("Q1", KPI, "rule", "metrics:m", text="")
    two.after.tables["scorecard"] = two.after.tables["scorecard"][1:]
    assert two.causes() == {("kpi.scorecard", QUARTER, "k"): "metrics m counts no longer"}
    two.before.edge("Q1", KPI, "closing", "closing:2024-Q1", text="closed as revision 1")
    assert two.causes() == {("kpi.scorecard", QUARTER, "k"): "2024-Q1 was reopened"}


def test_a_weight(two: Versions) -> None:
    two.after.tables["explain"][2]["weight"] = 0.25
    two.moved(january=3, quarter=3)
    two.after.tables["scorecard"][0]["index"] = 80
    assert two.causes() == {("kpi.scorecard", QUARTER, "o"): "weight of kpi:k was 0.5, is 0.25"}


def test_a_part_that_comes_by_a_row_of_weights_or_for_another_reason(two: Versions) -> None:
    two.after.edge("Q1", OBJECTIVE, "kpi", "kpi:n", part_period="Q1", part_basis="computed",
                   weight=0.5)  # fmt: skip
    two.moved(january=3, quarter=3)
    two.after.tables["scorecard"][0]["index"] = 80
    assert two.cause() == "now rests on kpi:n"
    two.after.register("weights", "o other", "weight 0.5")
    two.after.register("nodes", "o n", "level kpi")  # nor is another table's row of that name
    assert two.cause() == "now rests on kpi:n"
    two.after.register("weights", "o n", "weight 0.5")
    assert two.cause() == "weight of kpi:n was none, is 0.5"
    two.before, two.after = two.after, two.before
    assert two.cause() == "weight of kpi:n was 0.5, is none"


def test_a_composite_gets_a_part(two: Versions) -> None:
    for side, value in zip(two.both(), (1, 2), strict=True):
        side.add("composites", year=2024, period="Q1", composite_id="c", value=value)
    two.after.edge("Q1", "composite:c", "metric", METRIC, part_period="Q1", weight=1,
                   part_basis="computed")  # fmt: skip
    two.after.register("composite_parts", "d part", "weight 1")
    assert two.cause() == f"now rests on {METRIC}"
    two.after.register("composite_parts", "c part", "weight 1")
    assert two.cause() == f"weight of {METRIC} was none, is 1"


def test_a_definition(two: Versions) -> None:
    two.after.tables["definitions"] = [{"metric_id": "m", "fingerprint": "d2"}]
    two.after.tables["explain"][3]["text"] = "a / b (definition d2)"
    assert two.moved().causes() == dict.fromkeys(ALL, "the definition of m changed")


def test_a_metric_that_is_new_moves_what_rests_on_it(two: Versions) -> None:
    two.after.add("definitions", metric_id="n", fingerprint="d1")
    two.after.edge("Q1", "metric:n", "definition", "definition:n", text="a / b (definition d1)")
    two.after.edge("Q1", KPI, "metric", "metric:n", part_period="Q1", part_basis="computed")
    two.moved(january=3, quarter=3)
    assert two.causes()["kpi.scorecard", QUARTER, "k"] == "the definition of n was added"


def test_a_metric_that_is_removed(two: Versions) -> None:
    """Its numbers are gone; the definition that is no more is what tells, not all it rested on."""
    for side in two.both():
        side.file("f", 3)
        side.register("policy", "p", "s 1")
    two.before.edge(JANUARY, METRIC, "rule", "policy:p", text="s 1")
    two.after.tables |= {"monthly": [], "cells": [], "definitions": []}
    two.after.tables["explain"] = [e for e in two.after.tables["explain"]
                                   if e["figure"] != METRIC]  # fmt: skip
    causes = two.causes()
    assert set(causes) == {MONTH, ("kpi.cells", JANUARY, "m"), ("kpi.cells", QUARTER, "m")}
    assert set(causes.values()) == {"the definition of m was removed"}


def test_a_figure_that_is_gone_with_its_row_of_the_register(two: Versions) -> None:
    two.before.register("kpis", "k", "source metric:m", valid_from="2024-01-01")
    two.after.register("kpis", "k", "source metric:m", valid_from="2024-01-01",
                       valid_to="2024-01-31")  # fmt: skip
    two.after.register("kpis", "kk", "source metric:m")
    two.before.edge("Q1", KPI, "rule", "kpis:k", text="source metric:m")
    two.after.tables["scorecard"] = two.after.tables["scorecard"][1:]
    two.after.tables["explain"] = [e for e in two.after.tables["explain"]
                                   if KPI not in (e["figure"], e["part"])]  # fmt: skip
    assert two.causes() == {
        ("kpi.scorecard", QUARTER, "k"): "kpis k changed; is valid_to 2024-01-31; "
        "kpis k: no longer holds (source metric:m)"
    }
    # nor has a row anything now that only lost what it had
    two.before.tables["register"][0]["items"] = ["channel phone", "source metric:m"]
    two.after.tables["register"][0]["valid_to"] = None
    assert two.causes() == {
        ("kpi.scorecard", QUARTER, "k"): "kpis k changed: was channel phone; "
        "kpis k: no longer holds (source metric:m)"
    }


def test_a_figure_that_is_gone_with_a_row_that_was_removed(two: Versions) -> None:
    """The register says what it was, and nothing of what it is."""
    two.before.register("kpis", "k", "source metric:m")
    for side in two.both():
        side.tables["explain"] = [e for e in side.tables["explain"]
                                  if KPI not in (e["figure"], e["part"])]  # fmt: skip
    two.after.tables["scorecard"] = two.after.tables["scorecard"][1:]
    assert two.causes() == {("kpi.scorecard", QUARTER, "k"): "kpis k removed: was source metric:m"}


def test_settings_take_figures_out(two: Versions) -> None:
    two.before.file("f", 3)
    two.after.file("f", None, status="refused")
    two.after.tables |= {"monthly": [], "cells": []}
    # what they rested on is gone with them, and is what it was
    two.after.tables["explain"] = [e for e in two.after.tables["explain"]
                                   if e["figure"] != METRIC]  # fmt: skip
    two.after.tables["settings"][1]["value"] = "2024-02-01"
    assert two.cause() == "kring.toml: first_month is 2024-02-01, before 2024-01-01"


def test_a_check_that_passes_or_finds_other_rows(two: Versions) -> None:
    two.before.edge(JANUARY, METRIC, "check", "check:c", text="1 rows")
    assert two.moved().cause() == "check c passed"
    two.after.edge(JANUARY, METRIC, "check", "check:c", text="2 rows")
    assert two.cause() == "check c found other rows"


def test_a_state_is_told_where_nothing_else_is(two: Versions) -> None:
    two.moved()
    for side, status in zip(two.both(), ("provisional", "measured"), strict=True):
        side.edge(JANUARY, METRIC, "state", "state", status=status, text=f"{status}: r")
    assert two.cause() == "state provisional, now measured"
    two.after.file("new", 1)
    assert two.cause() == "file new.csv arrived"
    # of one state another reason
    same = Versions().moved()
    for side, text in zip(same.both(), ("incomplete: a", "incomplete: b"), strict=True):
        side.edge(JANUARY, METRIC, "state", "state", status="incomplete", text=text)
    assert same.cause() == "incomplete: b"


def test_a_state_that_comes_with_its_figure_is_none(two: Versions) -> None:
    two.moved().after.edge(JANUARY, METRIC, "state", "state", status="measured", text="measured")
    assert set(two.causes().values()) == {None}


def test_a_month_that_has_begun_is_named_where_nothing_else_is(two: Versions) -> None:
    two.moved(january=3, quarter=4)
    two.after.edge("Q1", METRIC, "month", METRIC, part_period=FEBRUARY, part_basis="computed")
    assert two.causes()["kpi.cells", QUARTER, "m"] == f"now rests on {METRIC} of {FEBRUARY}"
    two.before, two.after = two.after, two.before
    assert two.causes()["kpi.cells", QUARTER, "m"] == (f"no longer rests on {METRIC} of {FEBRUARY}")


def test_a_part_of_which_other_words_are_said_is_no_cause(two: Versions) -> None:
    for side, text in zip(two.both(), ("3a-N Service level", "3a-N Level of service"), strict=True):
        side.tables["explain"][2]["text"] = text
    assert set(two.moved().causes().values()) == {None}


def test_what_follows_from_other_causes_is_told_together(two: Versions) -> None:
    """Of the quarter: rows that nobody is known to have moved, a month, a row that is over."""
    for side, rows in zip(two.both(), (3, 2), strict=True):
        side.register("policy", "p", "s 1")
        side.file("old", rows, month="Q1")
    two.before.edge("Q1", METRIC, "rule", "policy:p", text="s 1")
    two.after.edge("Q1", METRIC, "month", METRIC, part_period=FEBRUARY, part_basis="computed")
    two.after.tables["monthly"], two.after.tables["cells"] = [], two.before.tables["cells"][:1]
    assert two.causes()["kpi.cells", QUARTER, "m"] == (
        f"file old.csv counts 2 rows, before 3; now rests on {METRIC} of {FEBRUARY}; "
        "policy p counts no longer (s 1)"
    )
