"""Which files of landing hold a person's identifier as text, in whatever way it is written.

Also files that nobody claims, that were refused, and columns that no source loads. Packed
files are unpacked, workbooks and parquet opened; nothing is kept of what is read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from assets.exports.magic import kind_of
from assets.exports.refused import Refused
from assets.exports.unpacking import Limits, unpack

_BLOCK, _OVERLAP = 1 << 20, 1 << 10
_FEWEST_DIGITS = 6  # fewer make no number of a person, and would be found everywhere


def patterns(value: str, country: str) -> list[re.Pattern[str]]:
    """What to look for: the text with any blanks, and its digits however they are parted."""
    words = [re.escape(word) for word in value.casefold().split()]
    found = [re.compile(r"\s+".join(words))] if words else []
    digits = re.sub(r"\D", "", value)
    # a phone number is written with and without its country and its trunk zero
    core = re.sub(rf"^(?:0+{country}|0+|{country}(?=\d{{8}}))0?", "", digits)
    if len(core) >= _FEWEST_DIGITS:
        found.append(re.compile(r"\D{0,3}".join(core)))
    return found


def holds(path: Path, wanted: list[re.Pattern[str]]) -> bool:
    """Whether a file holds one of the patterns; raises OSError where it cannot be read."""
    rest = ""
    for text in _texts(path):
        window = rest + text.casefold()
        if any(pattern.search(window) for pattern in wanted):
            return True
        rest = window[-_OVERLAP:]
    return False


def _texts(path: Path) -> Iterator[str]:
    """A file's text, block by block; a zero byte between letters is one of UTF-16."""
    try:
        for block in _blocks(path):
            yield block.replace(b"\0", b"").decode("utf-8", "replace")
    except (Refused, zipfile.BadZipFile):  # damaged inside: what lies there as bytes is searched
        yield path.read_bytes().replace(b"\0", b"").decode("utf-8", "replace")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        kind = kind_of(handle.read(64))
    if kind in ("gzip", "zstd"):
        yield from unpack(path.name, _read(path), kind, Limits())
    elif kind == "zip":
        yield from _members(path)
    elif kind == "parquet":
        yield from _cells(path)
    else:
        yield from _read(path)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            yield block


def _members(path: Path) -> Iterator[bytes]:
    left = Limits().unpacked_bytes
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            with book.open(name) as member:
                while left > 0 and (block := member.read(_BLOCK)):
                    left -= len(block)
                    yield block


def _cells(path: Path) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        for batch in pq.ParquetFile(path).iter_batches():
            for column in batch.columns:
                cells = column.cast(pa.string(), safe=False) if _plain(column.type) else column
                yield "\n".join(map(str, cells.to_pylist())).encode("utf-8", "replace")
    except (pa.ArrowException, OSError):
        yield from _read(path)


def _plain(kind: object) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
