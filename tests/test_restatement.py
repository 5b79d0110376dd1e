"""The rules of restatement, case by case: which numbers changed, and what is named as the cause."""

from __future__ import annotations

import pytest
from restating import FEBRUARY, JANUARY, KPI, METRIC, OBJECTIVE, QUARTER, Versions

MONTH = ("metric.monthly", JANUARY, "m")
ALL = {
    MONTH, ("kpi.cells", JANUARY, "m"), ("kpi.cells", QUARTER, "m"),
    ("kpi.scorecard", QUARTER, "k"), ("kpi.scorecard", QUARTER, "o"),
}  # fmt: skip


@pytest.fixture
def two() -> Versions:
    return Versions()


# which numbers are others


def test_nothing_differs(two: Versions) -> None:
    assert two.causes() == {}


def test_each_number_has_one_row_with_what_it_was_and_is(two: Versions) -> None:
    two.moved().after.file("new", 1)
    rows = two.compare().execute(
        "select table_name, level, period, id, channel, queue, source, old_value, new_value, "
        "old_numerator, new_numerator, old_denominator, new_denominator from found order by all"
    )
    assert rows.fetchall() == [
        ("kpi.cells", "metric", JANUARY, "m", "phone", None, None, 30, 40, 3, 4, 10, 10),
        ("kpi.cells", "metric", QUARTER, "m", "phone", None, None, 30, 40, 3, 4, 10, 10),
        ("kpi.scorecard", "kpi", QUARTER, "k", *(None,) * 3, 80, 90, *(None,) * 4),
        ("kpi.scorecard", "objective", QUARTER, "o", *(None,) * 3, 80, 90, *(None,) * 4),
        ("metric.monthly", "metric", JANUARY, "m", "phone", "q", "calls", 0.3, 0.4, 3, 4, 10, 10),
    ]  # fmt: skip


def test_policies_of_a_month_are_pooled(two: Versions) -> None:
    """A month in which the policy changed has two rows of a queue: 3 of 10 and 2 of 10."""
    for side, part in zip(two.both(), (2, 4), strict=True):
        side.add("monthly", month="2024-01-01", metric_id="m", channel="phone", queue="q",
                 source="calls", numerator=part, denominator=10, status="measured")  # fmt: skip
    two.after.file("new", 1)
    row = (
        two.compare().execute("select old_value, new_value, old_denominator from found").fetchall()
    )
    assert row == [(0.25, 0.35, 20)]


@pytest.mark.parametrize("column", ["numerator", "denominator"])
def test_a_component_alone_is_a_number_too(two: Versions, column: str) -> None:
    """As where the value is withheld by rounding, or 0 of 4 becomes 0 of 5."""
    two.after.tables["cells"][1][column] = 5
    two.after.file("new", 1)
    assert set(two.causes()) == {("kpi.cells", QUARTER, "m")}


@pytest.mark.parametrize("column", ["index", "realisation", "target"])
def test_of_a_node_index_realisation_and_target_count(two: Versions, column: str) -> None:
    two.after.tables["scorecard"][0][column] = 77
    two.after.edge("Q1", KPI, "check", "check:c", text="c")
    assert two.causes() == {("kpi.scorecard", QUARTER, "k"): "check c failed"}


def test_a_null_that_comes_or_goes_is_a_change(two: Versions) -> None:
    two.moved(january=None, quarter=None, index=None)
    for side, status in zip(two.both(), ("measured", "failed"), strict=True):
        side.edge(JANUARY, METRIC, "state", "state", status=status, text=f"{status}: x")
    two.after.edge(JANUARY, METRIC, "check", "check:balance", text="1 rows")
    # that the state is another only follows from the check
    assert two.causes() == dict.fromkeys(ALL, "check balance failed")


def test_new_figures_are_no_restatement_and_a_status_is_no_number(two: Versions) -> None:
    two.after.add("composites", year=2024, period="Q1", composite_id="c", value=1.0)
    two.after.tables["scorecard"][0]["status"] = "provisional"
    assert two.causes() == {}


