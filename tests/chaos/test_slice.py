"""A slice of the campaign at every run of the tests; `make chaos` is the whole of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import plain
import proof
import tracing
from starts import Start, small
from sweep import Prepared, Trial, attempt, prepare

pytestmark = pytest.mark.skipif(bool(tracing.missing()), reason=tracing.missing() or "strace")

# a record, the switch: where a run passes from before to after
MOMENTS = [
    ("SIGKILL", "rename", r"lake/ledger/"),
    ("SIGKILL", "symlink", r"published/"),
]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Path]:
    """A small home, and the log of the durable calls of its undisturbed run."""
    base = tmp_path_factory.mktemp("slice")
    return prepare(Start("small", small), base, plain.COMMAND), base / "small.log"


@pytest.mark.nightly
def test_a_kill_at_a_decisive_call_leaves_nothing_half_made(
    traced: tuple[Prepared, Path], tmp_path: Path
) -> None:
    prepared, _ = traced
    assert len(prepared.points) > 300, "the durable calls are not seen"
    for fault, kind, path in MOMENTS:
        point = proof.weakest(prepared.points, kind, path)
        came, wrong = attempt(Trial(prepared, point, fault), tmp_path)
        assert came == "landed", (fault, point)
        assert wrong == [], (fault, point)
    # and what it says is worth something: a defect is noticed
    assert proof.notice("switched_too_early", prepared, tmp_path / "proof").wrong


@pytest.mark.nightly
def test_no_file_is_named_before_it_is_on_the_disk(traced: tuple[Prepared, Path]) -> None:
    """A power cut keeps the order of renames, not that of bytes and renames."""
    synced: set[str] = set()
    renamed: list[tuple[str, str]] = []
    for line in traced[1].read_text().splitlines():
        if "fsync(" in line or "fdatasync(" in line:
            synced |= set(re.findall(r"<([^>]+)>", line))
        elif "rename" in line and (paths := re.findall(r'"([^"]+)"', line)):
            # a record of what can be built again, and the link, which has no bytes
            may_wait = re.search(r"/outputs/.*\.json$|/published/current$", paths[1])
            assert may_wait or paths[0] in synced, line
            renamed.append((paths[0], paths[1]))
    outputs = [old for old, new in renamed if "/outputs/" in new and new.endswith(".parquet")]
    assert len(outputs) > 20
    # one sync for each, not four: neither its record nor its folder
    assert not any("/outputs/" in path for path in synced)
