"""`kring doctor`: each trouble is seen and said with what to do; nothing is changed by looking."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Command
from homes import ROOT, TestHome
from serving import books, left_open

from assets.home import Home
from assets.key import rotate
from assets.record.decisions import CLOSED, decide

AS_OF = "2024-02-10"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A month, published by the command, with Dagster's books and a hook."""
    root = tmp_path_factory.mktemp("doctor") / "home"
    home = TestHome.of_two_calls(root, last_month="2024-01")
    with (home.root / "kring.toml").open("a") as settings:
        settings.write('[alerts]\nhook = "true"\n')
    ran = home.kring("run", "--as-of", AS_OF)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return home


def ask(command: Command, place: TestHome) -> dict[str, list[dict[str, str]]]:
    """The answers by check, from the machine's output."""
    said = command(place.root, "doctor", "--json", "--as-of", AS_OF)
    checks: list[dict[str, str]] = said.json["checks"]
    assert said.code == (1 if any(c["state"] == "bad" for c in checks) else 0)
    assert said.json["well"] == (said.code == 0)
    found: dict[str, list[dict[str, str]]] = {}
    for answer in checks:
        found.setdefault(answer["what"], []).append(answer)
    return found


def everything(root: Path) -> dict[str, tuple[int, int, str]]:
    """Every file of a home, to see that nothing was touched."""
    return {
        str(p): (p.lstat().st_mode, p.lstat().st_mtime_ns,
                 hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "")
        for p in sorted(root.rglob("*"))
    }  # fmt: skip


def test_a_sound_home_is_well_and_is_left_as_it_is(command: Command, filled: TestHome) -> None:
    before = everything(filled.root)
    answers = ask(command, filled)
    assert {a["state"] for found in answers.values() for a in found} == {"ok"}, answers
    assert list(answers) == [
        "settings", "sources", "register", "rules", "key", "alerts", "permissions", "space",
        "retention", "leftovers", "clock", "lock", "instance", "stuck runs", "schedule",
        "last run", "version", "record", "day", "freshness",
    ]  # fmt: skip
    assert everything(filled.root) == before


def test_a_person_reads_one_line_a_check(command: Command, filled: TestHome) -> None:
    said = command(filled.root, "doctor", "--as-of", AS_OF)
    assert said.code == 0
    assert "ok key: fingerprint" in said.text and "do:" not in said.out


