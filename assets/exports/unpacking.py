"""gzip, zstd, and a zip of one file, unpacked as a stream within limits."""

from __future__ import annotations

import errno
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa

from assets.arrivals.landing import is_noise
from assets.exports.decoding import CHUNK
from assets.exports.refused import Refused

# what a garbled file makes its readers say
FAULTS = (zlib.error, zipfile.BadZipFile, struct.error, RuntimeError,
          ValueError, LookupError, EOFError, OSError)  # fmt: skip
# others unpack as much at once as they please, before anybody can ask how much that is
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Limits:
    """How large a file may be; beyond, it is a mistake or an attack, not an export."""

    raw_bytes: int = 4 << 30
    unpacked_bytes: int = 16 << 30
    # Exports pack 5 to 50 times; a bomb 1,000 times and more. Small files may pack better.
    unpacked_ratio: int = 250
    unpacked_always: int = 64 << 20


def unpack(
    name: str, chunks: Iterator[bytes], kind: str, limits: Limits, box: Path | None = None
) -> Iterator[bytes]:
    """Decompress gzip, zstd or zip; refuses what is cut, damaged, or inflates beyond the limits.

    A zip is held in `box` meanwhile, under no name.
    """
    packed = written = 0

    def counted() -> Iterator[bytes]:
        nonlocal packed
        for chunk in chunks:
            packed += len(chunk)
            yield chunk

    ways: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
        "gzip": _gunzip, "zstd": _unzstd, "zip": partial(_unzip, name, box),
    }  # fmt: skip
    source = ways[kind](counted())
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
    except FAULTS as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
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


class _Chunks(io.RawIOBase):
    """The readable file pyarrow wants, over an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (chunk := next(self.chunks, b"")):
            self.rest += chunk
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def readable(self) -> bool:
        return True


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.PythonFile(_Chunks(chunks), mode="r"), "zstd") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _unzip(name: str, box: Path | None, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The file in a zip, whose directory stands at its end, so all of it must have come first."""
    with TemporaryFile(dir=box) as whole:
        for chunk in chunks:
            whole.write(chunk)
        archive = zipfile.ZipFile(whole)
        with archive, open_packed(name, archive, _export(name, archive)) as member:
            while chunk := member.read(CHUNK):
                yield chunk


def _export(name: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file in a zip, beside what desktops add to it."""
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == "[Content_Types].xml" for entry in files):
        raise Refused(
            "type",
            f"{name}: the source reads text, but this is an Excel workbook; "
            "export it again as text, or say `format: xlsx`",
        )
    exports = [entry for entry in files if not is_noise(_name(entry))] or files
    if not exports:
        raise Refused("empty", f"{name}: is a zip that holds no file")
    if len(exports) > 1:
        raise Refused(
            "type",
            f"{name}: is a zip of {len(exports)} files; put what is an export among them into "
            "landing, each by itself",
        )
    return exports[0]


def _name(entry: zipfile.ZipInfo) -> str:
    return re.split(r"[/\\]", entry.filename)[-1]


def open_packed(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    """A file of a zip, which unpacks as far as it is read; refuses what cannot be."""
    if entry.flag_bits & 1:
        raise Refused("protected", f"{name}: is password-protected; save it without a password")
    if entry.compress_type in _WAYS:
        with suppress(NotImplementedError):
            return archive.open(entry)
    raise Refused(
        "type", f"{name}: is packed in a way that cannot be read; pack it as an ordinary zip"
    )
