"""A version's database, patched from the one before, holds what its parquet files hold.

Only months that changed are written again; a reader must not be able to tell.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
from saying import SOURCE, Small, made
from serving import until

from assets.building.session import Session, end_session, session_of
from assets.building.workbench import Workbench
from assets.graph import steps
from assets.home import Home
from assets.intake.ingest import ingest
from assets.record import copying
from assets.record.versions import versions

AS_OF = "2024-07-10"


@pytest.fixture(scope="module")
def ten_calls(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Ten calls of May and June, published. Copy it, leave it as it is."""
    home = Small(tmp_path_factory.mktemp("carrying") / "home", SOURCE)
    home.export("00", [made(number, 0) for number in range(10)])
    home.run(AS_OF, publish=True)
    return home


@pytest.fixture
def home(ten_calls: Small, tmp_path: Path) -> Small:
    return ten_calls.copied(tmp_path / "home")


def current(home: Small) -> tuple[Path, dict[str, Any]]:
    folder = (home.root / "published" / "current").resolve()
    return folder, json.loads((folder / "manifest.json").read_text())


def tables_that_differ(home: Small) -> list[str]:
    """Tables with another row, or another number of equal ones, than their parquet files."""
    folder, manifest = current(home)
    found = []
    with duckdb.connect(str(folder / "kring.duckdb"), read_only=True) as con:
        for name, table in manifest["tables"].items():
            if files := [str(folder / file["path"]) for file in table["files"]]:
                rows = f"read_parquet({files!r}, hive_partitioning = false)"
                (count,) = con.execute(
                    f"select (select count(*) from (from {name} except all from {rows})) + "
                    f"(select count(*) from (from {rows} except all from {name}))"
                ).fetchall()[0]
                found += [name] if count else []
    return found


