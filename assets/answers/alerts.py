"""Telling somebody: the home's hook command or webhook, called with the report as JSON.

The only place from which kring opens a connection, and only where `kring.toml` names one.
What goes wrong here is reported and changes nothing about the run.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import asdict
from http.client import HTTPException

from assets.answers.run_report import Report
from assets.home import Home


def wanted(home: Home, report: Report) -> bool:
    """Whether this report is one that somebody asked to be told."""
    failed = report.outcome == "failed" or report.interrupted is not None
    found = failed or report.outcome == "findings" or bool(report.late)
    return {"failure": failed, "findings": found, "always": True}[home.settings.alert_on]


def alert(home: Home, report: Report) -> list[str]:
    """Call hook and webhook where they are set and wanted; what went wrong, a sentence each."""
    if not wanted(home, report):
        return []
    body = json.dumps(asdict(report)).encode()
    problems = []
    if home.settings.hook:
        problems.append(_hook(home, body))
    if home.settings.webhook:
        problems.append(_webhook(home, body))
    return [problem for problem in problems if problem]


def _hook(home: Home, body: bytes) -> str:
    """Run the command in the home, without a shell, the report on its standard input."""
    seconds = home.settings.alert_seconds
    try:
        process = subprocess.Popen(
            shlex.split(home.settings.hook), cwd=home.root, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError, IndexError) as error:
        return f"alerts.hook could not be started ({error})"
    try:
        process.communicate(body, timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"alerts.hook did not end within {seconds} s and was ended"
    return f"alerts.hook ended with exit code {process.returncode}" if process.returncode else ""


class _NotElsewhere(urllib.request.HTTPRedirectHandler):
    """Followed, a redirect would lose the report, and its answer would pass for one to it."""

    def redirect_request(self, *_: object) -> None:
        return None


def _webhook(home: Home, body: bytes) -> str:
    """Post the report; any answer of 200 to 299 will do."""
    headers = {"content-type": "application/json", "user-agent": "kring"}
    opener = urllib.request.build_opener(_NotElsewhere)
    try:
        request = urllib.request.Request(home.settings.webhook, body, headers)
        with opener.open(request, timeout=home.settings.alert_seconds):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        moved = error.code in (301, 302, 303, 307, 308)
        do = " and leads elsewhere, where nothing is posted: name that address" if moved else ""
        return f"alerts.webhook answered {error.code}{do}"
    except OSError as error:
        return f"alerts.webhook could not be reached ({getattr(error, 'reason', error)})"
    except (ValueError, HTTPException) as error:
        # whose texts quote the address, and an address may hold a secret
        return f"alerts.webhook could not be called ({type(error).__name__}); is it a web address?"
