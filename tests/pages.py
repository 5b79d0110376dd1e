"""Reading a report's page: its numbers with their addresses, its structure, its faults.

Strict on its own: every element is closed in order, but for those HTML leaves open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

VOID = {"meta"}


@dataclass
class Number:
    """A number on a page: as printed, unrounded, and where it stands in the database."""

    printed: str
    value: str
    table: str
    column: str
    key: dict[str, Any]
    less: tuple[str, dict[str, Any]] | None
    times: int


@dataclass
class Page(HTMLParser):
    """A page, read once."""

    html: str
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._data: dict[str, str] | None = None
        self.feed(self.html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> names an attribute twice")
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "data":
            self._data = {name: value or "" for name, value in attrs}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]} at {self.getpos()}")
        else:
            self.open.pop()
        if tag == "data":
            self._data = None

    def handle_data(self, data: str) -> None:
        if self._data is not None:
            self.numbers.append(_number(data, self._data))
        elif "style" not in self.open:
            self.text.append(data)
            if "td" in self.open and "code" not in self.open:
                self.loose.append(data.strip())


def _number(printed: str, said: dict[str, str]) -> Number:
    table, _, column = said["data-of"].rpartition(".")
    less = None
    if "data-less" in said:
        less = (said["data-less"], json.loads(said["data-less-key"]))
    key = json.loads(said["data-key"])
    times = int(said.get("data-times", 1))
    return Number(printed, said["value"], table, column, key, less, times)


@cache
def page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))