def test_a_late_row_patches_the_database(home: Small) -> None:
    _, before = current(home)
    home.export("01", [made(11, 0)])
    home.run(AS_OF, publish=True)
    folder, after = current(home)
    assert after["version"] != before["version"]
    # it was not written whole, else it would say so
    assert after["database"]["compact_bytes"] == before["database"]["compact_bytes"]
    assert tables_that_differ(home) == []
    with duckdb.connect(str(folder / "kring.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from fact.contacts").fetchall() == [(11,)]
        # a table that was taken over still says what it is
        said = con.execute(
            "select comment from duckdb_tables() where schema_name = 'fact' "
            "and table_name = 'contacts'"
        ).fetchall()
    assert said[0][0]


def test_what_is_withdrawn_leaves_the_database(home: Small) -> None:
    home.export("01", [made(number, 0) for number in range(10, 20)])
    home.run(AS_OF, publish=True)
    home.kring("withdraw", "calls/01.csv", "--reason", "a test")
    home.run(AS_OF, publish=True)
    assert tables_that_differ(home) == []
    assert home.value("select count(*) from fact.contacts") == 10


def test_a_database_that_was_altered_is_not_built_upon(home: Small) -> None:
    folder, _ = current(home)
    database = folder / "kring.duckdb"
    database.chmod(0o600)
    damaged = bytearray(database.read_bytes())
    damaged[-100] ^= 1
    database.write_bytes(bytes(damaged))
    home.export("01", [made(11, 0)])
    home.run(AS_OF, publish=True)
    assert tables_that_differ(home) == []


def test_a_database_full_of_holes_is_written_whole(
    home: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_GROWTH", 0.5)
    home.export("01", [made(11, 0)])
    home.run(AS_OF, publish=True)
    folder, manifest = current(home)
    assert manifest["database"]["compact_bytes"] == manifest["database"]["bytes"]
    assert tables_that_differ(home) == []
    assert folder.is_dir()


def test_a_copy_that_nobody_takes_leaves_nothing(home: Small) -> None:
    place = Home.open(home.root)
    copy = copying.Copy(place)
    copy.begin()
    copy.drop()
    left = {path.name for path in place.versions.iterdir()}
    assert left == {version.id for version in versions(place)}


def test_a_copy_is_begun_once_though_two_lanes_ask_for_it_at_once(
    home: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    class SlowPool(ThreadPoolExecutor):
        def __init__(self, *given: Any) -> None:
            made.append("pool")
            time.sleep(0.1)  # until the other lane has asked too
            super().__init__(*given)

    monkeypatch.setattr(copying, "ThreadPoolExecutor", SlowPool)
    monkeypatch.setattr(copying, "cores", lambda: 2)
    copy = copying.Copy(Home.open(home.root))
    lanes = [Thread(target=copy.begin) for _ in range(2)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    copy.drop()
    assert made == ["pool"]


def built_in(home: Small, months: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a run of these months builds, in order, with `copy` where the copy is begun."""
    told: list[str] = []
    begin, build = copying.Copy.begin, Workbench.build

    def began(copy: copying.Copy) -> None:
        begin(copy)
        told.append("copy")

    def built(bench: Workbench, rule: Any, table: str, *rest: Any, **more: Any) -> Any:
        told.append(table)
        return build(bench, rule, table, *rest, **more)

    monkeypatch.setattr(copying.Copy, "begin", began)
    monkeypatch.setattr(Workbench, "build", built)
    place, day = Home.open(home.root), date.fromisoformat(AS_OF)
    ingest(place, day)
    with closing(Session(place, day, forced=False)) as session:
        flow = steps(session.plan.rules)
        run = [step.work(session, months) for step in flow if step.is_monthly]
        for work in run:
            dict(session.each(work, run))
        for step in flow:
            if not step.is_monthly:
                step.make(session, "")
    return told


def test_a_run_begins_the_copy_while_it_counts(
    home: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, before = current(home)
    home.export("01", [made(11, 0)])
    told = built_in(home, ["2024-05", "2024-06"], monkeypatch)
    before_copy, after_copy = told[: told.index("copy")], told[told.index("copy") :]
    assert any(name.startswith("fact.") for name in before_copy)
    assert "kpi.scorecard" in after_copy
    _, after = current(home)
    assert after["version"] != before["version"] and tables_that_differ(home) == []


def test_a_run_that_leaves_months_to_another_begins_no_copy(
    home: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late row and a new day are two runs: the second makes the version."""
    _, before = current(home)
    home.export("01", [made(11, 0), made(12, 0)])  # calls of May and of June
    assert "copy" not in built_in(home, ["2024-05"], monkeypatch)
    assert current(home)[1]["version"] == before["version"]


def test_a_copy_begun_before_dagster_is_there_is_what_the_last_session_publishes(
    home: Small,
) -> None:
    """As the command begins it: the sessions of ingest and of other months leave it alone."""
    _, before = current(home)
    home.export("01", [made(11, 0)])
    place, day = Home.open(home.root), date.fromisoformat(AS_OF)
    with copying.beginning(place):
        begun = copying.begun()
        assert begun is not None
        ingest(session_of("ingest", place, day, forced=False).home, day)
        assert session_of("months", place, day, forced=False).copy is begun
        copy = begun.folder / "kring.duckdb"
        until(
            "a copy",
            20,
            lambda: copy.is_file() and copy.stat().st_size == before["database"]["bytes"],
        )
        session = session_of("last", place, day, forced=False)
        for step in steps(session.plan.rules):
            for month in ["2024-05", "2024-06"] if step.is_monthly else [""]:
                step.make(session, month)
        end_session()
        assert copying.begun() is None  # it has been taken: who publishes next makes another
    _, after = current(home)
    assert after["version"] != before["version"]
    assert after["database"]["compact_bytes"] == before["database"]["compact_bytes"]
    assert tables_that_differ(home) == []
    left = {path.name for path in place.versions.iterdir()}
    assert left == {version.id for version in versions(place)}


def test_one_core_copies_when_the_copy_is_taken(
    home: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "cores", lambda: 1)
    _, before = current(home)
    home.export("01", [made(11, 0)])
    home.run(AS_OF, publish=True)
    _, after = current(home)
    assert after["database"]["compact_bytes"] == before["database"]["compact_bytes"]
    assert tables_that_differ(home) == []
