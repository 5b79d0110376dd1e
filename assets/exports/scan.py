"""The structure of delimited text, counted exactly and fast, before any engine reads it.

A quote must open at a field's start and close at its end (RFC 4180), a record must end
outside quotes. What holds here cannot be read in two ways; what does not refuses the file,
because after a stray quote every following record is in doubt.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assets.exports.refused import Refused

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.intp]
_LF = 10
_BACKSLASH, _EQUALS = 92, 61
_LONGEST = 1 << 20  # bytes of a record that an engine surely takes
_PIECE = 1 << 19  # what is looked at several times stays near the processor


def inside_quotes(data: Bytes, quote: int | None, before: int = 0) -> npt.NDArray[np.bool_]:
    """Which bytes stand inside quotes, an opening quote included; `before`: quotes so far."""
    parity = np.cumsum(data == quote, dtype=np.uint8)  # may wrap at 256: only parity counts
    return ((parity + (before & 1)) & 1).view(np.bool_)


@dataclass
class Shape:
    """What the data part of a file consists of; a header is not part of it."""

    records: int = 0
    delimiters: int = 0
    nuls: int = 0
    breaks_in_quotes: int = 0
    may_have_blanks: bool = False
    """Whether a line begins as a blank one does: with its end, a delimiter, a space, a tab."""
    width: int | None = None
    """The fields of each record, where all have as many, none is long and no quote occurs."""


def scan(path: Path, name: str, delim: str, quote: str | None, multiline: bool) -> Shape:
    """Count records, delimiters and oddities; raises Refused where quotes do not pair up."""
    scanner = _Scanner(name, delim, quote, multiline)
    with path.open("rb") as copy:
        while piece := copy.read(_PIECE) + copy.readline(_LONGEST):
            scanner.feed(np.frombuffer(piece, dtype=np.uint8))
    return scanner.finish()


class _Scanner:
    """Follows quotes over chunks: inside or outside, and what stands next to each."""

    def __init__(self, name: str, delim: str, quote: str | None, multiline: bool) -> None:
        self.name, self.multiline = name, multiline
        self.delim, self.quote = ord(delim), ord(quote) if quote else None
        self.shape = Shape()
        self.widths: set[int | None] = set()
        self.quotes = 0
        self.last = _LF
        self.neighbours = np.zeros(256, dtype=bool)  # of a quote, on its outer side
        self.neighbours[[self.delim, _LF, *([ord(quote)] if quote else [])]] = True
        self.blank_starts = np.zeros(256, dtype=bool)
        self.blank_starts[[self.delim, _LF, 32, 9]] = True

    def feed(self, data: Bytes) -> None:
        lines = np.flatnonzero(data == _LF)
        self.shape.nuls += int(np.count_nonzero(data == 0))
        self.shape.may_have_blanks |= self._begin_blank(data, lines)
        at = np.flatnonzero(data == self.quote) if self.quote is not None else lines[:0]
        if len(at) or self.quotes % 2 or self.closed:
            self._feed_quoted(data, lines, at)
            self.widths.add(None)
        else:
            delimiters = np.flatnonzero(data == self.delim)
            self.shape.records += len(lines)
            self.shape.delimiters += len(delimiters)
            self.widths.add(_width(lines, delimiters, len(data)))
        self.last = int(data[-1])

    @property
    def closed(self) -> bool:
        """Whether the last byte so far was a quote that closed a field."""
        return self.last == self.quote and self.quotes % 2 == 0

    def _begin_blank(self, data: Bytes, lines: Positions) -> bool:
        starts = lines[:-1] if len(lines) and lines[-1] == len(data) - 1 else lines
        first = self.last == _LF and bool(self.blank_starts[data[0]])
        return first or bool(self.blank_starts[data[starts + 1]].any())

    def _feed_quoted(self, data: Bytes, lines: Positions, at: Positions) -> None:
        quoted = inside_quotes(data, self.quote, self.quotes)
        inside = quoted[lines]
        around = np.full(len(data) + 2, _LF, dtype=np.uint8)  # the end is judged with what follows
        around[0], around[1:-1] = self.last, data
        outer = np.where(quoted[at], around[at], around[at + 2])
        wrong = at[~self.neighbours[outer]]
        if not self.multiline and inside.any():
            wrong = np.concatenate((wrong, lines[inside]))
        if self.closed and not self.neighbours[data[0]]:
            wrong = np.zeros(1, dtype=np.intp)
        if len(wrong):
            whole = np.count_nonzero(~inside[: np.searchsorted(lines, wrong.min())])
            before = {int(sign) for sign in np.unique(around[at])}
            raise self._stray(self.shape.records + int(whole) + 1, before)
        self.shape.delimiters += int(np.count_nonzero((data == self.delim) & ~quoted))
        self.shape.records += int(np.count_nonzero(~inside))
        self.shape.breaks_in_quotes += int(np.count_nonzero(inside))
        self.quotes += len(at)

    def finish(self) -> Shape:
        if self.quotes % 2:
            raise self._stray(self.shape.records + 1)
        if self.last != _LF:
            self.shape.records += 1
        if len(self.widths) == 1:
            (self.shape.width,) = self.widths
        return self.shape

    def _stray(self, record: int, before: Collection[int] = ()) -> Refused:
        """`before`: the bytes that stand before quotes."""
        advice = "" if self.multiline else "or line breaks in quotes are meant (multiline=true), "
        if _BACKSLASH in before:
            advice += "or quotes in texts stand behind a backslash (escape='\\'), "
        if _EQUALS in before:
            advice += (
                'or cells are written ="..." for a spreadsheet (quote=none, and trim(x, \'="\') '
                "in the select), "
            )
        return Refused(
            "stray_quote",
            f"{self.name}: record {record:,}: a quote does not open and close a field; the file "
            f"is damaged there, {advice}or quote=none is meant in options",
        )


def _width(lines: Positions, delimiters: Positions, size: int) -> int | None:
    """The fields of each line of a piece; None where lines differ or one is long."""
    ends = lines if len(lines) and lines[-1] == size - 1 else np.append(lines, size)
    each, over = divmod(len(delimiters), len(ends))
    if over or np.diff(ends, prepend=-1).max() > _LONGEST:
        return None
    if not each:
        return 1
    # in order as they are, none strays if each line's first and last stand on it
    first, last = delimiters[::each], delimiters[each - 1 :: each]
    apart = bool((last < ends).all() and (first[1:] > ends[:-1]).all())
    return each + 1 if apart else None
