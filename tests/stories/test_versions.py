"""Versions over time: what makes a new one, rolling back, noticing damage.

One home by hand, read in two deliveries, so it has two versions. Seven calls in three files:
first A1, A2, A3 and one whose time cannot be read; then A1 again unchanged (a duplicate), A2
with another wait (a correction) and one row that the source leaves out; and a file with
nothing readable, which is refused whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import duckdb
import pytest
from commands import Command
from homes import ROOT, Ran, TestHome, call, calls_file

from assets.publishing import published
from assets.record.versions import versions

AS_OF = "2024-01-20"
WAITS = "select contact_id, wait_seconds from fact.contacts order by contact_id"
RESTATED = "select cast(one as text) from ops.restatements as one"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestHome, list[Ran]]:
    home = TestHome(tmp_path_factory.mktemp("versions") / "home")
    home.only_sources("calls", "complaints")
    path = home.root / "sources/calls.sql"
    text = path.read_text()
    assert "tolerance:   0.5%" in text
    text = text.replace("tolerance:   0.5%", "tolerance:   25%")
    path.write_text(text + "where \"Queue\" <> 'training'\n")
    home.put(
        "calls/calls_20240115.csv",
        calls_file([call("A1"), call("A2"), call("A3"), call("A4", "31/02/2024 10:00:00")]),
    )
    # followed up at three in the night after the day on which it was due
    home.put(
        "complaints/complaints_202401.csv",
        "complaint_no,received_at,category,to_follow_up,due_at,followed_up_at,channel\n"
        "P1,2024-01-05 09:00:00,service,true,2024-01-10,2024-01-11 03:00:00,phone\n",
    )
    first = home.run(AS_OF)
    home.put(
        "calls/calls_20240116.csv",
        calls_file([call("A1"), call("A2", wait="25,000"), call("A5", queue="training")]),
    )
    home.put("calls/calls_20240117.csv", calls_file([call("A6", "?"), call("A7", "?")]))
    return home, [first, home.run(AS_OF)]


def version_of(ran: Ran) -> str:
    assert ran.version is not None
    return ran.version.id


def test_new_content_makes_a_new_version(delivered: tuple[TestHome, list[Ran]]) -> None:
    home, runs = delivered
    first, second = (version_of(ran) for ran in runs)
    assert first != second
    assert (home.root / "published/current").resolve().name == second
    # the newest lists itself and the one before it
    assert home.query("select version from ops.versions order by version") == [(first,), (second,)]


def test_every_row_is_accounted_for(delivered: tuple[TestHome, list[Ran]]) -> None:
    home, _ = delivered
    assert home.query(
        "select right(path, 6), status, rows, accepted, corrections, duplicates, filtered, "
        "rejected from ops.files where source = 'calls' order by path"
    ) == [
        ("15.csv", "loaded", 4, 3, 0, 0, 0, 1),
        ("16.csv", "loaded", 3, 0, 1, 1, 1, 0),
        ("17.csv", "refused", 2, 0, 0, 0, 0, 2),
    ]
    rejects = 'select file_row, "column", rule from ops.rejects order by all'
    assert home.query(rejects) == [
        (1, "entered_at", "not_a_time"),
        (2, "entered_at", "not_a_time"),
        (4, "entered_at", "not_a_time"),
    ]
    # three calls, the corrected one with its new wait
    assert home.query(WAITS) == [("A1", 10), ("A2", 25), ("A3", 10)]


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_a_metric_is_the_same_in_a_shell_of_any_zone(
    delivered: tuple[TestHome, list[Ran]], zone: str
) -> None:
    """In Jakarta the night had begun a day that elsewhere was still to come."""
    home, _ = delivered
    figure = "select numerator, denominator from "
    monthly = "metric.monthly where metric_id = 'complaints_on_time'"
    assert home.query(figure + monthly) == [(0, 1)]
    text = (ROOT / "sql/metrics/complaints_on_time.sql").read_text()
    with duckdb.connect(str(home.root / "published/current/kring.duckdb"), read_only=True) as c:
        c.execute(f"set TimeZone = '{zone}'")
        assert c.execute(f"{figure} ({text})").fetchall() == [(0, 1)]


def test_a_refused_file_is_named(delivered: tuple[TestHome, list[Ran]]) -> None:
    (refused,) = [found.text for found in delivered[1][-1].findings if found.about == "refused"]
    assert "calls/calls_20240117.csv" in refused
    assert "not_a_time entered_at 2; first at record 1" in refused


def test_a_real_home_is_not_marked_as_a_sample(delivered: tuple[TestHome, list[Ran]]) -> None:
    home, _ = delivered
    said = home.query("select comment from duckdb_tables() where not internal")
    assert said and not any("SYNTHETIC" in comment for (comment,) in said)
    assert home.query("select distinct is_sample from ops.versions") == [(False,)]
    files = home.root / "published/current/parquet/*/**/*.parquet"
    assert home.query(
        f"select distinct decode(value) from parquet_kv_metadata('{files}') "
        "where decode(key) = 'is_sample'"
    ) == [("false",)]


def test_same_content_makes_no_new_version(delivered: tuple[TestHome, list[Ran]]) -> None:
    """A second run, and one after a delivery's times were touched, though it is read again."""
    home, runs = delivered
    assert home.run(AS_OF).version == runs[-1].version
    os.utime(home.root / "landing/calls/calls_20240116.csv", (1_700_000_000, 1_700_000_000))
    again = home.run(AS_OF)
    assert (again.version, again.rebuilt) == (runs[-1].version, [])
    assert len(list((home.root / "published/versions").iterdir())) == 2


