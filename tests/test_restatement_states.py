"""How far a cause climbs by states alone, and which causes are told beside each other."""

from __future__ import annotations

import pytest
from restating import FEBRUARY, JANUARY, KPI, METRIC, QUARTER, Side, Versions, two

__all__ = ["two"]  # the fixture

YEAR = "2024-Y"


def rests(side: Side, period: str, figure: str, kind: str, part: str, part_period: str) -> None:
    side.edge(period, figure, kind, part, part_period=part_period, part_basis="computed")


def test_the_state_of_a_month_carries_a_cause_to_its_quarter(two: Versions) -> None:
    """January counts nothing, before and after; that its check failed takes the quarter."""
    for side, done, status in zip(two.both(), (3, None), ("no_volume", "failed"), strict=True):
        side.figures(january=None, quarter=done, index=80)
        side.tables["cells"][0]["status"] = status
    two.after.edge(JANUARY, METRIC, "check", "check:c", text="1 rows")
    assert two.causes() == {("kpi.cells", QUARTER, "m"): "check c failed"}


def test_the_state_of_a_composite_carries_a_cause_to_its_kpi(two: Versions) -> None:
    for side, status, index in zip(two.both(), ("no_volume", "failed"), (80, None), strict=True):
        side.figures(january=3, quarter=3, index=index)
        side.add("composites", year=2024, period="Q1", composite_id="c", status=status)
        rests(side, "Q1", "composite:c", "metric", METRIC, "Q1")
        rests(side, "Q1", KPI, "composite", "composite:c", "Q1")
    two.after.edge("Q1", "composite:c", "check", "check:c", text="1 rows")
    assert two.causes()["kpi.scorecard", QUARTER, "k"] == "check c failed"


def test_the_state_of_a_quarter_carries_a_cause_to_its_year(two: Versions) -> None:
    """A quarter without anything to count leaves the year its mean, a failed one takes it."""
    for side, status, index in zip(two.both(), ("no_volume", "failed"), (80, None), strict=True):
        side.figures(january=3, quarter=3, index=None)
        side.tables["scorecard"][0]["status"] = status
        side.add("scorecard", year=2024, period="Y", level="kpi", id="k", basis="computed",
                 index=index, status="measured")  # fmt: skip
        rests(side, "Y", KPI, "quarter", KPI, "Q1")
    two.after.edge("Q1", KPI, "check", "check:c", text="1 rows")
    assert two.causes() == {("kpi.scorecard", YEAR, "k"): "check c failed"}


@pytest.mark.parametrize("kind", ["target", "check"])
def test_what_came_by_a_state_is_not_told_beside_what_came_by_a_number(
    two: Versions, kind: str
) -> None:
    """January's check failed and moved no number; what moved the KPI is another thing."""
    for side, status in zip(two.both(), ("no_volume", "failed"), strict=True):
        side.figures(january=0, quarter=0, index=80)
        for cell in side.tables["cells"]:
            cell["status"] = status
    two.after.edge(JANUARY, METRIC, "check", "check:c", text="1 rows")
    for row in two.after.tables["scorecard"]:
        row["index"] = 90
    moved = {("kpi.scorecard", QUARTER, "k"), ("kpi.scorecard", QUARTER, "o")}
    assert two.causes() == dict.fromkeys(moved, "check c failed")
    if kind == "target":
        two.after.register("targets", "k 2024 * 2024-01-01", "target 80")
        two.after.edge("Q1", KPI, "target", "targets:k 2024", text="80, decided")
        said = "targets k 2024: added (80, decided)"
    else:
        two.after.edge("Q1", KPI, "check", "check:d", text="1 rows")
        said = "check d failed"
    assert two.causes() == dict.fromkeys(moved, said)


def test_a_composite_of_a_month_rests_on_that_month(two: Versions) -> None:
    two.moved().after.file("new", 1)
    for side, value in zip(two.both(), (30, 40), strict=True):
        side.add("composites", year=2024, period=JANUARY, composite_id="c", value=value)
        rests(side, JANUARY, "composite:c", "metric", METRIC, JANUARY)
    assert two.causes()["kpi.composites", JANUARY, "c"] == "file new.csv arrived"


