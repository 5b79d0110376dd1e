"""The rooms of `assets/` have their floors, so that `make check` can hold who may know whom; and
the scorecard's statements their place, so that the judge sees each."""

import tomllib
from dataclasses import replace
from datetime import date

from homes import ROOT, TestHome

from assets.building.plan import Plan
from assets.rulebook.rules import KPI_ORDER


def test_each_room_has_a_floor_and_says_what_belongs_in_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (rooms,) = (c for c in contracts["contracts"] if c.get("containers") == ["assets"])
    floors = {room for layer in rooms["layers"] for room in layer.split(" | ")}
    folders = {path.parent for path in (ROOT / "assets").glob("*/__init__.py")}
    loose = {path.stem for path in (ROOT / "assets").glob("*.py")} - {"__init__"}
    assert {folder.name for folder in folders} | loose == floors
    assert rooms["exhaustive"]
    for folder in folders:
        assert (folder / "__init__.py").read_text().startswith('"""'), folder.name


def test_no_two_files_may_need_each_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (acyclic,) = (c for c in contracts["contracts"] if c["type"] == "acyclic_siblings")
    assert set(acyclic["ancestors"]) == set(contracts["root_packages"])


def test_every_statement_of_the_scorecard_is_in_its_fingerprint(home: TestHome) -> None:
    prints = Plan(home.home, date(2025, 1, 31)).fingerprints
    rules, before = prints.rules, prints.scorecard()
    assert rules.kpi.keys() == {*KPI_ORDER, "monthly"}
    for name in KPI_ORDER:
        other = replace(rules.kpi[name], text=rules.kpi[name].text + "-- another rule")
        prints.rules = replace(rules, kpi={**rules.kpi, name: other})
        assert prints.scorecard() != before, name
