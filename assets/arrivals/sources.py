"""A source: one SQL file that says how a system's export is read and mapped.

Here the header's keys become typed values, each checked where it stands, so that a mistake
is named with its line before any export is opened. Reading exports is assets.exports' work.
Only the standard library and sql.header: `kring status` reads all sources in milliseconds.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from assets.arrivals.file_days import covered_dates, parse_covers
from assets.arrivals.source_options import Options, parse_options
from assets.arrivals.source_values import (
    Expects,
    Tolerance,
    name_pattern,
    parse_aliases,
    parse_expects,
    parse_pairs,
    parse_tolerance,
    parse_zone,
)
from schemas.directives import FormatError, directives
from schemas.register_columns import KINDS
from sql.header import Keys, Statement, read_statement

FORMATS = {
    "csv": "csv", "tsv": "tsv", "json lines": "json lines", "jsonl": "json lines", "json": "json",
    "parquet": "parquet", "xlsx": "xlsx",
}  # fmt: skip
TEXT_FORMATS = frozenset({"csv", "tsv", "json", "json lines"})
TYPED_TIME = "%Y-%m-%dT%H:%M:%S%.f"
IDENTIFIERS = ("phone", "tax_id", "text")
_KEYS = Keys.of(
    "title kind files format",
    "options columns aliases timezone times decimal nulls identifiers covers expects tolerance"
    " version keys_from was",
)
# Keys that name the source or tell about it, and cannot change a row.
_WITHOUT_EFFECT = frozenset({"title", "keys_from", "was"})
_TOKEN = re.compile(
    r"""(?P<text>[eE]'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(\w*)\$.*?\$\2\$)
    |(?P<void>--[^\n]*|/\*.*?\*/|\s+)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Source:
    """One kind of export of one system: where its files are, how they read, what they map to."""

    name: str
    title: str
    kind: str
    patterns: tuple[str, ...]
    format: str
    options: Options
    columns: str
    aliases: Mapping[str, str]
    timezone: str | None
    times: tuple[str, ...]
    decimal: str
    nulls: tuple[str, ...]
    identifiers: Mapping[str, str]
    covers: str | tuple[str, str]
    expects: Expects
    tolerance: Tolerance
    version: str | None
    keys_from: tuple[str, ...]
    was: str | None
    statement: Statement = field(repr=False)

    def claims(self, relative_path: str) -> bool:
        """Whether a file, by its path below landing, is one of this source's exports."""
        path = unicodedata.normalize("NFC", relative_path)
        packed = path.removesuffix(".gz").removesuffix(".zst").removesuffix(".zip")
        names = {path, packed} if self.format in TEXT_FORMATS else {path}
        return any(name_pattern(each).fullmatch(name) for each in self.patterns for name in names)

    def covered_by_name(self, relative_path: str) -> tuple[date, date] | None:
        """First and last date the file's name says it covers; None where it does not say."""
        if isinstance(self.covers, str):
            return None
        return covered_dates(relative_path.rpartition("/")[2], self.covers[1])

    @property
    def read_times(self) -> tuple[str, ...]:
        """The formats in which times are read: the declared, and those of typed times that none
        of them holds, as of a cell that does not show its seconds. Empty: ISO 8601."""
        typed = self.times and self.format not in TEXT_FORMATS
        return (*self.times, TYPED_TIME, f"{TYPED_TIME}Z") if typed else self.times

    @property
    def fingerprint(self) -> str:
        """Digest of all that can change a row: the header without title and was, the select."""
        parts = [
            f"{key}={value}"
            for key, value in sorted(self.statement.header.items())
            if key not in _WITHOUT_EFFECT and value
        ]
        parts.append("".join(_meaningful(self.statement.body)).strip())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _meaningful(sql: str) -> Iterator[str]:
    """The statement's tokens; comments and runs of white space count as one blank."""
    blank = True
    for token in _TOKEN.finditer(sql):
        if token["void"]:
            if not blank:
                yield " "
            blank = True
        else:
            yield token[0]
            blank = False


def read_source(path: Path) -> Source:
    """Read a source's SQL file; HeaderError names file, line and what to do."""
    statement = read_statement(path, _KEYS)
    source = Source(
        name=statement.name,
        title=statement.header["title"],
        kind=_one_of(statement, "kind", KINDS),
        patterns=_patterns(statement),
        format=FORMATS[_one_of(statement, "format", FORMATS)],
        options=Options(),
        columns=_one_of(statement, "columns", ("ignore", "strict"), "ignore"),
        aliases=parse_aliases(statement),
        timezone=parse_zone(statement),
        times=_times(statement),
        decimal=_one_of(statement, "decimal", (".", ","), "."),
        nulls=statement.listed("nulls", ";"),
        identifiers=_identifiers(statement),
        covers=parse_covers(statement),
        expects=parse_expects(statement),
        tolerance=parse_tolerance(statement),
        version=statement.header.get("version", "").strip().strip('"') or None,
        keys_from=statement.listed("keys_from"),
        was=statement.header.get("was") or None,
        statement=statement,
    )
    return replace(source, options=parse_options(statement, source.format))


def read_sources(folder: Path) -> tuple[Source, ...]:
    """All sources of a folder, sorted by name; none where the folder does not exist."""
    return tuple(read_source(path) for path in sorted(folder.glob("*.sql")))


def _one_of(statement: Statement, key: str, allowed: Collection[str], default: str = "") -> str:
    value = " ".join(statement.header.get(key, "").lower().split()) or default
    if value not in allowed:
        raise statement.problem(key, f"`{value}` is not one of {'; '.join(allowed)}")
    return value


def _patterns(statement: Statement) -> tuple[str, ...]:
    patterns = tuple(unicodedata.normalize("NFC", each) for each in statement.listed("files", ";"))
    for pattern in patterns:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise statement.problem(
                "files", f"`{pattern}` must be a path below landing, such as calls/*.csv"
            )
    if not patterns:
        raise statement.problem("files", "names no file; write for example calls/*.csv")
    return patterns


def _times(statement: Statement) -> tuple[str, ...]:
    formats = statement.listed("times", ";")
    for each in formats:
        if "%" not in each and each not in ("epoch", "epoch_ms"):
            raise statement.problem(
                "times", f"`{each}` is not a time format; write for example %d/%m/%Y %H:%M:%S"
            )
        try:
            if "%" in each:
                directives(each)
        except FormatError as error:
            raise statement.problem("times", str(error)) from None
    return formats


def _identifiers(statement: Statement) -> Mapping[str, str]:
    pairs = parse_pairs(statement, "identifiers")
    for column, form in pairs.items():
        if form not in IDENTIFIERS:
            raise statement.problem(
                "identifiers", f"`{column}={form}`: the forms are {', '.join(IDENTIFIERS)}"
            )
    return pairs
