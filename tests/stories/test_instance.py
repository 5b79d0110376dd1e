"""What `kring run` leaves in Dagster's books: runs, months, checks, metadata."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from homes import TestHome
from serving import MONTHS, books, three_months

from pipelines.automation import PID, RANGE_END, RANGE_START

CHECK = """\
-- title: No call of the night of the fifteenth
-- reads: fact.contacts
-- severity: block
-- reason: the switch was being tested
select contact_id from fact.contacts where contact_id = 'C02'
"""


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
    answers = [
        (record.event.dagster_event.asset_check_evaluation_data, record.status)
        for record in instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(key("fact/contacts"), "no_test_calls"), limit=9
        )
    ]
    (failed,) = (each for each, status in answers if status.value == "FAILED")
    what = "No call of the night of the fifteenth"
    assert failed.description == f"1 row: {what}; shown by kring checks no_test_calls"
    # which the interface plots
    rows = {each.partition: each.metadata["rows found"].value for each, _ in answers}
    assert rows == {"2024-01": 0, "2024-02": 1, "2024-03": 0}


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