def test_rollback_lets_readers_see_the_earlier_version(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    home, runs = delivered
    first, second = (version_of(ran) for ran in runs)
    assert [
        (v["version"], v["current"]) for v in command(home.root, "versions", "--json").json
    ] == [
        (second, True),
        (first, False),
    ]
    reader = home.root / "published/current/kring.duckdb"
    before = reader.resolve()
    said = command(home.root, "rollback", first)
    assert (said.code, said.out.strip()) == (0, f"readers now see {first}")
    assert home.query(WAITS) == [("A1", 10), ("A2", 10), ("A3", 10)]
    assert before.is_file(), "who has the other version open keeps it"
    assert [
        (v["version"], v["current"]) for v in command(home.root, "versions", "--json").json
    ] == [
        (second, False),
        (first, True),
    ]
    assert command(home.root, "verify", "--json").json == {"version": first, "problems": []}
    said = command(home.root, "rollback", second)
    assert said.code == 0
    assert home.query(WAITS)[1] == ("A2", 25)


def test_rollback_to_nothing_is_refused(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    home, runs = delivered
    said = command(home.root, "rollback", "20200101T000000Z-00000000")
    assert said.code == 1
    assert "there is no version 20200101T000000Z-00000000; kring versions lists them" in said.text
    # a path is no version's name: it may lead to another home's
    first = home.root / "published/versions" / version_of(runs[0])
    for path in (str(first), f"../versions/{first.name}"):
        assert command(home.root, "rollback", path).code == 1
    assert (home.root / "published/current").resolve().name == version_of(runs[-1])


def flipped(path: Path) -> Callable[[], None]:
    """Flip one byte in the middle of a file; returns what puts it back."""
    content = path.read_bytes()
    middle = len(content) // 2
    path.chmod(0o640)
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])

    def back() -> None:
        path.write_bytes(content)
        path.chmod(0o440)

    return back


@pytest.mark.parametrize("name", ["kring.duckdb", "parquet/kpi.scorecard/kpi.scorecard.parquet"])
def test_verify_notices_a_flipped_byte(
    delivered: tuple[TestHome, list[Ran]], command: Command, name: str
) -> None:
    home, _ = delivered
    back = flipped((home.root / "published/current").resolve() / name)
    said = command(home.root, "verify", "--json")
    assert said.code == 1
    assert said.json["problems"] == [f"{name} is not as published (its sha256 differs)"]
    assert name in command(home.root, "verify").text
    back()
    assert command(home.root, "verify").code == 0


def test_a_damaged_version_is_published_anew(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    """As `kring verify` advises: "or publish anew with kring run"."""
    home, _ = delivered
    back = flipped((home.root / "published/current").resolve() / "kring.duckdb")
    try:
        assert "publish anew with kring run" in command(home.root, "verify").text
        home.run(AS_OF)
        assert command(home.root, "verify").code == 0
    finally:
        back()


def test_a_version_copied_without_its_times_is_told_as_that(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    """Whoever asks which file was changed hears that none was."""
    home, _ = delivered
    nodes = (home.root / "published/current").resolve() / "parquet/ref.nodes/ref.nodes.parquet"
    before = nodes.stat()
    os.utime(nodes)
    said = "copied without their times"
    assert said in command(home.root, "status", "--as-of", AS_OF).text
    assert said in command(home.root, "doctor", "--as-of", AS_OF).text
    assert command(home.root, "verify").code == 0
    os.utime(nodes, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_verify_notices_missing_and_strange_files(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    home, _ = delivered
    version = (home.root / "published/current").resolve()
    nodes = version / "parquet/ref.nodes/ref.nodes.parquet"
    content = nodes.read_bytes()
    nodes.unlink()
    (version / "notes.txt").write_text("by hand")
    said = command(home.root, "verify", "--json")
    assert said.code == 1
    assert said.json["problems"] == [
        "parquet/ref.nodes/ref.nodes.parquet is missing",
        "notes.txt does not belong here",
    ]
    nodes.write_bytes(content)
    (version / "notes.txt").unlink()
    assert command(home.root, "verify").code == 0


def test_next_run_after_a_rollback_publishes_what_the_lake_holds(
    delivered: tuple[TestHome, list[Ran]], command: Command
) -> None:
    home, runs = delivered
    command(home.root, "rollback", version_of(runs[0]))
    again = home.run(AS_OF)
    assert again.version is not None and again.rebuilt == []
    assert again.version.manifest["content"] == runs[-1].version.manifest["content"]  # type: ignore[union-attr]
    assert home.query(WAITS)[1] == ("A2", 25)


def test_a_clock_that_goes_back_loses_no_restatement(
    delivered: tuple[TestHome, list[Ran]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each version keeps the log of those before, and is listed as the newest."""
    home, now = delivered[0].copied(tmp_path / "home"), datetime.now(UTC)

    class Behind(datetime):
        back = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return (now - cls.back).astimezone(tz)

    monkeypatch.setattr(published, "datetime", Behind)
    restated = []
    for days, wait in ((1, "61,0"), (7, "62,0"), (3, "5,0")):
        Behind.back = timedelta(days=days)
        home.put("calls/calls_20240116.csv", calls_file([call("A2", wait=wait)]))
        version = home.run(AS_OF).version
        assert version is not None and versions(home.home)[0].id == version.id
        restated.append({found for (found,) in home.query(RESTATED)})
    assert len(restated[2]) > len(restated[0]), "the last one moved the figure again"
    assert restated[0] <= restated[1] <= restated[2]
