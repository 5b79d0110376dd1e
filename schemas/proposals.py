"""Formats of times that would read texts which the declared ones do not.

A proposal is for a person to judge, who knows which of day and month comes first: where texts fit
both, both are named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import polars as pl

from schemas.directives import LOOKS, TOKEN
from schemas.formats import BLANKS, readings
from schemas.times import parse_any

_DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y",
    "%d/%b/%Y", "%d/%b/%y", "%d %b %Y", "%d %b %y", "%d %B %Y", "%d %B, %Y", "%b %d, %Y",
    "%b %d %Y", "%B %d, %Y", "%a, %d %b %Y", "%a, %b %d, %Y", "%A, %d %B %Y", "%A, %B %d, %Y",
)  # fmt: skip
_BETWEEN = (" ", ", ", "T", " - ", "")
_CLOCKS = (
    "%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%H:%M:%S,%f", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p",
    "%I:%M%p", "%I:%M:%S.%f %p", "%H.%M", "%H.%M.%S", "%I.%M.%S.%f %p", "%H%M%S",
)  # fmt: skip
_ZONES = ("", "Z", "%z", " %z", " UTC", " GMT", " GMT%z", " (UTC%z)", " %z UTC")
_EPOCHS = {"epoch": r"[0-9]{9,10}([.,][0-9]+)?", "epoch_ms": r"[0-9]{12,13}([.,][0-9]+)?"}
_UNSEEN = ("Cc", "Cf", "Zs")
_TRIED, _LOOKED_AT, _MOST = 5, 1_000, 3


def proposed(texts: pl.Series) -> tuple[tuple[str, ...], int]:
    """The formats that read most of the texts, if at least half, and how many of them they read."""
    texts = texts.str.strip_chars().str.replace_many(BLANKS)
    sample = texts.unique(maintain_order=True).drop_nulls().head(_LOOKED_AT)
    read: dict[str, pl.DataFrame] = {}
    for form in dict.fromkeys(each for text in sample.head(_TRIED) for each in _looking_like(text)):
        times = _read(sample, form)
        if not any(times.equals(other) for other in read.values()):  # `%b` and `%B` of one May
            read[form] = times
    counts = {form: _count(times) for form, times in read.items()}
    best = max(counts.values(), default=0)
    if 2 * best < sample.len() or not best:
        return (), 0
    formats = tuple(form for form, count in counts.items() if count == best)[:_MOST]
    return formats, _count(_read(texts, formats[0]))


def _read(texts: pl.Series, form: str) -> pl.DataFrame:
    read = parse_any(texts, readings((form,)))
    return pl.DataFrame({"local": read.local, "day": read.day, "instant": read.instant})


def _count(times: pl.DataFrame) -> int:
    return times.filter(pl.any_horizontal(pl.all().is_not_null())).height


def exchanged(form: str) -> str:
    """A format with day and month in each other's place."""
    return re.sub("%[dm]", lambda found: "%m" if found[0] == "%d" else "%d", form)


def written_like(text: str) -> str:
    """How a text is written, without what it says: digits as their zero, the unseen by its code."""
    return re.sub("a+", "a", "".join(map(_like, text[:40])))


def unseen(text: str) -> Iterator[str]:
    """The signs in a text that control it, or are blanks of another kind than the usual one."""
    return (sign for sign in text if sign != " " and unicodedata.category(sign) in _UNSEEN)


def named(sign: str) -> str:
    return f"<U+{ord(sign):04X}>"


def _like(sign: str) -> str:
    if sign.isdecimal():
        return chr(ord(sign) - int(sign))
    # vowels of many scripts, and accents that stand apart, are marks and no letters
    if sign.isalnum() or unicodedata.category(sign).startswith("M"):
        return "a"
    return "".join(map(named, unseen(sign))) or sign


def _looking_like(text: str) -> Iterator[str]:
    yield from (form for form, looks in _EPOCHS.items() if re.fullmatch(looks, text))
    for date, rest in _beginning(text, _DATES):
        if not rest:
            yield date
        for between in (each for each in _BETWEEN if rest.startswith(each)):
            for clock, end in _beginning(rest.removeprefix(between), _CLOCKS):
                yield from (f"{date}{between}{clock}{zone}" for zone in _zones_like(end))


def _zones_like(text: str) -> Iterator[str]:
    for zone in _ZONES:
        if re.fullmatch(_pattern(zone).replace("{2}", "{1,2}"), text):
            yield zone


def _beginning(text: str, parts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The parts of a format that a text may begin with, each with what is left of the text."""
    for part in parts:
        if found := re.match(_pattern(part), text):
            yield part, text[found.end() :]


def _pattern(part: str) -> str:
    tokens = TOKEN.findall(part.replace(".%f", "%.f").replace(",%f", "%.f"))
    looks = "".join(LOOKS.get(name) or re.escape(literal) for name, literal, _ in tokens)
    return looks.replace(LOOKS[".f"], r"[.,][0-9]{1,9}")
