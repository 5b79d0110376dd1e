"""What the sensor asks for, done: the months that it names are rebuilt, and readers see them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import dagster as dg
import pytest
from homes import ROOT
from nights import Night, half_year, late, night

from assets.building.session import end_session
from pipelines.automation import range_tags

__all__ = ["half_year", "night"]  # the fixtures


def rebuild(night: Night, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
    job = night.defs.resolve_job_def("rebuild_month")
    try:
        return job.execute_in_process(instance=night.instance, tags=dict(request.tags))
    finally:
        end_session()


def requests_of(night: Night, ended: dg.ExecuteInProcessResult) -> list[dg.RunRequest]:
    answer = night.ask(ended)
    assert isinstance(answer, list)
    return answer


@pytest.fixture
def files(night: Night) -> Callable[[], dict[str, int]]:
    """The lake's outputs and when each was written."""
    outputs = night.place.root / "lake/outputs"
    return lambda: {
        str(path.relative_to(outputs)): path.stat().st_mtime_ns
        for path in outputs.rglob("*.parquet")
    }


def test_the_last_of_the_nights_runs_publishes_and_nothing_is_left(night: Night) -> None:
    late(night.place, "2024-01", "2024-06")
    before = night.place.value("select version from ops.versions order by created_at desc limit 1")
    ended = night.ingest()
    first, second = requests_of(night, ended)
    assert rebuild(night, first).success
    assert night.place.value("select count(*) from fact.contacts") == 6  # June is still to come
    assert rebuild(night, second).success
    assert night.place.value("select count(*) from fact.contacts") == 8
    after = night.place.value("select version from ops.versions order by created_at desc limit 1")
    assert after != before
    assert night.asked(ended) == []


def test_a_changed_target_rebuilds_no_month(
    night: Night, files: Callable[[], dict[str, int]]
) -> None:
    before = files()
    night.place.edit_register("targets", ",80,", ",81,")
    (request,) = requests_of(night, night.ingest())
    assert rebuild(night, request).success
    changed = {name for name, when in files().items() if before.get(name) != when}
    assert changed
    assert {name.split("/")[0].split(".")[0] for name in changed} == {"kpi"}
    assert 81 in {row[0] for row in night.place.query("select target from kpi.scorecard")}


def test_a_month_rebuilt_by_hand_is_rebuilt_though_nothing_is_stale(
    night: Night, files: Callable[[], dict[str, int]]
) -> None:
    before = files()
    by_hand = dg.RunRequest(tags=range_tags("2024-03", "2024-03"))
    assert rebuild(night, by_hand).success
    changed = {name for name, when in files().items() if before.get(name) != when}
    assert any(name.startswith("fact.contacts/2024-03") for name in changed)
    assert any(name.startswith("metric.monthly/2024-03") for name in changed)
    assert not any("2024-02" in name for name in changed)


HOLD = """\
import time
from assets.home import Home
from assets.run_lock import run_lock
with run_lock(Home.open(), wait=False):
    print("held", flush=True)
    time.sleep(1.5)
"""


def test_a_step_waits_while_another_process_works_on_the_home(night: Night) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert night.ingest().success
        assert holder.poll() is not None or holder.wait(1) == 0  # it was let finish first
