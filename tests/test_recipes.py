"""The recipes of the guides and of CONTRIBUTING, followed to the letter in one home and run.

Each file there stands under its path: written, added to, or changed by a diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import test_cases
import yaml
from documents import CODE, changed, recipes
from homes import ROOT, TestHome

from assets.plan import Plan
from assets.workbench import Workbench

CALLS = "id;queue;start;waited;talked;result\n"
COMPLAINTS = "complaint_no,received_at,category,to_follow_up,due_at,followed_up_at,channel\n"
CARDS = (
    "select id, target, round(index, 2), weight, status from kpi.scorecard "
    "where period = 'Q3' and basis = 'computed' and id in "
)


def follow(path: Path, how: str, text: str) -> None:
    """Do what a recipe says with a file."""
    before = path.read_text() if how else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(changed(before, text) if how == "change" else before + text)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home of three months, of which the partner's first has calls."""
    root = tmp_path_factory.mktemp("recipes") / "home"
    home = TestHome(root, first_month="2024-07", last_month="2024-09")
    home.only_sources("complaints")
    for path, how, text in recipes():
        if path != "kring.toml" and path.partition("/")[0] not in CODE:
            follow(root / path, how, text)
    for month in ("202407", "202408", "202409"):
        home.put(f"complaints/complaints_{month}.csv", COMPLAINTS)
    for month in ("202408", "202409"):
        home.put(f"partner/calls_{month}.csv", CALLS)
    assert home.run("2024-10-02").findings == []
    return home


def test_the_source_is_read(followed: TestHome) -> None:
    found = "select contact_id, outcome, month::text from fact.contacts order by contact_id"
    assert followed.query(found) == [
        ("P-1", "answered", "2024-07-01"), ("P-2", "answered", "2024-07-01"),
        ("P-3", "abandoned", "2024-07-01"), ("P-4", "answered", "2024-07-01"),
    ]  # fmt: skip


def test_the_metric_is_counted_and_months_without_volume_count_as_zero(followed: TestHome) -> None:
    assert followed.query(
        "select status, numerator, denominator from metric.monthly "
        "where metric_id = 'long_wait' order by month"
    ) == [("measured", 1, 3), ("no_volume", 0, 0), ("no_volume", 0, 0)]
    assert followed.query(
        "select status, numerator, denominator from kpi.cells "
        "where metric_id = 'long_wait' and period = 'Q3'"
    ) == [("measured", 1, 3)]


def test_the_kpi_is_in_the_scorecard_with_its_weight(followed: TestHome) -> None:
    """1 of 3 against a target of 30 %: (1 + (1 - 33.33 / 30)) x 100; complaints earn 120."""
    assert followed.query(f"{CARDS} ('long_wait', 'objective_4') order by id") == [
        ("long_wait", 30.0, 88.89, 0.5, "measured"),
        ("objective_4", None, 104.44, 0.25, "measured"),
    ]


def test_the_check_ran(followed: TestHome) -> None:
    found = "select passed, offending_rows from ops.checks where check_id = 'no_wait_of_an_hour'"
    assert followed.query(found) == [(True, 0)] * 3


def test_the_later_decision_on_a_target_holds(followed: TestHome) -> None:
    assert followed.query(f"{CARDS} ('service_level')")[0][1] == 82


def test_a_new_policy_holds_from_its_day(followed: TestHome) -> None:
    rows = followed.query("select policy_id, valid_from::text from ref.service_level_policy")
    assert ("phone_short_2024", "2024-09-01") in rows
    used = "select distinct policy_id from metric.monthly where metric_id = 'service_level'"
    assert ("phone_house_2024",) in followed.query(f"{used} and month = date '2024-07-01'")


def test_the_new_years_rows_are_there(followed: TestHome) -> None:
    assert followed.value("select count(*) from ref.targets where year = 2025") == 2


def test_the_case_holds(followed: TestHome) -> None:
    (text,) = [text for path, _, text in recipes() if path.endswith(".yaml")]
    content = yaml.safe_load(text)
    with Workbench(Plan(followed.home, test_cases.AS_OF)) as bench:
        laboratory = test_cases.Laboratory(bench)
        for case in content["cases"]:
            own = set(case["given"])
            test_cases.test_case(laboratory, {**content, **case, "own": own})


def test_the_changes_of_code_begin_where_the_code_is() -> None:
    found = [recipe for recipe in recipes() if recipe[0].endswith(".py")]
    assert len(found) == 4
    for path, _, diff in found:
        compile(changed((ROOT / path).read_text(), diff), path, "exec")
