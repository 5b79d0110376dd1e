"""Formats of time: what a header's `times:` declares, checked once and made exact.

A format is turned into a pattern that says how the text must look and a format that chrono reads.
Chrono alone would let pass a missing space, a year of two digits or a sixtieth second, and reads
Python's `%f` as nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from schemas.directives import IN_UTC, LOOKS, FormatError, directives

# What is read when a source declares no formats.
ISO = (
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M%z",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)

# Two numbers with nothing between them: only full width says where one ends.
FIXED = {**dict.fromkeys("mdHIM", r"[0-9]{2}"), "S": r"[0-5][0-9]", "j": r"[0-9]{3}"}
NUMERIC = frozenset("Yy") | FIXED.keys()

# An offset of one digit, as in `GMT+7` and `GMT+5:30`, and how chrono wants it.
SHORT_OFFSET = r"[+-][0-9](?::[0-5][0-9])?"
PADDED = (r"([+-])([0-9](?::[0-9]{2})?)$", "${1}0${2}")

# Blanks that nobody can tell from a blank. Browsers write the second before AM and PM.
BLANKS = {"\u00a0": " ", "\u202f": " "}


@dataclass(frozen=True)
class Reading:
    """One way to read a time: how the text looks, what chrono reads, whether it has a zone."""

    looks: str
    chrono: str
    zoned: bool
    comma: bool = False  # the fraction follows a comma, which chrono does not know
    unit: int = 0  # microseconds of one unit of an epoch; 0 for a format
    day: bool = False  # a date alone, which has no time of day
    short: bool = False  # its offset, at the end, has one digit


EPOCHS = {
    "epoch": Reading(r"^[0-9]{1,11}(?:[.,][0-9]+)?$", "", zoned=True, unit=1_000_000),
    "epoch_ms": Reading(r"^[0-9]{1,14}(?:[.,][0-9]+)?$", "", zoned=True, unit=1_000),
}


@lru_cache
def readings(formats: tuple[str, ...]) -> tuple[Reading, ...]:
    """The readings of the declared formats, in order; ISO 8601 where none is declared."""
    found: list[Reading] = []
    for text in formats or ISO:
        if text in EPOCHS:
            found.append(EPOCHS[text])
            continue
        general = reading(text)
        if text.endswith("%S%.f%z"):
            # The commonest cases by far, which polars reads six times as fast.
            found += [reading(text.replace("%.f%z", usual)) for usual in (".%3fZ", "Z")]
        found.append(general)
        if formats and text.endswith("%z"):
            looks = general.looks.replace(LOOKS["z"], SHORT_OFFSET)
            found.append(replace(general, looks=looks, short=True))
    return tuple(found)


def reading(text: str) -> Reading:
    """Compile one declared format."""
    for other, usual in BLANKS.items():
        text = text.replace(other, usual)
    tokens, comma = directives(text)
    names = [name for name, _ in tokens]
    looks, chrono = "", ""
    for at, (name, literal) in enumerate(tokens):
        around = {*names[max(at - 1, 0) : at], *names[at + 1 : at + 2]}
        fixed = FIXED if name in NUMERIC and around & NUMERIC else {}
        looks += fixed.get(name) or LOOKS.get(name) or pl.escape_regex(literal or "%")
        chrono += {"": literal, "z": "%#z"}.get(name, f"%{name}")
    if comma:
        looks = looks.replace(LOOKS[".f"], LOOKS[".f"].replace(r"\.", ","))
    zoned = "z" in names or IN_UTC.search(text) is not None
    day = not zoned and not {"H", "I"}.intersection(names)
    return tried(text, Reading(f"^{looks}$", chrono, zoned, comma, day=day))


def tried(text: str, compiled: Reading) -> Reading:
    """Let polars refuse a format now and not at the first file."""
    try:
        pl.Series(["-"]).str.to_datetime(compiled.chrono, strict=False)
    except pl.exceptions.PolarsError:
        raise FormatError(f"{text!r} cannot be read as a format") from None
    return compiled
