"""Typed cells (xlsx, parquet, json) as text in the source's own conventions.

So that one rule reads all formats: what a typed export says is written as its text export
would have it, then converted and checked by the contract like any other text.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from assets.arrivals.sources import TYPED_TIME, Source
from schemas.directives import IN_UTC, LONG

# Spreadsheets show a duration beyond 24 hours in a clock format as a day of January 1900
# (or 1904); no contact centre's export reaches back that far.
_DURATION_ERAS = (
    (datetime(1899, 12, 30), datetime(1900, 3, 1), datetime(1899, 12, 31)),
    (datetime(1904, 1, 1), datetime(1904, 3, 1), datetime(1904, 1, 1)),
)

_LOST = 16  # digits before the point, less one: a binary number of so many holds 15 to 17

_FRACTION = re.compile(r"%(?:\.[369]?f|[369]f|f)")


def number_text(text: str, decimal: str) -> str:
    """A number as written by a program, in plain digits with the source's decimal mark; with its
    exponent where only that says that the last digits are lost, which matters in an id."""
    if "e" in text or "E" in text:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return text
        text = format(value, "f" if -400 < value.adjusted() < _LOST else "E")
    return text.replace(".", decimal)


def float_text(value: float, decimal: str) -> str:
    """A spreadsheet's number: at most its 15 significant digits, integers without a point."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return number_text(format(value, ".15g"), decimal)


def duration_text(value: timedelta) -> str:
    """`h:mm:ss`, with milliseconds where there are any; hours may exceed 24."""
    milliseconds = round_half_up(value)
    sign = "-" if milliseconds < 0 else ""
    seconds, rest = divmod(abs(milliseconds), 1000)
    text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{rest:03d}" if rest else text


def round_half_up(value: timedelta) -> int:
    """Milliseconds; spreadsheets keep fractions of a day, so microseconds are noise."""
    microseconds = value // timedelta(microseconds=1)
    return (microseconds + 500) // 1000


class TimeFormat:
    """A declared format of times: what it can say, and how it says it."""

    def __init__(self, declared: str) -> None:
        text = declared
        for short, long in LONG.items():
            text = text.replace(short, long)
        self.text = text
        self.fraction = _FRACTION.search(text) is not None
        self.seconds = "%S" in text
        self.clock = "%H" in text or "%I" in text
        self.day = "%d" in text or "%j" in text
        self.zoned = "%z" in text or IN_UTC.search(text) is not None

    def keeps(self, value: datetime) -> bool:
        """Whether a naive date-time can be written in this format without loss."""
        return (
            self.day
            and not self.zoned
            and (self.fraction or not value.microsecond)
            and (self.seconds or not value.second)
            and (self.clock or value.time() == time())
        )

    def write(self, value: datetime) -> str:
        """The date-time in this format."""
        return value.strftime(_FRACTION.sub(lambda found: _digits(found[0], value), self.text))


def _digits(directive: str, value: datetime) -> str:
    digits = f"{value.microsecond:06d}000"
    if directive == "%.f":
        return f".{digits[:3]}" if value.microsecond else ""
    if directive == "%f":
        return digits[:6]
    point = "." if "." in directive else ""
    return point + digits[: int(directive.strip("%.f"))]


class Times:
    """Writes date-times by the first declared format that loses nothing of them, else as ISO."""

    def __init__(self, source: Source) -> None:
        self.formats = [TimeFormat(each) for each in source.times if "%" in each]
        self.otherwise = TimeFormat(TYPED_TIME if self.formats else "%Y-%m-%d %H:%M:%S%.f")

    def text(self, value: datetime) -> str:
        """A naive date-time, to the millisecond."""
        value = _to_milliseconds(value)
        for each in self.formats:
            if each.keeps(value):
                return each.write(value)
        return self.otherwise.write(value)

    def date_text(self, value: date) -> str:
        """A date; where only date-time formats are declared, its midnight."""
        moment = datetime.combine(value, time())
        dates = [each for each in self.formats if not each.clock and each.keeps(moment)]
        if not self.formats:
            return value.isoformat()
        return dates[0].write(moment) if dates else self.text(moment)


def _to_milliseconds(value: datetime) -> datetime:
    rest = value.microsecond % 1000
    return value + timedelta(microseconds=-rest if rest < 500 else 1000 - rest)


def elapsed(value: datetime) -> timedelta | None:
    """The duration that a spreadsheet hands out as a date-time at its epoch, if it is one."""
    for first, last, epoch in _DURATION_ERAS:
        if first <= value < last:
            return value - epoch
    return None
