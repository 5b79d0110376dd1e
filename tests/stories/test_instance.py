"""What `kring run` leaves in Dagster's books: runs, months, checks, metadata; and after a kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from homes import ROOT, TestHome, call, calls_file
from serving import books, until

from pipelines.automation import PID, RANGE_END, RANGE_START
from pipelines.launch import GONE, close_orphans

MONTHS = ["2024-01", "2024-02", "2024-03"]
CHECK = """\
-- title: No call of the night of the fifteenth
-- reads: fact.contacts
-- severity: block
-- reason: the switch was being tested
select contact_id from fact.contacts where contact_id = 'C02'
"""


def three_months(root: Path) -> TestHome:
    """Three months with two calls each; nothing run yet."""
    made = TestHome(root, last_month="2024-03", reports="id en")
    made.only_sources("calls")
    for month in MONTHS:
        day = f"15/{month[5:]}/2024"
        lines = [
            call(f"C{month[5:]}", f"{day} 10:00:00"),
            call(f"D{month[5:]}", f"{day} 11:00:00", wait="25,0"),
        ]
        made.put(f"calls/calls_2024{month[5:]}15.csv", calls_file(lines))
    return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home with a check of its own that fails in February; run once by the command."""
    made = three_months(tmp_path_factory.mktemp("books") / "home")
    (made.root / "checks").mkdir()
    (made.root / "checks" / "no_test_calls.sql").write_text(CHECK)
    ran = made.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    return made


@pytest.fixture
def instance(place: TestHome) -> Iterator[dg.DagsterInstance]:
    with books(place) as opened:
        yield opened


def key(name: str) -> dg.AssetKey:
    return dg.AssetKey(name.split("/"))


def months_checked(instance: dg.DagsterInstance, asset: str, check: str) -> dict[str, str]:
    """A check's latest result by month."""
    infos = instance.event_log_storage.get_asset_check_partition_info(
        [dg.AssetCheckKey(key(asset), check)]
    )
    return {info.partition_key or "": info.latest_execution_status.value for info in infos}


def last_verdict(instance: dg.DagsterInstance) -> AssetCheckExecutionRecordStatus:
    """The latest result of the check over all months."""
    (record,) = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(key("metric/monthly"), "no_month_failed"), limit=1
    )
    return record.status


def metadata(
    instance: dg.DagsterInstance, asset: str, month: str | None = None
) -> dict[str, object]:
    """Metadata of the latest materialisation, of a month where there is one."""
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(key(asset), asset_partitions=[month] if month else None), limit=1
    ).records
    made = records[0].asset_materialization
    assert made is not None
    return {name: value.value for name, value in made.metadata.items()}


def test_the_commands_runs_stand_under_the_jobs_names(instance: dg.DagsterInstance) -> None:
    runs = instance.get_runs()
    assert sorted(run.job_name for run in runs) == ["ingest", "rebuild_month"]
    assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
    (rebuild,) = [run for run in runs if run.job_name == "rebuild_month"]
    assert (rebuild.tags[RANGE_START], rebuild.tags[RANGE_END]) == ("2024-01", "2024-03")
    assert {run.tags[PID] for run in runs} != {str(os.getpid())}
    assert all(run.remote_job_origin for run in runs)  # else the UI could not re-execute it


@pytest.mark.parametrize(
    "asset",
    ["raw/calls", "fact/contacts", "fact/survey_responses", "metric/service_level", "ops/checks",
     "metric/monthly"],
)  # fmt: skip
def test_every_month_is_materialised(instance: dg.DagsterInstance, asset: str) -> None:
    assert instance.get_materialized_partitions(key(asset)) == set(MONTHS)


