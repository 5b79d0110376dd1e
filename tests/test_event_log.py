"""The event log that a run keeps open is Dagster's own to whoever reads it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from homes import ROOT, TestHome

from assets.intake.leftovers import close_journals
from pipelines import event_log
from pipelines.event_log import open_instance


@dg.asset
def twelve() -> dg.MaterializeResult[None]:
    """An asset that says how many rows it has."""
    return dg.MaterializeResult(metadata={"dagster/row_count": 12})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return tmp_path


def rows_told(folder: Path) -> object:
    """What Dagster's own instance knows of the asset."""
    with dg.DagsterInstance.from_config(str(folder)) as books:
        event = books.get_latest_materialization_event(twelve.key)
        assert event is not None and event.asset_materialization is not None
        return event.asset_materialization.metadata["dagster/row_count"].value


def test_what_it_writes_dagsters_own_log_reads(folder: Path) -> None:
    with open_instance(folder) as instance:
        ended = dg.materialize([twelve], instance=instance)
        assert ended.success
        # while it is open, too: a server reads beside the run
        assert rows_told(folder) == 12
        assert (folder / "history" / "runs" / f"{ended.run_id}.db").is_file()
    assert rows_told(folder) == 12


def test_a_runs_file_has_the_tables_and_the_form_that_dagsters_own_has(folder: Path) -> None:
    """So that any server reads it, and `dagster instance migrate` knows where it stands."""
    with open_instance(folder) as instance:
        ours = dg.materialize([twelve], instance=instance).run_id
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        theirs = dg.materialize([twelve], instance=instance).run_id
    made = []
    for run in (ours, theirs):
        with closing(sqlite3.connect(folder / "history" / "runs" / f"{run}.db")) as books:
            tables = books.execute("select type, name, sql from sqlite_master order by type, name")
            form = books.execute("select version_num from alembic_version")
            made.append((tables.fetchall(), form.fetchall()))
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "opened", [open_instance, lambda at: dg.DagsterInstance.from_config(str(at))]
)
def test_two_that_make_a_runs_file_at_once_both_find_it_made(
    folder: Path, opened: Callable[[Path], dg.DagsterInstance]
) -> None:
    """A server that follows a run opens its file when the run itself does."""
    with open_instance(folder) as one, opened(folder) as other:
        for number in range(5):
            begin = threading.Barrier(2)

            def ask(instance: dg.DagsterInstance, run: str, begin: threading.Barrier) -> object:
                begin.wait(timeout=30)
                return instance.all_logs(run)

            with ThreadPoolExecutor(2) as pool:
                asked = [pool.submit(ask, each, f"run-{number}", begin) for each in (one, other)]
                assert [each.result() for each in asked] == [[], []]


def test_what_was_told_of_an_asset_is_asked_anew_after_its_next_event(folder: Path) -> None:
    """A materialisation names those it was made from; of a second run they are the second's."""

    @dg.asset(deps=[twelve])
    def dozen() -> None:
        """Made from the other."""

    with open_instance(folder) as instance:
        for _ in range(2):
            dg.materialize([twelve, dozen], instance=instance)
            made = instance.get_latest_materialization_event(dozen.key)
            (from_record,) = instance.fetch_materializations(twelve.key, limit=1).records
            assert made is not None and made.asset_materialization is not None
            tags = made.asset_materialization.tags or {}
            assert tags["dagster/input_event_pointer/twelve"] == str(from_record.storage_id)


def test_a_run_that_has_ended_leaves_no_journal_beside_its_file(folder: Path) -> None:
    with open_instance(folder) as instance:
        run = dg.materialize([twelve], instance=instance).run_id
        log = instance.event_log_storage
        assert isinstance(log, event_log.KeptEventLog)
        assert list((folder / "history" / "runs").glob(f"{run}.db-*"))
        log.let_go(run)
        assert not list((folder / "history" / "runs").glob(f"{run}.db-*"))


def test_what_a_killed_run_left_beside_its_file_is_taken_in(home: TestHome) -> None:
    """The last events lie in the journal alone; a run that finds nothing new opens it, too."""
    folder = home.home.dagster
    folder.mkdir()
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    script = f"""
import os, sqlite3, dagster as dg
from pathlib import Path
from pipelines.event_log import open_instance
@dg.asset
def twelve(): pass
instance = open_instance(Path({str(folder)!r}))
print(dg.materialize([twelve], instance=instance).run_id, flush=True)
books = sqlite3.connect(Path({str(folder)!r}) / "history" / "runs.db")  # killed while it wrote
books.execute("update runs set status = status")
books.commit()
os.kill(os.getpid(), 9)
"""
    killed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    run, runs = killed.stdout.split()[-1], folder / "history" / "runs"
    assert killed.returncode == -9 and list(runs.glob(f"{run}.db-wal"))
    assert (folder / "history" / "runs.db-wal").exists()
    close_journals(home.home)
    assert not list(folder.rglob("*.db-*"))
    assert sorted(path.name for path in runs.glob("*.db*")) == sorted([f"{run}.db", "index.db"])
    with open_instance(folder) as instance:
        told = [log.dagster_event_type for log in instance.all_logs(run)]
        assert dg.DagsterEventType.RUN_SUCCESS in told


def test_a_runs_file_that_was_deleted_meanwhile_is_made_again(folder: Path) -> None:
    with open_instance(folder) as instance:
        ended = dg.materialize([twelve], instance=instance)
        for file in (folder / "history" / "runs").glob(f"{ended.run_id}*"):
            file.unlink()
        assert instance.all_logs(ended.run_id) == []
        assert dg.materialize([twelve], instance=instance).success


def test_no_more_files_are_open_than_it_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_OPEN_FILES", 2)
    with open_instance(folder) as instance:
        runs = [dg.materialize([twelve], instance=instance).run_id for _ in range(4)]
        log = instance.event_log_storage
        assert isinstance(log, event_log.KeptEventLog)
        assert len(log._engines) <= 2
        # closed files open again when they are asked for
        assert all(instance.all_logs(run) for run in runs)