def test_queues_sources_services_and_bases_are_told_apart(two: Versions) -> None:
    more = {"month": "2024-01-01", "metric_id": "m", "numerator": 1, "denominator": 2}
    for side in two.both():
        for place in ({"queue": "r", "source": "calls"}, {"queue": "q", "source": "other"}):
            side.add("monthly", **more, channel="phone", **place)
        side.add("monthly", **more, channel="chat", queue="q", source="calls")
        side.add("monthly", **more, service="s")
        side.add("scorecard", year=2024, period="Q1", level="kpi", id="k", basis="reported",
                 index=70)  # fmt: skip
        side.add("composites", year=2024, period="Q1", composite_id="c", value=5)
    two.after.tables["monthly"][2]["numerator"] = 2  # queue q of the other source
    two.after.tables["scorecard"][2]["index"] = 71  # reported
    two.after.tables["composites"][0]["value"] = 6
    two.after.edge(JANUARY, METRIC, "check", "check:c", text="c")
    found = two.compare().execute(
        "select table_name, basis, id, channel, queue, service, source from found order by all"
    )
    assert found.fetchall() == [
        ("kpi.composites", "computed", "c", None, None, None, None),
        ("kpi.scorecard", "reported", "k", None, None, None, None),
        ("metric.monthly", "computed", "m", "phone", "q", None, "other"),
    ]


# what is named


@pytest.mark.parametrize(
    ("corrections", "said"),
    [(0, "file new.csv arrived"), (2, "file new.csv arrived and corrected 2 rows")],
)
def test_a_file_that_arrived(two: Versions, corrections: int, said: str) -> None:
    two.moved().after.file("new", 1, corrections=corrections)
    assert two.causes() == dict.fromkeys(ALL, said)


@pytest.mark.parametrize(
    ("status", "said"),
    [("withdrawn", "file old.csv was withdrawn"), ("refused", "file old.csv was refused"),
     (None, "file old.csv no longer counts")],
)  # fmt: skip
def test_a_file_that_is_gone(two: Versions, status: str | None, said: str) -> None:
    two.moved().before.file("old", 1)
    if status:
        two.after.file("old", None, status=status)
    assert two.causes() == dict.fromkeys(ALL, said)


def test_a_file_that_was_refused_at_first_arrives(two: Versions) -> None:
    two.before.file("new", None, status="refused")
    two.moved().after.file("new", 1)
    assert two.cause() == "file new.csv arrived"


def test_a_file_read_by_another_rule_or_by_another_source(two: Versions) -> None:
    two.before.file("f", 2)
    two.moved().after.file("f", 3, reading="r2")
    assert two.cause() == "files of source calls were read by another rule"
    renamed = Versions()
    renamed.before.file("f", 2)
    renamed.moved().after.file("f", 3, source="telephony")
    assert "arrived" not in renamed.cause() and "no longer" not in renamed.cause()
    assert "files of source telephony were read by another rule" in renamed.cause()


def test_a_file_under_another_name_is_the_same_file(two: Versions) -> None:
    two.before.file("f", 2, path="b.csv")
    two.moved().after.file("f", 2, path="a.csv")
    assert set(two.causes().values()) == {None}


def test_what_others_do_is_no_cause(two: Versions) -> None:
    """A file of another month arrives, a policy no figure rests on changes: nothing explains."""
    two.moved().after.file("new", 1, month=FEBRUARY)
    for side, seconds in zip(two.both(), (20, 25), strict=True):
        side.register("policy", "p", f"seconds {seconds}")
    assert set(two.causes().values()) == {None}


def test_a_row_that_was_corrected_away_names_the_file_that_did(two: Versions) -> None:
    """The corrected row is in another month now; here there is one row less of the old file."""
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    two.after.file("new", 1, month=FEBRUARY, corrections=1)
    two.after.file("other", 1, month=FEBRUARY)
    two.after.file("chats", 1, month=FEBRUARY, corrections=9, source="chats")
    assert two.cause() == "file new.csv arrived and corrected 1 rows"


@pytest.mark.parametrize(
    ("status", "reading", "said"),
    [("withdrawn", "r1", "file late.csv was withdrawn"),
     ("loaded", "r2", "files of source calls were read by another rule")],
)  # fmt: skip
def test_a_row_that_comes_back(two: Versions, status: str, reading: str, said: str) -> None:
    """What corrected it was withdrawn or is read otherwise; no row of that file was here."""
    two.before.file("old", 2)
    two.before.file("late", None, corrections=1)
    two.moved().after.file("old", 3)
    two.after.file("late", None, status=status, reading=reading)
    assert two.cause() == said


