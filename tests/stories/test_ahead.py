"""Building ahead: nothing before what it rests on, nothing not asked for, no error lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path

import dagster as dg
import pytest
from homes import TestHome
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import books, three_months

from assets.building.ahead import Ahead, Work
from assets.building.session import end_session
from assets.graph import all_assets
from assets.home import Home

JANUARY, FEBRUARY = "2024-01", "2024-02"
MONTHS = [JANUARY, FEBRUARY]
ABANDONMENT = dg.AssetKey(["metric", "abandonment"])


def works(names: dict[str, list[str]], build: Callable[[str, str], object]) -> list[Work[object]]:
    return [
        Work(name, rests_on, MONTHS, lambda month, name=name: build(name, month))
        for name, rests_on in names.items()
    ]


@st.composite
def flows(draw: st.DrawFn) -> dict[str, list[str]]:
    """Tables that rest on some of those before them, named in any order."""
    names = [f"t{n}" for n in range(draw(st.integers(1, 8)))]
    flow = {
        name: draw(st.lists(st.sampled_from(names[:n]))) if n else []
        for n, name in enumerate(names)
    }
    return {name: flow[name] for name in draw(st.permutations(names))}


@given(flows(), st.integers(1, 3))
@settings(deadline=timedelta(seconds=5))
def test_each_month_is_built_once_and_after_all_that_it_rests_on(
    flow: dict[str, list[str]], at_once: int
) -> None:
    built: list[tuple[str, str]] = []

    def build(name: str, month: str) -> str:
        missing = [pair for pair in product(flow[name], MONTHS) if pair not in built]
        assert not missing
        built.append((name, month))
        return f"{name} {month}"

    ahead = Ahead(works(flow, build), at_once)
    for name in flow:
        assert dict(ahead.results(name)) == {month: f"{name} {month}" for month in MONTHS}
    ahead.stop()
    assert sorted(built) == sorted(product(flow, MONTHS))


def test_what_stands_first_is_built_before_what_was_ready_before_it() -> None:
    """Else a month's checks, on which its figures rest, wait for tables on which nothing does."""
    built, given = [], threading.Event()

    def build(name: str, month: str) -> None:
        assert given.wait(10)  # so that the last is ready before the first is built
        built.append(name)

    flow = {"first": [], "on first": ["first"], "last": []}
    ahead = Ahead(works(flow, build), 1)
    given.set()
    for name in flow:
        list(ahead.results(name))
    ahead.stop()
    assert built == ["first", "first", "on first", "on first", "last", "last"]


def test_a_failure_is_told_by_it_and_by_what_rests_on_it_alone() -> None:
    built: list[str] = []

    def build(name: str, month: str) -> None:
        if (name, month) == ("bad", FEBRUARY):
            raise ValueError("the one")
        built.append(name)

    flow = {"bad": [], "good": [], "on bad": ["bad"], "on both": ["good", "on bad"],
            "on good": ["good"]}  # fmt: skip
    ahead = Ahead(works(flow, build), 2)
    for name in ("bad", "on bad", "on both"):
        with pytest.raises(ValueError, match="the one"):
            list(ahead.results(name))
    for name in ("good", "on good"):
        assert [month for month, _ in ahead.results(name)] == MONTHS
    ahead.stop()
    assert sorted(built) == ["bad", "good", "good", "on good", "on good"]


def test_when_it_is_stopped_nothing_begins_and_what_is_being_built_is_cut_short() -> None:
    begun, cut_short = threading.Event(), threading.Event()
    built: list[str] = []

    def build(name: str, month: str) -> None:
        begun.set()
        assert cut_short.wait(10)
        built.append(name)

    ahead = Ahead(works({"first": [], "second": [], "on first": ["first"]}, build), 1)
    assert begun.wait(10)
    ahead.stop(cut_short.set)
    assert built == ["first"]


def test_a_run_of_one_asset_builds_that_asset_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody materialises one month of one metric from the UI."""
    place = three_months(tmp_path / "home")
    ran = place.kring("run", "--json")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    before = outputs(place)
    monkeypatch.setenv("KRING_HOME", str(place.root))
    definitions, _ = all_assets(Home.open(place.root))
    try:
        with books(place) as instance:
            done = dg.materialize(
                definitions, selection=["metric/abandonment"], partition_key=FEBRUARY,
                instance=instance,
            )  # fmt: skip
            built = instance.fetch_materializations(ABANDONMENT, limit=1).records[0]
    finally:
        end_session()
    assert done.success and built.asset_materialization
    seconds = built.asset_materialization.metadata["build seconds"].value
    assert isinstance(seconds, float) and seconds > 0
    assert {name for name, at in outputs(place).items() if before[name] != at} == {
        "metric.abandonment/2024-02"
    }


def outputs(place: TestHome) -> dict[str, int]:
    """When each output was written."""
    found = (place.root / "lake/outputs").rglob("2*.parquet")
    return {f"{path.parent.name}/{path.name[:7]}": path.stat().st_mtime_ns for path in found}
