"""The night without a server: what the schedule launches and what the sensor then asks for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._record import copy
from homes import call, calls_file
from nights import Asked, Night, half_year, late, night

from assets.graph import AS_OF, PLANNED
from pipelines.automation import PID, range_tags

__all__ = ["half_year", "night"]  # the fixtures


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