def test_a_case_that_moves_to_another_month_is_told_where_it_left(two: Versions) -> None:
    """An earlier attempt arrives: the case's other records count in February no more."""
    for side, month in ((two.before, JANUARY), (two.after, FEBRUARY)):
        side.file("attempts", 4, month=month)
    two.moved().after.file("earlier", 1, month=FEBRUARY)
    assert two.cause() == "file earlier.csv arrived"
    # nor is a file of another metric's month the mover
    two = Versions()
    two.before.file("attempts", 4)
    two.moved().after.file("attempts", 3)
    two.after.file("earlier", 1, month=FEBRUARY, figure="metric:n")
    two.after.counts("attempts", 1, month=FEBRUARY, figure="metric:n")
    assert two.cause() == "file attempts.csv counts 3 rows, before 4"


def test_rows_without_a_known_mover_are_counted(two: Versions) -> None:
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    assert two.cause() == "file old.csv counts 2 rows, before 3"
    gone = Versions()
    gone.before.file("old", 3)
    gone.moved().after.file("old", None)
    assert gone.cause() == "file old.csv counts 0 rows, before 3"
    new = Versions()
    new.before.file("old", None)
    new.moved().after.file("old", 2)
    assert new.cause() == "file old.csv counts 2 rows, before 0"


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
    two.moved().after.file("new", 1)
    assert two.cause() == "file new.csv arrived"


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


def test_a_metric_that_is_removed_or_new(two: Versions) -> None:
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


def test_settings_take_figures_out(two: Versions) -> None:
    two.before.file("f", 3)
    two.after.file("f", None, status="refused")
    two.after.tables |= {"monthly": [], "cells": []}
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


# closing and opening


def closed(two: Versions, *, before: str | None, after: str | None) -> None:
    for side, text in zip(two.both(), (before, after), strict=True):
        for period, figure in ((JANUARY, METRIC), ("Q1", METRIC), ("Q1", KPI)) if text else ():
            side.edge(period, figure, "closing", f"closing:{QUARTER}", text=text)


def test_opening_lets_in_what_was_held_out(two: Versions) -> None:
    closed(two, before="closed as revision 1", after=None)
    for side in two.both():
        side.register("targets", "k 2024 * 2024-01-01", "target 80")
        side.tables["definitions"] = [{"metric_id": "m", "fingerprint": "d2"}]
    two.before.edge("Q1", KPI, "target", "targets:k 2024", text="79, decided")
    two.after.edge("Q1", KPI, "target", "targets:k 2024", text="80, decided")
    two.after.tables["explain"][3]["text"] = "a / b (definition d2)"
    two.before.file("late", None, corrections=1)
    two.before.file("later", None)
    two.moved().after.file("late", 1, corrections=1)
    two.after.file("later", 2)
    causes = two.causes()
    opened = [
        f"{QUARTER} was reopened",
        "file late.csv was held out until now and corrects 1 rows",
        "file later.csv was held out until now",
        "the definition of m changed",
    ]
    assert causes[MONTH] == "; ".join(opened)
    assert causes["kpi.scorecard", QUARTER, "k"] == "; ".join(
        [*opened[:3], "targets k 2024: was 79; is 80", opened[3]]
    )


def test_closing_is_no_cause_and_closing_anew_is(two: Versions) -> None:
    closed(two, before=None, after="closed as revision 1")
    assert set(two.moved().causes().values()) == {None}
    anew = Versions()
    closed(anew, before="closed as revision 1", after="closed as revision 2")
    assert set(anew.moved().causes().values()) == {f"{QUARTER} was reopened and closed anew"}


def test_an_input_of_an_opened_quarter_names_the_opening_above(two: Versions) -> None:
    """The half-year was not closed itself; it had the quarter's input as it was closed."""
    closed(two, before="closed as revision 1", after=None)
    for side, value in zip(two.both(), (1, 2), strict=True):
        side.register("inputs", "i 2024 Q1", "value 2")
        side.edge("S1", "kpi:n", "input", "inputs:i 2024 Q1", part_period="Q1", value=value)
        side.add("scorecard", year=2024, period="S1", level="kpi", id="n", basis="computed",
                 index=value)  # fmt: skip
    assert two.causes() == {
        ("kpi.scorecard", "2024-S1", "n"): f"{QUARTER} was reopened; inputs i 2024 Q1: was 1; is 2"
    }