def test_it_knows_no_dagster(filled: TestHome) -> None:
    """Its import alone would take longer than all of the checks."""
    code = (
        "import sys; from pathlib import Path; from assets.doctor import examine; "
        f"examine(Path({str(filled.root)!r}), None); print('dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


Spoil = Callable[[Path], Any]
TROUBLES: dict[str, tuple[str, str, str, Spoil]] = {
    "broken settings": ("settings", "bad", "unknown section [nigtly]",
                        lambda r: append(r / "kring.toml", "[nigtly]\n")),
    "no such zone": ("settings", "bad", "no zone of the tz database",
                     lambda r: replace(r / "kring.toml", "Asia/Jakarta", "Asia/Jakata")),
    "later format": ("settings", "bad", "this kring reads up to 1",
                     lambda r: (r / "lake/format").write_text("9\n")),
    "broken source": ("sources", "bad", "calls.sql",
                      lambda r: replace(r / "sources/calls.sql", "-- kind:", "-- knd:")),
    "broken register": ("register", "bad", "targets.csv",
                        lambda r: replace(r / "register/targets.csv", "kpi_id", "kpi")),
    "broken own rule": ("rules", "bad", "mine.sql",
                        lambda r: ((r / "checks").mkdir(), append(r / "checks/mine.sql", "x"))),
    "no key": ("key", "bad", "is missing", lambda r: (r / "key").unlink()),
    "another key": ("key", "bad", "not the key this home was filled with",
                    lambda r: (r / "key").write_bytes(bytes(32))),
    "a rotation cut short": ("key", "warn", "a change of the key was cut short",
                             lambda r: cut_short(r)),
    "no key at all": ("key", "bad", "is no key", lambda r: (r / "key").write_bytes(b"x")),
    "open key": ("key", "bad", "may be read by others", lambda r: (r / "key").chmod(0o644)),
    "no alerts": ("alerts", "warn", "nobody is told",
                  lambda r: replace(r / "kring.toml", 'hook = "true"', "")),
    "no such hook": ("alerts", "bad", "is no program",
                     lambda r: replace(r / "kring.toml", '"true"', '"no-such-program -x"')),
    "open lake": ("permissions", "bad", "is open to others",
                  lambda r: (r / "lake").chmod(0o755)),
    "open books": ("permissions", "bad", "is open to others",
                   lambda r: (r / "dagster").chmod(0o750)),
    "published to all": ("permissions", "bad", "open to everybody",
                         lambda r: (r / "published").chmod(0o755)),
    "no landing": ("permissions", "bad", "landing cannot be read",
                   lambda r: shutil.rmtree(r / "landing")),
    "leftovers": ("leftovers", "warn", "1 of a run that was killed",
                  lambda r: ((r / "lake/tmp").mkdir(exist_ok=True), append(r / "lake/tmp/x", ""))),
    "a file of tomorrow": ("clock", "warn", "1 files are of the future, first calls_20240115.csv",
                           lambda r: os.utime(r / "landing/calls/calls_20240115.csv",
                                              (time.time() + 9e4,) * 2)),
    "spoilt dagster.yaml": ("instance", "warn", "dagster.yaml is not kring's",
                            lambda r: append(r / "dagster/dagster.yaml", "x: 1\n")),
    "no lake": ("version", "bad", "the lake is lost",
                lambda r: shutil.rmtree(r / "lake")),
    "damaged books": ("instance", "bad", "history/runs.db is damaged",
                      lambda r: (r / "dagster/history/runs.db").write_bytes(b"x" * 9000)),
    "killed run": ("last run", "warn", "the run that began 2024-02-10T01:00:00+00:00 was killed",
                   lambda r: (r / "lake/began.json").write_text(
                       '{"began_at": "2024-02-10T01:00:00+00:00"}')),
    "failed run": ("last run", "bad", "failed, version X stands",
                   lambda r: status(r, outcome="failed", sentence="failed, version X stands")),
    "no run since": ("last run", "warn", "hours ago",
                     lambda r: status(r, ended_at="2024-02-10T01:00:00+00:00")),
    "nothing starts runs": ("schedule", "warn", "nightly is off, and no run came by itself",
                            lambda r: status(r, ended_at="2024-02-10T01:00:00+00:00")),
    "untold": ("last run", "warn", "alerts.hook ended with exit code 7",
               lambda r: status(r, alert_problems=["alerts.hook ended with exit code 7"])),
    "dangling current": ("version", "bad", "leads to no version",
                         lambda r: shutil.rmtree(r / "published/versions")),
    "a changed version": ("version", "bad", "were changed, are gone",
                          lambda r: (r / "published/current/kring.duckdb").unlink()),
    "clock behind": ("day", "warn", "the version is as of 2999-01-01",
                     lambda r: replace((r / "published/current").resolve() / "manifest.json",
                                       f'"as_of": "{AS_OF}"', '"as_of": "2999-01-01"')),
}  # fmt: skip


def append(path: Path, text: str) -> None:
    path.write_text((path.read_text() if path.exists() else "") + text)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.chmod(0o600)
    path.write_text(text.replace(old, new))


def cut_short(root: Path) -> None:
    """As a rotation leaves it that was killed before its new key took the former one's place."""
    former = (root / "key").read_bytes()
    rotate(Home.open(root), "Yearly")
    (root / "key").rename(root / "key.next")
    (root / "key").write_bytes(former)


def status(root: Path, **changed: object) -> None:
    path = root / "published/status.json"
    content = json.loads(path.read_text())
    path.unlink()
    path.write_text(json.dumps({**content, **changed}))


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_is_told_with_what_to_do(command: Command, place: TestHome, name: str) -> None:
    what, state, said, spoil = TROUBLES[name]
    spoil(place.root)
    before = everything(place.root)
    answers = ask(command, place)[what]
    told = [a for a in answers if a["state"] == state and said in a["said"]]
    assert told, answers
    assert told[0]["do"]
    assert everything(place.root) == before


def test_too_little_room_is_told(
    command: Command, place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place.root)._replace(free=100 << 20)
    monkeypatch.setattr("assets.doctor.files.shutil.disk_usage", lambda _: usage)
    (answer,) = ask(command, place)["space"]
    assert answer["state"] == "bad" and answer["said"].startswith("100 MB free; a run needs up to")


def test_who_holds_the_home_is_told_and_is_not_disturbed(command: Command, place: TestHome) -> None:
    path = place.root / "lake/run.lock"
    path.write_text("2024-02-09T01:00:00+07:00")
    with path.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (answer,) = ask(command, place)["lock"]
    assert (answer["state"], answer["said"]) == (
        "warn", "a run works since 2024-02-09T01:00:00+07:00",
    )  # fmt: skip


def test_a_run_that_only_stands_as_running_is_told(command: Command, place: TestHome) -> None:
    with books(place) as instance:
        left_open(instance, {})
    (answer,) = ask(command, place)["stuck runs"]
    assert answer["state"] == "warn"
    assert answer["said"].startswith("1 stand as running, and no run works: ingest ")


def test_the_schedule_counts_as_on_once_it_is_turned_on(
    command: Command, place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_HOME", str(place.root))
    turned = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "schedule", "start", "nightly",
         "-w", str(ROOT / "workspace.yaml")],
        cwd=ROOT, env={**os.environ, "DAGSTER_HOME": str(place.root / "dagster")},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert turned.returncode == 0, turned.stderr
    (answer,) = ask(command, place)["schedule"]
    assert (answer["state"], answer["said"]) == ("ok", "nightly is on: 0 4 * * *")


def test_a_home_that_is_none_is_told(command: Command, tmp_path: Path) -> None:
    said = command(tmp_path / "nowhere", "doctor")
    assert said.code == 1
    assert "is no kring home" in said.text and "do: name a home: --home DIR" in said.text


@pytest.mark.parametrize("garbage", [b"", b"\xff\x00garbage{"], ids=["empty", "garbage"])
def test_whatever_is_broken_there_is_an_answer(
    command: Command, place: TestHome, garbage: bytes
) -> None:
    """Every file that kring reads is spoilt in turn; `Command` fails on a traceback."""
    names = [
        "kring.toml", "key", "sources/calls.sql", "register/kpis.csv", "lake/format",
        "lake/key.fingerprint", "lake/began.json", "published/status.json", "lake/run.lock",
        "published/current/manifest.json", "dagster/dagster.yaml", "dagster/history/runs.db",
        "dagster/schedules/schedules.db",
        *(str(p.relative_to(place.root)) for pattern in ("ledger/*/*.json", "outputs/kpi*/*.json")
          for p in (place.root / "lake").glob(pattern)),
    ]  # fmt: skip
    for name in names:
        path = place.root / name
        kept = path.read_bytes() if path.exists() else None
        mode = path.stat().st_mode if path.exists() else 0o600
        path.unlink(missing_ok=True)
        path.write_bytes(garbage)
        said = command(place.root, "doctor", "--json", "--as-of", AS_OF)
        assert said.json["checks"], name
        path.unlink()
        if kept is not None:
            path.write_bytes(kept)
            path.chmod(mode)


def test_no_folder_at_all_is_an_answer_too(command: Command, place: TestHome) -> None:
    for name in ("dagster", "published", "lake", "sources", "register"):
        shutil.rmtree(place.root / name)
        said = command(place.root, "doctor", "--json", "--as-of", AS_OF)
        assert said.json["checks"], name


def test_versions_whose_figures_were_closed_are_no_leftovers(
    command: Command, filled: TestHome, tmp_path: Path
) -> None:
    place = filled.copied(tmp_path / "home")
    settings = place.root / "kring.toml"
    settings.write_text(settings.read_text().replace("keep_versions = 50", "keep_versions = 1"))
    for number in range(4):
        name = f"2024020{number + 1}T000000000Z-0000000{number}"
        folder = shutil.copytree(place.home.current.resolve(), place.home.versions / name)
        manifest = folder / "manifest.json"
        manifest.chmod(0o600)
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": name}))
        if number < 2:
            decide(place.home, CLOSED, version=name, reason="r", year=2024, period=f"Q{number + 1}",
                   revision=1, content="")  # fmt: skip
    (told,) = ask(command, place)["retention"]
    assert told["state"] == "warn" and "1 are kept, and 2 whose figures were closed" in told["said"]
    shutil.rmtree(folder)
    assert ask(command, place)["retention"][0]["state"] == "ok"
