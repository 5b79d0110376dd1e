"""The restore drill, and what may go wrong in one (H3, H4, H5 of the faults)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from commands import Command
from homes import ROOT, TestHome, call, calls_file
from storyhome import put_complaints

from assets.building.plan import Plan
from assets.publishing.content import content_digest
from assets.run_lock import run_lock

AS_OF = "2024-03-10"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """January and February: calls with a correction and a reject, empty complaint files."""
    home = TestHome(tmp_path_factory.mktemp("backup") / "home", last_month="2024-02")
    home.only_sources("calls", "complaints")
    home.expecting("none", "calls")
    home.edit_source("calls", "0.5%", "60%")
    (home.root / "metrics").mkdir()
    home.put("calls/calls_20240115.csv", calls_file([call("A1"), call("A2", wait="x")]))
    home.run(AS_OF)
    home.put("calls/calls_20240116.csv", calls_file([call("A1", talk="90"), call("A3")]))
    for month in ("2024-01", "2024-02"):
        put_complaints(home, month)
    home.run(AS_OF)
    return home


def content(home: TestHome) -> str:
    """The digest of all that readers see."""
    return content_digest(Plan(home.home, date.fromisoformat(AS_OF)))


# the drill


@pytest.mark.nightly
def test_h4_the_drill_a_home_made_again_on_a_clean_machine_catches_up(
    place: TestHome, tmp_path: Path
) -> None:
    """Back up, lose the home, restore, put key and exports back, read what came meanwhile."""
    key, landing = tmp_path / "safe-key", tmp_path / "exports"
    shutil.copy(place.root / "key", key)
    made = place.kring("backup", str(tmp_path / "safe"))
    assert made.returncode == 0, made.stderr
    fingerprint = (place.root / "lake/key.fingerprint").read_text().strip()
    assert fingerprint in made.stdout and "not in it: landing" in made.stdout
    # what comes after the backup is in landing alone
    place.put("calls/calls_20240220.csv", calls_file([call("A4", "20/02/2024 10:00:00")]))
    place.run(AS_OF)
    wanted, figures = content(place), place.query("from metric.monthly order by all")
    shutil.copytree(place.root / "landing", landing)
    shutil.rmtree(place.root)

    new = TestHome.at(tmp_path / "new")
    restored = place.kring("restore", str(tmp_path / "safe"), "--home", str(new.root))
    assert restored.returncode == 0, restored.stderr
    assert fingerprint in restored.stdout
    assert new.kring("verify").returncode == 0
    shutil.copytree(landing, new.root / "landing", dirs_exist_ok=True)
    refused = new.kring("run", "--as-of", AS_OF)
    assert refused.returncode == 1 and "the key file key is missing" in refused.stderr
    shutil.copy(key, new.root / "key")
    ran = new.kring("run", "--as-of", AS_OF)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert content(new) == wanted
    assert new.query("from metric.monthly order by all") == figures


def test_h3_a_lost_lake_is_built_again_from_landing(place: TestHome) -> None:
    wanted = content(place)
    shutil.rmtree(place.root / "lake")
    place.run(AS_OF)
    assert content(place) == wanted


@pytest.mark.nightly
def test_h3_with_the_ledger_saved_withdrawals_and_order_stay(
    place: TestHome, command: Command
) -> None:
    """Rows, keys and figures are built again from landing by what the ledger remembers."""
    place.put("calls/calls_20240117.csv", calls_file([call("A9")]))
    place.run(AS_OF)
    command(place.root, "withdraw", "calls/calls_20240117.csv", "--reason", "a test of theirs")
    place.run(AS_OF)
    wanted, figures = content(place), place.query("from metric.monthly order by all")
    for name in ("raw", "keys", "outputs"):
        shutil.rmtree(place.root / "lake" / name)
    ran = place.run(AS_OF)
    assert {d.path for d in ran.ingested.loaded} >= {"calls/calls_20240115.csv"}
    assert content(place) == wanted
    assert place.query("from metric.monthly order by all") == figures


def test_with_landing_nothing_else_is_needed_but_the_key(
    place: TestHome, command: Command, tmp_path: Path
) -> None:
    key = (place.root / "key").read_bytes()
    assert command(place.root, "backup", str(tmp_path / "safe"), "--with-landing").code == 0
    new = TestHome.at(tmp_path / "new")
    said = command(place.root, "restore", str(tmp_path / "safe"), "--home", str(new.root))
    assert said.code == 0 and "missing: the exports" not in said.text
    (new.root / "key").write_bytes(key)
    ran = new.run(AS_OF)
    assert (ran.ingested.loaded, ran.rebuilt) == ([], []), "all is there, only the stat is new"
    assert content(new) == content(place)


# what is in it


def test_the_key_and_dagsters_history_are_not_in_it(place: TestHome, tmp_path: Path) -> None:
    key = (place.root / "key").read_bytes()
    (place.root / "dagster").mkdir()
    (place.root / "dagster/run.db").write_text("history")
    (place.root / "record").mkdir()
    (place.root / "record/closed.jsonl").write_text("{}\n")
    (place.root / "report/2024").mkdir(parents=True)
    (place.root / "report/2024/objective_3.id.md").write_text("Dukungan tim.\n")
    said = json.loads(place.kring("backup", str(tmp_path / "safe"), "--json").stdout)
    fingerprint = (place.root / "lake/key.fingerprint").read_text().strip()
    assert said["key"] == {
        "included": False, "path": str(place.root / "key"), "fingerprint": fingerprint,
    }  # fmt: skip
    names = {str(p.relative_to(tmp_path / "safe")) for p in (tmp_path / "safe").rglob("*")}
    kept = (
        "record/closed.jsonl",
        "kring.toml",
        "register/kpis.csv",
        "report/2024/objective_3.id.md",
    )
    assert {f"home/{name}" for name in kept} <= names
    assert not any(name.startswith(("home/dagster", "home/key", "home/landing")) for name in names)
    assert not names & {"home/lake/run.lock", "home/lake/tmp"}
    files = [p for p in (tmp_path / "safe").rglob("*") if p.is_file()]
    assert not any(key in p.read_bytes() for p in files)
    assert len(files) == said["files"] + 1


def test_nobody_else_may_read_it(place: TestHome, command: Command, tmp_path: Path) -> None:
    command(place.root, "backup", str(tmp_path / "safe"))
    assert (tmp_path / "safe").stat().st_mode & 0o777 == 0o700


def test_modes_times_and_shared_files_are_as_they_were(
    filled: TestHome, command: Command, tmp_path: Path
) -> None:
    """A month that lake and version share is one file again, so a restore takes no more room."""
    command(filled.root, "backup", str(tmp_path / "safe"))
    command(filled.root, "restore", str(tmp_path / "safe"), "--home", str(tmp_path / "new"))

    def shape(root: Path) -> dict[str, tuple[int, int, int]]:
        found = {}
        for top in ("lake", "published", "register"):
            for path in (root / top).rglob("*"):
                info = path.lstat()
                if path.is_file() and path.name not in ("run.lock", "status.json"):
                    name = str(path.relative_to(root))
                    found[name] = (info.st_mode, info.st_mtime_ns, info.st_nlink)
        return found

    before = shape(filled.root)
    version = (filled.root / "published/current").resolve().name
    kept = {name: value for name, value in before.items()
            if "/versions/" not in name or version in name}  # fmt: skip
    after = shape(tmp_path / "new")
    assert {n: v[:2] for n, v in after.items()} == {n: v[:2] for n, v in kept.items()}
    assert any(links > 1 for *_, links in after.values())
    assert (tmp_path / "new/lake").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new/published/versions").stat().st_mode & 0o777 == 0o750


def test_a_restored_home_is_open_to_its_group_whatever_the_umask(
    filled: TestHome, command: Command, tmp_path: Path
) -> None:
    """Under that of a service the group could enter `published/` and not the home around it."""
    command(filled.root, "backup", str(tmp_path / "safe"))
    before = os.umask(0o077)
    try:
        asked = ("restore", str(tmp_path / "safe"), "--home", str(tmp_path / "new"))
        assert command(filled.root, *asked).code == 0
    finally:
        os.umask(before)
    way = (tmp_path / "new", tmp_path / "new/published", tmp_path / "new/published/versions")
    assert [path.stat().st_mode & 0o777 for path in way] == [0o750] * 3


# while something else works


def test_h5_a_backup_during_a_run_is_refused_or_waits(place: TestHome, tmp_path: Path) -> None:
    with run_lock(place.home, wait=False):
        refused = place.kring("backup", str(tmp_path / "safe"))
        assert refused.returncode == 75 and "another run holds this home" in refused.stderr
        waiting = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "backup", str(tmp_path / "safe"), "--wait",
             "--home", str(place.root)], cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(2)
        assert waiting.poll() is None and not (tmp_path / "safe").exists()
    assert waiting.wait(60) == 0
    done = place.kring("restore", str(tmp_path / "safe"), "--home", str(tmp_path / "new"))
    assert done.returncode == 0
    assert TestHome.at(tmp_path / "new").kring("verify").returncode == 0


# what is refused


def test_folders_in_use_are_refused(place: TestHome, command: Command, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used/mine").write_text("x")
    said = command(place.root, "backup", str(tmp_path / "used"))
    assert said.code == 1 and "is there already" in said.text
    said = command(place.root, "backup", str(place.root / "backup"))
    assert said.code == 1 and "lies in the home" in said.text
    command(place.root, "backup", str(tmp_path / "safe"))
    said = command(place.root, "restore", str(tmp_path / "safe"), "--home", str(place.root))
    assert said.code == 1 and "is there already" in said.text
    said = command(place.root, "restore", str(tmp_path / "safe"))
    assert said.code == 1 and "--home DIR" in said.text


def test_what_a_killed_one_left_goes_when_it_is_asked_for_again(
    place: TestHome, command: Command, tmp_path: Path
) -> None:
    """A copy of the home that nobody would look for; one that still works is let be."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    for name in (f".safe.backup-{ended}", f".safe.backup-{os.getppid()}", ".new.restoring-0x"):
        (tmp_path / name / "home").mkdir(parents=True)
    assert command(place.root, "backup", str(tmp_path / "safe")).code == 0
    new = str(tmp_path / "new")
    assert command(place.root, "restore", str(tmp_path / "safe"), "--home", new).code == 0
    left = {path.name for path in tmp_path.glob(".*")}
    assert left == {f".safe.backup-{os.getppid()}"}


