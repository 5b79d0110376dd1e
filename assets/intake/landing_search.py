"""Which files of landing hold a person's identifier as text, in whatever way it is written.

Also files that nobody claims, that were refused, and columns that no source loads. Packed
files are unpacked, also in one another, workbooks and parquet opened; nothing is kept of what is
read.
"""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import unquote

import pyarrow as pa

from assets.exports.magic import PROTECTED, kind_of
from assets.exports.refused import Refused
from assets.exports.unpacking import FAULTS, Limits, open_packed, unpack

_BLOCK, _OVERLAP = 1 << 20, 1 << 10
_DEEPEST = 3  # zips in one another, as a workbook in one of several
_CLOSED = frozenset({"zip", "7z", "rar", "bzip2", "xz", "pdf", "encrypted parquet"})
_ALONE = r"[^\W_]"  # a letter or a digit, beside which a text is another one
_FEWEST_DIGITS = 6  # fewer make no number of a person, and would be found everywhere
_WIDE = ("utf-16-le", "utf-16-be")
_IN_JSON = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[bfnrt])")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: as a text of its own, and wherever its letters stand."""

    alone: list[re.Pattern[str]]
    anywhere: list[re.Pattern[str]]
    is_plain: bool  # ASCII alone, which every encoding writes alike

    def or_any(self, texts: Iterable[str]) -> Wanted:
        """Also these, wherever they stand."""
        more = [re.compile(re.escape(_folded(text))) for text in texts]
        return replace(self, alone=[*self.alone, *more], anywhere=[*self.anywhere, *more])

    def are_in(self, text: str) -> bool:
        folded = _folded(text)
        return any(pattern.search(folded) for pattern in self.alone)


def patterns(value: str, country: str) -> Wanted:
    """What to look for: the text with any blanks, and its digits however they are parted.

    A text is one of its own: 1001 is not looked for in 210017, nor Siti in positif.
    """
    words = [re.escape(word) for word in _folded(value).split()]
    digits = re.sub(r"\D", "", value)
    # a phone number is written with and without its country and its trunk zero
    core = re.sub(rf"^(?:0+{country}|0+|{country}(?=\d{{8}}))0?", "", digits)
    numbers = [re.compile(r"\D{0,3}".join(core))] if len(core) >= _FEWEST_DIGITS else []
    if not words:
        return Wanted(numbers, numbers, True)
    text, bare = r"\s+".join(words), value.strip()
    before = f"(?<!{_ALONE})" if _parts_words(bare[0]) else ""
    behind = f"(?!{_ALONE})" if _parts_words(bare[-1]) else ""
    alone = re.compile(before + text + behind)
    return Wanted([alone, *numbers], [re.compile(text), *numbers], value.isascii())


def _parts_words(letter: str) -> bool:
    """Whether blanks part the words of its script; those without capitals may do without them."""
    return not letter.isalpha() or letter.lower() != letter.upper()


def holds(path: Path, wanted: Wanted) -> bool:
    """Whether a file holds what is wanted.

    Raises OSError where none is found in what can be read of it, and that is not the whole.
    """
    rest = b""
    for block in _texts(path):
        window = rest + block
        # where there are zero bytes, what stands beside a word may be its length
        patterns = wanted.anywhere if b"\0" in window else wanted.alone
        for text in _readings(window, wanted.is_plain):
            if any(pattern.search(text) for pattern in patterns):
                return True
        rest = window[-_OVERLAP:]
    return False


def _readings(window: bytes, is_plain: bool) -> Iterator[str]:
    """What some bytes may say: as they stand, and with the signs that JSON, an address or a page
    writes by their numbers; letters with accents in each encoding that exports have."""
    for text in _decoded(window, is_plain):
        yield _folded(text)
        written = _IN_JSON.sub(lambda sign: chr(int(sign[1] or "20", 16)), text)
        written = html.unescape(unquote(written))
        if written != text:
            yield _folded(written)


def _decoded(window: bytes, is_plain: bool) -> Iterator[str]:
    """A zero byte between letters is one of UTF-16."""
    text = window.replace(b"\0", b"").decode("utf-8", "replace")
    yield text
    if is_plain:
        return
    if b"\0" in window:
        yield from (window[at:].decode(name, "replace") for name in _WIDE for at in (0, 1))
    elif "\ufffd" in text:
        yield window.decode("cp1252", "replace")


def _folded(text: str) -> str:
    """In small letters, and an accent in one sign with its letter."""
    return unicodedata.normalize("NFC", text.casefold())


def _texts(path: Path) -> Iterator[bytes]:
    """A file's text, block by block."""
    with path.open("rb") as file:
        try:
            yield from _blocks(file)
        except (Refused, pa.ArrowException, *FAULTS):  # what lies there as bytes is searched
            file.seek(0)
            yield from _read(file)
            raise OSError("cannot be unpacked") from None


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
