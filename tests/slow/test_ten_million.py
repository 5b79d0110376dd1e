"""Ten million rows of CSV pass through ingest in under 1.5 GB of memory.

The run is a process of its own, so that its peak is its own. About 1 GB of temporary space.
As a benchmark: `python tests/slow/test_ten_million.py [ROWS]`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

TESTS = Path(__file__).resolve().parent.parent
LIMIT = 1_500 << 20
SOURCE = """
-- title: Calls of a large centre
-- kind: calls
-- files: *.csv
-- format: csv
-- options: delim=';'
-- times: %d/%m/%Y %H:%M:%S
-- decimal: ,
-- nulls: -
select _row, "Call ID" as contact_id, "Queue" as queue, "Entered" as entered_at,
    mapped("Outcome", map {'A': 'answered', 'B': 'abandoned'}) as outcome,
    "Wait" as wait_seconds, "Talk" as talk_seconds, "Agent" as agent
from export
"""
RUN = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from assets.building.ops_tables import OPS
from assets.publishing.accounting import file_rows
from assets.home import Home
from assets.intake.ingest import ingest
from assets.building.plan import Plan
home, day = Home.open(Path(sys.argv[1])), date(2024, 7, 10)
began = time.monotonic()
ingest(home, day)
seconds = time.monotonic() - began
(row,) = (dict(zip(OPS["ops.files"].columns, row)) for row in file_rows(Plan(home, day)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": round(seconds, 1), "peak": peak,
                  **{k: row[k] for k in ("rows", "accepted", "duplicates", "status")}}))
"""


def write(path: Path, rows: int) -> None:
    """Calls over six months, in blocks, so that this process stays small as well."""
    with path.open("w", encoding="ascii") as file:
        file.write("Call ID;Queue;Entered;Wait;Talk;Agent;Outcome\n")
        block = 200_000
        for start in range(0, rows, block):
            numbers = np.arange(start, min(start + block, rows))
            seconds = (numbers * 15_700_000 // rows).astype("timedelta64[s]")
            moments = np.datetime64("2024-01-01T00:00:00") + seconds
            for n, at in zip(numbers.tolist(), moments.astype(str).tolist(), strict=True):
                when = f"{at[8:10]}/{at[5:7]}/{at[:4]} {at[11:]}"
                rest = f"{n % 90},{n % 1000:03d};{n % 600};KP-{n % 900:04d};A"
                file.write(f"C{n:09d};q{n % 9};{when};{rest if n % 11 else '5;-;-;B'}\n")


def measured(folder: Path, rows: int) -> dict[str, Any]:
    """Write the export, run ingest over it, and tell what it took."""
    home = folder / "home"
    for name in ("landing", "sources"):
        (home / name).mkdir(parents=True)
    shutil.copytree(TESTS.parent / "data/register", home / "register")
    (home / "kring.toml").write_text(
        '[organisation]\nname = "Large"\ntimezone = "Asia/Jakarta"\nfirst_month = "2024-01"\n'
    )
    (home / "sources/calls.sql").write_text(SOURCE.lstrip())
    write(home / "landing/calls.csv", rows)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(home)],
        cwd=TESTS.parent, capture_output=True, text=True, check=False, timeout=1_800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_ten_million_rows_in_bounded_memory(tmp_path: Path) -> None:
    try:
        found = measured(tmp_path, 10_000_000)
    finally:
        shutil.rmtree(tmp_path)
    assert (found["status"], found["rows"]) == ("loaded", 10_000_000)
    assert (found["accepted"], found["duplicates"]) == (10_000_000, 0)
    assert found["peak"] < LIMIT, f"{found['peak'] >> 20} MB"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        took = measured(Path(scratch), int(sys.argv[1]) if sys.argv[1:] else 10_000_000)
    print(f"{took['rows']:,} rows in {took['seconds']} s, peak {took['peak'] >> 20} MB")
