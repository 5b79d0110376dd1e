"""Reasons and causes, which SQL puts together in English, said in Indonesian.

They are made of a few sentences (`words/generated.csv`) joined by semicolons and led by months
or parts. What is not among them stays English and is marked so. New words of the rules need a
row there; `tests/test_generated.py` asks for it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from markupsafe import Markup

from assets.performance_report.words import Words, written
from schemas.register_columns import PERIODS

# what each place of a sentence may hold; places of any other name hold one word
_PLACES = {
    "rest": r".+", "said": r"[^;]+", "list": r"[^;]+", "key": r"[^;:]+", "path": r"[^;]+?",
    "part": r"[^;]+?",
    "month": r"\d{4}-\d{2}", "until": r"\d{4}-\d{2}", "day": r"\d{4}-\d{2}-\d{2}",
    "last": r"\d{4}-\d{2}-\d{2}",
    "months": r"\d{4}-\d{2}(?:, \d{4}-\d{2})*", "period": "|".join(PERIODS),
    "n": r"[\d.,]+", "m": r"[\d.,]+", "a": r"[^;,]+", "b": r"[^;,]+", "first": r"(?:, first .+)?",
    "code": r"(?!\d+ refused)[^; ]+",
    "kind": r"[a-z_]+", "status": r"[a-z_]+", "status_now": r"[a-z_]+", "cell": r"[a-z_]+",
    "table": r"[a-z_]+", "form": r"[^;`]+",
}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)\}")


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(row["en"]), row["id"]) for row in written("generated")]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)
    made = [re.escape(part) if i % 2 == 0 else f"(?P<{part}>{_PLACES.get(part, r'[^; ]+')})"
            for i, part in enumerate(parts)]  # fmt: skip
    return re.compile("".join(made))


def generated(words: Words, text: object) -> Markup:
    """A reason or cause that the rules have put together."""
    sentence = str(text or "")
    return Markup.escape(sentence) if words.lang == "en" else said(words, sentence)


def said(words: Words, text: str) -> Markup:
    """A generated text in Indonesian, piece by piece; what nobody has written stays English."""
    known = words.known(text)
    if known is not None:
        return Markup.escape(known)
    for pattern, sentence in _sentences():
        found = pattern.fullmatch(text)
        if found and ("; " not in text or "rest" in found.groupdict()):
            places = {name: _place(words, name, value) for name, value in found.groupdict().items()}
            return Markup.escape(sentence).format(**places)
    first, separator, others = text.partition("; ")
    if separator:
        return said(words, first) + separator + said(words, others)
    return Markup('<q lang="en">{}</q>').format(text)


def _place(words: Words, name: str, value: str) -> Markup | str:
    if name == "rest":
        return said(words, value)
    if name == "said":
        return Markup('<q lang="en">{}</q>').format(value)
    if name in ("month", "until"):
        return words.month(value)
    if name == "months":
        return ", ".join(map(words.month, value.split(", ")))
    if name in ("day", "last"):
        return words.day(date.fromisoformat(value))
    if name == "cell":
        found = (words.term(group, value) for group in ("channel", "service", "metric", "kind"))
        return next((term for term in found if term != value), value)
    if name == "first":
        return value.replace(", first ", ", pertama ")
    group = {"kind": "kind", "period": "period", "status": "status", "status_now": "status"}
    return words.term(group[name], value) if name in group else value
