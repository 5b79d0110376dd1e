"""The night without a server: what the schedule launches and what the sensor then asks for.

The ingest job is run for real, in this process; the sensor is asked as the daemon asks it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._record import copy
from homes import ROOT, TestHome, call, calls_file

from assets.building.session import end_session
from assets.graph import AS_OF, PLANNED
from pipelines.automation import PID, RANGE_END, RANGE_START, range_tags
from pipelines.definitions import definitions

MONTHS = [f"2024-{number:02}" for number in range(1, 7)]
Asked = list[tuple[str, str]]


@dataclass
class Night:
    """A home, its definitions and an instance of Dagster that lives in memory."""

    place: TestHome
    defs: dg.Definitions
    instance: dg.DagsterInstance

    def ingest(self) -> dg.ExecuteInProcessResult:
        try:
            return self.defs.resolve_job_def("ingest").execute_in_process(instance=self.instance)
        finally:
            end_session()

    def ask(self, ended: dg.ExecuteInProcessResult, run: dg.DagsterRun | None = None) -> object:
        """What the sensor answers to a run of ingest that succeeded."""
        repository = self.defs.get_repository_def()
        sensor = repository.get_sensor_def("after_ingest")
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=ended.get_run_success_event(),
            dagster_instance=self.instance,
            dagster_run=run or ended.dagster_run,
            repository_def=repository,
        )
        return sensor(context)

    def asked(self, ended: dg.ExecuteInProcessResult) -> Asked:
        """The ranges of months the sensor asks for; empty where it skips."""
        answer = self.ask(ended)
        if isinstance(answer, dg.SkipReason):
            return []
        assert isinstance(answer, list)
        return [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in answer]


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Six months of calls, all built and published. Copy it, leave it as it is."""
    made = TestHome(tmp_path_factory.mktemp("night") / "home", last_month="2024-06")
    made.only_sources("calls")
    for month in MONTHS:
        year, number = month.split("-")
        day = f"15/{number}/{year} 10:00:00"
        made.put(f"calls/calls_{year}{number}15.csv", calls_file([call(f"C{number}", day)]))
    assert made.run(made.home.today()).version is not None
    return made


