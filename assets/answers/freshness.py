"""Whether what should be there by a day is there: the month's figures, the usual exports; and
whether readers see what the lake holds.

Not an exit code: a month that lacks an export is a finding of the run. This is for who
waits for figures, and speaks also where no run failed. Weekends are the only days off known.
"""

from __future__ import annotations

from datetime import date, timedelta

from assets.arrivals.ledger_record import DUPLICATE, LOADED
from assets.arrivals.sources import Source
from assets.building.plan import Plan
from assets.periods import month_end, month_state
from assets.publishing.finding import Finding
from assets.publishing.published import is_current
from assets.record.versions import current, lost, rolled_back, touched

_WITHHELD = ("incomplete", "failed")
_USUAL_DAYS = 2  # yesterday's export may come after the night's run


def working_day(month: date, number: int) -> date:
    """The n-th working day of the month after `month`; Saturdays and Sundays are none."""
    day = month_end(month)
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def late(plan: Plan) -> list[Finding]:
    """What should be there on the morning of `as_of`, and is not."""
    month = _due_month(plan)
    found = _figures(plan, month) if month else []
    for source in plan.sources:
        found += _exports(plan, source, month)
    return found


def _due_month(plan: Plan) -> date | None:
    """The latest closed month whose figures are due; None before the first, or if never asked."""
    number = plan.home.settings.working_day
    closed = [m for m in plan.months if month_state(m, plan.as_of) == "closed"]
    due = [m for m in closed if number and plan.as_of >= working_day(m, number)]
    return max(due, default=None)


def _figures(plan: Plan, month: date) -> list[Finding]:
    """A month is there once it is published as closed, with figures, and none is withheld."""
    version = current(plan.home)
    states: dict[str, int] = {}
    if version and month_end(month) < date.fromisoformat(version.manifest["as_of"]):
        states = version.manifest["months"].get(f"{month:%Y-%m}", {})
    withheld = [f"{states[name]} {name}" for name in _WITHHELD if states.get(name)]
    if set(states) - {"not_reported"} and not withheld:
        return []
    what = "none of its figures is reported" if states else "it is not published"
    what = f"of its figures {' and '.join(withheld)}" if withheld else what
    due = working_day(month, plan.home.settings.working_day)
    return [Finding("month", f"{month:%Y-%m} was due on {due}: {what}")]


def _exports(plan: Plan, source: Source, due: date | None) -> list[Finding]:
    """A source that has delivered before and has stopped, by what it `expects`."""
    deliveries = plan.ledger.deliveries(source.name)
    if not any(d.status == LOADED for d in deliveries):
        return []
    spoken = (d for d in deliveries if d.status in (LOADED, DUPLICATE))
    newest = max((day for d in spoken for day in d.covered_days()), default=None)
    expected = _expected(plan, source, due)
    if newest is None or expected is None or newest >= expected:
        return []
    every = source.expects.every
    shown = "%Y-%m-%d" if every == "day" else "%Y-%m"
    text = (
        f"{source.name} delivers every {every} and has come up to {newest:{shown}}; "
        f"by {plan.as_of} it should have come up to {expected:{shown}}"
    )
    return [Finding("export", text)]


def _expected(plan: Plan, source: Source, due: date | None) -> date | None:
    """The day up to which a source should have delivered; None where nothing is expected."""
    last = plan.home.last_month()
    ends = [end for end in (last and month_end(last), source.expects.until) if end]
    if source.expects.every == "day":
        return min([plan.as_of - timedelta(days=_USUAL_DAYS), *ends])
    if source.expects.every == "month" and due and all(due <= end for end in ends):
        return due
    return None


def unseen(plan: Plan, *, is_stale: bool) -> str | None:
    """That readers see something else than the lake holds, and why; None where they do not.

    The next run publishes what the lake holds, even after a rollback, so it must be known before.
    What is stale is for the plan to say, and `is_stale` that it did.
    """
    seen, back = current(plan.home), rolled_back(plan.home)
    if said := lost(plan.home):
        return said
    if seen is None or (is_stale and back is None) or is_current(plan):
        return None
    if touched(seen):
        why = "files of it were changed, are gone, or were copied without their times"
    else:
        why = f"rolled back: {back.reason}" if back else "what came since is not published yet"
    return f"readers see {seen.id}, not what the lake holds ({why})"
