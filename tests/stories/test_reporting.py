"""How a run ended, for who was not there: status.json, the hook, the webhook, a killed run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from commands import Command
from homes import ROOT, TestHome, call, calls_file

from assets.answers.report import Failure
from assets.building.session import end_session
from pipelines.definitions import definitions

AS_OF = "2024-02-10"
CALLS = "calls/calls_20240115.csv"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """January of two calls, published and complete. Copy it, leave it as it is."""
    home = TestHome(tmp_path_factory.mktemp("reporting") / "home", last_month="2024-01")
    home.only_sources("calls")
    home.expecting("none", "calls")
    home.put(CALLS, calls_file([call("A1"), call("A2", wait="25,0")]))
    run(home, 0)
    return home


def settings(place: TestHome, text: str) -> None:
    path = place.root / "kring.toml"
    path.write_text(path.read_text() + text)


def status(place: TestHome) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((place.root / "published/status.json").read_text())
    return content


def run(place: TestHome, code: int) -> Any:
    ran = place.kring("run", "--as-of", AS_OF)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran


def break_register(place: TestHome) -> None:
    place.edit_register("targets", "kpi_id", "kpi")


# the status


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
    place.put(CALLS, calls_file([call("A1"), call("A2", wait="25,0"), call("A3")]))
    run(place, 0)
    assert status(place)["sentence"] == f"published {status(place)['version']}"
    place.put(CALLS, calls_file([call("A1")]))
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


@pytest.mark.nightly
def test_that_it_cannot_be_written_fails_no_run(place: TestHome) -> None:
    status = place.root / "published/status.json"
    status.unlink()
    status.mkdir()
    ran = run(place, 0)
    assert "kring: published/status.json could not be written" in ran.stderr


@pytest.mark.nightly
def test_the_run_after_a_killed_one_says_so_once(place: TestHome) -> None:
    place.put(CALLS, calls_file([call("A1"), call("A9")]))
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


# Dagster's own runs


@pytest.mark.nightly
def test_dagsters_runs_are_reported_by_its_sensors(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_HOME", str(place.root))
    defs = definitions(place.home)
    repository = defs.get_repository_def()

    def ask(name: str, ended: dg.ExecuteInProcessResult, event: dg.DagsterEvent) -> str:
        sensor = repository.get_sensor_def(name)
        with dg.build_run_status_sensor_context(
            sensor_name=name, dagster_event=event, dagster_instance=instance,
            dagster_run=ended.dagster_run, repository_def=repository,
        ) as context:  # fmt: skip
            answer = sensor(context)
        assert isinstance(answer, dg.SkipReason)
        return str(answer.skip_message)

    def ingest() -> dg.ExecuteInProcessResult:
        try:
            job = defs.resolve_job_def("ingest")
            return job.execute_in_process(instance=instance, raise_on_error=False)
        finally:
            end_session()

    path = place.root / "published/status.json"
    with dg.DagsterInstance.ephemeral() as instance:
        place.run(place.home.today())
        ended = ingest()
        assert "nothing new" in ask("report_success", ended, ended.get_run_success_event())
        assert (status(place)["by"], status(place)["outcome"]) == ("dagster", "complete")
        path.unlink()
        place.put(CALLS, calls_file([call("A1"), call("A7")]))
        ended = ingest()
        said = ask("report_success", ended, ended.get_run_success_event())
        assert said == "the months that are still to be rebuilt report for it"
        assert not path.exists(), "readers do not see it yet, so it is no news"
        (place.root / "key").unlink()
        place.put(CALLS, calls_file([call("A1"), call("A8")]))
        ended = ingest()
        assert "the key file key is missing" in ask(
            "report_failure", ended, ended.get_run_failure_event()
        )
        assert (status(place)["outcome"], status(place)["exit"]) == ("failed", 1)


# hook and webhook


def hook(place: TestHome, body: str, extra: str = "") -> Path:
    """A hook that appends what it is told to a file outside the home."""
    script, told = place.root.parent / "hook.py", place.root.parent / "told.jsonl"
    script.write_text(f"import sys, pathlib\ntold = pathlib.Path({str(told)!r})\n{body}\n")
    settings(place, f'[alerts]\nhook = "{sys.executable} {script}"\n{extra}')
    return told


APPEND = "told.open('a').write(' '.join(sys.stdin.read().split()) + '\\n')"


def heard(told: Path) -> list[str]:
    lines = told.read_text().splitlines() if told.exists() else []
    return [json.loads(line)["outcome"] for line in lines]


@pytest.mark.parametrize(
    ("on", "expected"),
    [("failure", ["failed"]), ("findings", ["findings", "failed"]),
     ("always", ["complete", "findings", "failed"])],
)  # fmt: skip
def test_the_hook_is_called_for_what_it_was_asked_for(
    place: TestHome, on: str, expected: list[str]
) -> None:
    told = hook(place, APPEND, f'on = "{on}"\n')
    run(place, 0)
    place.put("notes/readme.txt", "not an export")
    place.run(AS_OF)
    run(place, 3)
    break_register(place)
    run(place, 1)
    assert heard(told) == expected


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("body", "said"),
    [("sys.exit(7)", "alerts.hook ended with exit code 7"),
     ("import time; time.sleep(60)", "alerts.hook did not end within 1 s and was ended")],
    ids=["fails", "hangs"],
)  # fmt: skip
def test_a_hook_that_fails_or_hangs_is_reported_and_fails_no_run(
    place: TestHome, body: str, said: str
) -> None:
    hook(place, body, 'on = "always"\ntimeout_seconds = 1\n')
    ran = run(place, 0)
    assert f"kring: {said}" in ran.stderr
    assert status(place)["alert_problems"] == [said]
    assert status(place)["outcome"] == "complete"


@pytest.mark.nightly
def test_the_home_is_free_while_the_hook_works(place: TestHome) -> None:
    """Or a hook that hangs would keep the next run waiting."""
    told = hook(
        place,
        f"import fcntl\nlock = open({str(place.root / 'lake/run.lock')!r})\n"
        "fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\ntold.write_text('free')",
        'on = "always"\n',
    )
    run(place, 0)
    assert told.read_text() == "free"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server on this machine that keeps what it is told."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            heard.append(json.loads(self.rfile.read(length)))
            self.send_response(204 if self.path == "/good" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_gets_the_report(
    place: TestHome, listener: tuple[str, list[dict[str, Any]]]
) -> None:
    url, told = listener
    settings(place, f'[alerts]\nwebhook = "{url}/good"\non = "always"\n')
    ran = run(place, 0)
    assert ran.stderr == ""
    assert [report["sentence"] for report in told] == [status(place)["sentence"]]


@pytest.mark.nightly
def test_a_webhook_that_refuses_or_is_not_there_is_reported(
    place: TestHome, listener: tuple[str, list[dict[str, Any]]]
) -> None:
    url, _ = listener
    settings(place, f'[alerts]\nwebhook = "{url}/bad"\non = "always"\n')
    assert "kring: alerts.webhook answered 500" in run(place, 0).stderr
    path = place.root / "kring.toml"
    path.write_text(path.read_text().replace(f"{url}/bad", "http://127.0.0.1:9/"))
    assert "kring: alerts.webhook could not be reached" in run(place, 0).stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [('[alerts]\non = "sometimes"\n', "alerts.on must be one of failure, findings, always"),
     ('[alerts]\nwebhook = "file:///etc/passwd"\n', "must begin with http:// or https://"),
     ("[alerts]\ntimeout_seconds = 0\n", "alerts.timeout_seconds must be 1 to 600"),
     ("[freshness]\nworking_day = 40\n", "freshness.working_day must be 1 to 20"),
     ('[alerts]\nemail = "x"\n', "unknown key alerts.email")],
)  # fmt: skip
def test_settings_are_checked(
    place: TestHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    text: str, said: str,
) -> None:  # fmt: skip
    settings(place, text)
    answer = Command(monkeypatch, capsys)(place.root, "status")
    assert answer.code == 1
    assert said in answer.text and "kring.toml line" in answer.text
