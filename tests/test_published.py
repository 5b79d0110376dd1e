"""The published database as its readers find it: its tables, their columns and what these mean.

Opened with a plain DuckDB, as an analyst or another team does; nothing of kring is needed.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from analyst import columns_of, current, manifest, rows, shell
from homes import ROOT

__all__ = ["current", "manifest", "shell"]  # the fixtures

METRICS = sorted(path.stem for path in (ROOT / "sql/metrics").glob("*.sql"))

TABLES = {
    "fact": "contacts survey_responses outbound_cases outbound_attempts payments agent_activity "
    "complaints evidence evidence_as_now low_ratings",
    "metric": "monthly monthly_as_now monthly_by_channel composites service_level_monthly "
    "outbound_monthly contacts_monthly surveys_monthly wait_percentiles series_breaks "
    "service_level_bridge service_level_by_rule daily interval handle_time_quality",
    "kpi": "scorecard scorecard_as_now cells composites realisations inputs explain revisions "
    "pending",
    "ops": "files corrections "
    "rejects checks check_rows coverage sources reconciliation versions decisions "
    "restatements "
    "register_changes pending_files key_changes",
    "ref": "kpis nodes weights targets inputs conversions reported metrics composites "
    "composite_parts service_level_policy service_level_presets occupancy_formula "
    "outbound_policy requirements service_hours events event_kinds calendar "
    "metric_definitions register_rows accepted_findings",
}
# Columns other teams build on, in their order: DESIGN, "What a published row looks like".
COLUMNS = {
    "metric.monthly": "month metric_id channel queue service source numerator denominator value "
    "coverage status reason policy_id is_proven lower_95 upper_95 is_few",
    "metric.monthly_by_channel": "month metric_id channel service numerator denominator value "
    "status reason lower_95 upper_95 is_few",
    "metric.service_level_by_rule": "month channel queue rule numerator denominator value "
    "lower_95 upper_95 is_few status reason",
    "metric.service_level_bridge": "month channel queue rule step switch from_value to_value "
    "numerator denominator numerator_change denominator_change status reason",
    "metric.daily": "month day metric_id channel queue service source policy_id numerator "
    "denominator value lower_95 upper_95 is_few coverage status reason",
    "metric.interval": "month day interval_start metric_id channel queue service source policy_id "
    "numerator denominator value lower_95 upper_95 is_few coverage status reason",
    "kpi.scorecard": "year period level id code name_id name_en parent_id target realisation "
    "index_raw index points_lost_to_cap weight contribution measured_weight polarity "
    "consolidation basis is_official revision status reason",
    "fact.contacts": "contact_id source channel queue entered_at local_date month answered_at "
    "ended_at outcome wait_seconds talk_seconds hold_seconds acw_seconds agent_key contacts "
    "exported_outcome is_in_service_hours incident_id wait_within_seconds wait_over_seconds "
    "accepted_at file_id file_row",
    "ops.files": "file_id path sha256 source kind status rows accepted corrections duplicates "
    "filtered rejected months covers loaded_at error reading",
    "ops.rejects": "file_id file_row column rule rows",
}


def test_database_is_stored_in_the_format_of_duckdb_1_5(shell: duckdb.DuckDBPyConnection) -> None:
    ((tags,),) = rows(shell, "select tags from duckdb_databases() where database_name = 'kring'")
    assert tags["storage_version"].startswith("v1.5.0")


def test_views_speak_what_duckdb_1_5_speaks(shell: duckdb.DuckDBPyConnection) -> None:
    """DuckDB 2 stores `if(..)` as a function that 1.x lacks; `case` is stored as it stands."""
    views = rows(shell, "select view_name, sql from duckdb_views() where not internal")
    assert views
    assert [name for name, sql in views if '"if"(' in sql] == []


def test_database_takes_many_readers_and_no_writer(
    shell: duckdb.DuckDBPyConnection, current: Path
) -> None:
    with duckdb.connect(str(current / "kring.duckdb"), read_only=True) as second:
        assert rows(second, "select count(*) from kpi.scorecard")[0][0] > 0
        with pytest.raises(duckdb.Error, match="read-only"):
            second.execute("create table fact.mine as select 1 as one")
    assert list(current.glob("*.wal")) == []


def test_schemas_and_tables_are_those_of_the_design(shell: duckdb.DuckDBPyConnection) -> None:
    found: dict[str, set[str]] = {}
    for schema, table in rows(
        shell, "select table_schema, table_name from information_schema.tables"
    ):
        found.setdefault(schema, set()).add(table)
    assert {schema: set(tables.split()) - found[schema] for schema, tables in TABLES.items()} == {
        schema: set() for schema in TABLES
    }
    assert set(found) == set(TABLES)


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_of_the_design(shell: duckdb.DuckDBPyConnection, table: str) -> None:
    assert columns_of(shell, table) == COLUMNS[table].split()


def test_counts_and_durations_are_decimals(shell: duckdb.DuckDBPyConnection) -> None:
    types = {name: kind for name, kind, *_ in rows(shell, "describe metric.monthly")}
    assert types["numerator"].startswith("DECIMAL") and types["denominator"].startswith("DECIMAL")
    types = {name: kind for name, kind, *_ in rows(shell, "describe fact.contacts")}
    assert types["wait_seconds"] == "DECIMAL(12,3)"
    assert types["entered_at"] == "TIMESTAMP WITH TIME ZONE"


@pytest.mark.parametrize("kind", ["tables", "views", "columns"])
def test_everything_has_a_comment(shell: duckdb.DuckDBPyConnection, kind: str) -> None:
    name = {"tables": "table_name", "views": "view_name", "columns": "column_name"}[kind]
    found = rows(
        shell,
        f"select schema_name, {name}, comment from duckdb_{kind}() "
        "where database_name = 'kring' and not internal",
    )
    assert len(found) >= {"tables": 30, "views": 5, "columns": 300}[kind]
    assert [row[:2] for row in found if not (row[2] or "").strip()] == []


def test_a_sample_says_so_on_every_table(shell: duckdb.DuckDBPyConnection) -> None:
    said = rows(
        shell,
        "select comment from duckdb_tables() where not internal union all "
        "select comment from duckdb_views() where not internal",
    )
    assert len(said) == sum(len(tables.split()) for tables in TABLES.values())
    assert all(comment.startswith("SYNTHETIC SAMPLE DATA.") for (comment,) in said)
    assert rows(shell, "select distinct is_sample from ops.versions") == [(True,)]


@pytest.mark.parametrize("metric", METRICS)
def test_metric_pasted_into_a_shell_gives_its_rows(
    shell: duckdb.DuckDBPyConnection, metric: str
) -> None:
    """The file as it stands; beside its rows metric.monthly has those of empty cells."""
    text = (ROOT / f"sql/metrics/{metric}.sql").read_text()
    returned = [name for name, *_ in shell.execute(text).description or []]
    shell.execute(text).fetchall()
    kept = ", ".join(name for name in columns_of(shell, "metric.monthly") if name in returned)
    assert {"month", "numerator", "denominator"} <= set(kept.split(", "))
    pasted = f"(select {kept} from ({text.rstrip().rstrip(';')}\n))"
    monthly = f"(select {kept} from metric.monthly where metric_id = '{metric}')"
    assert rows(shell, f"from {pasted} except all from {monthly}") == []
    beyond = rows(
        shell,
        f"select numerator, denominator from (from {monthly} except all from {pasted})",
    )
    assert set(beyond) <= {(0, 0)}
    assert len(rows(shell, f"from {pasted}")) + len(beyond) > 0


COMMENTS = {
    "ops.decisions.reason": "in the words of who decided",
    "fact.complaints.channel": "as the export names it",
    "fact.outbound_cases.attempts": "0: all were taken back, and the case counts nowhere",
    "fact.payments.amount": "of 0 or less a reversal, which is no payment",
    "fact.payments.month": "in which the payment was made",
    "metric.wait_percentiles.contacts": "Contacts whose wait is known",
}


@pytest.mark.parametrize("column", COMMENTS)
def test_a_column_says_what_it_is_where_its_name_means_something_else(
    shell: duckdb.DuckDBPyConnection, column: str
) -> None:
    """Whom the name alone would lead to another count, the comment tells."""
    name = "schema_name || '.' || table_name || '.' || column_name"
    ((comment,),) = rows(shell, f"select comment from duckdb_columns() where {name} = '{column}'")
    assert COMMENTS[column] in comment
