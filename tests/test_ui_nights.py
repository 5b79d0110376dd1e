"""Nights on the real server that are not as they should be: missed ones, and a source that fails.

One server after another on one home, in the order of the file.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import TestHome, call, calls_file
from serving import ENDED, Server, until

pytestmark = pytest.mark.nightly

MONTHS = ["2024-01", "2024-02", "2024-03"]
# With a night every minute, three of them pass while the server is away.
AWAY_SECONDS = 190


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Three months of calls and chats, complete and published; its night is every minute."""
    made = TestHome(tmp_path_factory.mktemp("nights") / "home", last_month="2024-03")
    settings = made.root / "kring.toml"
    settings.write_text(settings.read_text() + '[nightly]\ncron = "* * * * *"\n')
    made.only_sources("calls", "chats")
    made.expecting("none", "calls")
    for month in MONTHS:
        day(made, f"{month}-10")
        chats(made, month, chat(f"H{month}", month))
    ran = made.kring("run", "--json")
    assert ran.returncode in (0, 3), ran.stdout + ran.stderr
    return made


@pytest.fixture
def server(place: TestHome, tmp_path: Path) -> Iterator[Server]:
    made = Server(place, tmp_path / "ui.log")
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def day(place: TestHome, date: str) -> None:
    """The day's file of calls, with one call."""
    year, month, number = date.split("-")
    line = call(f"C{date}", f"{number}/{month}/{year} 10:00:00")
    place.put(f"calls/calls_{year}{month}{number}.csv", calls_file([line]))


def chat(name: str, month: str) -> dict[str, str]:
    """A chat that an agent answered after ten seconds."""
    return {
        "id": name, "skill": "chat_umum", "status": "handled", "agent": "KP-0001",
        "requested_at": f"{month}-10T03:00:00Z", "first_reply_at": f"{month}-10T03:00:10Z",
        "ended_at": f"{month}-10T03:05:00Z",
    }  # fmt: skip


def chats(place: TestHome, month: str, *lines: dict[str, str]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    place.put(f"chats/chats_{month.replace('-', '')}.jsonl", text)


def count(place: TestHome, channel: str) -> int:
    return int(place.value(f"select count(*) from fact.contacts where channel = '{channel}'"))


def service_level(place: TestHome, channel: str) -> dict[str, tuple[float | None, str]]:
    rows = place.query(
        "select strftime(month, '%Y-%m'), value, status from metric.monthly_by_channel"
        f" where metric_id = 'service_level' and channel = '{channel}'"
    )
    return {month: (value, status) for month, value, status in rows}


def idle(server: Server) -> bool:
    return all(run["status"] in ENDED for run in server.runs())


def of_the_schedule(server: Server) -> list[dict[str, Any]]:
    return [
        run for run in server.runs()
        if {"key": "dagster/schedule_name", "value": "nightly"} in run["tags"]
    ]  # fmt: skip


def test_missed_nights_are_caught_up_in_one(
    place: TestHome, server: Server, tmp_path: Path
) -> None:
    server.switch_schedule("nightly", on=True)
    until("the first night", 90, lambda: of_the_schedule(server))
    until("it has ended", 90, lambda: idle(server))
    before = count(place, "phone")
    server.stop()
    known = set(_runs_in(place))
    began = time.monotonic()
    for date in ("2024-01-11", "2024-02-11", "2024-03-11"):  # what came while nobody looked
        day(place, date)
    time.sleep(max(0, AWAY_SECONDS - (time.monotonic() - began)))
    again = Server(place, tmp_path / "again.log")
    try:
        again.wait()
        until("readers see the three days", 120, lambda: count(place, "phone") == before + 3)
        again.switch_schedule("nightly", on=False)
        until("all runs have ended", 90, lambda: idle(again))
        nights = [run for run in of_the_schedule(again) if run["runId"] not in known]
    finally:
        again.stop()
    # Not one run for each night that was missed. A second may be the next night's own.
    assert len(nights) in (1, 2), nights
    assert {run["status"] for run in nights} == {"SUCCESS"}
    # Each day is there once, however many nights there were.
    assert place.value("select count(distinct contact_id) from fact.contacts") == 9
    assert count(place, "phone") == 6
    assert place.kring("verify").returncode == 0


def test_the_failure_of_one_source_leaves_the_rest(place: TestHome, server: Server) -> None:
    """February's chats come again, cut short in their middle; its calls have a new day.

    The chats of February that were read stand, flagged; the chats of March, withdrawn by their
    system and replaced by a damaged file, are missing: incomplete, not fewer.
    """
    assert service_level(place, "chat") == dict.fromkeys(MONTHS, (1.0, "measured"))
    marched = place.kring("withdraw", "chats/chats_202403.jsonl", "--reason", "a bad export")
    assert marched.returncode == 0, marched.stdout + marched.stderr
    for month in ("2024-02", "2024-03"):
        name = f"chats/chats_{month.replace('-', '')}.jsonl"
        place.put(name, json.dumps(chat("X", month))[:60] + "\n")
    standing = count(place, "phone")
    day(place, "2024-03-12")
    run_id = server.launch("ingest")
    assert server.ended(run_id)["status"] == "SUCCESS"
    until("readers see the new calls", 120, lambda: count(place, "phone") == standing + 1)
    until("all runs have ended", 90, lambda: idle(server))
    assert service_level(place, "phone") == dict.fromkeys(MONTHS, (1.0, "measured"))
    assert service_level(place, "chat") == {
        "2024-01": (1.0, "measured"), "2024-02": (1.0, "measured"), "2024-03": (None, "incomplete"),
    }  # fmt: skip
    assert verdicts(server, "raw/calls")["2024-03"] == "SUCCEEDED"
    assert verdicts(server, "raw/chats")["2024-03"] == "FAILED"
    # told by a sensor, a moment after the last run has ended
    named = "chats_202403.jsonl"
    until("it is told", 60, lambda: any(named in str(each) for each in findings(place)))


def findings(place: TestHome) -> list[object]:
    """What the latest run's status.json says is to be acted on."""
    found: list[object] = json.loads((place.root / "published/status.json").read_text())["findings"]
    return found


def verdicts(server: Server, asset: str) -> dict[str, str]:
    """The latest answer of `exports_complete`, by month, as the interface has it."""
    found = server.ask(
        "query($k:AssetKeyInput!){assetCheckExecutions(assetKey:$k,"
        'checkName:"exports_complete",limit:50){status evaluation{partition}}}',
        k={"path": asset.split("/")},
    )["assetCheckExecutions"]
    latest: dict[str, str] = {}
    for each in found:
        latest.setdefault((each["evaluation"] or {}).get("partition") or "", each["status"])
    return latest


def _runs_in(place: TestHome) -> list[str]:
    from serving import books

    with books(place) as instance:
        return [run.run_id for run in instance.get_runs()]
