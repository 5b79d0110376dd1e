"""Months on two workers of a Dask cluster: the same bytes as in one process.

Needs the extra `dask`; left out where it is not installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from homes import ROOT

pytest.importorskip("dagster_dask")
sys.path.insert(0, str(Path(__file__).resolve().parent / "bench"))

import generate

from assets.home import Home
from assets.key import pseudonyms

pytestmark = pytest.mark.slow
AS_OF = "2024-04-30"
WORKERS = """
import json, sys
from dagster import DagsterInstance
found = {}
with DagsterInstance.get() as instance:
    for record in instance.get_run_records():
        if record.dagster_run.job_name == "spread_months":
            for entry in instance.all_logs(record.dagster_run.run_id):
                event = entry.dagster_event
                if event and event.event_type_value == "ASSET_MATERIALIZATION":
                    found.setdefault(event.pid, set()).add(event.partition)
print(json.dumps([sorted(months) for months in found.values()]))
"""


def test_two_workers_give_the_bytes_of_one_process(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    generate.lay_home(one)
    generate.history(one / "landing", 12_000, months=4)
    pseudonyms(Home.open(one))  # its key: another one rightly gives other bytes
    shutil.copytree(one, two)
    done("-m", "pipelines.cli", "run", "--home", str(one), "--as-of", AS_OF)
    done("-m", "pipelines.spreading", "--workers", "2", "--home", str(two), "--as-of", AS_OF)
    assert bytes_of(two) == bytes_of(one)
    said = done("-c", WORKERS, env={"DAGSTER_HOME": str(two / "dagster"), "KRING_HOME": str(two)})
    shares = json.loads(said)
    # each month was built, and no worker built them all
    assert {month for share in shares for month in share} == {
        "2024-01", "2024-02", "2024-03", "2024-04",
    }  # fmt: skip
    assert len(shares) == 2


def done(*arguments: str, env: dict[str, str] | None = None) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **(env or {})},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert ended.returncode in (0, 3), ended.stdout + ended.stderr
    return ended.stdout


def bytes_of(home: Path) -> dict[str, str]:
    """Digest of every published parquet file, and of every output in the lake."""
    return {
        path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for top in (home / "published/current/parquet", home / "lake/outputs")
        for path in top.rglob("*.parquet")
    }
