"""The rules of restatement, case by case: which numbers count as changed, and which do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from homes import TestHome
from restating import ALL, JANUARY, KPI, METRIC, QUARTER, Versions, two

from assets.publishing import provenance
from assets.record.versions import current
from pipelines.commands.diff import differences, print_new

__all__ = ["two"]  # the fixture


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


def test_numbers_are_listed_queue_by_queue(sample_home: TestHome, tmp_path: Path) -> None:
    """Of one metric and channel each queue has a number: they came in any order."""
    before = current(sample_home.home)
    assert before is not None
    after = type(before)(tmp_path, before.manifest)
    shutil.copyfile(before.database, after.database)
    after.database.chmod(0o600)
    with duckdb.connect(str(after.database)) as con:
        con.execute("update metric.monthly set numerator = numerator + 1 where numerator > 0")
    numbers, *_ = differences(before, after)
    places = ("period", "id", "channel", "queue", "service", "source")
    keys = [tuple(row[place] or "~" for place in places) for row in numbers]  # null is last
    assert len(keys) > 400 and keys == sorted(keys)


def test_a_queue_that_is_new_restates_nothing_and_is_named(
    two: Versions, capsys: pytest.CaptureFixture[str]
) -> None:
    for queue, month in (("q", "2024-02-01"), ("r", JANUARY + "-01"), ("r", "2024-03-01")):
        two.after.add("monthly", month=month, metric_id="m", channel="phone", queue=queue,
                      source="calls", numerator=1, denominator=10, status="measured")  # fmt: skip
    # of outbound and complaints, which have no source; and what is withheld or of nothing, which is
    # no figure: `complaint` is asked for by the register, and its responses have another name now
    two.after.add("monthly", month="2024-02-01", metric_id="c", numerator=0, denominator=2)
    two.after.add("monthly", month="2024-02-01", metric_id="csi", service="complaint",
                  numerator=0, denominator=0, status="no_volume")  # fmt: skip
    two.after.add("monthly", month="2024-02-01", metric_id="o", queue="bills", numerator=1)
    two.after.add("monthly", month="2024-02-01", metric_id="m", queue="s", status="incomplete")
    con = two.compare()
    assert con.execute("select count(*) from found").fetchall() == [(0,)]
    found = provenance.appeared(con)
    assert found[0] == {
        "channel": "phone", "queue": "r", "service": None, "source": "calls", "metrics": "m",
        "first_month": JANUARY, "last_month": "2024-03",
    }  # fmt: skip
    print_new(found, everything=False)
    assert capsys.readouterr().out.splitlines() == [
        "new phone r of source calls, 2024-01 to 2024-03",
        "new bills, 2024-02",
        "new c, 2024-02",
    ]


def test_policies_of_a_month_are_pooled(two: Versions) -> None:
    """A month in which the policy changed has two rows of a queue: 3 of 10 and 2 of 10."""
    for side, part in zip(two.both(), (2, 4), strict=True):
        side.add("monthly", month="2024-01-01", metric_id="m", channel="phone", queue="q",
                 source="calls", numerator=part, denominator=10, status="measured")  # fmt: skip
    two.after.file("new", 1)
    row = two.compare().execute(
        "select old_value, new_value, old_numerator, new_numerator, old_denominator, new_status "
        "from found"
    )
    assert row.fetchall() == [(0.25, 0.35, 5, 7, 20, "measured")]


def test_a_month_of_one_has_a_value_and_a_month_of_none_has_not(two: Versions) -> None:
    for side, count in zip(two.both(), (1, 0), strict=True):
        side.tables["monthly"][0] |= {"numerator": count, "denominator": count}
    row = two.compare().execute("select old_value, new_value from found").fetchall()
    assert row == [(1, None)]


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
