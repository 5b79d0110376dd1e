"""A home whose runs end in one of the ways that are told, and what was told of the last one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from homes import TestHome

AS_OF = "2024-02-10"


def january(root: Path) -> TestHome:
    """January of two calls, published and complete. Copy it, leave it as it is."""
    home = TestHome.of_two_calls(root, last_month="2024-01")
    run(home, 0)
    return home


def settings(place: TestHome, text: str) -> None:
    path = place.root / "kring.toml"
    path.write_text(path.read_text() + text)


def status(place: TestHome) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((place.root / "published/status.json").read_text())
    return content


def run(place: TestHome, code: int) -> Any:
    ran = place.kring("run", "--as-of", AS_OF)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran


def break_register(place: TestHome) -> None:
    place.edit_register("targets", "kpi_id", "kpi")
