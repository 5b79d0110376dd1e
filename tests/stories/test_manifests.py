"""What stands among the versions and is none: a manifest of another shape, or none, a stray file.

Every command names it and says what to do, and a run publishes what readers should see.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.record.versions import current, verify, versions

AS_OF = ("--as-of", "2024-01-31")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Two calls, published; one more, published again."""
    home = TestHome.of_two_calls(tmp_path_factory.mktemp("made") / "home", last_month="2024-01")
    home.run("2024-01-31")
    home.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    home.run("2024-01-31")
    return home


@pytest.fixture
def home(twice: TestHome, tmp_path: Path) -> TestHome:
    return twice.copied(tmp_path / "home")


def written(folder: Path, text: str) -> None:
    """Put another manifest in the place of a version's."""
    path = folder / "manifest.json"
    path.chmod(0o600)
    path.write_text(text)


def without(folder: Path, key: str) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    return json.dumps({name: value for name, value in manifest.items() if name != key})


def as_of(folder: Path, day: str) -> str:
    return json.dumps({**json.loads((folder / "manifest.json").read_text()), "as_of": day})


SHAPES = ["[1]", "5", '"manifest"', "{}", '{"version": "x", "tables": 5}']


@pytest.mark.parametrize("text", [*SHAPES, "no database", "no day"])
def test_a_manifest_of_another_shape_is_none(home: TestHome, command: Command, text: str) -> None:
    """Commands ended in TypeError or KeyError; `Command` fails at a traceback."""
    old, seen = versions(home.home)[1], home.home.current.resolve()
    named = {"no database": without(seen, "database"), "no day": as_of(seen, "soon")}
    written(seen, named.get(text, text))
    gone = f"(versions/{seen.name}, whose manifest.json is gone or damaged)"
    for asked in (("scorecard", "2024"), ("verify",), ("explain", "3a-N", "2024-Q1"),
                  ("report", "2024"), ("workbook", "2024"), ("diff", old.id)):  # fmt: skip
        said = command(home.root, *asked)
        assert said.code == 1 and f"{gone}: kring run; or kring rollback" in said.err, asked
    assert gone in command(home.root, "status", *AS_OF).text
    told = command(home.root, "doctor", *AS_OF).text
    assert gone in told and "could not be looked at" not in told
    assert [row["version"] for row in command(home.root, "versions", "--json").json] == [old.id]
    home.run("2024-01-31")
    again = current(home.home)
    assert again and again.path != seen and not verify(again)
    assert home.value("select count(*) from fact.contacts") == 3


@pytest.mark.parametrize("text", [*SHAPES, "gone"])
def test_a_version_that_its_manifest_does_not_tell_is_named_and_stays(
    home: TestHome, command: Command, text: str
) -> None:
    """Nothing told of it, and its room was never given back; who asked for it heard that it is not
    there. It is whoever broke it who knows whether the rest is worth keeping."""
    old = versions(home.home)[1]
    if text == "gone":
        (old.path / "manifest.json").unlink()
    else:
        written(old.path, text)
    lost = f"the manifest.json of {old.id} is gone or damaged; put it back from a backup, or remove"
    for asked in (("rollback", old.id), ("diff", old.id)):
        said = command(home.root, *asked)
        assert said.code == 1 and lost in said.err, asked
    home.run("2024-01-31")
    told = command(home.root, "doctor", *AS_OF).text
    assert f"1 folders of published/versions are no version, first {old.id}" in told
    assert old.path.is_dir()


@pytest.mark.parametrize("name", ["notes.txt", ".DS_Store"])
def test_a_stray_file_among_the_versions_is_no_matter(
    home: TestHome, command: Command, name: str
) -> None:
    """Every run failed over it, and spoke of a disk that refuses."""
    stray = home.home.versions / name
    stray.write_text("x")
    home.put("calls/calls_20240117.csv", calls_file([call("A4")]))
    ran = home.kring("run", *AS_OF)
    assert ran.returncode == 0, ran.stderr
    assert home.value("select count(*) from fact.contacts") == 4
    assert "could not be looked at" not in command(home.root, "doctor", *AS_OF).text
    assert stray.exists()


def test_a_report_that_was_being_written_goes_with_the_next_run(home: TestHome) -> None:
    """As a kill leaves it: readers may list the folder, and nothing took it away."""
    left = home.home.published / ".status-4194304"
    left.write_text("{")
    home.run("2024-01-31")
    assert left.exists()  # a sensor, which holds no lock, may be writing it
    os.utime(left, (0, 0))
    home.run("2024-01-31")
    assert not left.exists()
