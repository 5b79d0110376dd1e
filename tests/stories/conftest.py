"""Fixtures that several files of stories share."""

from __future__ import annotations

import pytest
from defending import JULY, DefendedHome


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> DefendedHome:
    """January to June 2024, published in July. Copy it, leave it as it is."""
    home = DefendedHome.of_months(tmp_path_factory.mktemp("half"), "2024-01", "2024-06")
    home.publish(JULY)
    return home
