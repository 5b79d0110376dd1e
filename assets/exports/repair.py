"""Delimited text with records that cannot be loaded, rewritten so that an engine can read it.

A rejected record leaves a line without content in its place, so that all others keep their
numbers; blank lines go. Nothing is mended: what is rejected is named, never padded or cut. Only
of a `ragged` export is a record that ends early one whose last fields are empty.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assets.arrivals.sources import Source
from assets.exports.batches import Rejects
from assets.exports.scan import Shape, inside_quotes
from assets.exports.staging import Staged

_BLOCK = 1 << 18
_LONGEST = 1 << 20


class Layout(NamedTuple):
    """The columns of a file, and how many nameless ones follow them in its header."""

    width: int
    surplus: int
    ragged: bool = False


def repair(
    staged: Staged, source: Source, layout: Layout, shape: Shape, rejects: Rejects
) -> tuple[Path, int]:
    """Write the copy anew with one line for each record; how many fields most had before."""
    path = staged.path.with_name("export_repaired.csv")
    delim = source.options.delim.encode()
    quote = source.options.quote.encode() if source.options.quote else None
    full = layout.width + layout.surplus - 1
    nothing = delim * full + b"\n" if full else b"-\n"
    number = 0
    widths: Counter[int] = Counter()
    with path.open("wb") as out:
        for block in _blocks(staged.path, quote):
            # Under a nameless column every record must be looked at.
            if not layout.surplus and (records := _regular(block, delim, quote, full)):
                number += records
                widths[full + 1] += records
                out.write(block)
                continue
            for record in _records(block, quote):
                if not record.strip(delim + b" \t\n"):
                    continue
                number += 1
                found = _count(record, delim, quote)
                widths[found + 1] += 1
                if rule := _rule(record, found, delim, layout):
                    rejects.add(number, None, rule, shape.records)
                    out.write(nothing)
                else:
                    out.write(record.rstrip(b"\n") + delim * (full - found) + b"\n")
    usual = max(widths, key=lambda width: (widths[width], width), default=full + 1)
    return path, usual


def _blocks(path: Path, quote: bytes | None) -> Iterator[bytes]:
    """The copy in pieces of whole records; quotes are known to pair up."""
    with path.open("rb") as copy:
        while block := copy.read(_BLOCK):
            block += copy.readline()
            opened = quote is not None and block.count(quote) % 2
            while quote and opened and (line := copy.readline()):
                block += line
                opened = (opened + line.count(quote)) % 2
            yield block


def _regular(block: bytes, delim: bytes, quote: bytes | None, full: int) -> int:
    """How many records, where all in a block are as they must be; else 0."""
    data = np.frombuffer(block, dtype=np.uint8)
    if data[-1] != 10 or len(data) > _LONGEST or not data.all():
        return 0
    mark = (data == delim[0]) | (data == 10)
    if quote and quote in block:
        mark &= ~inside_quotes(data, quote[0])
    ends = data[np.flatnonzero(mark)] == 10
    records = int(np.count_nonzero(ends))
    starts = data[np.flatnonzero(data == 10)[:-1] + 1]
    if np.isin(np.append(starts, data[0]), [10, 32, 9, delim[0]]).any():
        return 0  # a line that may be blank
    even = len(ends) == records * (full + 1) and bool(ends[full :: full + 1].all())
    return records if even else 0


def _records(block: bytes, quote: bytes | None) -> Iterator[bytes]:
    """Whole records, their quoted line breaks included."""
    begun = b""
    for line in io.BytesIO(block):
        if quote and (begun or line.count(quote) % 2):
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
    if beyond < 0 and layout.ragged:
        return None
    if not 0 <= beyond <= layout.surplus:
        return "field_count"
    if beyond and not record.rstrip(b"\n").endswith(delim * beyond):
        return "field_count"  # a nameless column has content: which column moved is unknown
    return None
