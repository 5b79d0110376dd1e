"""Fixtures that several files of stories share."""

from __future__ import annotations

import pytest
from defending import JULY, DefendedHome
from storyhome import StoryHome, called, chat, put_calls, put_chats, put_complaints


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> DefendedHome:
    """January to June 2024, published in July. Copy it, leave it as it is."""
    home = DefendedHome.of_months(tmp_path_factory.mktemp("half"), "2024-01", "2024-06")
    home.publish(JULY)
    return home


@pytest.fixture(scope="session")
def second_quarter(tmp_path_factory: pytest.TempPathFactory) -> StoryHome:
    """Calls, chats and complaints of April to June 2024, all in time; the year is over.

    Run up to the scorecard. Copy it, leave it as it is.
    """
    root = tmp_path_factory.mktemp("quarter")
    home = StoryHome(root / "home", first_month="2024-04", last_month="2024-06")
    home.only_sources("calls", "chats", "complaints")
    home.expecting("month", "calls", "chats", "complaints")
    for month in ("2024-04", "2024-05", "2024-06"):
        put_calls(home, f"{month}-10", called(f"A{month}", f"{month}-10"))
        put_chats(home, month, chat(f"C{month}", f"{month}-10"))
        put_complaints(home, month)
    home.run("2025-01-02")
    return home
