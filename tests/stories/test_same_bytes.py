"""Same files, same bytes: whatever the machine's zone, threads, language or order of folders.

One month of the sample, read twice with the same key of pseudonyms (another key rightly gives
other pseudonyms): once here, once in a process of its own under other circumstances.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from homes import ROOT, TestHome

AS_OF = "2024-02-05"  # January is closed, February runs

# Everything DuckDB does in that process is done on one thread.
ELSEWHERE = """
import sys
import duckdb
plain = duckdb.connect
def on_one_thread(*arguments, **options):
    connection = plain(*arguments, **options)
    connection.execute("set threads = 1")
    return connection
duckdb.connect = on_one_thread
from pathlib import Path
from homes import TestHome
home = TestHome.at(Path(sys.argv[1]))
assert home.run(sys.argv[2]).version is not None
"""


def january(sample: TestHome, root: Path, *, backwards: bool) -> TestHome:
    """A home of the sample's January exports, copied in one order or the other."""
    root.mkdir(parents=True)
    for name in ("sources", "register", "reference"):
        shutil.copytree(sample.root / name, root / name)
    for name in ("kring.toml", "key", "sample.json"):
        shutil.copy(sample.root / name, root / name)
    files = sorted((sample.root / "landing").glob("*/*_202401*"), reverse=backwards)
    assert len(files) == 31 + 7  # calls by day, the other seven by month
    for file in files:
        target = root / "landing" / file.parent.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return TestHome.at(root)


def parquet_of(home: TestHome) -> dict[str, str]:
    """Digest of every published parquet file by its path in the version."""
    folder = home.root / "published/current/parquet"
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def test_two_homes_publish_the_same_bytes(sample_home: TestHome, tmp_path: Path) -> None:
    here = january(sample_home, tmp_path / "here", backwards=False)
    there = january(sample_home, tmp_path / "far/away/there", backwards=True)
    elsewhere = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(there.root), AS_OF],
        env={
            **os.environ, "TZ": "America/New_York", "POLARS_MAX_THREADS": "1",
            "PYTHONHASHSEED": "4711", "LC_ALL": "C",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)]),
        },
        cwd=tmp_path,
    )  # fmt: skip
    here.run(AS_OF)
    assert elsewhere.wait(300) == 0
    ours, theirs = parquet_of(here), parquet_of(there)
    assert len(ours) > 30
    assert {name for name in ours if ours[name] != theirs.get(name)} == set()
    assert sorted(ours) == sorted(theirs)
    # and what they hold is not nothing
    for home in (here, there):
        ((measured,),) = home.query(
            "select count(*) from metric.monthly_by_channel "
            "where month = '2024-01-01' and status in ('measured', 'provisional')"
        )
        assert measured >= 15


def test_second_run_of_the_command_makes_no_new_version(sample_home: TestHome) -> None:
    before = sorted((sample_home.root / "published/versions").iterdir())
    again = sample_home.kring("run")
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"nothing new; version {before[-1].name} stands" in " ".join(again.stdout.split())
    assert sorted((sample_home.root / "published/versions").iterdir()) == before
