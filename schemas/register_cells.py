"""From a CSV file of the register to typed records, each with its file and line.

Belongs here: what one file, one line or one cell can get wrong. Rules that need several rows
or tables are in `register_rules` and `register_dates`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeAlias

from schemas.register_columns import Column, TableSpec

Value: TypeAlias = "str | int | bool | Decimal | Fraction | date | None"

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DECIMAL = re.compile(r"[+-]?(\d+)(?:\.(\d+))?")
_WEIGHT = re.compile(r"\d+(?:\.\d+)?|\d+/[1-9]\d*")
_PLACEHOLDER = re.compile(
    r"(?:[-–—?.x*]+|n\.?/?a\.?|none|null|(?:todo|tbd|tba|fixme|xxx|lorem|placeholder)\b.*)",
    re.IGNORECASE | re.DOTALL,
)


class Problem(NamedTuple):
    """Something a person has to mend; line 0 means the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}{f' line {self.line}' if self.line else ''}: {self.message}"


@dataclass(frozen=True)
class Record:
    """One data line: typed values and where they stand."""

    file: str
    line: int
    values: dict[str, Value]

    def text(self, name: str) -> str:
        value = self.values[name]
        return "" if value is None else str(value)

    def number(self, name: str) -> Fraction | None:
        value = self.values[name]
        return Fraction(value) if isinstance(value, int | Decimal | Fraction) else None

    def amount(self, name: str) -> Fraction:
        """The number of a column that may not be empty."""
        return self.number(name) or Fraction(0)

    @property
    def first(self) -> date:
        value = self.values["valid_from"]
        return value if isinstance(value, date) else date.min

    @property
    def last(self) -> date:
        value = self.values["valid_to"]
        return value if isinstance(value, date) else date.max

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, message)


def read_records(path: Path, spec: TableSpec, file: str) -> tuple[list[Record], list[Problem]]:
    """All records of one file, without those that have a problem, and the problems."""
    if not path.is_file() and spec.may_be_absent:
        return [], []
    if not path.is_file():
        advice = f"create it with the header line {','.join(c.name for c in spec.columns)}"
        return [], [Problem(file, 0, f"the file is missing; {advice}")]
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        return [], [Problem(file, line, "is not UTF-8; save the file as CSV UTF-8")]
    lines = _lines(text)
    records: list[Record] = []
    problems: list[Problem] = []
    try:
        _, header = next(lines, (1, []))
        if problems := [Problem(file, 1, message) for message in _header(header, spec)]:
            return [], problems
        for line, cells in lines:
            values, wrong = _values(header, cells, spec)
            problems += [Problem(file, line, message) for message in wrong]
            if not wrong:
                records.append(Record(file, line, values))
    except csv.Error as error:
        line, reason = error.args
        problems.append(Problem(file, line, f"is not CSV from here on ({reason}); check quotes"))
    return records, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number where each record begins, and its stripped cells; empty lines are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise csv.Error(start, str(error)) from error
        if any(cells):
            yield start, cells
        start = reader.line_num + 1


def _header(header: Sequence[str], spec: TableSpec) -> Iterator[str]:
    known = [column.name for column in spec.columns]
    missing = [name for name in known if name not in (*header, *spec.absent)]
    if len(header) == 1 and ";" in header[0]:
        yield "the columns are separated by ';'; save the file with commas"
        return
    for name in missing:
        yield f"column '{name}' is missing; add it to the header and every line"
    for name in dict.fromkeys(header):
        if name not in known and not spec.strangers:
            yield f"column '{name}' is unknown; remove it or use one of {', '.join(known)}"
        elif name in known and header.count(name) > 1:
            yield f"column '{name}' stands twice; keep one"


def _values(
    header: Sequence[str], cells: Sequence[str], spec: TableSpec
) -> tuple[dict[str, Value], list[str]]:
    if len(cells) != len(header):
        text = f"has {len(cells)} cells where the header has {len(header)}"
        return {}, [f"{text}; a text that contains a comma needs double quotes around it"]
    raw = dict(zip(header, cells, strict=True))
    values: dict[str, Value] = {}
    wrong: list[str] = []
    for column in spec.columns:
        try:
            values[column.name] = _value(column, raw.get(column.name, ""))
        except ValueError as error:
            wrong.append(f"{column.name} {error}")
    return values, wrong


def _value(column: Column, text: str) -> Value:
    if not text:
        if column.empty:
            return None
        raise ValueError(f"is empty; it must say: {column.description}")
    if column.choices:
        if text not in column.choices:
            raise ValueError(f"'{text}' is unknown; write one of {', '.join(column.choices)}")
        return text
    if column.type == "text":
        return _text(column, text)
    if column.type == "date":
        return _day(text)
    if column.type == "time":
        if not _TIME.fullmatch(text):
            raise ValueError(f"'{text}' is not a time of day; write HH:MM, for example 08:00")
        return text
    if column.type.startswith("moment"):
        return _moment(text, end=column.type == "moment_end")
    if column.type == "bool":
        if text.lower() not in ("true", "false"):
            raise ValueError(f"'{text}' is neither; write true or false")
        return text.lower() == "true"
    return _number(column, text)


def _text(column: Column, text: str) -> str:
    if column.identifier and not _IDENTIFIER.fullmatch(text):
        raise ValueError(f"'{text}' is no id; write lower-case letters, digits and underscores")
    if column.verbatim:
        return text
    if not column.identifier and text != "*" and _PLACEHOLDER.fullmatch(text):
        raise ValueError(f"'{text}' is a placeholder; say what it is: {column.description}")
    return text


def _day(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"'{text}' is not a date; write YYYY-MM-DD, for example 2024-10-01")


def _moment(text: str, *, end: bool) -> datetime:
    """A local time; a day alone is its beginning, or where something ends its end."""
    day, _, time = text.partition(" ")
    try:
        if _DATE.fullmatch(day) and not time:
            return datetime.fromisoformat(day) + timedelta(days=end)
        if _DATE.fullmatch(day) and _TIME.fullmatch(time) and time != "24:00":
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"'{text}' is neither; write YYYY-MM-DD HH:MM, or YYYY-MM-DD for a whole day")


def _number(column: Column, text: str) -> int | Decimal | Fraction:
    value: int | Decimal | Fraction
    if column.type == "weight":
        if not _WEIGHT.fullmatch(text):
            raise ValueError(f"'{text}' is not a weight; write 0.375 or a fraction such as 1/3")
        value = Fraction(text)
    else:
        if not (match := _DECIMAL.fullmatch(text)):
            raise ValueError(f"'{text}' is not a number; write digits, with a point for decimals")
        size = "9,0" if column.type == "integer" else column.type[len("decimal(") : -1]
        digits, places = (int(number) for number in size.split(","))
        if len(match[2] or "") > places:
            raise ValueError(f"'{text}' has too many decimals; write at most {places}")
        value = int(match[0]) if places == 0 else Decimal(text)
        if column.high is None and len(match[1]) > digits - places:
            raise ValueError(f"'{text}' is too long; write at most {digits - places} digits")
    if column.low is not None and value < column.low:
        raise ValueError(f"{text} is too low; write at least {column.low}")
    if column.high is not None and value > column.high:
        raise ValueError(f"{text} is too high; write at most {column.high}")
    return value
