"""What Dagster begins with: the folder of a home's instance, where its books lie, and the code."""

from __future__ import annotations

import shutil
from pathlib import Path

from assets.home import DAGSTER_YAML, Home

DEFINITIONS = "pipelines.definitions"
"""The code location: what workspace.yaml names, which a wheel has no place for."""


def prepare_instance(home: Home) -> Path:
    """The home's Dagster instance folder, with its settings."""
    home.dagster.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_bytes() != DAGSTER_YAML.read_bytes():
        shutil.copyfile(DAGSTER_YAML, settings)
        settings.chmod(0o600)
    return home.dagster
