"""JSON values one at a time, exactly as written: numbers keep their digits, nothing is guessed.

An array is read through a window, so a file of any size passes in bounded memory; of documents
that are records each is held whole. A repeated key or a NaN marks its record as bad instead of
letting the last one win.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from assets.arrivals.sources import Source
from assets.exports.refused import Refused
from assets.exports.staging import Staged

_WINDOW = 1 << 20
_LONGEST = 1 << 26
_BLANK = " \t\r\n"
_SINGLE = 'nft"-0123456789'  # what a value begins with that is no array and no object
WHOLE = "."
"""The option `records` of documents that are records themselves."""
_BLANKS = re.compile(f"[{_BLANK}]*")


@dataclass(frozen=True)
class Bad:
    """Stands where a value could not be read as written; the rule says why."""

    rule: str


class Number(str):
    """A JSON number, by its text."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Bad:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Bad("duplicate_key")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number,
    parse_constant=lambda _: Bad("not_json"),
)  # fmt: skip


def line_values(staged: Staged) -> Iterator[tuple[Any, bool]]:
    """Each line's value, and whether it holds escapes that may stand for no text."""
    with staged.path.open(encoding="utf-8", newline="\n") as copy:
        first = True
        while line := copy.readline(_LONGEST):
            if len(line) == _LONGEST:
                raise Refused("too_large", f"{staged.name}: has a line over {_LONGEST >> 20} MB")
            line = line.strip(_BLANK)
            if not line:
                continue
            if first and line.startswith("["):
                raise Refused(
                    "type",
                    f"{staged.name}: is one JSON array, not json lines; declare format: json",
                )
            first = False
            careful = "\\u" in line
            for value in _values(line):
                yield value, careful


def _values(line: str) -> list[Any]:
    """What a line holds: one value, or objects one behind the other, as Firehose joins them."""
    values: list[Any] = []
    at = 0
    try:
        while at < len(line):
            value, end = _DECODER.raw_decode(line, at)
            values.append(value)
            at = _BLANKS.match(line, end).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        return [Bad("not_json")]
    whole = len(values) == 1 or all(isinstance(each, dict | Bad) for each in values)
    return values if whole else [Bad("not_json")]


def array_values(staged: Staged, source: Source) -> Iterator[tuple[Any, bool]]:
    """The items of the file's array, or of the array that the option `records` names; of `.`
    the documents of the file themselves."""
    with staged.path.open(encoding="utf-8", newline="") as copy:
        cursor = _Cursor(copy, staged.name)
        records = source.options.records
        while records == WHOLE and cursor.peek():
            yield cursor.record(), True
            if cursor.peek() == ",":  # as documents joined by hand have between them
                cursor.take(",")
        if records == WHOLE:
            return
        steps = records.split(".") if records else []
        for value in _descend(cursor, steps):
            yield value, True
        if cursor.peek():
            raise Refused(
                "not_json",
                f"{staged.name}: goes on behind the end of its JSON, after record "
                f"{cursor.items:,}; where documents stand one behind the other, declare "
                f"records='{WHOLE}' and take the rows by json_list",
            )


def _descend(cursor: _Cursor, steps: list[str]) -> Iterator[Any]:
    if not steps:
        if cursor.peek() == "{":
            raise Refused(
                "type",
                f"{cursor.name}: holds one JSON object where an array of records "
                "is read; name the array in options: records='path.to.array', or "
                f"declare format: json lines, or records='{WHOLE}' where the object is the record",
            )
        cursor.begin("[")
        yield from _items(cursor)
        return
    cursor.begin("{")
    found = False
    while cursor.peek() != "}":
        key = cursor.value()
        cursor.take(":")
        if key == steps[0] and found:
            raise Refused(
                "duplicate_key",
                f"{cursor.name}: names `{key}` twice where records= says, and the records of the "
                "second would be lost; export it again",
            )
        if key == steps[0]:
            found = True
            yield from _descend(cursor, steps[1:])
        else:
            cursor.value()
        if cursor.peek() != "}":
            cursor.take(",")
    cursor.take("}")
    if not found:
        raise Refused(
            "missing_records",
            f"{cursor.name}: has no `{steps[0]}` where records= says; check the path in options",
        )


def _items(cursor: _Cursor) -> Iterator[Any]:
    if cursor.peek() == "]":
        cursor.take("]")
        return
    while True:
        yield cursor.record()
        if cursor.peek() == "]":
            cursor.take("]")
            return
        cursor.take(",")


class _Cursor:
    """A position in JSON text, over a window that moves on through the file."""

    def __init__(self, copy: IO[str], name: str) -> None:
        self.copy, self.name = copy, name
        self.text, self.at, self.items = "", 0, 0
        self.ended = False

    def fill(self, size: int = _WINDOW) -> None:
        more = self.copy.read(size)
        self.ended = not more
        self.text, self.at = self.text[self.at :] + more, 0

    def peek(self) -> str:
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.fill()

    def take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.malformed()
        self.at += 1

    def begin(self, mark: str) -> None:
        """Take the mark by which an array or object begins, where some single value may stand."""
        if self.peek() and self.peek() in _SINGLE:
            raise Refused(
                "missing_records",
                f"{self.name}: has null, a text or a number where the records are read, as where "
                "an answer tells of an error; an export without any record has []",
            )
        self.take(mark)

    def record(self) -> Any:
        self.items += 1
        return self.value()

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
                # A number at the window's edge may go on behind it.
                if end < len(self.text) or self.ended:
                    self.at = end
                    return value
            except (ValueError, RecursionError):
                if self.ended:
                    raise self.malformed() from None
            if len(self.text) - self.at > _LONGEST:
                raise Refused(
                    "too_large",
                    f"{self.name}: has a value over {_LONGEST >> 20} MB at record {self.items:,}; "
                    "have it exported in smaller pieces",
                )
            self.fill(max(_WINDOW, len(self.text) - self.at))

    def malformed(self) -> Refused:
        return Refused(
            "not_json",
            f"{self.name}: is not well-formed JSON at or after record "
            f"{self.items:,}; it may be cut short",
        )
