"""Readers never block and are never mixed; who keeps an old version keeps it; what is removed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from homes import TestHome
from readers import decide, prepared, watched
from whole import content_of

from assets.lake import sweep
from assets.publishing.published import retain
from assets.record.versions import current, switch, verify, versions


@pytest.mark.nightly
def test_readers_meet_no_error_and_no_mixed_answer_while_versions_are_published(
    tmp_path: Path,
) -> None:
    """The whole of it, 20 readers and 200 versions, is part of `make chaos`."""
    read = watched(tmp_path / "home", readers=3, publishes=6)
    assert (read.errors, read.mixed) == ([], 0)
    assert read.most_seen >= 2 and read.asked > 10, "the readers met no publishing"


@pytest.mark.nightly
def test_a_folder_copied_while_versions_are_published_is_one_version(tmp_path: Path) -> None:
    """Another team resolves `current` once and copies the folder that it then names."""
    home, over, copies = prepared(tmp_path / "home"), threading.Event(), []

    def copy() -> None:
        while not over.wait(0.3):
            copies.append(tmp_path / f"copy-{len(copies)}")
            shutil.copytree((home.root / "published/current").resolve(), copies[-1])

    team = threading.Thread(target=copy)
    team.start()
    for number in (1, 2):
        decide(home, number)
    over.set()
    team.join()
    assert len({str(content_of(each).tables) for each in copies}) >= 2


@pytest.fixture(scope="module")
def four_versions(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Four versions; the newest is current. Copy it, leave it as it is."""
    home = prepared(tmp_path_factory.mktemp("readers") / "home")
    for number in (1, 2):
        decide(home, number)
    return home


@pytest.fixture
def four(four_versions: TestHome, tmp_path: Path) -> TestHome:
    return four_versions.copied(tmp_path / "home")


def settings(home: TestHome, keep: int, grace_hours: int) -> None:
    path = home.root / "kring.toml"
    lines = [x for x in path.read_text().splitlines() if not x.startswith(("keep_", "grace_"))]
    kept = [f"keep_versions = {keep}", f"grace_hours = {grace_hours}"]
    path.write_text("\n".join([*lines, *kept]) + "\n")


def test_retention_keeps_the_newest_and_the_current_one_and_waits_a_grace(four: TestHome) -> None:
    ids = [version.id for version in versions(four.home)]
    assert len(ids) == 4
    settings(four, keep=1, grace_hours=24)
    retain(four.home)
    assert [v.id for v in versions(four.home)] == ids, "all are younger than the grace"
    switch(four.home, ids[3])
    settings(four, keep=1, grace_hours=0)
    with duckdb.connect(str(four.home.versions / ids[1] / "kring.duckdb"), read_only=True) as slow:
        retain(four.home)
        assert [v.id for v in versions(four.home)] == [ids[0], ids[3]]
        # a file that is open stays readable to who has it open, though its name is gone
        assert slow.execute("select count(*) from fact.contacts").fetchall() == [(1,)]
    standing = current(four.home)
    assert standing is not None and standing.id == ids[3] and verify(standing) == []


def test_what_readers_were_sent_away_from_stays_for_the_grace(four: TestHome) -> None:
    """Though it was made long before: who began to read it does not lose its files."""
    newest, left, rolled_to, old = versions(four.home)
    for version in (newest, left, rolled_to, old):
        manifest = version.path / "manifest.json"
        manifest.chmod(0o640)
        early = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")
        manifest.write_text(json.dumps({**version.manifest, "created_at": early}))
        os.utime(version.path, (0, 0))
    switch(four.home, left.id)
    os.utime(newest.path, (0, 0))  # that was three days ago
    switch(four.home, rolled_to.id)
    switch(four.home, newest.id)
    settings(four, keep=1, grace_hours=24)
    retain(four.home)
    assert [v.id for v in versions(four.home)] == [newest.id, left.id, rolled_to.id]


def test_a_version_left_by_a_clock_that_was_ahead_stays_for_the_grace_and_no_longer(
    four: TestHome,
) -> None:
    newest, ahead, *_ = versions(four.home)
    year = datetime.now(UTC) + timedelta(days=365)
    os.utime(ahead.path, (year.timestamp(), year.timestamp()))
    settings(four, keep=1, grace_hours=24)
    retain(four.home)
    assert ahead.id in [v.id for v in versions(four.home)]
    settings(four, keep=1, grace_hours=0)
    retain(four.home)
    assert [v.id for v in versions(four.home)] == [newest.id]


def test_a_removal_cut_short_leaves_no_half_version(
    four: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it removes, retention leaves a folder that no command takes for a version."""
    settings(four, keep=1, grace_hours=0)
    removed: list[Path] = []

    def killed(folder: Path) -> None:
        (folder / "kring.duckdb").unlink()
        removed.append(folder)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("assets.record.versions.shutil.rmtree", killed)
        with pytest.raises(SystemExit):
            retain(four.home)
    assert [path.is_dir() for path in removed] == [True]
    assert all(verify(version) == [] for version in versions(four.home))
    sweep(four.home)
    assert not removed[0].exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open anything for writing")
def test_nobody_opens_a_published_database_for_writing(four: TestHome) -> None:
    with pytest.raises(duckdb.IOException):
        duckdb.connect(str(four.root / "published/current/kring.duckdb"))


def test_a_version_that_stands_whole_with_the_same_content_is_used_again(four: TestHome) -> None:
    """As after a kill between a version's rename and the switch: no second one is made."""
    ids = [version.id for version in versions(four.home)]
    switch(four.home, ids[1])
    assert four.run("2024-01-31").version is not None
    assert (current(four.home) or pytest.fail()).id == ids[0]
    assert [version.id for version in versions(four.home)] == ids
