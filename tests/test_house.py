"""The rooms of `assets/`: each has its floor, so that `make check` can hold who may know whom."""

import tomllib

from homes import ROOT


def test_each_room_has_a_floor_and_says_what_belongs_in_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (rooms,) = (c for c in contracts["contracts"] if c.get("containers") == ["assets"])
    floors = {room for layer in rooms["layers"] for room in layer.split(" | ")}
    folders = {path.parent for path in (ROOT / "assets").glob("*/__init__.py")}
    assert {folder.name for folder in folders} == floors
    for folder in folders:
        assert (folder / "__init__.py").read_text().startswith('"""'), folder.name


def test_no_two_files_may_need_each_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (acyclic,) = (c for c in contracts["contracts"] if c["type"] == "acyclic_siblings")
    assert set(acyclic["ancestors"]) == set(contracts["root_packages"])
