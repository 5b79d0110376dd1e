"""A raw file to a private normalised copy in the box, and what was learned on the way.

The file is opened once, without following links or waiting on pipes, hashed as it lies, and
must stand still meanwhile. An engine only ever sees the copy, under a name of ours: a user's
file name may be a pattern, and may change under the reader.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.arrivals.sources import Source
from assets.exports.decoding import decode, doubled_quotes, lf_line_ends
from assets.exports.magic import check_kind, kind_of
from assets.exports.opening import Opened
from assets.exports.refused import Refused
from assets.exports.unpacking import Limits, unpack

_LINE_END = re.compile(rb"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?[ \t]*\n', re.IGNORECASE)
Put = Callable[[bytes], object]
_HEAD = 1 << 20  # preamble and header must be found within this many bytes


@dataclass(frozen=True)
class Staged:
    """A file made safe to read: the copy, and the facts of the original."""

    path: Path
    name: str
    sha256: str
    size: int
    head: bytes = b""
    """Header records of delimited text, in UTF-8; the copy holds the data records only."""


def stage(
    path: Path, source: Source, box: Path, name: str | None = None, limits: Limits | None = None
) -> Staged:
    """Copy a landing file into the box as UTF-8 with LF (text) or as it is (xlsx, parquet).

    `name` is the path below landing, by which messages and `_file` call it. Raises Refused.
    """
    name, limits = name or path.name, limits or Limits()
    for old in box.glob("export*"):
        old.unlink()
    target = box / f"export.{source.format}"
    digest = hashlib.sha256()
    with Opened(path, name, limits) as opened, target.open("xb") as copy:
        head = _write(opened.chunks(digest), copy.write, source, name, limits, box)
        found = opened.unchanged()
    if source.format in ("csv", "tsv"):
        _trim_end(target, source.options.footer)
    return Staged(target, name, digest.hexdigest(), found.st_size, head)


def _write(
    raw: Iterator[bytes], put: Put, source: Source, name: str, limits: Limits, box: Path
) -> bytes:
    """Pass the bytes on as the format needs them; returns the header of delimited text."""
    first = next(raw, b"")
    chunks = _again(first, raw)
    if source.format in ("xlsx", "parquet"):
        check_kind(name, source.format, first, first[-(1 << 20) :])
        for chunk in chunks:
            put(chunk)
        return b""
    if (kind := kind_of(first)) in ("gzip", "zstd", "zip"):
        chunks = unpack(name, chunks, kind, limits, box)
        first = next(chunks, b"")
        if not first:
            raise Refused("empty", f"{name}: holds nothing once unpacked")
        chunks = _again(first, chunks)
    check_kind(name, source.format, first)
    options = source.options
    delimited = source.format in ("csv", "tsv")
    header_lines = options.header_rows if delimited and options.header else 0
    text = decode(name, chunks, options.encoding, options.skip + header_lines)
    if not delimited:
        # A raw CR can only be a line end in JSON; in a text it is escaped.
        for chunk in lf_line_ends(text, None):
            put(chunk)
        return b""
    if options.escape and options.quote:
        text = doubled_quotes(text, options.escape.encode(), options.quote.encode())
    return _write_delimited(text, put, source, name)


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _write_delimited(text: Iterator[bytes], put: Put, source: Source, name: str) -> bytes:
    options = source.options
    quote = options.quote.encode() if options.quote and options.multiline else None
    start, last = b"", False
    while len(start) < _HEAD and not last:
        chunk = next(text, None)
        last = chunk is None
        start += chunk or b""
    start = _skip_lines(start, options.skip, name)
    lines = lf_line_ends(_again(start, text), quote)
    start = next(lines, b"")
    if last:  # a small file: a CR held back at the end comes now
        start += b"".join(lines)
    start = start.lstrip(b"\n")
    if (separator := _SEPARATOR_LINE.match(start)) and separator[1] == options.delim.encode():
        start = start[separator.end() :].lstrip(b"\n")
    end = _header_end(start, options.header_rows if options.header else 0, quote)
    if end is None and not last:
        raise Refused(
            "header",
            f"{name}: no header within the first {len(start) >> 10} KB; "
            "check skip, header_rows and quote in options",
        )
    end = len(start) if end is None else end
    put(start[end:])
    for chunk in lines:
        put(chunk)
    return start[:end]


def _skip_lines(start: bytes, count: int, name: str) -> bytes:
    position = 0
    for _ in range(count):
        match = _LINE_END.search(start, position)
        if not match:
            raise Refused("header", f"{name}: has fewer lines than skip={count} would leave out")
        position = match.end()
    return start[position:]


def _header_end(start: bytes, rows: int, quote: bytes | None) -> int | None:
    """Where the data begins after `rows` records; None where the text ends before."""
    position = 0
    for _ in range(rows):
        end = start.find(b"\n", position)
        while quote and end >= 0 and start.count(quote, position, end) % 2:
            end = start.find(b"\n", end + 1)
        if end < 0:
            return None
        position = end + 1
    return position


def _trim_end(target: Path, footer: int) -> None:
    """Cut an end-of-file mark, and the declared number of total lines; blank ones do not count."""
    with target.open("r+b") as copy:
        size = copy.seek(0, os.SEEK_END)
        span = min(size, _HEAD)
        copy.seek(size - span)
        tail = copy.read(span).rstrip(b"\x1a")
        for _ in range(footer):
            tail = tail.rstrip(b"\n")
            tail = tail[: tail.rfind(b"\n") + 1]
        copy.truncate(size - span + len(tail))
