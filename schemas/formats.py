"""Formats of time: what a header's `times:` declares, checked once and made exact.

A format is turned into a pattern that says how the text must look and a format that chrono reads.
Chrono alone would let pass a missing space, a year of two digits or a sixtieth second, and reads
Python's `%f` as nanoseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

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

NUMBER = r"[0-9]{1,2}"
LOOKS = {
    "Y": r"[1-9][0-9]{3}",
    "y": r"[0-9]{2}",
    "m": NUMBER,
    "d": NUMBER,
    "j": r"[0-9]{1,3}",
    "b": r"[A-Za-z]{3}",
    "B": r"[A-Za-z]{3,9}",
    "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]{6,9}",
    "H": NUMBER,
    "I": NUMBER,
    "M": NUMBER,
    "S": r"[0-5]?[0-9]",
    "p": r"[AaPp][Mm]",
    ".f": r"(?:\.[0-9]{1,9})?",
    "3f": r"[0-9]{3}",
    ".3f": r"\.[0-9]{3}",
    ".6f": r"\.[0-9]{6}",
    ".9f": r"\.[0-9]{9}",
    "z": r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)",
}
# Two numbers with nothing between them: only full width says where one ends.
FIXED = {**dict.fromkeys("mdHIM", r"[0-9]{2}"), "S": r"[0-5][0-9]", "j": r"[0-9]{3}"}
NUMERIC = frozenset("Yy") | FIXED.keys()
LONG = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y", "%h": "%b"}
TOKEN = re.compile(r"%([.]?[369]?[A-Za-z]|%)|([^%])|(%)")


class FormatError(ValueError):
    """A declared format that cannot be read; the message names it."""


@dataclass(frozen=True)
class Reading:
    """One way to read a time: how the text looks, what chrono reads, whether it has a zone."""

    looks: str
    chrono: str
    zoned: bool
    comma: bool = False  # the fraction follows a comma, which chrono does not know
    unit: int = 0  # microseconds of one unit of an epoch; 0 for a format


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
    return tuple(found)


def reading(text: str) -> Reading:
    """Compile one declared format."""
    written = text
    for short, long in LONG.items():
        written = written.replace(short, long)
    comma = ",%f" in written
    tokens = TOKEN.findall(written.replace(",%f", "%.f").replace(".%f", "%.f"))
    names = [name for name, _, _ in tokens]
    check_names(text, names, stray=any(stray for _, _, stray in tokens))
    looks, chrono = "", ""
    for at, (name, literal, _) in enumerate(tokens):
        around = {*names[max(at - 1, 0) : at], *names[at + 1 : at + 2]}
        fixed = FIXED if name in NUMERIC and around & NUMERIC else {}
        looks += fixed.get(name) or LOOKS.get(name) or pl.escape_regex(literal or "%")
        chrono += {"": literal, "z": "%#z"}.get(name, f"%{name}")
    if comma:
        looks = looks.replace(LOOKS[".f"], LOOKS[".f"].replace(r"\.", ","))
    zoned = "z" in names or re.search(r"(?<!%)(?:Z|UTC)$", text) is not None
    return tried(text, Reading(f"^{looks}$", chrono, zoned, comma))


def check_names(text: str, names: list[str], stray: bool) -> None:
    """A format must be of known directives and say the whole date."""
    used = {name for name in names if name}
    unknown = sorted(used - LOOKS.keys() - {"%"})
    if stray or unknown:
        raise FormatError(f"times: {text!r}: unknown directive %{(unknown or [''])[0]}")
    whole = used & {"Y", "y"} and ("j" in used or ("d" in used and used & {"m", "b", "B"}))
    if not whole:
        raise FormatError(f"times: {text!r} does not name year, month and day")
    if ("I" in used) != ("p" in used):
        raise FormatError(f"times: {text!r}: %I and %p go together, or %H alone")
    if used & {"H", "I"} and "M" not in used:
        raise FormatError(f"times: {text!r} has hours without minutes")


def tried(text: str, compiled: Reading) -> Reading:
    """Let polars refuse a format now and not at the first file."""
    try:
        pl.Series(["-"]).str.to_datetime(compiled.chrono, strict=False)
    except pl.exceptions.PolarsError:
        raise FormatError(f"times: {text!r} cannot be read as a format") from None
    return compiled