def test_a_month_says_its_rows_and_its_columns(instance: dg.DagsterInstance) -> None:
    assert metadata(instance, "raw/calls", "2024-02")["dagster/partition_row_count"] == 2
    found = metadata(instance, "fact/contacts", "2024-02")
    assert found["dagster/partition_row_count"] == 2
    schema = found["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    described = {column.name: column.description for column in schema.columns}
    assert described["wait_seconds"]
    assert all(described.values()), described
    assert len(str(found["sha256"])) == 64


def test_the_published_snapshot_names_its_version(
    place: TestHome, instance: dg.DagsterInstance
) -> None:
    found = metadata(instance, "published/snapshot")
    current = (place.root / "published/current").resolve()
    assert found["version"] == current.name
    assert str(found["database"]) == str(current / "kring.duckdb")
    assert metadata(instance, "kpi/scorecard")["dagster/row_count"]


def records(shown: object) -> list[dict[str, object]]:
    """The rows of a table in metadata."""
    return [dict(record.data) for record in shown.records]  # type: ignore[attr-defined]


def test_a_metric_shows_its_month_as_table_and_bars_with_the_report(
    place: TestHome, instance: dg.DagsterInstance
) -> None:
    """Of two calls one waited 10 s and one 25 s: half within 20 s, so half of 24 blocks."""
    found = metadata(instance, "metric/service_level", "2024-03")
    assert records(found["figures"]) == [
        {"cell": "phone umum", "numerator": 1.0, "denominator": 2.0, "value": "50.00 %"}
    ]
    assert f"phone umum {'█' * 12}{'·' * 12} 50.00 %" in str(found["chart"]).splitlines()
    for lang in ("id", "en"):
        path = Path(str(found[f"report ({lang})"]))
        assert path == place.root / f"published/current/report.2024.{lang}.html"
        assert path.is_file()


def test_a_withheld_month_says_so_and_the_scorecard_is_shown(instance: dg.DagsterInstance) -> None:
    of_month = records(metadata(instance, "metric/monthly", "2024-02")["statuses"])
    (level,) = [row for row in of_month if row["metric"] == "service_level"]
    assert "failed" in str(level["figures"]) and "measured" not in str(level["figures"])
    assert "No call of the night" in str(level["reason"])
    found = metadata(instance, "kpi/scorecard")
    by_code = {row["code"]: row for row in records(found["scorecard"])}
    assert by_code["7a-N"]["index"] == "114.93"  # printed by the report of 2024
    assert "7a-N" in str(found["indices"]) and "114.93" in str(found["indices"])


def test_no_identifier_of_a_person_is_shown(instance: dg.DagsterInstance) -> None:
    """Agents and contacts stay in the tables: metadata has channels, queues and services alone."""
    for asset in ("metric/handle_time", "metric/occupancy", "metric/service_level"):
        for month in MONTHS:
            said = str(metadata(instance, asset, month))
            assert "KP-0001" not in said and "C03" not in said


def test_a_failed_check_is_red_for_its_month_and_stops_nothing(
    instance: dg.DagsterInstance,
) -> None:
    assert months_checked(instance, "fact/contacts", "no_test_calls") == {
        "2024-01": "SUCCEEDED", "2024-02": "FAILED", "2024-03": "SUCCEEDED",
    }  # fmt: skip
    assert set(months_checked(instance, "fact/contacts", "contacts_balance").values()) == {
        "SUCCEEDED"
    }
    # each month lacks days of calls, and says so where the rows came in
    assert set(months_checked(instance, "raw/calls", "exports_complete").values()) == {"FAILED"}
    assert last_verdict(instance) is AssetCheckExecutionRecordStatus.FAILED
    (failed,) = (
        record.event.dagster_event.asset_check_evaluation_data.description
        for record in instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(key("fact/contacts"), "no_test_calls"), limit=9
        )
        if record.status is AssetCheckExecutionRecordStatus.FAILED
    )
    what = "No call of the night of the fifteenth"
    assert failed == f"1 row: {what}; shown by kring checks no_test_calls"


def test_the_failed_months_figures_are_withheld_with_the_reason(place: TestHome) -> None:
    ((value, status, reason),) = place.query(
        "select value, status, reason from metric.monthly where metric_id = 'service_level' "
        "and channel = 'phone' and month = date '2024-02-01'"
    )
    assert (value, status) == (None, "failed")
    assert reason == "No call of the night of the fifteenth: 1 rows"


@pytest.mark.nightly
def test_mended_it_is_green_again_and_only_what_changed_is_red(place: TestHome) -> None:
    check = place.root / "checks" / "no_test_calls.sql"
    check.write_text(CHECK.replace("'C02'", "'none'"))
    ran = place.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr  # days of calls are missing still
    with books(place) as instance:
        assert set(months_checked(instance, "fact/contacts", "no_test_calls").values()) == {
            "SUCCEEDED"
        }
        assert last_verdict(instance) is AssetCheckExecutionRecordStatus.SUCCEEDED
        assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}
    assert place.value("select count(*) from ops.checks where not passed") == 0


