"""The real server on this machine: the graph, reruns, the night, a crash; asked over GraphQL.

One server for all of it, in the order of the file: each test leaves the home whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import ROOT, TestHome, call, calls_file
from serving import Server, until

from assets.run_lock import BusyError, lock_holder, run_lock

pytestmark = pytest.mark.nightly

MONTHS = ["2024-01", "2024-02", "2024-03"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Three months of calls, run once by the command; its night is every minute."""
    made = TestHome(tmp_path_factory.mktemp("ui") / "home", last_month="2024-03")
    settings = made.root / "kring.toml"
    settings.write_text(settings.read_text() + '[nightly]\ncron = "* * * * *"\n')
    made.only_sources("calls")
    for month in MONTHS:
        late(made, month, month)
    ran = made.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    return made


@pytest.fixture(scope="module")
def server(place: TestHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(place, tmp_path_factory.mktemp("log") / "ui.log")
    try:
        made.wait()
        yield made
    finally:
        made.stop()
        assert made.processes() == []


def late(place: TestHome, name: str, *months: str) -> None:
    """A file with one call of each of these months."""
    lines = [call(f"{name}-{month}", f"15/{month[5:]}/2024 10:00:00") for month in months]
    place.put(f"calls/calls_{months[-1].replace('-', '')}15_{name}.csv", calls_file(lines))


def version(place: TestHome) -> str:
    return (place.root / "published/current").resolve().name


def contacts(place: TestHome) -> int:
    return int(place.value("select count(*) from fact.contacts"))


def made_by(server: Server, asset: str, month: str) -> dict[str, Any]:
    """The latest materialisation of a month."""
    (latest,) = server.ask(
        "query($k:AssetKeyInput!,$p:[String!]){assetNodeOrError(assetKey:$k){... on AssetNode{"
        "assetMaterializations(partitions:$p,limit:1){runId metadataEntries{label"
        " ... on IntMetadataEntry{intValue}}}}}}",
        k={"path": asset.split("/")},
        p=[month],
    )["assetNodeOrError"]["assetMaterializations"]
    return dict(latest)


def test_the_graph_is_readable(server: Server) -> None:
    nodes = server.ask(
        "{assetNodes{assetKey{path} groupName description owners{... on TeamAssetOwner{team}}"
        " kinds isPartitioned}}"
    )["assetNodes"]
    assert {node["groupName"] for node in nodes} == {
        "ingest", "raw", "fact", "metric", "kpi", "published",
    }  # fmt: skip
    assert all(node["description"] and node["owners"] and node["kinds"] for node in nodes)
    months = {"/".join(n["assetKey"]["path"]) for n in nodes if n["isPartitioned"]}
    assert {"raw/calls", "fact/contacts", "metric/monthly"} <= months


def test_the_commands_runs_are_there_and_run_again(server: Server) -> None:
    runs = {run["jobName"]: run for run in server.runs()}
    assert {name: run["status"] for name, run in runs.items()} == {
        "ingest": "SUCCESS", "rebuild_month": "SUCCESS",
    }  # fmt: skip
    run_id = server.execute_again(runs["rebuild_month"]["runId"], "ALL_STEPS")
    assert server.ended(run_id)["status"] == "SUCCESS"
    assert made_by(server, "metric/monthly", "2024-01")["runId"] == run_id


def test_a_run_of_few_steps_run_again_is_all_of_its_months(server: Server, place: TestHome) -> None:
    place.edit_register("targets", ",80,", ",81,")
    # a run of the server gives the lock back when its process ends, after its success is told
    until("the lock is free", 30, lambda: lock_holder(place.home) is None)
    ran = place.kring("run", "--json")
    assert ran.stdout and json.loads(ran.stdout)["published"], ran.stderr
    ran = server.runs()[0]
    assert ran["jobName"] == "rebuild_month" and ran["status"] == "SUCCESS"
    before = made_by(server, "metric/monthly", "2024-03")["runId"]
    assert before != ran["runId"]  # a target is the scorecard's alone
    again = server.execute_again(ran["runId"], "ALL_STEPS")
    assert server.ended(again)["status"] == "SUCCESS"
    assert made_by(server, "metric/monthly", "2024-03")["runId"] == again  # as any by hand


def test_a_month_rebuilt_from_the_ui_reaches_readers(server: Server, place: TestHome) -> None:
    (place.root / "published/current").unlink()
    run_id = server.launch_month("2024-02")
    assert server.ended(run_id)["status"] == "SUCCESS"
    latest = made_by(server, "metric/monthly", "2024-02")
    assert latest["runId"] == run_id
    assert "dagster/partition_row_count" in {e["label"] for e in latest["metadataEntries"]}
    assert made_by(server, "metric/monthly", "2024-01")["runId"] != run_id
    assert contacts(place) == 3


def test_a_failed_run_goes_on_from_its_failure(server: Server, place: TestHome) -> None:
    """The disk, say, refuses the new version; then it does not."""
    versions, aside = place.root / "published/versions", place.root / "aside"
    versions.rename(aside)
    versions.write_text("")
    try:
        # the last run's process may be about to end, with the lock still in its hand
        ran = until("the lock is free", 20, lambda: not_busy(place))
        assert ran.returncode == 1, ran.stdout + ran.stderr
    finally:
        versions.unlink()
        aside.rename(versions)
    failed = server.runs()[0]
    assert (failed["jobName"], failed["status"]) == ("rebuild_month", "FAILURE")
    run_id = server.execute_again(failed["runId"], "FROM_FAILURE")
    assert server.ended(run_id)["status"] == "SUCCESS"
    assert server.run(run_id)["stepKeysToExecute"] == ["published__snapshot"]


def test_a_late_file_rebuilds_its_months_and_is_published(server: Server, place: TestHome) -> None:
    before, standing = version(place), contacts(place)
    (february,) = (place.root / "lake/outputs/fact.contacts").glob("2024-02*.parquet")
    written = february.stat().st_mtime_ns
    late(place, "late", "2024-01", "2024-03")
    commands = next(r for r in reversed(server.runs()) if r["jobName"] == "ingest")
    for run_id in (
        server.launch("ingest"),
        server.execute_again(commands["runId"], "ALL_STEPS"),  # the sensor hears of it twice
    ):
        assert server.ended(run_id)["status"] == "SUCCESS"
    until("readers see it", 90, lambda: contacts(place) == standing + 2)
    assert version(place) != before
    until("all runs have ended", 60, lambda: busy(server) == [])
    asked = [tags(run) for run in server.runs() if "dagster/sensor_name" in tags(run)]
    # one range: the checks of February that look back at January look again; its facts stand
    ranges = {
        tuple(t[f"dagster/asset_partition_range_{end}"] for end in ("start", "end")) for t in asked
    }
    # who hears of it again while that range is at work may ask for what is left of it
    assert ("2024-01", "2024-03") in ranges
    assert all("2024-01" <= first <= last <= "2024-03" for first, last in ranges)
    assert february.stat().st_mtime_ns == written


def test_the_night_comes_by_itself_and_a_command_meanwhile_does_no_harm(
    server: Server, place: TestHome
) -> None:
    before, standing = version(place), contacts(place)
    late(place, "night", "2024-02")
    known = {run["runId"] for run in server.runs()}
    server.switch_schedule("nightly", on=True)
    try:
        until("a tick", 80, lambda: [r for r in server.runs() if r["runId"] not in known])
        ran = place.kring("run", "--json")
        assert ran.returncode in (3, 75), ran.stdout + ran.stderr
    finally:
        server.switch_schedule("nightly", on=False)
    until("readers see it", 90, lambda: contacts(place) == standing + 1)
    assert version(place) != before
    until("all runs have ended", 90, lambda: busy(server) == [])
    night = [run for run in server.runs() if run["runId"] not in known]
    assert "nightly" in {tags(run).get("dagster/schedule_name") for run in night}
    assert {run["status"] for run in night} == {"SUCCESS"}
    assert place.kring("verify").returncode == 0


def test_a_killed_command_does_not_hold_up_the_queue(server: Server, place: TestHome) -> None:
    late(place, "killed", "2024-01", "2024-02", "2024-03")
    until("no process holds the home", 60, lambda: is_free(place))
    command = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run"],
        env={**os.environ, "KRING_HOME": str(place.root)},
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until("its run has started", 60, lambda: started(server))
    finally:
        command.send_signal(signal.SIGKILL)
        command.wait(10)
    (left,) = started(server)
    run_id = server.launch_month("2024-01")
    assert server.ended(run_id, 120)["status"] == "SUCCESS"
    assert server.run(left["runId"])["status"] == "FAILURE"


def test_what_a_power_cut_left_open_is_closed_by_the_next_server(
    server: Server, place: TestHome, tmp_path: Path
) -> None:
    until("no process holds the home", 60, lambda: is_free(place))
    with run_lock(place.home, wait=False):  # or the run may have ended before the cut
        run_id = server.launch_month("2024-01")
        until("it has started", 60, lambda: started(server))
        server.kill()
    after = Server(place, tmp_path / "ui.log")
    try:
        after.wait()
        next_one = after.launch_month("2024-02")
        assert after.ended(next_one, 120)["status"] == "SUCCESS"
        assert after.run(run_id)["status"] == "FAILURE"
    finally:
        after.stop()
    assert after.processes() == []
    assert place.kring("verify").returncode == 0


def not_busy(place: TestHome) -> Any:
    """The command's end, unless another run held the lock."""
    ran = place.kring("run")
    return ran if ran.returncode != 75 else None


def is_free(place: TestHome) -> bool:
    """Whether no process holds the home: a run has ended in the books before its process has."""
    try:
        with run_lock(place.home, wait=False):
            return True
    except BusyError:
        return False


def started(server: Server) -> list[dict[str, Any]]:
    return [run for run in server.runs() if run["status"] == "STARTED"]


def busy(server: Server) -> list[dict[str, Any]]:
    """Runs that have not ended."""
    return [run for run in server.runs() if run["status"] not in ("SUCCESS", "FAILURE", "CANCELED")]


def tags(run: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["tags"]}
