"""What the command says of a home that is none, is another's or cannot be used, and of its key.

Each ends with 1 and says what to do.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from commands import Command
from ended import AS_OF, january
from homes import TestHome, call, calls_file

from assets.home import HomeError


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("command") / "home")


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("status",), ("versions",), ("verify",), ("sample",), ("key", "KP-1"),
     ("rollback", "x"), ("scorecard", "2024"), ("explain", "3a-N", "2024")],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_1_where_there_is_no_home(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = command(tmp_path / "nowhere", *arguments)
    assert said.code == 1
    assert said.out == ""
    assert said.text == (
        f"kring: {tmp_path}/nowhere is no kring home (no kring.toml); make one: kring init DIR"
    )


def test_a_home_whose_path_is_a_pattern_is_refused(tmp_path: Path) -> None:
    """To the engines `[1]` means one character, so they would look for files elsewhere."""
    place = TestHome(tmp_path / "home [1]")
    ended = place.kring("status")
    assert ended.returncode == 1
    assert "a home's path may not hold any of * ? [ ]; move the home" in ended.stderr


def test_home_option_goes_before_the_environment(
    command: Command, filled: TestHome, tmp_path: Path
) -> None:
    said = command(tmp_path / "nowhere", "status", "--home", str(filled.root), "--json")
    assert (said.code, said.json["home"]) == (0, str(filled.root))


def test_1_before_anything_is_published(command: Command, home: TestHome) -> None:
    for arguments in (("verify",), ("scorecard", "2024"), ("explain", "3a-N", "2024-Q1")):
        said = command(home.root, *arguments)
        assert said.code == 1
        assert "nothing is published yet; kring run publishes" in said.text
    assert command(home.root, "versions", "--json").json == []
    status = command(home.root, "status", "--json", "--as-of", AS_OF)
    assert (status.code, status.json["version"]) == (0, None)


def test_1_for_a_home_that_is_one_already(command: Command, filled: TestHome) -> None:
    before = sorted(filled.root.rglob("*"))
    said = command(filled.root, "init", str(filled.root))
    assert said.code == 1
    assert f"{filled.root} is a kring home already; nothing was changed" in said.text
    assert sorted(filled.root.rglob("*")) == before


def test_1_for_a_sample_over_real_exports(command: Command, filled: TestHome) -> None:
    said = command(filled.root, "sample", "--scale", "0.02")
    assert said.code == 1
    assert "this home holds real exports; write the sample into a new home" in said.text
    assert not (filled.root / "sample.json").exists()


def test_1_for_an_unknown_setting(command: Command, place: TestHome) -> None:
    with (place.root / "kring.toml").open("a") as file:
        file.write("keep_version = 3\n")
    said = command(place.root, "status")
    assert said.code == 1
    assert "kring.toml line 9: unknown key published.keep_version; known are" in said.text


def test_1_for_a_broken_register(command: Command, place: TestHome) -> None:
    place.edit_register("weights", "organisation,stakeholder,2024-01-01,,0.4", "organisation,"
                         "stakeholder,2024-01-01,,0.5")  # fmt: skip
    said = command(place.root, "status")
    assert said.code == 1
    assert "weights.csv" in said.text and "organisation" in said.text


# the key of the pseudonyms


def test_missing_key_is_refused_before_anything_is_read(place: TestHome) -> None:
    (place.root / "key").unlink()
    place.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    ledger = sorted((place.root / "lake/ledger").rglob("*"))
    standing = (place.root / "published/current").resolve()
    done = place.kring("run", "--as-of", AS_OF)
    assert done.returncode == 1, done.stdout
    said = " ".join((done.stdout + done.stderr).split())
    assert "the key file key is missing; restore it from where you keep it" in said
    assert f"nothing was published; version {standing.name} stands" in said
    assert "Traceback" not in said
    assert not (place.root / "key").exists(), "no new one is made in its place"
    assert sorted((place.root / "lake/ledger").rglob("*")) == ledger
    assert (place.root / "published/current").resolve() == standing


def test_another_key_is_refused(command: Command, place: TestHome) -> None:
    (place.root / "key").write_bytes(os.urandom(32))
    place.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    with pytest.raises(HomeError, match="is not the one this home was filled with"):
        place.run(AS_OF)
    said = command(place.root, "key", "KP-0001")
    assert (said.code, said.out) == (1, "")
    assert "put the former key back" in said.text


def test_key_gives_the_pseudonym_in_the_database(command: Command, filled: TestHome) -> None:
    said = command(filled.root, "key", "KP-0001")
    assert filled.query("select distinct agent_key from fact.contacts") == [(said.out.strip(),)]
    assert command(filled.root, "key", " kp-0001 ").out == said.out
    nobody = command(filled.root, "key", "  ")
    assert (nobody.code, nobody.out) == (1, "")
    assert "identifies nobody" in nobody.text
