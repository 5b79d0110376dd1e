"""A key of pseudonyms that is replaced (H2 of the faults), and put back (H1)."""

from __future__ import annotations

import shutil

import pytest
from commands import Command
from homes import TestHome, call, calls_file
from persons import AS_OF, OTHER, PERSON, activity, agents, published, put_activity

from assets.home import HomeError
from assets.key import key_changes, pseudonyms


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return published(tmp_path_factory.mktemp("persons") / "home")


def test_h2_a_new_key_holds_from_then_on_and_old_pseudonyms_stay(
    place: TestHome, command: Command
) -> None:
    before = agents(place)
    former = (place.root / "key").read_bytes()
    said = command(place.root, "rotate-key", "--reason", "Yearly, instruction 4")
    assert said.code == 0 and "one person counts as two" in said.text
    place.put(
        "calls/calls_20240216.csv", calls_file([call("B2", "16/02/2024 10:00:00", agent=OTHER)])
    )
    place.run(AS_OF)
    after = agents(place)
    assert {key: after[key] for key in before} == before
    assert after["B2"] not in before.values(), "across the change one person is two"
    ((changed_at, was, now, reason),) = place.query("from ops.key_changes")
    (change,) = key_changes(place.home)
    assert (was, now) == (change.former, change.fingerprint)
    assert reason == "Yearly, instruction 4" and changed_at is not None
    assert pseudonyms(place.home).fingerprint == change.fingerprint
    assert (place.root / f"key.{change.former[:8]}").read_bytes() == former
    modes = {p.name: p.stat().st_mode & 0o777 for p in place.root.glob("key*")}
    assert set(modes.values()) == {0o600} and len(modes) == 2


def test_h2_agents_days_that_come_again_after_the_change_are_told_and_can_be_mended(
    place: TestHome, command: Command
) -> None:
    """A row of agents' time is known by its agent: corrected across the change, both count."""
    path = put_activity(place)
    place.run(AS_OF)
    held = "select count(*), sum(staffed_seconds) from fact.agent_activity"
    assert command(place.root, "rotate-key", "--reason", "Yearly").code == 0
    assert place.run(AS_OF).findings == []
    place.put(path, activity(PERSON).replace("2:00:00", "2:10:00"))
    told = [f.text for f in place.run(AS_OF).findings if f.about == "suspicious"]
    assert place.query(held) == [(4, 2 * 7200 + 2 * 7800)]
    assert len(told) == 1 and told[0].startswith(
        f"{path}: 1 of its days (first 2024-01-15) came before the key was changed, first in {path}"
    )
    # of rows that are gone from the lake nothing is said until they are read again
    kept = place.root / "lake/raw/agent_activity"
    shutil.move(kept, place.root / "aside")
    assert "may count twice" not in command(place.root, "status", "--as-of", AS_OF).text
    shutil.move(place.root / "aside", kept)
    assert command(place.root, "withdraw", path, "--reason", "Counts twice").code == 0
    assert command(place.root, "withdraw", path, "--undo").code == 0
    assert place.run(AS_OF).findings == []
    assert place.query(held) == [(2, 2 * 7800)]


def test_h2_a_file_that_is_read_again_keeps_its_pseudonyms(
    place: TestHome, command: Command
) -> None:
    before = agents(place)
    command(place.root, "rotate-key", "--reason", "Yearly")
    path = place.root / "sources/calls.sql"
    path.write_text(path.read_text().replace("0.5%", "0.6%"))
    ran = place.run(AS_OF)
    assert len(ran.ingested.loaded) == 2
    assert agents(place) == before


def test_h2_without_the_former_key_it_takes_the_new_one(place: TestHome, command: Command) -> None:
    """Destroying the former key is how old pseudonyms are given up, knowingly."""
    before = agents(place)
    command(place.root, "rotate-key", "--reason", "It was seen by others")
    (former,) = place.root.glob("key.*")
    former.unlink()
    path = place.root / "sources/calls.sql"
    path.write_text(path.read_text().replace("0.5%", "0.6%"))
    place.run(AS_OF)
    after = agents(place)
    assert set(after.values()).isdisjoint(before.values())
    assert len(set(after.values())) == 2


def test_h2_a_rotation_that_was_cut_short_is_finished(place: TestHome, command: Command) -> None:
    """The record is written; the new key has not yet taken its place."""
    former = (place.root / "key").read_bytes()
    command(place.root, "rotate-key", "--reason", "Yearly")
    new = (place.root / "key").read_bytes()
    (place.root / "key").rename(place.root / "key.next")
    (place.root / "key").write_bytes(former)
    assert pseudonyms(place.home).fingerprint == key_changes(place.home)[-1].fingerprint
    assert (place.root / "key").read_bytes() == new
    assert not (place.root / "key.next").exists()


@pytest.mark.parametrize("text", ["", "5", '[{"former": "x"}]', "[]", None])
def test_a_damaged_log_of_rotations_is_named_with_what_to_do(
    place: TestHome, command: Command, text: str | None
) -> None:
    """Status, doctor and the run ended in a traceback; `Command` fails at one. Gone, or without
    the rotation, it said that no key was ever another, though a former one is kept."""
    assert command(place.root, "rotate-key", "--reason", "Yearly").code == 0
    place.home.key_history.unlink()
    if text is not None:
        place.home.key_history.write_text(text)
    named = "lake/key.history.json is damaged: nothing else says by which key each file was read"
    said = command(place.root, "status", "--as-of", AS_OF)
    assert said.code == 1 and f"{named}; put it back from a backup" in said.err
    told = command(place.root, "doctor", "--as-of", AS_OF).text
    assert named in told and "could not be looked at" not in told
    with pytest.raises(HomeError, match=named):
        place.run(AS_OF)


def test_h1_the_former_key_alone_is_refused_after_a_rotation(
    place: TestHome, command: Command
) -> None:
    former = (place.root / "key").read_bytes()
    command(place.root, "rotate-key", "--reason", "Yearly")
    (place.root / "key").write_bytes(former)
    said = command(place.root, "key", OTHER)
    assert said.code == 1 and "is not the one this home was filled with" in said.text
