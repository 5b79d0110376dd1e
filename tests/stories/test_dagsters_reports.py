"""How runs of Dagster ended, for who was not there: told by its sensors."""

from __future__ import annotations

import time

import dagster as dg
import pytest
from ended import break_register, january, run, status
from homes import TWO_CALLS, TestHome, call, calls_file

from assets.building.session import end_session
from pipelines.definitions import definitions
from pipelines.launch import failures
from pipelines.report_sensors import report_run


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("dagsters_reports") / "home")


@pytest.mark.nightly
def test_dagsters_runs_are_reported_by_its_sensors(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_HOME", str(place.root))
    defs = definitions(place.home)
    repository = defs.get_repository_def()

    def ask(name: str, ended: dg.ExecuteInProcessResult, event: dg.DagsterEvent) -> str:
        sensor = repository.get_sensor_def(name)
        with dg.build_run_status_sensor_context(
            sensor_name=name, dagster_event=event, dagster_instance=instance,
            dagster_run=ended.dagster_run, repository_def=repository,
        ) as context:  # fmt: skip
            answer = sensor(context)
        assert isinstance(answer, dg.SkipReason)
        return str(answer.skip_message)

    def ingest() -> dg.ExecuteInProcessResult:
        try:
            job = defs.resolve_job_def("ingest")
            return job.execute_in_process(instance=instance, raise_on_error=False)
        finally:
            end_session()

    path = place.root / "published/status.json"
    with dg.DagsterInstance.ephemeral() as instance:
        place.run(place.home.today())
        ended = ingest()
        assert "nothing new" in ask("report_success", ended, ended.get_run_success_event())
        assert (status(place)["by"], status(place)["outcome"]) == ("dagster", "complete")
        path.unlink()
        place.put(TWO_CALLS, calls_file([call("A1"), call("A7")]))
        ended = ingest()
        said = ask("report_success", ended, ended.get_run_success_event())
        assert said == "the months that are still to be rebuilt report for it"
        assert not path.exists(), "readers do not see it yet, so it is no news"
        (place.root / "key").unlink()
        place.put(TWO_CALLS, calls_file([call("A1"), call("A8")]))
        ended = ingest()
        assert "the key file key is missing" in ask(
            "report_failure", ended, ended.get_run_failure_event()
        )
        assert (status(place)["outcome"], status(place)["exit"]) == ("failed", 1)


def test_what_is_materialised_from_an_assets_page_is_reported_too(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a run is of no job that kring defines."""
    monkeypatch.setenv("KRING_HOME", str(place.root))
    place.run(place.home.today())
    defs = definitions(place.home)
    repository = defs.get_repository_def()
    sensor = repository.get_sensor_def("report_success")
    with dg.DagsterInstance.ephemeral() as instance:

        def tick(cursor: str | None) -> str | None:
            context = dg.build_sensor_context(
                instance, cursor, repository_def=repository, sensor_name=sensor.name
            )
            return sensor.evaluate_tick(context).cursor

        before = tick(None)
        try:
            chosen = [dg.AssetKey(["kpi", "scorecard"])]
            job = defs.resolve_implicit_global_asset_job_def()
            assert job.execute_in_process(instance=instance, asset_selection=chosen).success
        finally:
            end_session()
        tick(before)
    assert (status(place)["by"], status(place)["outcome"]) == ("dagster", "complete")


def test_a_run_found_dead_after_a_later_one_is_no_news(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut by night: in the morning the command runs, and then the daemon."""
    monkeypatch.setenv("KRING_HOME", str(place.root))
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions(place.home).resolve_job_def("rebuild_month")

        def found_dead() -> str:
            instance.report_run_failed(made, "its process is gone")
            dead = instance.get_run_by_id(made.run_id)
            assert dead is not None
            return report_run(instance, dead)

        made = instance.create_run_for_job(job)
        assert "the run rebuild_month ended as failure" in found_dead()
        assert status(place)["began_at"] > "2000", "when it was asked for, as it never began"
        made = instance.create_run_for_job(job)
        time.sleep(1.1)
        run(place, 0)
        assert found_dead() == "a later run has reported since"
    assert (status(place)["by"], status(place)["outcome"]) == ("command", "complete")


def ingested(place: TestHome, instance: dg.DagsterInstance) -> dg.DagsterRun:
    """A run of Dagster's that has ended, as its sensors see it."""
    try:
        job = definitions(place.home).resolve_job_def("ingest")
        made = job.execute_in_process(instance=instance, raise_on_error=False).run_id
    finally:
        end_session()
    ended = instance.get_run_by_id(made)
    assert ended is not None
    return ended


def test_a_run_that_cannot_read_the_register_is_reported(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither can the sensor; it was silent, and the night's failure with it."""
    monkeypatch.setenv("KRING_HOME", str(place.root))
    break_register(place)
    with dg.DagsterInstance.ephemeral() as instance:
        report_run(instance, ingested(place, instance))
    assert (status(place)["by"], status(place)["outcome"]) == ("dagster", "failed")
    assert "column 'kpi' is unknown" in status(place)["failures"][0]


def test_a_failure_heard_of_after_a_later_run_is_no_news(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interface was ended in the midst of a run, then the command ran, then it came back."""
    monkeypatch.setenv("KRING_HOME", str(place.root))
    register = place.root / "register/targets.csv"
    before = register.read_bytes()
    break_register(place)
    with dg.DagsterInstance.ephemeral() as instance:
        failed = ingested(place, instance)
        register.write_bytes(before)
        time.sleep(1.1)
        run(place, 0)
        assert report_run(instance, failed) == "a later run has reported since"
    assert (status(place)["by"], status(place)["outcome"]) == ("command", "complete")


def test_a_run_from_an_assets_page_that_died_is_told_by_words(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_HOME", str(place.root))
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions(place.home).resolve_implicit_global_asset_job_def()
        made = instance.create_run_for_job(job)
        instance.report_run_failed(made, "its process is gone")
        dead = instance.get_run_by_id(made.run_id)
        assert dead is not None
        assert report_run(instance, dead).endswith("the run from an asset's page ended as failure")


def test_a_run_that_is_terminated_in_the_interface_was_stopped_and_not_in_error() -> None:
    @dg.op
    def working() -> None:
        raise dg.DagsterExecutionInterruptedError

    @dg.job
    def night() -> None:
        working()

    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(dg.DagsterExecutionInterruptedError):
            night.execute_in_process(instance=instance)
        (ended,) = instance.get_runs()
        (failure,) = failures(instance, ended)
    assert failure.told == "working: it was stopped by hand or by a signal"
