"""gzip and zstd, unpacked as a stream within limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from assets.exports.decoding import CHUNK
from assets.exports.refused import Refused


@dataclass(frozen=True)
class Limits:
    """How large a file may be; beyond, it is a mistake or an attack, not an export."""

    raw_bytes: int = 4 << 30
    unpacked_bytes: int = 16 << 30
    # Exports pack 5 to 50 times; a bomb 1,000 times and more. Small files may pack better.
    unpacked_ratio: int = 250
    unpacked_always: int = 64 << 20


def unpack(name: str, chunks: Iterator[bytes], kind: str, limits: Limits) -> Iterator[bytes]:
    """Decompress gzip or zstd; refuses what is cut, damaged, or inflates beyond the limits."""
    packed = written = 0

    def counted() -> Iterator[bytes]:
        nonlocal packed
        for chunk in chunks:
            packed += len(chunk)
            yield chunk

    source = _gunzip(counted()) if kind == "gzip" else _unzstd(counted())
    try:
        for chunk in source:
            written += len(chunk)
            allowed = max(limits.unpacked_always, limits.unpacked_ratio * packed)
            if written > min(allowed, limits.unpacked_bytes):
                raise Refused(
                    "bomb",
                    f"{name}: unpacks to more than {written >> 20} MB from {packed >> 10} KB; "
                    f"the limits are {limits.unpacked_ratio} times and "
                    f"{limits.unpacked_bytes >> 30} GB",
                )
            yield chunk
    except (zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise Refused("damaged", f"{name}: the {kind} file is cut short or damaged") from None


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(31)
    for chunk in chunks:
        while chunk:
            if inflate.eof:
                inflate = zlib.decompressobj(31)
            if text := inflate.decompress(chunk, CHUNK):
                yield text
            chunk = inflate.unconsumed_tail or inflate.unused_data
    if not inflate.eof:
        raise EOFError


class _Chunks:
    """The readable file pyarrow wants, over an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.rest, self.closed = chunks, b"", False

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (chunk := next(self.chunks, b"")):
            self.rest += chunk
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.PythonFile(_Chunks(chunks), mode="r"), "zstd") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
