"""The report's words in both languages, and how numbers and dates are written in each.

Texts lie in `words/texts.csv`, translations of what the shipped register says in
`words/register.csv`. What a home's own register says is quoted in its own language.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from markupsafe import Markup

from assets.rounding import rounded

_FOLDER = Path(__file__).resolve().parent / "words"
_MINUS = "\u2212"
_NONE = "\u2013"


def written(name: str) -> list[dict[str, str]]:
    """The rows of a file of words."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text by key, in both languages."""
    return {row["key"]: {"id": row["id"], "en": row["en"]} for row in written("texts")}


@cache
def register_words() -> dict[str, str]:
    """Indonesian for what the shipped register and metrics say in English."""
    return {row["en"]: row["id"] for row in written("register")}


class Words:
    """One language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def text(self, key: str, **values: object) -> str:
        """A text by its key; KeyError where nobody has written it."""
        found = texts()[key][self.lang]
        return found.format(**values) if values else found

    def sentence(self, key: str, **values: object) -> Markup:
        """A text with markup in its places."""
        return Markup(texts()[key][self.lang]).format(**values)

    def term(self, group: str, name: object) -> str:
        """A word for a name of the data; a home's own names are shown as they are."""
        if name is None:
            return ""
        found = texts().get(f"{group}_{name}")
        return found[self.lang] if found else str(name)

    def quote(self, text: object) -> Markup:
        """What the register or the data say; marked as English where it is not translated."""
        said = str(text or "")
        if self.lang == "en" or not said:
            return Markup.escape(said)
        if said in register_words():
            return Markup.escape(register_words()[said])
        return Markup('<q lang="en">{}</q>').format(said)

    def known(self, text: str) -> str | None:
        """The translation of what the shipped register says; None where there is none."""
        return register_words().get(text)

    def number(self, value: float | Decimal | None, places: int, *, sign: bool = False) -> str:
        """A figure rounded half up, with the language's marks and a true minus."""
        if value is None:
            return _NONE
        written = rounded(value, places)
        is_negative = written.startswith("-")
        whole, _, decimals = written.removeprefix("-").partition(".")
        thousands, point = (".", ",") if self.lang == "id" else (",", ".")
        grouped = f"{int(whole):,}".replace(",", thousands)
        is_zero = not (whole + decimals).strip("0")
        before = _MINUS if is_negative and not is_zero else "+" if sign and not is_zero else ""
        return before + grouped + (point + decimals if decimals else "")

    def month(self, month: date | str) -> str:
        """`2024-03` or its first day as Mar 2024."""
        year, number = (str(month)[:4], str(month)[5:7])
        return f"{self.text('month_' + number)} {year}"

    def day(self, day: date | datetime) -> str:
        return f"{day.day} {self.month(day.isoformat())}"

    def label(self, name: str) -> str:
        """A month's or a quarter's short name, for an axis."""
        return self.text(f"month_{name[5:7]}") if len(name) == 7 else name
