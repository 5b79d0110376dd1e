"""The guides of `docs/`, followed from top to bottom: what they print is what comes out.

Whoever follows "first figure" from the document alone arrives; the guides after it go on where it
ends, and CONTRIBUTING's recipes where they end. `python tests/following.py HOME` writes what came
out into the guides.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from documents import ALONE, CODE, DOCUMENTS, STORY, changed, recipes
from following import Reader, steady
from homes import ROOT, TestHome
from laboratory import AS_OF, Laboratory, compare

from assets.building.plan import Plan
from assets.building.workbench import Workbench

Told = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, sample_home: TestHome) -> tuple[Reader, Told]:
    """Each guide as it stands and as it came out; each begins in the home the one before left."""
    reader = Reader(tmp_path_factory.mktemp("guides") / "story", sample_home.root)
    return reader, {guide: reader.follow(guide) for guide in STORY}


@pytest.mark.parametrize("guide", STORY)
def test_the_story_arrives_where_it_says(story: tuple[Reader, Told], guide: str) -> None:
    says, real = story[1][guide]
    assert steady(says) == steady(real)


@pytest.mark.parametrize("guide", ALONE)
def test_a_guide_alone_arrives_where_it_says(
    sample_home: TestHome, tmp_path: Path, guide: str
) -> None:
    says, real = Reader(tmp_path / "reader", sample_home.root, True).follow(guide)
    assert steady(says) == steady(real)


@pytest.fixture(scope="module")
def followed(story: tuple[Reader, Told]) -> TestHome:
    """The story's home with CONTRIBUTING's recipes as well, run once more."""
    reader, _ = story
    for path, how, text in recipes(DOCUMENTS["CONTRIBUTING.md"]):
        if path.partition("/")[0] not in CODE:
            reader.write(path, how, text)
    assert reader.home.run(date.today()).findings == []
    return reader.home


def test_the_check_ran(followed: TestHome) -> None:
    found = "select passed, offending_rows from ops.checks where check_id = 'no_wait_of_an_hour'"
    assert followed.query(found) == [(True, 0)] * 3


def test_the_new_years_rows_are_there(followed: TestHome) -> None:
    assert followed.value("select count(*) from ref.targets where year = 2025") == 2
    assert followed.value("select count(*) from ref.accepted_findings") == 1


def test_calls_of_a_month_without_any_count_as_zero(followed: TestHome) -> None:
    assert followed.query(
        "select status, numerator, denominator from metric.monthly "
        "where metric_id = 'long_wait' order by month"
    ) == [("measured", 1, 3), ("no_volume", 0, 0), ("no_volume", 0, 0)]


def test_the_case_holds(followed: TestHome) -> None:
    (text,) = [text for path, _, text in recipes() if path.endswith(".yaml")]
    content = yaml.safe_load(text)
    with Workbench(Plan(followed.home, AS_OF)) as bench:
        laboratory = Laboratory(bench)
        for case in content["cases"]:
            compare(laboratory, {**content, **case, "own": set(case["given"])})


def test_the_changes_of_code_begin_where_the_code_is() -> None:
    found = [recipe for recipe in recipes() if recipe[0].endswith(".py")]
    assert len(found) == 1
    for path, _, diff in found:
        compile(changed((ROOT / path).read_text(), diff), path, "exec")
