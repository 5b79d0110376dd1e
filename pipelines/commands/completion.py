"""What the shell offers behind a command: figures, checks and versions of the home at hand.

It answers between two key strokes, and never speaks of trouble: that is for the command to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from assets.home import Home

Offer = Callable[[typer.Context, str], list[str]]


def _offers(found: Callable[[Home], Iterable[str]]) -> Offer:
    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            named = ctx.params.get("home")
            names = set(found(Home.open(Path(named) if named else None)))
        except Exception:  # no home, nothing published, a damaged file: nothing to offer
            return []
        return sorted(name for name in names if name.lower().startswith(incomplete.lower()))

    return offer


def _figures(home: Home) -> Iterable[str]:
    import duckdb

    with duckdb.connect(str(home.current / "kring.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select distinct unnest([code, id]) from kpi.scorecard union "
            "select composite_id from ref.composites union select metric_id from ref.metrics"
        ).fetchall()
    return [name for (name,) in rows if name]


def _checks(home: Home) -> Iterable[str]:
    shipped = Path(__file__).resolve().parents[2] / "sql" / "checks"
    return [path.stem for folder in (shipped, home.own_checks) for path in folder.glob("*.sql")]


def _versions(home: Home) -> Iterable[str]:
    return [path.name for path in home.versions.glob("[!.]*")]


figures, checks, versions = _offers(_figures), _offers(_checks), _offers(_versions)
