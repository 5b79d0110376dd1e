"""The office's own words on a KPI: Markdown in `report/YEAR/KPI_ID.LANG.md` of a home.

Paragraphs, lists and emphasis. Markup, links and pictures stay the characters they are, so a
text can neither break the page nor make it ask for something.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from assets.lake import digest, sha256_file
from assets.settings import LANGUAGES

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@dataclass(frozen=True)
class OwnTexts:
    """The texts of one home; `folder` need not exist."""

    folder: Path

    def name(self, year: int, kpi_id: str, lang: str) -> str:
        """The file's name below the home."""
        return f"{self.folder.name}/{year}/{kpi_id}.{lang}.md"

    def html(self, year: int, kpi_id: str, lang: str) -> tuple[Markup, str] | None:
        """The text and its language: the page's, else the other; None where there is none."""
        others = [other for other in LANGUAGES if other != lang]
        for language in (lang, *others):
            path = self.folder.parent / self.name(year, kpi_id, language)
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if text.strip():
                return Markup(_markdown().render(text)), language
        return None

    def digest(self) -> str:
        """Changes when any text does; one that cannot be read stops no run."""
        found = []
        for path in sorted(self.folder.glob("*/*.md")):
            try:
                found.append((path.parent.name, path.name, sha256_file(path)))
            except OSError as error:
                found.append((path.parent.name, path.name, type(error).__name__))
        return digest(found)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["list", "emphasis", "escape", "entity"])
