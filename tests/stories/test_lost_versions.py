"""Versions that somebody removed or damaged by hand: the next run states what changed all the same.

One home of two calls, read in two deliveries: A1 waited 10 s at first and 25 s as corrected, of a
policy of 20 s. So there are two versions, and the log of restatements says of January's service
level that it was 1 and is 0.5.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.home import HomeError
from assets.record.versions import Version, current, verify, versions

AS_OF = "2024-01-31"
RESTATED = (
    "select old_value, new_value from ops.restatements where id = 'service_level' "
    "and table_name = 'metric.monthly' order by version"
)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    home = TestHome(tmp_path_factory.mktemp("lost") / "home", last_month="2024-01")
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1", wait="10,000"), call("A2")]))
    home.run(AS_OF)
    home.put("calls/calls_20240116.csv", calls_file([call("A1", wait="25,000")]))
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5)]
    return home


@pytest.fixture
def home(twice: TestHome, tmp_path: Path) -> TestHome:
    return twice.copied(tmp_path / "home")


def seen(home: TestHome) -> Version:
    version = current(home.home)
    assert version is not None
    return version


def remove(path: Path) -> None:
    for folder in (path, *(p for p in path.rglob("*") if p.is_dir())):
        folder.chmod(0o700)
    shutil.rmtree(path)


def test_a_version_removed_by_hand_is_no_silent_beginning(home: TestHome) -> None:
    """Whoever quotes the first version finds what changed since; there was no row at all."""
    (first,) = versions(home.home)[1:]
    remove(seen(home).path)
    assert home.run(AS_OF).version is not None
    assert home.query(RESTATED) == [(1.0, 0.5)]
    assert home.query("select distinct previous_version from ops.restatements") == [(first.id,)]


def test_a_link_that_is_gone_is_made_again(home: TestHome) -> None:
    """Nothing is another, so there is no third version."""
    before = seen(home)
    home.home.current.unlink()
    home.run(AS_OF)
    assert seen(home).id == before.id and len(versions(home.home)) == 2


def test_a_number_that_changes_while_the_link_is_gone_is_stated(home: TestHome) -> None:
    home.home.current.unlink()
    home.put("calls/calls_20240117.csv", calls_file([call("A2", wait="30,000")]))
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5), (0.5, 0.0)], "both calls waited longer than 20 s"


@pytest.mark.parametrize("part", ["kring.duckdb", "manifest.json"])
def test_half_a_version_is_published_anew(home: TestHome, command: Command, part: str) -> None:
    """As `kring verify` and `kring doctor` advise; the run failed over the missing file."""
    (seen(home).path / part).unlink()
    assert "could not be looked at" not in command(home.root, "doctor", "--as-of", AS_OF).text
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5)]


@pytest.mark.parametrize("damage", ["gone", "garbage"])
@pytest.mark.parametrize("database", ["whole", "gone"])
def test_rows_of_a_log_that_is_lost_are_found_again(
    home: TestHome, damage: str, database: str
) -> None:
    """Gone, its rows were gone with it; damaged, no run went through any more."""
    log = seen(home).path / "parquet/ops.restatements"
    if damage == "gone":
        remove(log)
    else:
        (file,) = log.glob("2*.parquet")
        file.unlink()
        file.write_text("garbage")
    if database == "gone":
        seen(home).database.unlink()
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5)]


def test_a_log_is_taken_out_of_its_database(home: TestHome) -> None:
    """What damages a file in its place damages it in every version, for they share it; no run went
    through any more, though each database held the log."""
    for file in (seen(home).path / "parquet/ops.restatements").iterdir():
        file.chmod(0o600)
        file.write_text("garbage")
    home.put("calls/calls_20240117.csv", calls_file([call("A2", wait="30,000")]))
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5), (0.5, 0.0)], "both calls waited longer than 20 s"
    assert not verify(seen(home))


def test_a_log_that_is_lost_after_a_rollback_keeps_its_rows(
    home: TestHome, command: Command
) -> None:
    """The next version is compared with the one gone back to, which does not tell what the lost
    rows told: that figures were once published as 0.5."""
    first, last = versions(home.home)[1], seen(home)
    assert command(home.root, "rollback", first.id, "--reason", "Looked at").code == 0
    remove(last.path / "parquet/ops.restatements")
    home.put("calls/calls_20240117.csv", calls_file([call("A2", wait="30,000")]))
    home.run(AS_OF)
    assert home.query(RESTATED) == [(1.0, 0.5), (1.0, 0.0)], "readers saw 1 again before it was 0"


def test_a_log_that_stands_nowhere_is_told(home: TestHome) -> None:
    last = seen(home)
    remove(versions(home.home)[1].path)
    remove(last.path / "parquet/ops.restatements")
    last.database.unlink()
    with pytest.raises(HomeError, match=rf"log of restatements of {last.id}.*last backup.*move"):
        home.run(AS_OF)
    last.path.rename(home.root / "aside")
    assert home.run(AS_OF).version is not None


def test_who_asks_is_told_that_the_link_leads_nowhere(home: TestHome, command: Command) -> None:
    """It said that nothing was published yet."""
    gone = seen(home).path
    remove(gone)
    said = f"published/current leads to no version (versions/{gone.name})"
    assert said in command(home.root, "status", "--as-of", AS_OF).text
    assert command(home.root, "status", "--as-of", AS_OF, "--json").json["unseen"] == said
    asked = command(home.root, "scorecard", "2024")
    assert asked.code == 1 and f"{said}: kring run; or kring rollback" in asked.err
    assert said in command(home.root, "doctor", "--as-of", AS_OF).text


# a home that was copied without its links


@pytest.fixture
def linkless(twice: TestHome, tmp_path: Path) -> TestHome:
    return TestHome.at(Path(shutil.copytree(twice.root, tmp_path / "copy", symlinks=False)))


def test_a_period_is_not_closed_where_no_version_can_follow(
    linkless: TestHome, command: Command
) -> None:
    """The command failed, and the period was closed all the same."""
    said = command(linkless.root, "close", "2024-Q1", "--reason", "Signed")
    assert said.code == 1 and "is a folder where a link belongs" in said.err
    assert command(linkless.root, "closings", "--json").json["log"] == []


def test_its_backup_holds_the_version_in_its_place(
    linkless: TestHome, command: Command, tmp_path: Path
) -> None:
    """It lay beside the home's folders, and a restored home had none."""
    said = command(linkless.root, "backup", str(tmp_path / "safe"))
    assert said.code == 0, said.text
    restored = TestHome.at(tmp_path / "again")
    asked = ("restore", str(tmp_path / "safe"), "--home", str(restored.root))
    assert command(linkless.root, *asked).code == 0
    assert seen(restored).id == seen(linkless).id
