"""The grammar of a SQL file: comment lines `-- key: value`, then one statement.

The file's name is the thing's name; the keys are a closed list per kind of file, so a
misspelt key is an error and not a silence. What a key means belongs to its reader.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

_KEY_LINE = re.compile(r"^--\s?([a-z_]+):(?:\s+(.*?))?\s*$")
_SHOWN = 100  # characters of a line in a message
_CONTINUATION = re.compile(r"^--\s{3,}(\S.*?)\s*$")


class HeaderError(ValueError):
    """A SQL file whose header cannot be read; the message names file, line and remedy."""


@dataclass(frozen=True)
class Keys:
    """The keys a kind of SQL file may carry, and those it must."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()

    @staticmethod
    def of(required: str, optional: str = "") -> Keys:
        return Keys(frozenset(required.split()), frozenset(optional.split()))


@dataclass(frozen=True)
class Statement:
    """One SQL file: its name, its header, its text as it stands."""

    name: str
    path: Path
    header: Mapping[str, str]
    text: str
    lines: Mapping[str, int]

    @property
    def fingerprint(self) -> str:
        """Digest of everything that can change the rows: the statement and its header."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def body(self) -> str:
        """The statement without its header comments and trailing semicolon."""
        lines = self.text.splitlines()[self._header_lines :]
        return "\n".join(lines).strip().rstrip(";").rstrip()

    @property
    def _header_lines(self) -> int:
        lines = self.text.splitlines()
        return next((i for i, line in enumerate(lines) if not _is_header_line(line)), len(lines))

    def listed(self, key: str, separator: str = ",") -> tuple[str, ...]:
        """The values of a list-like key, trimmed, in order; empty where the key is absent."""
        parts = (part.strip() for part in self.header.get(key, "").split(separator))
        return tuple(part for part in parts if part)

    def problem(self, key: str, advice: str) -> HeaderError:
        """An error about a key's value, located for the person who edits the file."""
        line = self.lines.get(key, 1)
        return HeaderError(f"{place(self.path)} line {line}: {key}: {advice}")

    def spot(self, line: int | None) -> str:
        """A line of the body (its first is 1) as the file counts it, and what stands there."""
        if line is None:
            return place(self.path)
        shown = shorten(self.body.split("\n")[line - 1], _SHOWN, placeholder=" ...")
        return f"{place(self.path)} line {self._header_lines + line}, `{shown}`"


def read_statement(path: Path, keys: Keys) -> Statement:
    """Parse a SQL file; raises HeaderError for an unknown, repeated or missing key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise HeaderError(f"{place(path)}: is not UTF-8 text; save it as UTF-8") from None
    header, lines = _parse(path, text.splitlines(), keys)
    missing = sorted(key for key in keys.required if not header.get(key))
    if missing:
        raise HeaderError(
            f"{place(path)} line 1: the header lacks `{missing[0]}:`; "
            f"it needs {', '.join(sorted(keys.required))}"
        )
    statement = Statement(path.stem, path, header, text, lines)
    if not statement.body:
        raise HeaderError(f"{place(path)}: has a header but no statement; add the select")
    return statement


def place(path: Path) -> str:
    """A SQL file as messages call it: its folder says what it is."""
    return f"{path.parent.name}/{path.name}"


def _parse(path: Path, lines: list[str], keys: Keys) -> tuple[dict[str, str], dict[str, int]]:
    known = keys.required | keys.optional
    header: dict[str, str] = {}
    where: dict[str, int] = {}
    current: str | None = None
    for number, line in enumerate(lines, start=1):
        if not _is_header_line(line):
            break
        key_line = _KEY_LINE.match(line)
        if key_line:
            current = key_line.group(1)
            if current not in known:
                raise HeaderError(
                    f"{place(path)} line {number}: unknown key `{current}:`; "
                    f"the keys are {', '.join(sorted(known))}"
                )
            if current in header:
                raise HeaderError(
                    f"{place(path)} line {number}: `{current}:` stands twice "
                    f"(first on line {where[current]}); keep one"
                )
            header[current], where[current] = key_line.group(2) or "", number
        elif current and (continued := _CONTINUATION.match(line)):
            header[current] = f"{header[current]} {continued.group(1)}".strip()
        else:
            current = None
    return header, where


def _is_header_line(line: str) -> bool:
    return not line.strip() or line.startswith("--")
