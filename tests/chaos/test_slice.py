"""A slice of the campaign at every run of the tests; `make chaos` is the whole of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import plain
import proof
import tracing
from starts import Start, small
from sweep import Trial, attempt, prepare

pytestmark = pytest.mark.skipif(bool(tracing.missing()), reason=tracing.missing() or "strace")

# a record, the switch: where a run passes from before to after
MOMENTS = [
    ("SIGKILL", "rename", r"lake/ledger/"),
    ("SIGKILL", "symlink", r"published/"),
]


@pytest.mark.nightly
def test_a_kill_at_a_decisive_call_leaves_nothing_half_made(tmp_path: Path) -> None:
    prepared = prepare(Start("small", small), tmp_path, plain.COMMAND)
    assert len(prepared.points) > 300, "the durable calls are not seen"
    for fault, kind, path in MOMENTS:
        point = proof.weakest(prepared.points, kind, path)
        came, wrong = attempt(Trial(prepared, point, fault), tmp_path)
        assert came == "landed", (fault, point)
        assert wrong == [], (fault, point)
    # and what it says is worth something: a defect is noticed
    assert proof.notice("switched_too_early", prepared, tmp_path / "proof").wrong
