"""How causes climb to what rests on them, and what closing, opening and the register do to them."""

from __future__ import annotations

import pytest
from restating import FEBRUARY, JANUARY, KPI, METRIC, MONTH, QUARTER, Versions, two

__all__ = ["two"]  # the fixture

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
    two.after.counts("later", 1, month=FEBRUARY)
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


@pytest.mark.parametrize("left", [1, None])
def test_rows_that_a_held_out_file_moves_were_not_held_out(two: Versions, left: int | None) -> None:
    """A late first attempt takes its case, and with it the later ones, to the month before."""
    closed(two, before="closed as revision 1", after=None)
    two.before.file("known", (left or 0) + 1, month=FEBRUARY)
    two.before.file("late", None)
    two.moved().after.file("known", left, month=FEBRUARY)
    two.after.counts("known", 1, month=JANUARY)
    two.after.file("late", 1)
    assert two.causes()[MONTH] == (f"{QUARTER} was reopened; file late.csv was held out until now")
    # what it has less of in another metric's month moved nothing here
    two.before.counts("late", 2, month=FEBRUARY, figure="metric:n")
    two.after.counts("late", 1, month=FEBRUARY, figure="metric:n")
    assert two.causes()[MONTH] == (f"{QUARTER} was reopened; file late.csv was held out until now")


@pytest.mark.parametrize("status", ["withdrawn", "refused"])
def test_a_file_taken_back_while_its_period_was_closed_is_told_when_that_is_opened(
    two: Versions, status: str
) -> None:
    closed(two, before="closed as revision 1", after=None)
    for side in two.both():
        side.file("old", None, status=status)
    two.before.counts("old", 2, month=JANUARY)
    # what lay in its place, and lies there no longer, tells nothing
    two.before.file("between", None, path="old.csv")
    two.after.file("between", None, path="old.csv", status="withdrawn")
    assert two.moved().causes()[MONTH] == f"{QUARTER} was reopened; file old.csv was {status}"
    # what lies there now does
    for side in two.both():
        side.file("anew", None, path="old.csv")
    two.after.counts("anew", 3, month=JANUARY, path="old.csv")
    assert two.causes()[MONTH] == f"{QUARTER} was reopened; file old.csv was held out until now"


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
    # another quarter that was opened the same night held nothing of this one
    two.before.edge("2024-04", METRIC, "closing", "closing:2024-Q2", text="closed as revision 1")
    assert set(two.causes().values()) == {f"{QUARTER} was reopened; inputs i 2024 Q1: was 1; is 2"}


# how causes climb


def test_a_cause_climbs_only_through_what_moved(two: Versions) -> None:
    """The quarter is what it was: what changed above it has another cause, or none."""
    two.moved(quarter=3).after.file("new", 1)
    causes = two.causes()
    assert causes[MONTH] == causes["kpi.cells", JANUARY, "m"] == "file new.csv arrived"
    assert causes["kpi.scorecard", QUARTER, "k"] is None
    assert ("kpi.cells", QUARTER, "m") not in causes


def test_a_state_carries_a_cause_on_where_no_number_does(two: Versions) -> None:
    """The quarter counts nothing, as before; that a month without an export began took an award."""
    for side, proven, award in zip(two.both(), (True, False), (120, None), strict=True):
        side.figures(january=0, quarter=0, index=award)
        for cell in side.tables["cells"]:
            cell["is_proven"] = proven or cell["period"] != "Q1"
    two.after.edge("Q1", METRIC, "month", METRIC, part_period=FEBRUARY, part_basis="computed")
    lost = f"now rests on {METRIC} of {FEBRUARY}"
    assert two.causes() == {
        ("kpi.scorecard", QUARTER, "k"): lost, ("kpi.scorecard", QUARTER, "o"): lost,
    }  # fmt: skip
    # where a number moved it is its cause that is told
    two.after.register("targets", "k 2024 * 2024-01-01", "target 80")
    two.after.edge("Q1", KPI, "target", "targets:k 2024", text="80, decided")
    assert set(two.causes().values()) == {"targets k 2024: added (80, decided)"}


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