@pytest.mark.parametrize("damage", ["flip", "gone", "no-list", "no-files", "no-mode"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    place: TestHome, command: Command, tmp_path: Path, damage: str
) -> None:
    command(place.root, "backup", str(tmp_path / "safe"))
    victim = tmp_path / "safe/home/register/kpis.csv"
    if damage == "flip":
        victim.chmod(0o600)
        victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    elif damage == "gone":
        victim.unlink()
    else:
        manifest = json.loads((tmp_path / "safe/backup.json").read_text())
        without = {"no-files": {**manifest, "files": 5}, "no-mode": {**manifest, "files": [{}]}}
        text = json.dumps(without[damage]) if damage in without else "{"
        (tmp_path / "safe/backup.json").write_text(text)
    said = command(place.root, "restore", str(tmp_path / "safe"), "--home", str(tmp_path / "new"))
    assert said.code == 1
    expected = {
        "flip": "register/kpis.csv is not as it was", "gone": "register/kpis.csv is missing",
    }  # fmt: skip
    assert expected.get(damage, "backup.json is missing or damaged") in said.text
    assert not (tmp_path / "new").exists()


def test_a_damaged_version_is_backed_up_and_named(
    place: TestHome, command: Command, tmp_path: Path
) -> None:
    database = (place.root / "published/current/kring.duckdb").resolve()
    database.chmod(0o600)
    with database.open("r+b") as handle:
        handle.seek(5000)
        handle.write(b"\xff")
    said = command(place.root, "backup", str(tmp_path / "safe"))
    assert said.code == 3 and "kring.duckdb of" in said.text and "not as published" in said.text
