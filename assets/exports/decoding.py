"""Bytes of a declared encoding to UTF-8 with LF line ends, chunk by chunk.

Each step is a generator over bytes, so a file of any size passes in constant memory. Nothing
is repaired: a byte that does not decode refuses the file and names the record.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

import numpy as np

from assets.exports.magic import byte_order_mark, two_byte_encoding
from assets.exports.refused import Refused

CHUNK = 1 << 22
_OFTEN = "encoding='cp1252', or cp1251 of Cyrillic, cp1254 of Turkish, gb18030 of Chinese"
_LINE_END = re.compile(r"\r\n|\r|\n")


def decode(name: str, chunks: Iterator[bytes], encoding: str, before: int) -> Iterator[bytes]:
    """Declared encoding to UTF-8, strictly; a byte order mark is dropped.

    `before` is the number of lines ahead of the first record, to name the record in errors.
    """
    lines = 0
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    plain = encoding == "utf-8"
    first = True
    for chunk, final in _with_last(chunks):
        if first:
            chunk, first = _without_mark(name, chunk, encoding), False
        if plain and chunk.isascii() and not decoder.getstate()[0]:
            text: bytes = chunk
        else:
            try:
                text = decoder.decode(chunk, final).encode()
            except UnicodeError as error:
                raise _undecodable(name, encoding, error, lines, before) from None
        lines += _count(text, 10) or _count(text, 13)
        if text:
            yield text


def _count(text: bytes, byte: int) -> int:
    """How often a byte occurs; of one that is frequent, several times as fast as bytes.count."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == byte))


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    ahead = next(chunks, b"")
    for chunk in chunks:
        yield ahead, False
        ahead = chunk
    yield ahead, True


def _without_mark(name: str, chunk: bytes, encoding: str) -> bytes:
    mark = byte_order_mark(chunk)
    if mark and not encoding.startswith(mark[1]):
        raise Refused(
            "encoding",
            f"{name}: is {mark[1]}, but the source reads {encoding}; "
            f"declare encoding='{mark[1]}' in options, or export it as {encoding}",
        )
    found = "" if mark or encoding.startswith(("utf-16-", "utf-32")) else two_byte_encoding(chunk)
    if found:
        raise Refused(
            "encoding",
            f"{name}: is utf-16 without a byte order mark, but the source reads {encoding}; "
            f"declare encoding='{found}' in options",
        )
    # The utf-16 codec reads its mark itself, to know the order of bytes.
    drop = mark and (encoding == "utf-8" or encoding.endswith(("le", "be")))
    return chunk[len(mark[0]) :] if mark and drop else chunk


def _undecodable(name: str, encoding: str, error: UnicodeError, lines: int, before: int) -> Refused:
    good = b""
    if isinstance(error, UnicodeDecodeError):
        good = error.object[: error.start]
    line = lines + 1 + len(_LINE_END.findall(good.decode(encoding, "ignore")))
    where = f"record {line - before} (line {line})" if line > before else f"line {line}"
    often = f", often {_OFTEN}" if encoding == "utf-8" else ""
    return Refused(
        "encoding",
        f"{name}: {where} is not {encoding}; declare the file's encoding in options{often}",
    )


def lf_line_ends(chunks: Iterable[bytes], quote: bytes | None) -> Iterator[bytes]:
    """CR and CRLF to LF; inside quotes (given only where breaks may be quoted) as they stand."""
    held = b""  # a CR at a chunk's end, until its LF may come
    inside = 0
    for chunk in chunks:
        chunk, held = held + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"
        if b"\r" in chunk:
            fixed = _outside(chunk, quote, inside) if quote else _all(chunk)
        else:
            fixed = chunk
        if quote:
            inside = (inside + chunk.count(quote)) & 1
        yield fixed
    if held:
        yield held if inside else b"\n"


def _all(chunk: bytes) -> bytes:
    data = np.frombuffer(chunk, dtype=np.uint8)
    at = np.flatnonzero(data == 13)
    if int(at[-1]) + 1 < len(data) and bool((data[at + 1] == 10).all()):
        return chunk.translate(None, b"\r")  # several times faster than replacing
    return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _outside(chunk: bytes, quote: bytes, inside: int) -> bytes:
    data = np.frombuffer(chunk, dtype=np.uint8)
    quoted = (np.cumsum(data == quote[0], dtype=np.uint8) + inside) & 1
    returns = (data == 13) & (quoted == 0)
    followed = np.zeros(len(data), dtype=bool)
    followed[:-1] = data[1:] == 10
    fixed = data.copy()
    fixed[returns] = 10
    kept: bytes = fixed[~(returns & followed)].tobytes()
    return kept


def doubled_quotes(chunks: Iterable[bytes], escape: bytes, quote: bytes) -> Iterator[bytes]:
    """A quote behind an escape (`\\"`) doubled instead (`""`, RFC 4180), so that what counts quotes
    and what reads them know one way only. Of two escapes one is left, any other sign stands.

    `escape` and `quote` are one byte each.
    """
    escaped = re.compile(
        re.escape(escape) + b"(" + re.escape(escape) + b"|" + re.escape(quote) + b")"
    )
    meant = {escape: escape, quote: quote * 2}
    held = b""  # an escape at a chunk's end, whose sign comes with the next
    for chunk in chunks:
        chunk = held + chunk
        held = escape if (len(chunk) - len(chunk.rstrip(escape))) % 2 else b""
        yield escaped.sub(lambda found: meant[found[1]], chunk.removesuffix(held))
    yield held
