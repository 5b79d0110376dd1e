"""Two years rebuilt from the interface at once, with a command between: as one after another."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from homes import ROOT, TestHome, call, calls_file
from serving import LOCATION, Server, until

sys.path.insert(0, str(ROOT / "tests/chaos"))

from whole import published, unnamed

pytestmark = pytest.mark.nightly

MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]


def two_years(root: Path) -> TestHome:
    """A call of every month, not yet read; the key is the same everywhere."""
    home = TestHome(root, first_month="2023-01", last_month="2024-12")
    home.only_sources("calls")
    for month in MONTHS:
        day = f"15/{month[5:]}/{month[:4]} 10:00:00"
        home.put(f"calls/calls_{month.replace('-', '')}15.csv", calls_file([call(month, day)]))
    return home


def backfill(server: Server, job: str, months: list[str]) -> None:
    """As the button does it: the months of a job, launched together."""
    done = server.ask(
        "mutation($b:LaunchBackfillParams!){launchPartitionBackfill(backfillParams:$b){__typename"
        " ... on LaunchBackfillSuccess{backfillId} ... on PythonError{message}}}",
        b={
            "selector": {"partitionSetName": f"{job}_partition_set",
                         "repositorySelector": LOCATION},
            "partitionNames": months,
        },
    )["launchPartitionBackfill"]  # fmt: skip
    assert done["__typename"] == "LaunchBackfillSuccess", done


def busy(server: Server) -> list[str]:
    ended = ("SUCCESS", "FAILURE", "CANCELED")
    return [run["runId"] for run in server.runs() if run["status"] not in ended]


def test_a_backfill_of_two_years_and_a_command_between_give_what_one_after_another_gives(
    tmp_path: Path,
) -> None:
    place = two_years(tmp_path / "home")
    ingested = place.kring("run", "--json")
    assert ingested.returncode in (0, 3), ingested.stdout + ingested.stderr
    place.put("calls/calls_20230116_late.csv",
              calls_file([call("late", "16/01/2023 10:00:00")]))  # fmt: skip
    server = Server(place, tmp_path / "ui.log")
    try:
        server.wait()
        known = len(server.runs())
        backfill(server, "rebuild_month", MONTHS)
        for month in ("2023-03", "2024-02", "2024-11"):
            server.launch_month(month)
        codes = {place.kring("run", "--json").returncode for _ in range(3)}
        assert codes <= {0, 3, 75}, codes
        until("the runs are there", 120, lambda: len(server.runs()) >= known + 4)
        until("all runs have ended", 420, lambda: not busy(server))
        made = server.runs()
        assert {run["status"] for run in made} == {"SUCCESS"}
    finally:
        server.stop()
    place.kring("run", "--json")  # should the last one have been turned away
    calm = two_years(tmp_path / "calm")
    shutil.copy(place.root / "key", calm.root / "key")
    calm.run(calm.home.today())
    calm.put("calls/calls_20230116_late.csv",
             calls_file([call("late", "16/01/2023 10:00:00")]))  # fmt: skip
    calm.run(calm.home.today())
    one, other = published(place.root), published(calm.root)
    assert one is not None and other is not None and one.differs(other) == []
    assert unnamed(place.root) == []
