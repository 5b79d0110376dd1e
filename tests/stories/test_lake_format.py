"""A lake, or a backup of one, that another version of kring has written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from commands import Command
from ended import AS_OF, january
from homes import TestHome

from assets.building.plan import Plan
from assets.publishing.content import content_digest


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("format") / "home")


def test_a_home_of_the_version_before_opens_and_is_numbered(
    place: TestHome, command: Command
) -> None:
    """It had no number; nothing is read again."""
    (place.root / "lake/format").unlink()
    wanted = content_digest(Plan(place.home, date.fromisoformat(AS_OF)))
    assert command(place.root, "status").code == 0
    ran = place.run(AS_OF)
    assert (ran.ingested.loaded, ran.rebuilt) == ([], [])
    assert content_digest(Plan(place.home, date.fromisoformat(AS_OF))) == wanted
    assert (place.root / "lake/format").read_text() == "1\n"


@pytest.mark.parametrize("text", ["", "banana"])
def test_a_format_that_is_no_number_is_not_a_later_versions(
    place: TestHome, command: Command, text: str
) -> None:
    """An emptied file sent its reader to look for a later kring, and the doctor to kring.toml."""
    (place.root / "lake/format").write_text(text)
    said = command(place.root, "status")
    assert said.code == 1 and f"says '{text}', which is no number" in said.text
    assert "put it back from a backup, or write 1" in said.text
    told = command(place.root, "doctor").text
    assert "which is no number" in told and "kring.toml" not in told


def test_a_home_of_a_later_version_is_refused_with_what_to_do(
    place: TestHome, command: Command, tmp_path: Path
) -> None:
    command(place.root, "backup", str(tmp_path / "safe"))
    (place.root / "lake/format").write_text("2\n")
    for arguments in (("status",), ("verify",), ("backup", str(tmp_path / "x"))):
        said = command(place.root, *arguments)
        assert said.code == 1
        assert "says format '2', and this kring reads up to 1" in said.text
        assert "install that version again, or restore the backup" in said.text
    manifest = tmp_path / "safe/backup.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    said = command(place.root, "restore", str(tmp_path / "safe"), "--home", str(tmp_path / "new"))
    assert said.code == 1 and "later than this one" in said.text
