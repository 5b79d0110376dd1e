"""What commands say to machines, `--json`, and of a sample home: that it is synthetic."""

from __future__ import annotations

import json

import pytest
import typer.main
from commands import Command
from homes import TEMPLATE, TestHome

from pipelines.cli import app

# How each command that speaks JSON is called on the sample.
JSON_CALLS = {
    "status": ("status",), "versions": ("versions",), "verify": ("verify",), "run": ("run",),
    "explain": ("explain", "3a-N", "2024-Q3"), "scorecard": ("scorecard", "2024"),
    "sample": ("sample", "--scale", "0.02"), "compare": ("compare", "2024-03"),
    "diff": ("diff", "current"),
    "reconcile": ("reconcile", str(TEMPLATE / "reference/lakin_2024.csv")),
}  # fmt: skip


def speaking_json() -> dict[str, tuple[str, ...]]:
    """Every command with `--json`: called as above, or plainly where it needs no argument."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    plain = {
        name: (name,)
        for name, each in commands.items()
        if any("--json" in p.opts for p in each.params) and not any(p.required for p in each.params)
    }
    return {**plain, **JSON_CALLS}


@pytest.mark.parametrize("name", sorted(set(speaking_json()) - {"run", "sample"}))
def test_json_is_all_that_is_said(command: Command, sample_home: TestHome, name: str) -> None:
    said = command(sample_home.root, *speaking_json()[name], "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json
    if name in ("status", "explain", "scorecard"):
        assert '"is_sample": true' in said.out


@pytest.mark.parametrize("name", ["scorecard", "explain", "compare", "reconcile", "diff", "verify"])
def test_where_there_is_no_answer_there_is_no_json(
    command: Command, home: TestHome, name: str
) -> None:
    said = command(home.root, *speaking_json()[name], "--json")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("kring: ")


def test_json_of_a_run_and_a_sample(
    command: Command, sample_home: TestHome, home: TestHome
) -> None:
    done = sample_home.kring(*JSON_CALLS["run"], "--json")
    assert json.loads(done.stdout)["is_sample"] is True
    said = command(home.root, *JSON_CALLS["sample"], "--json")
    assert said.code == 0
    assert said.json["synthetic"] is True and said.json["files"]["calls"] == 366


# what a sample home says


@pytest.mark.parametrize("arguments", [("status",), ("scorecard", "2024"),
                                       ("explain", "3a-N", "2024-Q3")])  # fmt: skip
def test_a_sample_says_so_at_the_terminal(
    command: Command, sample_home: TestHome, arguments: tuple[str, ...]
) -> None:
    said = command(sample_home.root, *arguments)
    assert said.code == 0
    assert said.text.startswith("SYNTHETIC SAMPLE DATA: no figure below is a real organisation's")
