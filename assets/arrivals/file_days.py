"""The days that a file's name says it covers: a day, a month, or from one to another.

A form is what stands in the name, `%Y%m%d` or `%d-%d %B %Y`. What it has twice is of the first
and of the last day; what it has once holds for both.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date

from sql.header import Statement

_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# The first three letters tell the months apart, in English and in Indonesian.
_MONTHS = {name: number for number, name in enumerate(_ENGLISH, 1)} | {
    "peb": 2, "mei": 5, "agu": 8, "agt": 8, "ags": 8, "okt": 10, "nop": 11, "des": 12,
}  # fmt: skip
_NAME = rf"(?i:{'|'.join(_MONTHS)})[a-z]{{0,6}}"
_LOOKS = {"%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{2}", "%d": r"\d{2}", "%b": _NAME, "%B": _NAME}


def parse_covers(statement: Statement) -> str | tuple[str, str]:
    """`dates` (the dates in the rows) or `filename` with the form of the date in the name."""
    text = statement.header.get("covers", "").strip() or "dates"
    if text == "dates":
        return text
    word, _, form = text.partition(" ")
    parts = re.findall("%.", form)
    has_month = {"%Y", "%y"} & {*parts} and {"%m", "%b", "%B"} & {*parts}
    are_known = all(part in _LOOKS and parts.count(part) <= 2 for part in parts)
    if word != "filename" or not has_month or not are_known:
        raise statement.problem(
            "covers",
            f"cannot read `{text}`; write dates, filename %Y%m%d, filename %Y-%m"
            " or, from a day to another, filename %Y%m%d-%Y%m%d",
        )
    return ("filename", form.strip())


def covered_dates(file_name: str, form: str) -> tuple[date, date] | None:
    """First and last day written in a file's name; None where there is no one such span."""
    pieces = re.split("(%.)", form)
    parts = pieces[1::2]
    shape = "".join(f"({_LOOKS[each]})" if each in _LOOKS else re.escape(each) for each in pieces)
    found: set[tuple[date, date]] = set()
    for match in re.finditer(rf"(?<!\d){shape}(?!\d)", file_name):
        written = list(zip(parts, match.groups(), strict=True))
        try:
            # of what stands twice a mapping keeps what came last
            first, last = _span(dict(reversed(written)))[0], _span(dict(written))[1]
        except ValueError:
            continue
        if first <= last:
            found.add((first, last))
    return found.pop() if len(found) == 1 else None


def _span(written: Mapping[str, str]) -> tuple[date, date]:
    """The day, or all of the month, that the parts of one date name."""
    year = int(written["%Y"]) if "%Y" in written else 2000 + int(written["%y"])
    name = written.get("%b") or written.get("%B")
    month = _MONTHS[name[:3].lower()] if name else int(written["%m"])
    if "%d" in written:
        day = date(year, month, int(written["%d"]))
        return day, day
    first = date(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])
