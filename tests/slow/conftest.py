"""Large files: run by name (`python -m pytest tests/slow`), not with all the others."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Left out, unless an argument of the command names this folder or a file in it."""
    named = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    asked = any(path.resolve().is_relative_to(HERE) for path in named)
    return None if asked else True
