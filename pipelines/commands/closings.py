"""`kring close`, `reopen`, `closings`: published figures of a period, frozen and opened again."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Annotated, Any

import typer

from assets.answers.freshness import unseen
from assets.database import open_database
from assets.disk import explained
from assets.home import Home, HomeError
from assets.lake import sweep
from assets.record.closing import close, reopen, require_log, require_record
from assets.record.decisions import decisions
from assets.record.revisions import standing
from assets.record.versions import Version, current, require_switchable
from assets.rounding import rounded
from assets.run_lock import run_lock
from pipelines.commands.options import (
    ByOption,
    HomeOption,
    JsonOption,
    ReasonOption,
    open_home,
    parse_period,
    published,
    require_reason,
)
from pipelines.commands.terminal import (
    console,
    named_figure,
    print_json,
    print_table,
    say,
    say_sample,
)
from sql.run import records

Period = Annotated[str, typer.Argument(help="2024-Q1, 2024-S1, 2024-YTD-Q3 or 2024.")]


def close_period(
    period: Period, reason: ReasonOption, by: ByOption = None, home: HomeOption = None
) -> None:
    """Freeze a period as published.

    Example: kring close 2024-Q1 --reason "Report signed"

    Data that comes later is counted as now and held out of the closed figures.
    """
    place, (year, name) = open_home(home), parse_period(period)
    with explained(place), run_lock(place, wait=False):
        before = _up_to_date(place)
        revision = close(place, before, year, name, require_reason(reason), by)
        after = _publish(place, before)
    say_sample(place)
    console().print(f"{year}-{name} is closed as revision {revision.number}; published {after}")
    for sentence in _unsettled(before, year, name):
        say("closed as it is", f" {sentence}")


def reopen_period(
    period: Period, reason: ReasonOption, by: ByOption = None, home: HomeOption = None
) -> None:
    """Let late data into a closed period.

    Example: kring reopen 2024-Q1 --reason "Late file"

    The old revision stays readable; closing again makes the next.
    """
    place, (year, name) = open_home(home), parse_period(period)
    with explained(place), run_lock(place, wait=False):
        before = _up_to_date(place)
        entry = reopen(place, before, year, name, require_reason(reason), by)
        after = _publish(place, before)
    say_sample(place)
    console().print(
        f"{year}-{name} is open again; revision {entry.revision} stays in kpi.revisions; "
        f"published {after}"
    )


def list_closings(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show closed periods, the log, and what is held out of them.

    Example: kring closings
    """
    place = open_home(home)
    require_log(place)
    closed, log = standing(place), decisions(place)
    pending = pending_effects(place) if closed else []
    if as_json:
        print_json(
            {
                "closed": [f"{r.year}-{r.period} revision {r.number}" for r in closed],
                "log": [vars(entry) for entry in log],
                "pending": pending,
            }
        )
        return
    say_sample(place)
    if not log:
        console().print("no period was ever closed; kring close 2024-Q1 --reason ... closes one")
        return
    print_table(
        "Decisions",
        ("when (UTC)", "what", "period", "rev.", "by", "reason"),
        [
            (e.decided_at[:16].replace("T", " "), e.action,
             f"{e.year}-{e.period}" if e.year else f"to {e.version}",
             str(e.revision or ""), e.decided_by, e.reason)
            for e in log
        ],
        cut="reason",
    )  # fmt: skip
    console().print(
        "closed now: " + (", ".join(f"{r.year}-{r.period} (revision {r.number})" for r in closed)
                          or "nothing")
    )  # fmt: skip
    _print_pending(pending)


def pending_effects(home: Home) -> list[dict[str, Any]]:
    """Figures that would change if closed periods were opened (view kpi.pending)."""
    version = current(home)
    if version is None:
        return []
    with open_database(version.database) as con:
        return records(con, "from kpi.pending")


def _print_pending(pending: list[dict[str, Any]]) -> None:
    if not pending:
        console().print("nothing is held out of them")
        return
    print_table(
        "Held out of closed periods (kring reopen takes it in)",
        ("period", "figure", "as published", "as now", "effect"),
        [
            (row["period"], named_figure(row), *_values(row)) for row in pending
        ],
        right=("as published", "as now", "effect"),
        cut="figure",
    )  # fmt: skip
    if any(row["as_now"] is None and row["as_published"] is not None for row in pending):
        console().print("- as now: no figure any more; scores above it are then without it")


def _values(row: dict[str, Any]) -> tuple[str, str, str]:
    """As published, as now and the effect; where the figure is the same, what it rests on.

    A version that an earlier kring made does not say all of it.
    """
    for what in ("realisation", "target", "denominator"):
        old, new = (row.get(f"{what}_{when}") for when in ("as_published", "as_now"))
        if row["as_published"] == row["as_now"] and old != new:
            effect = None if old is None or new is None else new - old
            return f"{what} {rounded(old)}", f"{what} {rounded(new)}", rounded(effect, 4)
    digits = 4 if row["level"] == "metric" else 2
    old, new = (rounded(row[when], digits) for when in ("as_published", "as_now"))
    return old, new, rounded(row["effect"], 4)


def _up_to_date(home: Home) -> Version:
    """The version whose figures are decided about; nothing built may be missing from it."""
    from assets.building.plan import Plan

    version = published(home)
    require_switchable(home, version.id)
    require_record(home)
    sweep(home)
    plan = Plan(home, date.fromisoformat(version.manifest["as_of"]))
    if plan.stale():
        raise HomeError("some figures are stale; kring run first, then decide about what it gives")
    if said := unseen(plan, is_stale=False):
        raise HomeError(f"{said}; kring run first, then decide about what it gives")
    return version


def _publish(home: Home, before: Version) -> str:
    """Roll up and publish with the decision in force, as of the same day."""
    from assets.building.session import Session
    from assets.publishing.published import publish

    as_of = date.fromisoformat(before.manifest["as_of"])
    with closing(Session(home, as_of, forced=False)) as session:
        session.scorecard()
        made = publish(session.plan, session.copy)
    return made.id if made else before.id


def _unsettled(version: Version, year: int, period: str) -> list[str]:
    """What of the closed period is not final: provisional, incomplete, failed."""
    with open_database(version.database) as con:
        rows = con.execute(
            "select coalesce(code, id), status, reason from kpi.scorecard where year = ? and "
            "period = ? and basis = 'computed' and level = 'kpi' and status <> 'measured' "
            "order by 1", [year, period],
        ).fetchall()  # fmt: skip
    return [f"{code} is {status}: {reason}" for code, status, reason in rows]
