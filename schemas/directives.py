"""What a declared format of times is made of, checked without loading anything.

Only the standard library, so that a source's header is refused before any export is opened; what
a format means for a text is `formats`'.
"""

from __future__ import annotations

import re

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
# A format that ends so says that its times are UTC.
IN_UTC = re.compile(r"(?<!%)(?:Z|UTC|GMT)\)?$")
LONG = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y", "%h": "%b"}
TOKEN = re.compile(r"%([.]?[369]?[A-Za-z]|%)|([^%])|(%)")


class FormatError(ValueError):
    """A declared format that cannot be read; the message names it."""


def directives(text: str) -> tuple[list[tuple[str, str]], bool]:
    """A format as (directive, or else the text between), and whether its fraction follows a comma.

    Raises FormatError where a directive is unknown, or the whole date is not said.
    """
    written = text
    for short, long in LONG.items():
        written = written.replace(short, long)
    found = TOKEN.findall(written.replace(",%f", "%.f").replace(".%f", "%.f"))
    tokens = [(name, literal) for name, literal, _ in found]
    _check(text, {name for name, _ in tokens if name}, any(stray for *_, stray in found))
    return tokens, ",%f" in written


def _check(text: str, used: set[str], has_stray: bool) -> None:
    unknown = sorted(used - LOOKS.keys() - {"%"})
    if has_stray or unknown:
        after = "; a fraction follows a point or a comma: %S.%f" if unknown == ["f"] else ""
        raise FormatError(f"{text!r}: unknown directive %{(unknown or [''])[0]}{after}")
    whole = used & {"Y", "y"} and ("j" in used or ("d" in used and used & {"m", "b", "B"}))
    if not whole:
        raise FormatError(f"{text!r} does not name year, month and day")
    if ("I" in used) != ("p" in used):
        raise FormatError(f"{text!r}: %I and %p go together, or %H alone")
    hours, minutes = bool(used & {"H", "I"}), "M" in used
    if hours != minutes or ("S" in used and not minutes):
        raise FormatError(
            f"{text!r}: hours and minutes go together, %H:%M, and seconds stand with both"
        )
