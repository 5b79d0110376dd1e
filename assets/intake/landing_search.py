"""Which files of landing hold a person's identifier as text, in whatever way it is written.

Also files that nobody claims, that were refused, and columns that no source loads. Packed
files are unpacked, also in one another, workbooks and parquet opened; nothing is kept of what is
read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa

from assets.exports.magic import PROTECTED, kind_of
from assets.exports.refused import Refused
from assets.exports.unpacking import FAULTS, Limits, open_packed, unpack

_BLOCK, _OVERLAP = 1 << 20, 1 << 10
_DEEPEST = 3  # zips in one another, as a workbook in one of several
_CLOSED = frozenset({"zip", "7z", "rar", "bzip2", "xz", "pdf", "encrypted parquet"})
_BEFORE, _BEHIND = r"(?<![^\W_])", r"(?![^\W_])"  # no letter and no digit
_FEWEST_DIGITS = 6  # fewer make no number of a person, and would be found everywhere


def patterns(value: str, country: str) -> list[re.Pattern[str]]:
    """What to look for: the text with any blanks, and its digits however they are parted.

    A text is one of its own: 1001 is not looked for in 210017, nor Siti in positif.
    """
    words = [re.escape(word) for word in value.casefold().split()]
    found = [re.compile(_BEFORE + r"\s+".join(words) + _BEHIND)] if words else []
    digits = re.sub(r"\D", "", value)
    # a phone number is written with and without its country and its trunk zero
    core = re.sub(rf"^(?:0+{country}|0+|{country}(?=\d{{8}}))0?", "", digits)
    if len(core) >= _FEWEST_DIGITS:
        found.append(re.compile(r"\D{0,3}".join(core)))
    return found


def holds(path: Path, wanted: list[re.Pattern[str]]) -> bool:
    """Whether a file holds one of the patterns.

    Raises OSError where none is found in what can be read of it, and that is not the whole.
    """
    # where there are zero bytes, what stands beside a word may be its length
    inside = [re.compile(p.pattern.removeprefix(_BEFORE).removesuffix(_BEHIND)) for p in wanted]
    rest = ""
    for block in _texts(path):
        window = rest + _text(block).casefold()
        if any(pattern.search(window) for pattern in (inside if b"\0" in block else wanted)):
            return True
        rest = window[-_OVERLAP:]
    return False


def _texts(path: Path) -> Iterator[bytes]:
    """A file's text, block by block."""
    with path.open("rb") as file:
        try:
            yield from _blocks(file)
        except (Refused, pa.ArrowException, *FAULTS):  # what lies there as bytes is searched
            file.seek(0)
            yield from _read(file)
            raise OSError("cannot be unpacked") from None


def _text(block: bytes) -> str:
    """A zero byte between letters is one of UTF-16."""
    return block.replace(b"\0", b"").decode("utf-8", "replace")


def _blocks(file: IO[bytes], depth: int = 0) -> Iterator[bytes]:
    kind = kind_of(file.read(64))
    file.seek(0)
    if kind in ("gzip", "zstd"):
        yield from unpack("it", _read(file), kind, Limits())
    elif kind == "zip" and depth < _DEEPEST:
        yield from _members(file, depth + 1)
    elif kind == "parquet":
        yield from _cells(file)
    elif kind in _CLOSED:
        raise OSError(f"a {kind} file")
    else:
        for block in _read(file):
            yield block
            if kind == "ole" and PROTECTED in block:
                raise OSError("a workbook with a password")


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _members(file: IO[bytes], depth: int) -> Iterator[bytes]:
    left = Limits().unpacked_bytes
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            with open_packed("it", archive, entry) as member:
                for block in _blocks(member, depth):
                    left -= len(block)
                    if left < 0:
                        raise OSError("unpacks to more than is read")
                    yield block


def _cells(file: IO[bytes]) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(file).iter_batches():
        for column in batch.columns:
            cells = column.cast(pa.string(), safe=False) if _plain(column.type) else column
            yield "\n".join(map(str, cells.to_pylist())).encode("utf-8", "replace")


def _plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
