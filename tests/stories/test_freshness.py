"""What should be there by a day: the closed month by working day N, the usual exports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from homes import TestHome, copied
from storyhome import StoryHome, called, chat, put_calls, put_chats

from assets.answers.freshness import late, working_day
from assets.building.plan import Plan


@pytest.mark.parametrize(
    ("month", "number", "day"),
    [
        ("2024-05-01", 1, "2024-06-03"),  # 1 June is a Saturday
        ("2024-05-01", 5, "2024-06-07"),
        ("2024-05-01", 6, "2024-06-10"),  # over the weekend of the 8th
        ("2024-12-01", 3, "2025-01-03"),  # holidays are not known, so 1 January counts
    ],
)
def test_working_days_leave_out_weekends(month: str, number: int, day: str) -> None:
    assert working_day(date.fromisoformat(month), number) == date.fromisoformat(day)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Calls of every day up to 30 April, a file a day; chats of April alone, a file a month."""
    home = StoryHome(tmp_path_factory.mktemp("freshness") / "home", first_month="2024-04")
    home.only_sources("calls", "chats")
    home.expecting("month", "chats")
    for number in range(1, 31):
        put_calls(home, f"2024-04-{number:02}", called(f"C{number}", f"2024-04-{number:02}"))
    put_chats(home, "2024-04", chat("H1", "2024-04-10"), chat("H2", "2024-04-30"))
    TestHome.run(home, "2024-05-01")
    return home


def told(home: TestHome, as_of: str) -> list[str]:
    return [each.text for each in late(Plan(home.home, date.fromisoformat(as_of)))]


def test_nothing_is_late_as_long_as_all_comes(filled: TestHome) -> None:
    assert told(filled, "2024-05-01") == []


def test_a_daily_export_is_late_after_two_days(filled: TestHome) -> None:
    """Yesterday's may come after the night's run; the day before yesterday's should be there."""
    assert told(filled, "2024-05-02") == []
    assert told(filled, "2024-05-03") == [
        "calls delivers every day and has come up to 2024-04-30; "
        "by 2024-05-03 it should have come up to 2024-05-01"
    ]


def test_the_closed_month_is_due_on_its_working_day(filled: TestHome) -> None:
    """April is published. May's fifth working day is Friday, 7 June 2024."""
    assert not any("was due" in text for text in told(filled, "2024-06-06"))
    lines = told(filled, "2024-06-07")
    assert lines[0] == "2024-05 was due on 2024-06-07: it is not published"
    assert lines[2] == (
        "chats delivers every month and has come up to 2024-04; "
        "by 2024-06-07 it should have come up to 2024-05"
    )


def test_a_month_with_withheld_figures_is_not_there_yet(filled: TestHome, tmp_path: Path) -> None:
    home = TestHome.at(copied(filled.root, tmp_path / "home"))
    home.run("2024-06-03")  # May is closed, and without exports
    (line,) = [text for text in told(home, "2024-06-07") if "was due" in text]
    assert line.startswith("2024-05 was due on 2024-06-07: of its figures ")
    assert line.endswith(" incomplete")


def test_a_month_of_which_nothing_is_delivered_is_published_and_late(home: TestHome) -> None:
    home.run("2024-03-10")
    assert told(home, "2024-03-10") == [
        "2024-02 was due on 2024-03-07: none of its figures is reported"
    ]


def test_nothing_is_asked_for_that_was_never_delivered_or_beyond_the_last_month(
    filled: TestHome, tmp_path: Path
) -> None:
    home = TestHome.at(copied(filled.root, tmp_path / "home"))
    text = (home.root / "kring.toml").read_text()
    (home.root / "kring.toml").write_text(
        text.replace("[ingest]", 'last_month = "2024-04"\n[ingest]')
    )
    home.run("2024-05-01")
    assert told(home, "2026-11-24") == []


def test_zero_never_asks_for_a_month(filled: TestHome, tmp_path: Path) -> None:
    home = TestHome.at(copied(filled.root, tmp_path / "home"))
    with (home.root / "kring.toml").open("a") as settings:
        settings.write("[freshness]\nworking_day = 0\n")
    assert not any("was due" in line for line in told(home, "2024-07-31"))
