"""The whole campaign: `python tests/chaos/campaign.py SECONDS [SEED]`, or `make chaos`.

Two thirds of the time sweep faults through durable calls, a third kills at random; before
that the seeded defects must be noticed, and polite signals heeded. Ends with counts as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from pathlib import Path

import killer
import proof
import tracing
from starts import STARTS
from sweep import prepare, sweep, trials


def main(seconds: float, seed: int) -> int:
    """Run it; 1 where anything failed or a defect got away."""
    if reason := tracing.missing():
        print(f"skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="kring-chaos-") as folder:
        base = Path(folder)
        noticed = list(proof.all_noticed(base / "proof"))
        prepared = [prepare(start, base / "starts") for start in STARTS]
        stops = [
            killer.stopped_politely(prepared[n % len(prepared)], base / "stop", number, moment)
            for n, (number, moment) in enumerate(
                (number, moment)
                for number in (signal.SIGTERM, signal.SIGINT)
                for moment in (1.5, 2.5, 4.0)
            )
        ]
        swept = sweep(trials(prepared, seed), base, seconds * 2 / 3)
        met, wrong = killer.campaign(prepared, base, seconds / 3, seed)
        there = sum(len(each.points) for each in prepared) * len(tracing.FAULTS)
    got_away = [each.defect for each in noticed if not each.wrong]
    failures = [*swept.failures, *wrong, *(text for *_, texts in stops for text in texts)]
    late = met.pop("too late", 0)
    print(
        json.dumps(
            {
                "seed": seed, "defects seeded": len(noticed), "defects that got away": got_away,
                "points there are": there, "sweep": swept.summary(),
                "kills landed": sum(met.values()), "by phase": dict(met), "too late": late,
                "polite stops": [{"exit": code, "seconds": round(s, 1)} for code, s, _ in stops],
                "failures": len(failures),
            },
            indent=1,
        )
    )  # fmt: skip
    return bool(failures or got_away)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
