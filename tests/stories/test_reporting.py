"""How a run ended, for who was not there: status.json, also after a killed run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from ended import AS_OF, break_register, january, run, status
from homes import ROOT, TWO_CALLS, TestHome, call, calls_file

from assets.answers.run_report import Failure


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("reporting") / "home")


def test_a_run_that_finds_nothing_new_says_so_and_is_no_reason_for_a_version(
    place: TestHome,
) -> None:
    before = (place.root / "published/current").readlink()
    run(place, 0)
    first = status(place)
    version = before.name
    assert (first["outcome"], first["exit"], first["version"]) == ("complete", 0, version)
    assert first["sentence"] == f"nothing new, version {version} stands"
    assert (first["as_of"], first["findings"], first["failures"]) == (AS_OF, [], [])
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [field for field in first if f"`{field}`" not in page] == []
    assert first["began_at"] <= first["ended_at"]
    time.sleep(1.1)
    run(place, 0)
    assert status(place)["ended_at"] > first["ended_at"], "it must show that the run has been"
    assert (place.root / "published/current").readlink() == before
    assert place.kring("verify").returncode == 0


def test_the_homes_group_may_read_it_and_nobody_else(place: TestHome) -> None:
    run(place, 0)
    info = (place.root / "published/status.json").stat()
    assert info.st_mode & 0o777 == 0o440
    assert info.st_gid == place.root.stat().st_gid


def test_findings_are_listed_and_counted_in_the_sentence(place: TestHome) -> None:
    place.put("notes/readme.txt", "not an export")
    place.run(AS_OF)
    run(place, 3)
    told = status(place)
    assert (told["outcome"], told["exit"]) == ("findings", 3)
    assert told["sentence"].endswith("stands; to be acted on: 1 unclaimed")
    assert [f["about"] for f in told["findings"]] == ["unclaimed"]


@pytest.mark.nightly
def test_a_failure_is_reported_and_the_version_that_stands(place: TestHome) -> None:
    break_register(place)
    run(place, 1)
    told = status(place)
    assert (told["outcome"], told["exit"], told["published"]) == ("failed", 1, False)
    assert "targets.csv" in told["failures"][0]
    assert told["sentence"].startswith(f"failed, version {told['version']} stands: ")


def test_a_failure_before_anything_is_published_is_reported(home: TestHome) -> None:
    break_register(home)
    run(home, 1)
    told = status(home)
    assert (told["outcome"], told["version"]) == ("failed", None)
    assert (home.root / "published").stat().st_mode & 0o777 == 0o750


@pytest.mark.nightly
def test_a_run_that_works_through_dagsters_steps_reports_as_well(place: TestHome) -> None:
    """And what failed there is named by its step."""
    place.put(TWO_CALLS, calls_file([call("A1"), call("A2", wait="25,0"), call("A3")]))
    run(place, 0)
    assert status(place)["sentence"] == f"published {status(place)['version']}"
    place.put(TWO_CALLS, calls_file([call("A1")]))
    (place.root / "key").write_bytes(bytes(32))
    run(place, 1)
    (told,) = status(place)["failures"]
    assert told.startswith("ledger: the key file key is not the one this home was filled with")


def test_an_unexpected_errors_text_stays_at_home() -> None:
    """It may quote a value of an export; the kind and the step are enough to call somebody."""
    failure = Failure("ledger", "ComputeError", "could not parse '0812-7731-9942'")
    assert "0812" in failure.text
    assert failure.told == (
        "an unexpected error in step ledger (ComputeError); kring run shows it whole"
    )
    engine = "IO Error: Could not write file '0812-7731-9942': No space left on device"
    assert Failure("ledger", "IOException", engine).told == (
        "the disk refused in step ledger (IOException), or a right is lacking; make room or mend "
        "it, then kring run, which shows it whole"
    )


@pytest.mark.nightly
def test_that_it_cannot_be_written_fails_no_run(place: TestHome) -> None:
    status = place.root / "published/status.json"
    status.unlink()
    status.mkdir()
    ran = run(place, 0)
    assert "kring: published/status.json could not be written" in ran.stderr


@pytest.mark.nightly
def test_the_run_after_a_killed_one_says_so_once(place: TestHome) -> None:
    place.put(TWO_CALLS, calls_file([call("A1"), call("A2"), call("A9")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", "--as-of", AS_OF], cwd=ROOT,
        env={**os.environ, "KRING_HOME": str(place.root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not (place.root / "lake/began.json").exists():
        assert time.monotonic() < limit and process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()
    began = json.loads((place.root / "lake/began.json").read_text())["began_at"]
    ran = run(place, 0)
    assert f"the run that began {began} was ended from outside" in " ".join(ran.stderr.split())
    assert status(place)["interrupted"] == began
    assert "was ended from outside" in status(place)["sentence"]
    assert not (place.root / "lake/began.json").exists()
    run(place, 0)
    assert status(place)["interrupted"] is None
