"""An explanation holds: its numbers recombine, from the records of files to the score.

The sample year, read from `kpi.explain` and worked out again in plain Python: nothing here uses
kring's SQL, and the only other tables asked are those that are compared with.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from homes import TestHome
from oracle.explained import Oracle, part


@pytest.fixture(scope="module")
def oracle(sample_home: TestHome) -> Oracle:
    names = [name for name, *_ in sample_home.query("describe kpi.explain")]
    rows = sample_home.query("select * from kpi.explain")
    return Oracle([dict(zip(names, row, strict=True)) for row in rows])


def test_every_index_follows_from_the_steps_below_it(sample_home: TestHome, oracle: Oracle) -> None:
    """Both bases, all seven periods, from targets, months, inputs and conversions upwards."""
    cards = sample_home.query(
        "select year, period, basis, level || ':' || id, index from kpi.scorecard"
    )
    assert {basis for _, _, basis, *_ in cards} == {"computed", "reported"}
    found = {key: oracle.value(tuple(key)) for *key, _ in cards for key in [tuple(key)]}  # type: ignore[arg-type]
    expected = {tuple(key): index for *key, index in cards}
    assert found == {key: pytest.approx(index) for key, index in expected.items()}
    year = (2024, "Y", "reported", "organisation:organisation")
    assert f"{found[year]:.2f}" == "115.87"  # the report's


def test_in_a_running_year_too_the_target_named_is_the_one_measured_by(tmp_path: Path) -> None:
    """8a's year stands on the third quarter's IKPA until the fourth is known: 95.5, not 100."""
    home = TestHome(tmp_path / "home", first_month="2024-07")
    home.only_sources("calls")
    home.run("2024-08-15")
    rows = home.query(
        "select id, period, target, value from kpi.scorecard as cards join kpi.explain as steps "
        "using (year, period, basis) where steps.figure = 'kpi:' || id and steps.kind = 'target'"
    )
    assert len(rows) > 12 and all(target == value for _, _, target, value in rows if target)
    assert ("budget_execution", "Y", 95.5, 95.5) in rows


def test_every_composite_follows_from_its_parts(sample_home: TestHome, oracle: Oracle) -> None:
    composites = sample_home.query("select year, period, composite_id, value from kpi.composites")
    assert len(composites) > 30
    for year, period, name, value in composites:
        found = oracle.composite((year, period, "computed", f"composite:{name}"))
        assert found == (None if value is None else pytest.approx(value)), (period, name)


def test_the_files_of_a_month_hold_the_rows_that_it_counts(sample_home: TestHome) -> None:
    """Of each fact, month and channel or service: the rows of its files are all its rows."""
    for table, metric, column in (
        ("fact.contacts", "service_level", "channel"),
        ("fact.survey_responses", "csi", "service"),
        ("fact.agent_activity", "occupancy", "channel"),
    ):
        counted = sample_home.query(
            f"select strftime(month, '%Y-%m'), {column}, count(*) from {table} group by all "
            "order by all"
        )
        told = sample_home.query(
            f"select period, split_part(figure, ' ', 2), sum(rows) from kpi.explain "
            f"where kind = 'file' and figure like 'metric:{metric} %' group by all order by all"
        )
        known = {figure for _, figure, _ in told}
        assert told == [row for row in counted if row[1] in known], table
    # a case rests on its attempts, its listing and its payments
    ((told_rows, records),) = sample_home.query(
        "select (select sum(rows) from kpi.explain where kind = 'file' and "
        "figure = 'metric:outbound_contact' and period = '2024-03'), "
        "(select sum(len(records)) from fact.outbound_cases where month = date '2024-03-01')"
    )
    assert told_rows == records > 0


def test_each_record_named_is_one_of_its_file(sample_home: TestHome) -> None:
    assert sample_home.query(
        "select count(*) from kpi.explain where kind = 'file' and rows > 0 and "
        "(first_row is null or last_row < first_row or rows > last_row - first_row + 1) "
        "and figure not like 'metric:outbound%'"
    ) == [(0,)]
    assert (
        sample_home.query(
            "select distinct part from kpi.explain where kind = 'file' "
            "and replace(part, 'file:', '') not in (select path from ops.files)"
        )
        == []
    )


def test_nothing_published_is_without_a_step_and_no_step_leads_nowhere(
    sample_home: TestHome, oracle: Oracle
) -> None:
    figures = sample_home.query(
        "select year, period, basis, level || ':' || id from kpi.scorecard union "
        "select year, period, 'computed', 'composite:' || composite_id from kpi.composites union "
        "select year, period, 'computed', concat_ws(' ', 'metric:' || metric_id, channel, service) "
        "from kpi.cells"
    )
    real = {key for key, rows in oracle.below.items() if any(r["kind"] != "state" for r in rows)}
    assert set(figures) - real == set()
    assert set(oracle.below) - set(figures) == set()
    for rows in oracle.below.values():
        for row in rows:
            if row["part_basis"] is not None:
                assert part(row) in real, row


EXPLAINED = (
    ("NKO", "2024", "organisation NKO index"),
    ("objective_3", "2024-Q3", "objective 3 index"),
    ("3a-N", "2024-Q3", "kpi 3a-N index"),
    ("service_level", "2024-Q3", "kpi 3a-N index"),
    ("csi_index", "2024-Q1", "composite csi_index"),
    ("speed_of_answer", "2024-Q1", "metric speed_of_answer"),
    ("service_level", "2024-03", "metric service_level"),
    ("complaints_on_time", "2024-03", "metric complaints_on_time"),
)


@pytest.mark.parametrize(("name", "period", "what"), EXPLAINED)
def test_every_level_and_period_is_explained_down_to_its_files(
    sample_home: TestHome, name: str, period: str, what: str
) -> None:
    from assets.answers.explanation import Explainer
    from assets.database import open_database

    year, _, rest = period.partition("-")
    inner = rest if rest.startswith("Q") else (period if rest else "Y")
    with open_database(sample_home.root / "published/current/kring.duckdb") as con:
        node = Explainer(con).explain(name, int(year), inner)
    assert node.what == what
    leaves, open_nodes = [], [node]
    while open_nodes:
        each = open_nodes.pop()
        open_nodes += each.children
        leaves += [] if each.children else [each]
        assert each.text or each.value is not None, each.what
    assert any(leaf.what.startswith("file ") for leaf in leaves)


def test_what_a_quality_manager_reads(sample_home: TestHome) -> None:
    """The year's score with what was lost, assumed and reported; and a KPI without its owner."""
    said = " ".join(sample_home.kring("explain", "NKO", "2024").stdout.split())
    assert "organisation NKO index 115.87" in said
    assert "reported (official) 115.87 weighted mean of the level below" in said
    assert re.search(r"computed \(beside it\) 115\.\d\d weighted mean", said)
    assert "weight 0.3, an assumption; Internal process perspective" in said
    # 98.50 of 64 is 153.91
    assert re.search(r"3b-N Telephone occupancy; 33\.91 points\W+lost to the cap", said)
    said = " ".join(sample_home.kring("explain", "1a-N", "2024").stdout.split())
    assert "reported (official) 87.78 (target 78.00)" in said
    assert "computed (beside it) 87.13 (target 78.00)" in said
    assert "how it is scored source composite:csi_index" in said
    # what quarters share with the year is told once, and no owner or name decides a number
    assert said.count("target 78.00 78 for every period, decided on 2024-01-01") == 2
    assert "KLIP DJP," not in said and "owner" not in said and "expects" in said


def test_a_figure_beside_the_official_one_says_how_it_came_about(sample_home: TestHome) -> None:
    """The first line has the reason of the reported year alone; the mean of four has its own."""
    told = json.loads(sample_home.kring("explain", "1a-N", "2024-Y", "--json").stdout)
    official, beside = told["children"]
    assert (official["what"], beside["what"]) == ("reported (official)", "computed (beside it)")
    assert beside["text"].endswith("; mean of 4 quarters")
    assert "reported:" in told["text"] and "reported:" not in official["text"]
