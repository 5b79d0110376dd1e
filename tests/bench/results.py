"""What was measured as a table: wall, processor, memory, bytes written."""

from __future__ import annotations

from pathlib import Path

from scenes import Scenes


def table(found: dict[int, Scenes]) -> str:
    """Every measurement of every size."""
    lines = ["| contacts | what | wall s | cpu s | peak MB | written MB | files | steps |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for size, scenes in found.items():
        for name, taken in scenes.items():
            m = taken.measured
            steps = ", ".join(f"{phase} {s:.1f}" for phase, s in taken.phases.items())
            lines.append(f"| {size:,} | {name} | {m.seconds:.2f} | {m.cpu_seconds:.2f} "
                         f"| {m.peak_mb:,.0f} | {m.written_mb:,.1f} | {taken.files} "
                         f"| {steps} |")  # fmt: skip
    return "\n".join(lines)


def plain(found: dict[int, Scenes]) -> dict[str, object]:
    return {}


def write(found: dict[int, Scenes], docs: Path) -> None:
    pass