def test_a_check_is_told_without_the_settings_that_may_have_moved_it(two: Versions) -> None:
    two.after.tables["settings"][0]["value"] = "1 (bb)"
    two.moved().after.edge(JANUARY, METRIC, "check", "check:c", text="1 rows")
    assert two.cause() == "check c failed"


def test_an_input_is_let_in_by_the_opening_of_a_longer_period_than_its_quarter(
    two: Versions,
) -> None:
    """The half-year was closed, with its months; the open year had its first quarter's input."""
    for period in ("S1", JANUARY):
        two.before.edge(period, METRIC, "closing", "closing:2024-S1", text="closed as revision 1")
    for side, value in zip(two.both(), (1, 2), strict=True):
        side.register("inputs", "i 2024 Q1", "value 2")
        side.edge("Y", "kpi:n", "input", "inputs:i 2024 Q1", part_period="Q1", value=value)
        side.add("scorecard", year=2024, period="Y", level="kpi", id="n", basis="computed",
                 index=value)  # fmt: skip
    assert two.causes() == {
        ("kpi.scorecard", YEAR, "n"): "2024-S1 was reopened; inputs i 2024 Q1: was 1; is 2"
    }
    # a row that is another itself tells
    two.after.tables["register"][0]["items"] = ["value 3"]
    assert two.cause() == "inputs i 2024 Q1: was 1; is 2"


def lacking(side: Side, period: str = "Q1") -> None:
    side.edge(period, METRIC, "state", "closed_without:2024-01",
              text="2024-01 was closed without this figure")  # fmt: skip


def test_what_a_month_was_closed_without_comes_by_its_opening_or_by_what_is_known(
    two: Versions,
) -> None:
    """January has no closing of this figure itself, but of another, of both longer periods."""
    lacking(two.before)
    two.moved(january=3, index=80)
    # something else of January differs, and it is as closed as it was
    two.before.edge(JANUARY, "metric:n", "check", "check:c", text="1 rows")
    moved = ("kpi.cells", QUARTER, "m")
    known = "2024-01 was closed without this figure, and it is known by now that there was none"
    assert two.causes() == {moved: known}
    for side in two.both():
        side.edge(JANUARY, "metric:n", "closing", "closing:2024-S1", text="closed as revision 1")
    assert two.causes() == {moved: known}
    # or is closed by now
    two.after.edge(JANUARY, "metric:n", "closing", "closing:2024-Q1", text="closed as revision 2")
    assert two.causes() == {moved: known}
    two.before, two.after = two.after, two.before
    assert two.causes() == {
        moved: "2024-01 was closed without this figure, and it is not known any more that there "
        "was none"
    }  # fmt: skip
    lacking(two.before)
    two.after.tables["explain"] = [
        e for e in two.after.tables["explain"] if e["kind"] not in ("closing", "state")
    ]
    assert two.causes() == {moved: "2024-Q1 was reopened"}


# what tells by itself is told together, whichever kind it is of


def test_a_weight_and_a_target(two: Versions) -> None:
    two.after.tables["explain"][2]["weight"] = 0.25
    two.after.register("targets", "k 2024 * 2024-01-01", "target 80")
    two.after.edge("Q1", KPI, "target", "targets:k 2024", text="80, decided")
    two.moved(january=3, quarter=3)
    assert two.causes()["kpi.scorecard", QUARTER, "o"] == (
        "targets k 2024: added (80, decided); weight of kpi:k was 0.5, is 0.25"
    )


def test_a_definition_a_file_and_a_correction(two: Versions) -> None:
    two.after.tables["definitions"] = [{"metric_id": "m", "fingerprint": "d2"}]
    two.after.tables["explain"][3]["text"] = "a / b (definition d2)"
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    two.after.file("new", 1)
    two.after.file("correction", 1, month=FEBRUARY, corrections=1)
    assert two.cause() == (
        "file correction.csv arrived and corrected 1 rows; file new.csv arrived; "
        "the definition of m changed"
    )
