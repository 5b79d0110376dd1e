"""Spoiled files through the readers: never a traceback, a hang, much memory, a silent load.

Longer, or other cases: KRING_FUZZ_SECONDS (120), KRING_FUZZ_SEED (0). A case that fails is read
again by `python tests/fuzz/campaign.py SEED:NUMBER`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = float(os.environ.get("KRING_FUZZ_SECONDS", "120"))
SEED = int(os.environ.get("KRING_FUZZ_SEED", "0"))
CAMPAIGN = Path(__file__).with_name("campaign.py")


@pytest.mark.parametrize("worker", [0, 1])
def test_campaign(worker: int) -> None:
    """A process of its own: a crash of an engine is an answer as well, and is told."""
    command = [sys.executable, str(CAMPAIGN), str(SEED + worker), str(SECONDS / 2)]
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          cwd=CAMPAIGN.parents[2])  # fmt: skip
    assert done.returncode == 0, done.stderr[-4_000:]
    found = json.loads(done.stdout)
    print(json.dumps(found))
    assert found["counts"]["loaded"] > 0.02 * found["cases"], "nothing but refusals shows nothing"