# killed


_STARTED = "select 1 from runs where pipeline_name = ? and status = 'STARTED'"


def killed_while(job: str, place: TestHome) -> None:
    """Start the command and SIGKILL it once its run of a job has begun."""
    command = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run"],
        env={**os.environ, "KRING_HOME": str(place.root)},
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip

    def begun() -> bool:
        assert command.poll() is None, "the command ended before it could be killed"
        file = place.root / "dagster/history/runs.db"
        try:  # read as it lies: opening the instance takes longer than the run
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as runs:
                return runs.execute(_STARTED, [job]).fetchone() is not None
        except sqlite3.OperationalError:
            return False

    try:
        until(f"{job} has started", 60, begun)
    finally:
        os.killpg(command.pid, signal.SIGKILL)
        command.wait(10)


@pytest.mark.nightly
def test_a_killed_run_is_closed_with_a_reason_and_the_next_succeeds(tmp_path: Path) -> None:
    place = three_months(tmp_path / "home")
    killed_while("rebuild_month", place)
    with books(place) as instance:
        (left,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    ran = place.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    assert place.value("select count(*) from fact.contacts") == 6
    with books(place) as instance:
        closed = instance.get_run_by_id(left.run_id)
        assert closed is not None
        assert closed.status is dg.DagsterRunStatus.FAILURE
        failures = instance.all_logs(left.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
        assert GONE in "".join(entry.message for entry in failures)
        others = [run for run in instance.get_runs() if run.run_id != left.run_id]
        assert {run.status for run in others} == {dg.DagsterRunStatus.SUCCESS}


def left_open(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that stands as started in the books."""
    return instance.create_run(
        job_name="ingest", run_id=None, run_config=None, resolved_op_selection=None,
        step_keys_to_execute=None, status=dg.DagsterRunStatus.STARTED, tags=tags,
        root_run_id=None, parent_run_id=None, job_snapshot=None, execution_plan_snapshot=None,
        parent_job_snapshot=None, remote_job_origin=None, job_code_origin=None,
        asset_selection=None, asset_check_selection=None, op_selection=None, asset_graph=None,
    )  # fmt: skip


def test_a_killed_run_is_closed_though_another_process_has_its_number_now(
    place: TestHome,
) -> None:
    """As after a restart of the machine; a run of the server's is not the command's to close."""
    with books(place) as instance:
        servers = left_open(instance, {})
        left = left_open(instance, {PID: str(os.getppid())})
        assert [run.run_id for run in close_orphans(instance)] == [left.run_id]
        assert close_orphans(instance) == []
        instance.report_run_failed(servers)


# what the daemon asks the launcher every while


def test_a_living_commands_run_is_left_alone(place: TestHome) -> None:
    with books(place) as instance:
        run = left_open(instance, {PID: str(os.getpid())})
        assert instance.run_launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
        instance.report_run_failed(run)


def test_a_gone_commands_run_is_found_out(place: TestHome, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with books(place) as instance:
        health = instance.run_launcher.check_run_worker_health
        gone = left_open(instance, {PID: str(ended.pid)})
        assert health(gone).status is WorkerStatus.NOT_FOUND
        # another process has the number: it began after the run did
        reused = left_open(instance, {PID: str(os.getpid())})
        monkeypatch.setattr("pipelines.launcher._process_start", lambda number: time.time() + 600)
        assert health(reused).status is WorkerStatus.NOT_FOUND
        close_orphans(instance)


@pytest.mark.parametrize(
    ("listening", "status"),
    [
        pytest.param(False, WorkerStatus.NOT_FOUND, id="its code server is gone"),
        pytest.param(True, WorkerStatus.RUNNING, id="it listens but does not answer: in doubt"),
    ],
)
def test_a_servers_run_lives_as_long_as_its_code_server(
    place: TestHome,
    tmp_path: Path,
    listening: bool,
    status: WorkerStatus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipelines.launcher._ANSWER_SECONDS", 1)
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as code_server, books(place) as instance:
        if listening:
            code_server.bind("grpc")
            code_server.listen()
        run = left_open(
            instance, {GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": "grpc"})}
        )
        assert instance.run_launcher.check_run_worker_health(run).status is status
        instance.report_run_failed(run)
