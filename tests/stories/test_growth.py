"""Cost grows with the rows and not faster: a guard at small size; `make bench` is the measure.

Processor time and peak memory of a home of four thousand contacts against one of forty times
as many, and of one more day on the larger; and each rule by itself, since one that grows with the
square of its rows hides in the sum until there are millions. The bars are loose, since other work
on the machine makes processor time grow by half; the tests show that they still notice a defect.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from homes import ROOT, TestHome

from assets.arrivals.ledger import Ledger
from assets.building.plan import Plan

BENCH = Path(__file__).resolve().parent.parent / "bench"
sys.path.insert(0, str(BENCH))

import generate  # noqa: E402

SMALL, LARGE, DAY = 4_000, 160_000, 300
AS_OF = "2024-02-03"
# measured: 1.8 times and 190 MB; with a defect 4 times, or 400 MB
# two files are finished at once, and one batch is encoded while the next is read
MOST_TIMES, MOST_MB = 3.0, 320
# of one rule; measured: 5.8 times at most, and 60 times where each row asks about all others
MOST_TIMES_OF_A_RULE, LEAST_SECONDS = 15.0, 0.1

Took = dict[str, Any]


# a check such as a home may add by a slip: the engine counts a filtered window anew for each row
EACH_WITH_ALL = """\
-- title: A case among all
-- reads: fact.outbound_cases
-- severity: warn
-- reason: seeded, to see that the guard notices it
select case_id
from (select case_id, count(*) filter (attempts > 0) over () as dialled from fact.outbound_cases)
where dialled < 0
"""


def laid(root: Path, contacts: int) -> Path:
    """A January with so many contacts, a first day of February, and one that is due."""
    home = generate.lay_home(root)
    generate.history(home / "landing", contacts * 12, months=1)
    for folder, day in (("landing", date(2024, 2, 1)), ("due", date(2024, 2, 2))):
        generate.one_day(home / folder, day, contacts * 12, DAY)
    # surveys and payments of February speak of January's contacts and cases
    for other in ("surveys", "outbound"):
        shutil.rmtree(home / "due" / other)
    (home / "checks").mkdir()
    (home / "checks/each_with_all.sql").write_text(EACH_WITH_ALL, encoding="utf-8")
    return home


def took(base: Path, *defect: str) -> list[Took]:
    """What the small home, the large one, and one more day on it took."""
    small, large = laid(base / "small", SMALL), laid(base / "large", LARGE)
    done = subprocess.run(
        [sys.executable, str(BENCH / "steps.py"),
         *(f"{home}@{AS_OF}" for home in (small, large, large)), *defect],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Took] = json.loads(done.stdout)
    return found


def grows_too_fast(small: Took, large: Took) -> list[str]:
    """What of it grows faster than it may, in words."""
    times = large["cpu_seconds"] / small["cpu_seconds"]
    more = large["peak_mb"] - small["peak_mb"]
    return [
        *([f"processor time {times:.1f} times"] if times > MOST_TIMES else []),
        *([f"memory {more:.0f} MB more"] if more > MOST_MB else []),
    ]


def rules_that_grow_too_fast(small: Took, large: Took) -> list[str]:
    """The rules that took far longer, each by itself."""
    return [
        name
        for name, seconds in large["rules"].items()
        if seconds > max(LEAST_SECONDS, MOST_TIMES_OF_A_RULE * small["rules"][name])
    ]


def test_forty_times_the_rows_cost_little_more_and_one_more_day_nothing_of_the_rest(
    tmp_path: Path,
) -> None:
    small, large, night = took(tmp_path)
    assert not grows_too_fast(small, large), (small, large)
    # of all rules only the seeded one compares each row with all others
    assert rules_that_grow_too_fast(small, large) == ["check.each_with_all"], (small, large)
    # the first run wrote January's files, so the count can see them
    assert large["files of January"] > 0
    assert night["files of January"] == 0
    assert night["cpu_seconds"] < large["cpu_seconds"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("defect", "noticed"), [("quadratic", "processor time"), ("frame", "memory")]
)
def test_the_guard_notices_a_seeded_defect(tmp_path: Path, defect: str, noticed: str) -> None:
    small, large, _ = took(tmp_path, defect)
    assert any(noticed in each for each in grows_too_fast(small, large)), (small, large)


def test_to_judge_what_is_stale_costs_files_and_rules_not_one_times_the_other(
    tmp_path: Path,
) -> None:
    home = TestHome.of_two_calls(tmp_path, last_month="2024-03")
    home.run("2024-04-30")
    calls = []
    for files in (50, 1_050):
        ledger = Ledger(home.home)
        one = ledger.loaded("calls")[0]
        for n in range(len(ledger.loaded("calls")), files):
            ledger.write(replace(one, path=f"calls/more_{n}.csv", sha256=f"{n:064x}", sequence=n))
        plan = Plan(home.home, date(2024, 4, 30))
        _ = plan.coverage, plan.accepted_findings
        calls.append(calls_of(plan.stale))
    # measured: 7 a file; 25 where each rule asks all files again in each of three months
    assert calls[1] - calls[0] < 1_000 * 12, calls


def calls_of(work: Callable[[], object]) -> int:
    """How many functions it calls: the same on every machine, however busy."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted
