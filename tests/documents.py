"""The documents, and the blocks in them that tests try."""

from __future__ import annotations

import re

import typer
from homes import ROOT

from pipelines.cli import app

NAMES = (
    "README.md", "CONTRIBUTING.md", "GLOSSARY.md", "DECISIONS.md", "CHANGELOG.md",
    "docs/operations.md", "docs/promises.md", "docs/privacy.md", "docs/close-a-quarter.md",
    "docs/export-recipes.md",
)  # fmt: skip
# followed from top to bottom by stories/test_guides.py: one after the other, and each for itself
STORY = ("first-figure", "add-a-metric", "add-a-kpi", "change-a-rule")
ALONE = ("add-an-export", "analysts", "consumers")
GUIDES = tuple(f"docs/{name}.md" for name in (*STORY, *ALONE))
DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in (*NAMES, *GUIDES)}
CODE = ("assets", "schemas", "pipelines", "tests")
COMMAND = typer.main.get_command(app)
COMMANDS = COMMAND.commands  # type: ignore[attr-defined]


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of one language in a document."""
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, DOCUMENTS[name], re.MULTILINE | re.DOTALL)


def answered_queries(name: str) -> list[tuple[str, str]]:
    """The SQL blocks that are followed by what they print."""
    pattern = r"^```sql\n([^`]*)^```\n```text\n([^`]*)^```$"
    return re.findall(pattern, DOCUMENTS[name], re.MULTILINE)


def shell_lines() -> list[str]:
    """Every command line in any document but the guides, without its remark."""
    lines = [line for name in NAMES for b in blocks(name, "sh") for line in b.splitlines()]
    return sorted({line.partition("#")[0].strip() for line in lines if line.strip()})


def recipes(text: str = "") -> list[tuple[str, str, str]]:
    """Files under their path: path; how (nothing: write it, `add`, `change`); what.

    Of the story's guides and of CONTRIBUTING, where no text is given.
    """
    pages = (*(f"docs/{name}.md" for name in STORY), "CONTRIBUTING.md")
    pattern = r"^`([^`]+)`(?:, (add|change))?:\n\n```\w+\n(.*?)^```$"
    searched = text or "\n".join(DOCUMENTS[page] for page in pages)
    return re.findall(pattern, searched, re.MULTILINE | re.DOTALL)


def changed(content: str, diff: str) -> str:
    """A text with the diff's old lines taken out and its new ones in their place."""
    old, new = (
        "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] == sign) for sign in "-+"
    )
    assert content.count(old) == 1, f"not there, or not once: {old}"
    return content.replace(old, new)