@pytest.fixture
def night(half_year: TestHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    place = half_year.copied(tmp_path / "home")
    monkeypatch.setenv("KRING_HOME", str(place.root))
    with dg.DagsterInstance.ephemeral() as instance:
        yield Night(place, definitions(place.home), instance)


def late(place: TestHome, *months: str) -> None:
    """A file that arrives late, with a call of each of these months."""
    lines = [call(f"L{month}", f"20/{month[5:]}/{month[:4]} 09:00:00") for month in months]
    place.put("calls/calls_20240620.csv", calls_file(lines))


# the schedule


def test_the_schedule_launches_ingest_at_four_in_the_organisations_zone(night: Night) -> None:
    repository = night.defs.get_repository_def()
    (schedule,) = repository.schedule_defs
    assert schedule.cron_schedule == "0 4 * * *"
    assert schedule.execution_timezone == "Asia/Jakarta"
    four = datetime(2024, 7, 1, 4, tzinfo=ZoneInfo("Asia/Jakarta"))
    tick = schedule.evaluate_tick(
        dg.build_schedule_context(
            night.instance, scheduled_execution_time=four, repository_def=repository
        )
    )
    assert schedule.job_name == "ingest"
    assert len(tick.run_requests or []) == 1


def test_the_schedule_is_off_and_the_sensor_on_until_somebody_says_otherwise(night: Night) -> None:
    repository = night.defs.get_repository_def()
    (schedule,) = repository.schedule_defs
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    states = {sensor.default_status for sensor in repository.sensor_defs}
    assert states == {dg.DefaultSensorStatus.RUNNING}


# the checks of what came


def test_a_month_whose_file_is_refused_turns_red_until_the_right_one_comes(night: Night) -> None:
    """A refused file brings no rows and so touches no month; its check must tell all the same."""
    night.place.expecting("none", "calls")  # so changed, all is read again once
    path, text = "calls/calls_20240316.csv", calls_file([call("M", "16/03/2024 10:00:00")])
    answers = []
    for content in (text.replace("Call ID;", "", 1), text):
        night.place.put(path, content)
        night.ingest()
        infos = night.instance.event_log_storage.get_asset_check_partition_info(
            [dg.AssetCheckKey(dg.AssetKey(["raw", "calls"]), "exports_complete")]
        )
        found = {i.partition_key: i.latest_execution_status.value for i in infos}
        answers.append((found["2024-02"], found["2024-03"]))
    assert answers == [("SUCCEEDED", "FAILED"), ("SUCCEEDED", "SUCCEEDED")]


# the sensor


def test_nothing_new_asks_for_nothing(night: Night) -> None:
    answer = night.ask(night.ingest())
    assert isinstance(answer, dg.SkipReason)
    assert "nothing is stale" in str(answer.skip_message)


def test_a_late_file_asks_for_its_months_one_run_a_range(night: Night) -> None:
    late(night.place, "2024-01")
    # three months look back at January; the file's own name covers a day of June, which owes
    # less for it
    assert night.asked(night.ingest()) == [("2024-01", "2024-04"), ("2024-06", "2024-06")]


def test_what_is_asked_for_is_planned_as_of_today_and_has_a_key_of_its_own(night: Night) -> None:
    late(night.place, "2024-06")
    ended = night.ingest()
    answer = night.ask(ended)
    assert isinstance(answer, list)
    (request,) = answer
    assert request.tags[AS_OF] == night.place.home.today().isoformat()
    assert PLANNED in request.tags
    assert request.run_key == f"{ended.dagster_run.run_id}:2024-06:2024-06"


def test_asking_changes_nothing_so_it_can_be_asked_again(night: Night) -> None:
    late(night.place, "2024-06")
    ended = night.ingest()
    assert night.asked(ended) == night.asked(ended) == [("2024-06", "2024-06")]


def test_a_changed_target_asks_for_the_scorecard_alone(night: Night) -> None:
    """The last month carries the run there; it is planned, so fresh months stay as they are."""
    night.place.edit_register("targets", ",80,", ",81,")
    assert night.asked(night.ingest()) == [("2024-06", "2024-06")]


def test_a_changed_rule_of_the_scorecard_alone_asks_for_a_run(night: Night) -> None:
    """As after an upgrade: readers see what the lake holds, but the lake's scorecard is old."""
    record = night.place.root / "lake/outputs/kpi.scorecard/whole.json"
    record.write_text(record.read_text().replace('"fingerprint": "', '"fingerprint": "old'))
    assert night.asked(night.ingest()) == [("2024-06", "2024-06")]


def test_a_lake_that_readers_do_not_see_asks_for_a_run(night: Night) -> None:
    (night.place.root / "published/current").unlink()
    assert night.asked(night.ingest()) == [("2024-06", "2024-06")]


def test_the_commands_own_ingest_is_left_to_it(night: Night) -> None:
    late(night.place, "2024-06")
    ended = night.ingest()
    run = ended.dagster_run
    commands = run.with_tags({**run.tags, PID: "1"})
    answer = night.ask(ended, commands)
    assert isinstance(answer, dg.SkipReason)
    assert "kring run" in str(answer.skip_message)
    again = copy(
        commands, parent_run_id=run.run_id, root_run_id=run.run_id
    )  # re-executed from the UI
    assert isinstance(night.ask(ended, again), list)


@pytest.mark.parametrize(
    ("queued", "still_asked"),
    [
        pytest.param(("2024-01", "2024-04"), [("2024-06", "2024-06")], id="that range"),
        pytest.param(
            ("2024-01", "2024-02"), [("2024-01", "2024-04"), ("2024-06", "2024-06")], id="another"
        ),
    ],
)
def test_a_range_that_is_queued_is_not_asked_for_again(
    night: Night, queued: tuple[str, str], still_asked: Asked
) -> None:
    late(night.place, "2024-01")
    ended = night.ingest()
    night.instance.create_run_for_job(
        night.defs.resolve_job_def("rebuild_month"),
        tags={**range_tags(*queued), AS_OF: night.place.home.today().isoformat()},
        status=dg.DagsterRunStatus.NOT_STARTED,
    )
    assert night.asked(ended) == still_asked


def test_a_range_queued_as_of_an_earlier_day_is_asked_for_again(night: Night) -> None:
    late(night.place, "2024-06")
    ended = night.ingest()
    night.instance.create_run_for_job(
        night.defs.resolve_job_def("rebuild_month"),
        tags={**range_tags("2024-06", "2024-06"), AS_OF: "2024-07-01", PLANNED: "1"},
        status=dg.DagsterRunStatus.NOT_STARTED,
    )
    assert night.asked(ended) == [("2024-06", "2024-06")]


# what it asks for, done


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
