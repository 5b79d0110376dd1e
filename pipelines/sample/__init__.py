"""Synthetic exports of one year, in the shapes in which real systems hand theirs out.

Belongs here: the printed cells the sample must show, a plausible centre around them, and the
normal dirt of exports. Does not belong here: any rule of kring; the sample only writes files,
and nothing of kring is imported, so that it can serve as a measure.
Every name, number and identifier is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SMALLEST_SCALE = 0.02


@dataclass(frozen=True)
class SampleSummary:
    """What was written: records and files per export (repeated and unreadable ones included)."""

    year: int
    scale: float
    seed: int
    records: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)


def write_sample(
    landing: Path,
    *,
    year: int = 2024,
    scale: float = 1.0,
    seed: int = 7,
    timezone: str = "Asia/Jakarta",
) -> SampleSummary:
    """Write the eight exports of `year` under `landing`; the same arguments give the same bytes.

    `scale` 1.0 is about 400,000 calls. Raises ValueError for a scale at which the printed cells
    cannot be shown.
    """
    if scale < SMALLEST_SCALE:
        raise ValueError(f"scale {scale} is too small; the smallest is {SMALLEST_SCALE}")
    from pipelines.sample.year import write_year

    records, files = write_year(landing, year, scale, seed, timezone)
    return SampleSummary(year, scale, seed, records, files)
