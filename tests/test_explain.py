"""An explanation holds: its numbers recombine, from the records of files to the score.

The sample year, read from `kpi.explain` and worked out again in plain Python: nothing here uses
kring's SQL, and the only other tables asked are those that are compared with.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from homes import TestHome

Row = dict[str, Any]
Key = tuple[int, str, str, str]
LEVELS = ("kpi", "objective", "perspective", "organisation")


class Oracle:
    """Works figures out from the steps below them."""

    def __init__(self, rows: list[Row]) -> None:
        self.below: dict[Key, list[Row]] = defaultdict(list)
        for row in rows:
            self.below[row["year"], row["period"], row["basis"], row["figure"]].append(row)

    def parts(self, key: Key, *kinds: str) -> list[Row]:
        return [row for row in self.below[key] if row["kind"] in kinds]

    def value(self, key: Key) -> float | None:
        """A node's index; a composite's or metric's value."""
        level = key[3].partition(":")[0]
        if level == "kpi":
            return self.index(key)
        if level in LEVELS:
            return mean(
                [(row["weight"], self.value(part(row))) for row in self.parts(key, *LEVELS)]
            )
        if level == "composite":
            return self.composite(key)
        return ratio(*self.counts(key))

    def counts(self, key: Key) -> tuple[float, float]:
        """A metric over its months, or a month as it says itself."""
        months = self.parts(key, "month")
        return (sum(float(row["numerator"]) for row in months),
                sum(float(row["denominator"]) for row in months))  # fmt: skip

    def composite(self, key: Key) -> float | None:
        pairs = []
        for row in self.parts(key, "metric"):
            counts = (row["numerator"], row["denominator"])
            if len(key[1]) < 7:  # a period's metric is the sum of its months
                assert self.counts(part(row)) == pytest.approx([float(n) for n in counts])
            pairs.append((row["weight"], ratio(*counts)))
        for row in self.parts(key, "input"):
            # a single value of a quarter says nothing of a longer period
            pairs.append((row["weight"], given(row) if key[1].startswith("Q") else None))
        (rule,) = (r for r in self.parts(key, "rule") if r["part"].startswith("composites:"))
        if rule["text"] != "missing mean_of_measured" and any(v is None for _, v in pairs):
            return None
        return mean(pairs)

    def index(self, key: Key) -> float | None:
        rule = self.rule(key)
        targets = self.parts(key, "target")
        realisation = self.realisation(key, rule)
        if realisation is None or not targets:
            return None
        assert (rule["polarity"], len(targets)) == ("maximise", 1)  # as all twelve of 2024 are
        raw = realisation / targets[0]["value"] * 100
        return min(max(raw, float(rule["cap_low"])), float(rule["cap_high"]))

    def rule(self, key: Key) -> dict[str, str]:
        (row,) = (r for r in self.parts(key, "rule") if r["part"].startswith("kpis:"))
        return dict(item.split(" ", 1) for item in row["text"].split(", "))

    def realisation(self, key: Key, rule: dict[str, str]) -> float | None:
        if key[2] == "reported":
            (row,) = self.parts(key, "reported")
            return float(row["value"])
        quarters = self.parts(key, "quarter")
        if quarters:
            values = [(row["part_period"], self.realisation(part(row), rule)) for row in quarters]
            known = [value for _, value in sorted(values) if value is not None]
            if rule["consolidation"] == "average":
                return sum(known) / len(known) if len(known) == len(quarters) else None
            assert rule["consolidation"] == "last"
            return known[-1] if known else None
        return self.measured(key, rule)

    def measured(self, key: Key, rule: dict[str, str]) -> float | None:
        composites, metrics = self.parts(key, "composite"), self.parts(key, "metric")
        if composites:
            value = self.composite(part(composites[0]))
        elif metrics:
            counts = [self.counts(part(row)) for row in metrics]
            done, due = sum(n for n, _ in counts), sum(d for _, d in counts)
            if not due and rule.get("zero_rule") == "award_cap":
                return float(rule["cap_high"])
            value = ratio(done, due)
        else:
            inputs = self.parts(key, "input")
            if any(row["numerator"] is not None for row in inputs):
                value = ratio(sum(row["numerator"] for row in inputs),
                              sum(row["denominator"] for row in inputs))  # fmt: skip
            else:
                value = given(inputs[0])
        return self.converted(key, value)

    def converted(self, key: Key, value: float | None) -> float | None:
        for row in self.parts(key, "rule"):
            if not row["part"].startswith("conversions:") or value is None:
                continue
            piece = {
                name: float(number)
                for name, number in re.findall(r"(\w+) ([\d.]+)(?:,|$)", row["text"])
            }
            if piece["from_value"] <= value < piece.get("to_value", float("inf")):
                rise = value - piece["base_value"] if "divisor" in piece else 0
                return piece["base_index"] + rise / piece.get("divisor", 1)
        return value


def part(row: Row) -> Key:
    return row["year"], row["part_period"], row["part_basis"], row["part"]


def given(row: Row) -> float | None:
    return float(row["value"]) if row["value"] is not None else None


def ratio(numerator: Any, denominator: Any) -> float | None:
    return 100 * float(numerator) / float(denominator) if denominator else None


def mean(pairs: list[tuple[float, float | None]]) -> float | None:
    known = [(weight, value) for weight, value in pairs if value is not None]
    if not known:
        return None
    return sum(w * v for w, v in known) / sum(w for w, _ in known)


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
