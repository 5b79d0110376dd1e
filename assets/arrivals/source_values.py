"""The values in a source's header: pairs, zones, tolerance, what is expected.

Each parser takes the statement, so that what it refuses is named with file, line and the
list of what would be accepted. Which keys there are is assets.arrivals.sources' business.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from sql.header import Statement

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?([0-5]\d)?", re.IGNORECASE)


@dataclass(frozen=True)
class Tolerance:
    """How many rows may be wrong, of a file or of a check's table: a share, or a count."""

    share: Fraction = Fraction(0)
    rows: int = 0

    def allows(self, rejected: int, records: int) -> bool:
        """Whether `rejected` of `records` is within what the source tolerates."""
        return rejected <= self.of(records)

    def of(self, records: int) -> int:
        """The number of rows tolerated of `records`."""
        return max(self.rows, int(self.share * records))


@dataclass(frozen=True)
class Expects:
    """Whether a file is expected for every day or month, and over which dates (inclusive)."""

    every: str = "none"
    since: date | None = None
    until: date | None = None


def parse_pairs(statement: Statement, key: str) -> Mapping[str, str]:
    """A list `left=right`, separated by `;` where one stands in it, else by commas."""
    text = statement.header.get(key, "")
    pairs: dict[str, str] = {}
    for part in statement.listed(key, ";" if ";" in text else ","):
        left, equals, right = (each.strip().strip('"') for each in part.partition("="))
        if not (left and equals and right):
            raise statement.problem(key, f"cannot read `{part}`; write left=right, left=right")
        if left in pairs:
            raise statement.problem(key, f"`{left}` stands twice; keep one")
        pairs[left] = right
    return pairs


def parse_aliases(statement: Statement) -> Mapping[str, str]:
    """Other spellings of a header, in the form in which headers are compared."""
    return {
        header_form(other): header_form(name)
        for other, name in parse_pairs(statement, "aliases").items()
    }


def header_form(name: str) -> str:
    """A header as it is compared and named: NFC, trimmed, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", name).replace("\ufeff", "").split())


def parse_zone(statement: Statement) -> str | None:
    """The zone of naive times: a name, or a fixed offset as +07:00; None is the home's."""
    value = statement.header.get("timezone", "").strip()
    if not value:
        return None
    offset = _OFFSET.fullmatch(value)
    if offset and int(offset[2]) <= 14:
        return f"{offset[1]}{int(offset[2]):02d}:{offset[3] or '00'}"
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(value, zoneinfo.available_timezones(), 3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise statement.problem(
            "timezone",
            f"`{value}` is not a zone such as Asia/Jakarta, nor an offset as +07:00" + hint,
        ) from None
    return value


def parse_tolerance(statement: Statement) -> Tolerance:
    """`0.5%` or `3 rows`; default none at all."""
    text = statement.header.get("tolerance", "").strip()
    if not text or text == "0":
        return Tolerance()
    if match := re.fullmatch(r"(\d+) rows?", text):
        return Tolerance(rows=int(match[1]))
    if (match := re.fullmatch(r"(\d+(?:\.\d+)?) ?%", text)) and Fraction(match[1]) <= 100:
        return Tolerance(share=Fraction(match[1]) / 100)
    raise statement.problem("tolerance", f"cannot read `{text}`; write 0.5% or 3 rows")


def parse_expects(statement: Statement) -> Expects:
    """`day`, `month` or `none`, optionally `since 2024-01-01` and `until 2024-12-31`."""
    text = statement.header.get("expects", "").strip() or "none"
    match = re.fullmatch(r"(day|month|none)(?: since (\S+))?(?: until (\S+))?", text)
    try:
        if match:
            dates = (date.fromisoformat(each) if each else None for each in match.groups()[1:])
            since, until = dates
            return Expects(match[1], since, until)
    except ValueError:
        pass
    raise statement.problem(
        "expects",
        f"cannot read `{text}`; write day, month or none, and after it, where needed,"
        " since 2024-01-01 until 2024-12-31",
    )


@lru_cache(maxsize=512)
def name_pattern(pattern: str) -> re.Pattern[str]:
    """A glob as a regular expression: `*` and `?` stay inside a folder, `**/` crosses them."""
    forms = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(forms.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)
