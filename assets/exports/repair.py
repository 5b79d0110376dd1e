"""Delimited text with records that cannot be loaded, rewritten so that an engine can read it.

A rejected record leaves a line without content in its place, so that all others keep their
numbers; blank lines go. Nothing is mended: what is rejected is named, never padded or cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assets.exports.batches import Rejects
from assets.exports.scan import Shape
from assets.exports.staging import Staged
from assets.sources import Source

_LINES = 20_000
_LONGEST = 1 << 20


class Layout(NamedTuple):
    """The columns of a file, and how many nameless ones follow them in its header."""

    width: int
    surplus: int


def repair(staged: Staged, source: Source, layout: Layout, shape: Shape, rejects: Rejects) -> Path:
    """Write the copy anew with one line for each record; returns its path."""
    path = staged.path.with_name("export_repaired.csv")
    delim = source.options.delim.encode()
    quote = source.options.quote.encode() if source.options.quote else None
    full = layout.width + layout.surplus - 1
    blank = delim * full + b"\n" if full else b"-\n"
    number = 0
    with path.open("wb") as out:
        lines: list[bytes] = []
        for record in _records(staged.path, quote):
            if not record.strip(delim + b" \t\n"):
                continue
            number += 1
            found = _count(record, delim, quote)
            rule = _rule(record, found, delim, layout)
            if rule:
                rejects.add(number, None, rule, shape.records)
                lines.append(blank)
            elif found < full:
                lines.append(record.rstrip(b"\n") + delim * (full - found) + b"\n")
            else:
                lines.append(record)
            if len(lines) == _LINES:
                out.writelines(lines)
                lines.clear()
        out.writelines(lines)
    return path


def _records(path: Path, quote: bytes | None) -> Iterator[bytes]:
    """Whole records, their quoted line breaks included; quotes are known to pair up."""
    with path.open("rb") as copy:
        if quote is None:
            yield from copy
            return
        begun = b""
        for line in copy:
            if begun or (quote in line and line.count(quote) % 2):
                begun += line
                if begun.count(quote) % 2:
                    continue
                line, begun = begun, b""
            yield line


def _count(record: bytes, delim: bytes, quote: bytes | None) -> int:
    if quote is None or quote not in record:
        return record.count(delim)
    return sum(part.count(delim) for part in record.split(quote)[::2])


def _rule(record: bytes, found: int, delim: bytes, layout: Layout) -> str | None:
    if b"\0" in record:
        return "nul_byte"
    if len(record) > _LONGEST:
        return "too_long"
    beyond = found - (layout.width - 1)
    if not 0 <= beyond <= layout.surplus:
        return "field_count"
    if beyond and not record.rstrip(b"\n").endswith(delim * beyond):
        return "field_count"  # a nameless column has content: which column moved is unknown
    return None
