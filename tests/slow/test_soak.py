"""Sixty nights in which things go wrong: the same figures, no more disk, no more memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import soaking
from soaking import FAULTS, KEPT, Nights

pytestmark = pytest.mark.slow

NIGHTS, SEED, WARM = 60, 5, 20


def test_sixty_nights_leave_what_one_undisturbed_load_gives(tmp_path: Path) -> None:
    nights = Nights(tmp_path / "home", SEED)
    held: list[tuple[int, int]] = []  # memory and open files after each night
    for number in range(NIGHTS):
        nights.night(FAULTS[number] if number < len(FAULTS) else None)  # each at least once
        held.append((soaking.memory(), len(list(Path("/proc/self/fd").iterdir()))))
    nights.end()
    calm = nights.undisturbed(tmp_path / "calm")
    sizes = {of.root.name: soaking.size(of) for of in (nights.home, calm)}
    print(dict(nights.met), "bytes", sizes, "memory", [h[0] >> 20 for h in held[:: NIGHTS // 6]])
    assert soaking.content(nights.home) == soaking.content(calm)
    assert len(list((nights.home.root / "published/versions").iterdir())) <= KEPT
    # as many versions of the same size, and chunks and records of what came twice
    assert sizes["home"] < (KEPT + 1) * sizes["calm"], sizes
    assert max(h[0] for h in held) < held[WARM][0] + (64 << 20), [h[0] >> 20 for h in held]
    assert held[-1][1] <= held[WARM][1], [h[1] for h in held]
    assert nights.home.kring("verify").returncode == 0
