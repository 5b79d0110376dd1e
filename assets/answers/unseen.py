"""Whether readers see what the lake holds.

The next run publishes what it holds, also what somebody has rolled back from: they must know
before. What is stale is the plan's to say.
"""

from __future__ import annotations

from assets.building.plan import Plan
from assets.publishing.published import is_current
from assets.record.rollbacks import rolled_back
from assets.record.versions import current, touched


def unseen(plan: Plan) -> str | None:
    """That readers see something else, and why; None where they do not."""
    seen, back = current(plan.home), rolled_back(plan.home)
    if seen is None or (plan.stale() and back is None) or is_current(plan):
        return None
    if touched(seen):
        why = "files of it were changed, are gone, or were copied without their times"
    else:
        why = f"rolled back: {back.reason}" if back else "what came since is not published yet"
    return f"readers see {seen.id}, not what the lake holds ({why})"
