"""How a run ended, for who was not there: status.json, after a killed run, of Dagster's runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import dagster as dg
import pytest
from ended import AS_OF, break_register, january, run, status
from homes import ROOT, TWO_CALLS, TestHome, call, calls_file

from assets.answers.run_report import Failure
from assets.building.session import end_session
from pipelines.definitions import definitions
from pipelines.launch import failures
from pipelines.report_sensors import report_run


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("reporting") / "home")


# the status


def test_a_run_that_finds_nothing_new_says_so_and_is_no_reason_for_a_version(
    place: TestHome,
) -> None:
    before = (place.root / "published/current").readlink()
    run(place, 0)
    first = status(place)
    version = before.name
    assert (first["outcome"], first["exit"], first["version"]) == ("complete", 0, version)
    assert first["sentence"] == f"nothing new, version {version} stands"
    assert (first["as_of"], first["findings"], first["failures"]) == (AS_OF, [], [])
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [field for field in first if f"`{field}`" not in page] == []
    assert first["began_at"] <= first["ended_at"]
    time.sleep(1.1)
    run(place, 0)
    assert status(place)["ended_at"] > first["ended_at"], "it must show that the run has been"
    assert (place.root / "published/current").readlink() == before
    assert place.kring("verify").returncode == 0


def test_the_homes_group_may_read_it_and_nobody_else(place: TestHome) -> None:
    run(place, 0)
    info = (place.root / "published/status.json").stat()
    assert info.st_mode & 0o777 == 0o440
    assert info.st_gid == place.root.stat().st_gid


def test_findings_are_listed_and_counted_in_the_sentence(place: TestHome) -> None:
    place.put("notes/readme.txt", "not an export")
    place.run(AS_OF)
    run(place, 3)
    told = status(place)
    assert (told["outcome"], told["exit"]) == ("findings", 3)
    assert told["sentence"].endswith("stands; to be acted on: 1 unclaimed")
    assert [f["about"] for f in told["findings"]] == ["unclaimed"]


@pytest.mark.nightly
def test_a_failure_is_reported_and_the_version_that_stands(place: TestHome) -> None:
    break_register(place)
    run(place, 1)
    told = status(place)
    assert (told["outcome"], told["exit"], told["published"]) == ("failed", 1, False)
    assert "targets.csv" in told["failures"][0]
    assert told["sentence"].startswith(f"failed, version {told['version']} stands: ")


def test_a_failure_before_anything_is_published_is_reported(home: TestHome) -> None:
    break_register(home)
    run(home, 1)
    told = status(home)
    assert (told["outcome"], told["version"]) == ("failed", None)
    assert (home.root / "published").stat().st_mode & 0o777 == 0o750


@pytest.mark.nightly
def test_a_run_that_works_through_dagsters_steps_reports_as_well(place: TestHome) -> None:
    """And what failed there is named by its step."""
    place.put(TWO_CALLS, calls_file([call("A1"), call("A2", wait="25,0"), call("A3")]))
    run(place, 0)
    assert status(place)["sentence"] == f"published {status(place)['version']}"
    place.put(TWO_CALLS, calls_file([call("A1")]))
    (place.root / "key").write_bytes(bytes(32))
    run(place, 1)
    (told,) = status(place)["failures"]
    assert told.startswith("ledger: the key file key is not the one this home was filled with")


def test_an_unexpected_errors_text_stays_at_home() -> None:
    """It may quote a value of an export; the kind and the step are enough to call somebody."""
    failure = Failure("ledger", "ComputeError", "could not parse '0812-7731-9942'")
    assert "0812" in failure.text
    assert failure.told == (
        "an unexpected error in step ledger (ComputeError); kring run shows it whole"
    )
    engine = "IO Error: Could not write file '0812-7731-9942': No space left on device"
    assert Failure("ledger", "IOException", engine).told == (
        "the disk refused in step ledger (IOException), or a right is lacking; make room or mend "
        "it, then kring run, which shows it whole"
    )


@pytest.mark.nightly
def test_that_it_cannot_be_written_fails_no_run(place: TestHome) -> None:
    status = place.root / "published/status.json"
    status.unlink()
    status.mkdir()
    ran = run(place, 0)
    assert "kring: published/status.json could not be written" in ran.stderr


@pytest.mark.nightly
def test_the_run_after_a_killed_one_says_so_once(place: TestHome) -> None:
    place.put(TWO_CALLS, calls_file([call("A1"), call("A9")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", "--as-of", AS_OF], cwd=ROOT,
        env={**os.environ, "KRING_HOME": str(place.root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not (place.root / "lake/began.json").exists():
        assert time.monotonic() < limit and process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()
    began = json.loads((place.root / "lake/began.json").read_text())["began_at"]
    ran = run(place, 0)
    assert f"the run that began {began} was ended from outside" in " ".join(ran.stderr.split())
    assert status(place)["interrupted"] == began
    assert "was ended from outside" in status(place)["sentence"]
    assert not (place.root / "lake/began.json").exists()
    run(place, 0)
    assert status(place)["interrupted"] is None


# Dagster's own runs


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
