"""What `kring run` asks Dagster for: the assets with something stale, and what rests on them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from homes import TestHome, call, calls_file
from serving import books

from assets.building.plan import Plan

AS_OF = "2024-03-31"
ENDS_WITH = {"kpi__scorecard", "published__snapshot"}


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A call a month and no outbound work, published. Copy it, leave it as it is."""
    made = TestHome(tmp_path_factory.mktemp("selection") / "home", last_month="2024-03")
    made.only_sources("calls")
    for month in ("01", "02", "03"):
        lines = calls_file([call(f"C{month}", f"15/{month}/2024 10:00:00")])
        made.put(f"calls/calls_2024{month}15.csv", lines)
    made.run(AS_OF)
    return made


@pytest.fixture
def home(three_months: TestHome, tmp_path: Path) -> TestHome:
    return three_months.copied(tmp_path / "home")


def steps_of_last_run(home: TestHome) -> set[str]:
    """Run the command; what the last run it made executed. Nothing may be left stale by it."""
    ran = home.kring("run", "--json", "--as-of", AS_OF)
    said = json.loads(ran.stdout)
    assert said["published"] and not said["failures"], ran.stdout
    assert Plan(home.home, date.fromisoformat(AS_OF)).stale() == []
    with books(home) as instance:
        run = instance.get_runs(limit=1)[0]
        assert run.job_name == "rebuild_month"
        return {step.step_key for step in instance.get_run_step_stats(run.run_id)}


def test_a_late_call_tells_of_what_rests_on_calls_and_of_nothing_else(home: TestHome) -> None:
    home.put("calls/calls_20240220.csv", calls_file([call("LATE", "20/02/2024 10:00:00")]))
    told = steps_of_last_run(home)
    assert {"fact__contacts", "metric__service_level", "ops__checks", "metric__daily"} <= told
    assert told >= ENDS_WITH
    # none of them reads calls
    assert not told & {"fact__payments", "fact__outbound_cases", "metric__occupancy"}
    assert home.value("select count(*) from fact.contacts") == 4


def test_a_target_tells_of_the_scorecard_alone(home: TestHome) -> None:
    home.edit_register("targets", ",80,", ",81,")
    assert steps_of_last_run(home) == ENDS_WITH


def test_what_the_disk_has_damaged_is_made_anew_by_the_run_that_needs_it(home: TestHome) -> None:
    """The fact is not stale, but a metric that is counted anew reads it."""
    (fact,) = (home.root / "lake/outputs/fact.contacts").glob("2024-03.*.parquet")
    sound = fact.read_bytes()
    fact.chmod(0o600)
    fact.write_bytes(sound[:-50] + bytes(50))
    policy = home.root / "register/service_level_policy.csv"
    old = "phone_house_2024,phone,*,2020-01-01,,20,"
    assert old in policy.read_text()
    policy.write_text(policy.read_text().replace(old, old.replace(",20,", ",25,")))
    assert "fact__contacts" in steps_of_last_run(home)
    assert fact.read_bytes() == sound