# how causes climb


def test_a_cause_climbs_only_through_what_moved(two: Versions) -> None:
    """The quarter is what it was: what changed above it has another cause, or none."""
    two.moved(quarter=3).after.file("new", 1)
    causes = two.causes()
    assert causes[MONTH] == causes["kpi.cells", JANUARY, "m"] == "file new.csv arrived"
    assert causes["kpi.scorecard", QUARTER, "k"] is None
    assert ("kpi.cells", QUARTER, "m") not in causes


def test_a_cause_does_not_leave_its_basis(two: Versions) -> None:
    for side, index in zip(two.both(), (70, 71), strict=True):
        side.add("scorecard", year=2024, period="Q1", level="kpi", id="k", basis="reported",
                 index=index)  # fmt: skip
    two.moved().after.file("new", 1)
    rows = two.compare().execute("select basis, cause from found where id = 'k' order by 1")
    assert rows.fetchall() == [("computed", "file new.csv arrived"), ("reported", None)]


def test_what_is_new_below_moves_what_is_above(two: Versions) -> None:
    """A month that began is no restatement; the quarter that it goes into is."""
    two.moved(january=3)
    two.after.file("feb", 4, month=FEBRUARY)
    two.after.edge("Q1", METRIC, "month", METRIC, part_period=FEBRUARY, part_basis="computed")
    causes = two.causes()
    assert MONTH not in causes
    assert causes["kpi.cells", QUARTER, "m"] == "file feb.csv arrived"
    assert causes["kpi.scorecard", QUARTER, "o"] == "file feb.csv arrived"


def test_kring_and_settings_are_named_where_the_data_do_not_tell(two: Versions) -> None:
    two.after.tables["settings"][0]["value"] = "1 (bb)"
    two.after.tables["settings"][1]["value"] = "2023-01-01"
    said = "kring.toml: first_month is 2023-01-01, before 2024-01-01; kring 1 (bb), before 1 (aa)"
    assert two.moved().cause() == said
    # a state that is another may follow from them, and is told after them
    for side, status in zip(two.both(), ("provisional", "measured"), strict=True):
        side.edge(JANUARY, METRIC, "state", "state", status=status, text=f"{status}: r")
    assert two.cause() == f"{said}; state provisional, now measured"
    two.after.file("new", 1)
    assert two.cause() == "file new.csv arrived"


def test_many_causes_are_counted(two: Versions) -> None:
    for number in range(8):
        two.after.file(f"n{number}", 1)
    eight = "; ".join(f"file n{number}.csv arrived" for number in range(8))
    assert two.moved().cause() == eight
    two.after.file("n8", 1)
    two.after.file("n9", 1)
    assert two.cause() == f"{eight}; and 2 more"


# the register


def test_rows_of_the_register_are_compared_by_key_and_first_day(two: Versions) -> None:
    for side in two.both():
        side.register("policy", "same", "s 1", valid_from="2020-01-01", authority="A")
    two.before.register("policy", "p", "s 1", "t 2", valid_from="2020-01-01", authority="A")
    two.after.register("policy", "p", "s 1", "t 3", valid_from="2020-01-01", authority="B",
                       valid_to="2023-12-31", is_assumption=True)  # fmt: skip
    two.before.register("policy", "gone", "s 1")
    two.after.register("policy", "p", "s 4", valid_from="2024-01-01")
    two.after.register("other", "p", "s 4")
    rows = two.compare().execute(
        "select table_name, row_key, valid_from::text, change, was, now from register_found "
        "order by all"
    )
    assert rows.fetchall() == [
        ("other", "p", None, "added", None, "s 4"),
        ("policy", "gone", None, "removed", "s 1", None),
        ("policy", "p", "2020-01-01", "changed", "t 2, authority A",
         "t 3, valid_to 2023-12-31, authority B, an assumption"),
        ("policy", "p", "2024-01-01", "added", None, "s 4"),
    ]  # fmt: skip
