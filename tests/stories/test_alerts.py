"""How a run ended, told to the hook and the webhook; and their settings."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from commands import Command
from ended import AS_OF, break_register, january, run, settings, status
from homes import TestHome


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return january(tmp_path_factory.mktemp("alerts") / "home")


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


def test_a_hook_that_ends_after_the_next_run_leaves_its_report(place: TestHome) -> None:
    path = place.root / "published/status.json"
    later = json.dumps({"ended_at": "2999-01-01T00:00:00+00:00", "outcome": "complete"})
    body = f"status = pathlib.Path({str(path)!r})\nstatus.unlink()\nstatus.write_text({later!r})"
    hook(place, f"{body}\nsys.exit(7)", 'on = "always"\n')
    assert "alerts.hook ended with exit code 7" in run(place, 0).stderr
    assert json.loads(path.read_text()) == json.loads(later)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server on this machine that keeps what it is told."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            heard.append(json.loads(self.rfile.read(length)))
            self.send_response({"/good": 204, "/moved": 302}.get(self.path, 500))
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
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


def test_a_webhook_that_leads_elsewhere_has_not_been_told(
    place: TestHome, listener: tuple[str, list[dict[str, Any]]]
) -> None:
    """Followed, as browsers do, it gets an empty question and answers that all is well."""
    url, _ = listener
    settings(place, f'[alerts]\nwebhook = "{url}/moved"\non = "always"\n')
    assert "kring: alerts.webhook answered 302 and leads elsewhere" in run(place, 0).stderr


@pytest.mark.parametrize("address", ["https://in:s3cret@alerts.example/", "http://[s3cret/in",
                                     "https://alerts.example/in s3cret"])  # fmt: skip
def test_an_address_that_is_none_is_told_without_what_is_in_it(
    place: TestHome, address: str
) -> None:
    """The home's group reads status.json, and an address may hold a token."""
    settings(place, f'[alerts]\nwebhook = "{address}"\non = "always"\n')
    assert "is it a web address?" in run(place, 0).stderr
    (said,) = status(place)["alert_problems"]
    assert "s3cret" not in said


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
