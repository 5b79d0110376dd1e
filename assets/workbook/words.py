"""The workbook's words, English and Indonesian: sheets, headings, the first sheet.

They lie in `words.csv`. What the database says (ids, states, reasons) stays as it is, so that it
can be found there.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def texts() -> dict[tuple[str, str], dict[str, str]]:
    """Each word in both languages, by its use and key."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as handle:
        return {(row["use"], row["key"]): row for row in csv.DictReader(handle)}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def sheet(self, key: str) -> str:
        return texts()["sheet", key][self.language]

    def holds(self, key: str) -> str:
        return texts()["holds", key][self.language]

    def heading(self, key: str) -> str:
        return texts()["heading", key][self.language]

    def about(self, key: str) -> str:
        """A text of the first sheet."""
        return texts()["about", key][self.language]

    def yes_no(self, cell: bool) -> str:
        return texts()["cell", str(cell)][self.language]
