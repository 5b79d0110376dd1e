"""An xlsx as a zip of XML, judged before it is parsed: bombs, entities, error cells.

The spreadsheet reader shows an error, and a formula without its value, as an empty cell.
Here they are found in the sheet's XML and told apart from cells that are empty.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from assets.exports.refused import Refused

_TOTAL_BYTES = 768 << 20
_RATIO = 200
_RATIO_FROM = 32 << 20
_ENTRIES = 5_000
_CHUNK = 1 << 20
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_CELL_FAULT = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s/>]""")
_CELL_NAME = re.compile(r"([A-Z]{1,3})(\d+)")


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Whatever a garbled zip or XML makes the readers say, it is one answer to a person."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
            ValueError, KeyError, ElementTree.ParseError, expat.ExpatError):  # fmt: skip
        raise Refused(
            "damaged", f"{name}: the workbook is cut short or damaged; save it again"
        ) from None


def check_workbook(path: Path, name: str) -> None:
    """Refuse what is no workbook, or would cost more to unpack than an export may."""
    with _sound(name), path.open("rb") as file, zipfile.ZipFile(file) as archive:
        _check_directory(archive, path.stat().st_size, name)
        for entry in archive.namelist():
            if entry.lower().endswith((".xml", ".rels", ".vml")):
                _check_part(archive, entry, name)


def _check_directory(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("protected", f"{name}: is password-protected; save it without a password")
    if "xl/workbook.xml" not in names:
        raise Refused(
            "type",
            f"{name}: the source reads xlsx, but this is another kind of zip "
            "file; unpack it, or save it as .xlsx",
        )
    if len(set(names)) != len(names) or len(names) > _ENTRIES:
        raise Refused(
            "damaged",
            f"{name}: the workbook's directory is not one a spreadsheet writes; save it again",
        )
    if total > _TOTAL_BYTES or (total > _RATIO_FROM and total > _RATIO * packed):
        raise Refused(
            "bomb",
            f"{name}: would unpack to {total >> 20} MB, {total // max(packed, 1)} times "
            f"its size; the limits are {_TOTAL_BYTES >> 20} MB and {_RATIO} times",
        )


def _check_part(archive: zipfile.ZipFile, entry: str, name: str) -> None:
    declared = archive.getinfo(entry).file_size
    before, read = b"", 0
    with archive.open(entry) as part:
        for chunk in _chunks(part):
            if not read and chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"\0")):
                raise Refused("damaged", f"{name}: {entry} is not UTF-8; save the workbook again")
            read += len(chunk)
            text = (before + chunk).upper()
            if any(word in text for word in _FORBIDDEN):
                raise Refused(
                    "entity",
                    f"{name}: {entry} defines XML entities, as no spreadsheet does; refused unread",
                )
            before = chunk[-16:]
    if read != declared:
        raise Refused("damaged", f"{name}: {entry} is not of the size the workbook states")


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(_CHUNK):
        yield chunk


def faulty_cells(path: Path, sheet: str, name: str) -> list[tuple[int, int, str]]:
    """Row, column (from 1) and rule of cells that show an error or lack their value."""
    with _sound(name), path.open("rb") as file, zipfile.ZipFile(file) as archive:
        entry = _sheet_entry(archive, sheet)
        if entry is None or not _has_faults(archive, entry):
            return []
        with archive.open(entry) as part:
            return list(_Cells(_uncomputed(archive)).faults(part))


def _uncomputed(archive: zipfile.ZipFile) -> str:
    """What stands where a formula's value is not known: of a program that leaves the reckoning to
    whoever opens the workbook, and says so in it, a 0."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    left = any(node.get("fullCalcOnLoad") in ("1", "true") for node in book.iter())
    return "0" if left else ""


def _has_faults(archive: zipfile.ZipFile, entry: str) -> bool:
    before = b""
    with archive.open(entry) as part:
        for chunk in _chunks(part):
            if _CELL_FAULT.search(before + chunk):
                return True
            before = chunk[-64:]
    return False


def _sheet_entry(archive: zipfile.ZipFile, sheet: str) -> str | None:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for node in book.iter():
        if node.tag.rpartition("}")[2] == "sheet" and node.get("name") == sheet:
            link = next((v for k, v in node.items() if k.endswith("}id")), None)
            target = targets.get(link, "")
            return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return None


class _Cells:
    """Walks a sheet's XML; only run where a sheet has formulas or errors at all."""

    def __init__(self, uncomputed: str) -> None:
        self.uncomputed = uncomputed
        self.found: list[tuple[int, int, str]] = []
        self.row = self.column = 0
        self.kind = self.value = ""
        self.formula = self.in_value = False

    def faults(self, part: IO[bytes]) -> Iterator[tuple[int, int, str]]:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for chunk in _chunks(part):
            parser.Parse(chunk, False)
            yield from self.found
            self.found.clear()
        parser.Parse(b"", True)
        yield from self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif tag == "c":
            self.column += 1
            if match := _CELL_NAME.fullmatch(attributes.get("r", "")):
                self.column = _column_number(match[1])
            self.kind = attributes.get("t", "")
            self.formula, self.value = False, ""
        elif tag == "f":
            self.formula = True
        self.in_value = tag == "v"

    def _text(self, text: str) -> None:
        self.value += text if self.in_value else ""

    def _end(self, tag: str) -> None:
        self.in_value = False
        if tag.rpartition("}")[2] != "c":
            return
        if self.kind == "e":
            self.found.append((self.row, self.column, "error_cell"))
        elif self.formula and self.kind != "str" and self._has_no_value():
            self.found.append((self.row, self.column, "formula_cell"))

    def _has_no_value(self) -> bool:
        return not self.value or (self.value == self.uncomputed and self.kind != "b")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
