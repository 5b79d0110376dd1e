"""How many examples a property is tried on: few by day, ten times as many by night.

By day they are the same every time, so that a push fails for its own sake. `make nightly` draws
anew (KRING_EXAMPLES=10: ten times as many); a campaign of one's own may ask for more.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("KRING_EXAMPLES", "1"))


def examples(by_day: int) -> settings:
    """For a property that needs so many by day to be worth its time."""
    return settings(
        max_examples=by_day * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        # homes and engines are made once and serve all examples; what they do takes its time
        suppress_health_check=list(HealthCheck),
    )
