"""What commands print at a terminal of any width: nothing broken, nothing cut but one name.

Also their help, with an example each, and what the shell completes.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest
from commands import Command
from documents import COMMANDS
from homes import ROOT, TestHome
from rich.console import Console

from pipelines.commands.tables import Layout, layout, table

LINES = (
    ("status",),
    ("scorecard", "2024"),
    ("explain", "3a-N", "2024-Q3"),
    ("compare", "2024-03", "--channel", "phone"),
    ("reconcile", str(ROOT / "data" / "reference" / "lakin_2024.csv")),
)


def drawn(width: int, *row: str, cut: str = "") -> str:
    screen = Console(width=width, color_system=None)
    columns = ("rule", "numerator", "what should be")
    with screen.capture() as said:
        screen.print(table("Rules", columns, [row], ("numerator",), cut, width))
    return said.get()


def test_side_by_side_where_they_fit_and_closer_where_they_almost_do() -> None:
    """18 + 9 and one gap: 27 + 3 + 2 edges are 32, with a gap of one 30."""
    assert layout((18, 9), {}, 32) == Layout(3, {})
    assert layout((18, 9), {}, 31) == layout((18, 9), {}, 30) == Layout(1, {})
    assert layout((18, 9), {}, 29) is None


def test_columns_of_words_give_way_by_what_they_want() -> None:
    """Of 70 columns 10 are numbers, 2 edges, 2 gaps: 56 left for 60 and 30 that may have 12."""
    found = layout((60, 10, 30), {0: 12, 2: 12}, 70)
    assert found is not None and sum(found.narrowed.values()) == 56
    assert found.narrowed[0] == pytest.approx(2 * found.narrowed[2], abs=2)


def test_no_number_or_name_is_broken_at_any_width() -> None:
    for width in range(24, 120):
        said = drawn(width, "genesys_less_short", "1,234,567", "everything that was answered")
        assert "genesys_less_short" in said and "1,234,567" in said
        assert max(map(len, said.splitlines())) <= width
        assert " ".join(said.split()).count("everything") == 1


def test_only_the_named_column_is_cut() -> None:
    said = drawn(46, "genesys_less_short", "1,234", "every answered one", cut="what should be")
    assert "every answered…" in said


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_answers_fit(
    sample_home: TestHome,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: tuple[str, ...],
) -> None:
    """At 60 and 80 columns no line is wider (but a path), no number or name broken, no colour."""

    def said(width: int) -> str:
        answer = Command(monkeypatch, capsys, width)(sample_home.root, *line)
        assert answer.code == 0 and "\x1b" not in answer.out
        return answer.out

    whole = _pieces(said(300))
    for width in (60, 80):
        narrow = said(width)
        assert [x for x in narrow.splitlines() if len(x.rstrip()) > width and "/" not in x] == []
        assert _pieces(narrow) - whole == set()


def _pieces(text: str) -> set[str]:
    """Numbers and names, which have no business at two lines."""
    words = {word.strip(",;:().") for word in text.split()}
    return {word for word in words if re.search(r"[\d_]", word) and not word.endswith("…")}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_an_example_that_it_understands(name: str) -> None:
    text = COMMANDS[name].help or ""
    found = re.search(r"^ *Example: (kring .*)$", text, re.MULTILINE)
    assert found, f"kring {name} --help has no example"
    assert "Example" not in text.splitlines()[0]  # the list of commands stays short
    _, first, *arguments = shlex.split(found[1])
    assert first == name
    COMMANDS[name].make_context(name, arguments)


def completed(home: TestHome, shell: str, words: str) -> subprocess.CompletedProcess[str]:
    env = {"KRING_HOME": str(home.root), "COMP_WORDS": words, "_TYPER_COMPLETE_ARGS": words,
           "COMP_CWORD": str(len(words.split(" ")) - 1), "_KRING_COMPLETE": f"complete_{shell}",
           "_TYPER_COMPLETE_FISH_ACTION": "get-args"}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli"], env={**os.environ, **env}, cwd=ROOT,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_shell_completes_commands_figures_checks_and_versions(sample_home: TestHome) -> None:
    assert completed(sample_home, "bash", "kring exp").stdout.split() == ["explain"]
    assert "explain" in completed(sample_home, "zsh", "kring exp").stdout
    assert "explain" in completed(sample_home, "fish", "kring exp").stdout
    figures = completed(sample_home, "bash", "kring explain 3").stdout.split()
    assert figures == ["3", "3a-N", "3b-N", "3c-N"]
    checks = completed(sample_home, "bash", "kring checks volume_by").stdout.split()
    assert checks == ["volume_by_day", "volume_by_month"]
    versions = completed(sample_home, "bash", "kring rollback 2").stdout.split()
    assert (sample_home.root / "published" / "current").resolve().name in versions


def test_completion_offers_nothing_where_there_is_no_home(home: TestHome) -> None:
    (home.root / "kring.toml").unlink()
    said = completed(home, "bash", "kring explain 3")
    assert said.stdout.strip() == "" and "Traceback" not in said.stderr


def test_answering_needs_neither_dagster_nor_pandera(sample_home: TestHome) -> None:
    """They cost seconds; status is asked all day, and a completion at every key."""
    code = (
        "import sys\nfrom pipelines.cli import app\n"
        "app(['status', '--json'], standalone_mode=False)\n"
        "assert {'dagster', 'pandera'} & set(sys.modules) == set()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KRING_HOME": str(sample_home.root)},
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
