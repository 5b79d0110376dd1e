"""Faults, group G: files that are traps: archives, workbooks and parquet made to do harm."""

from __future__ import annotations

import io
import os
import resource
import signal
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fault_home import Meeting
from five_files import (
    JUNE,
    MAY,
    ROWS,
    SURVEYS,
    sound,
)


def bomb() -> bytes:
    """A few hundred kilobytes that unpack to 300 MB of one shared text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(io.BytesIO(sound()[SURVEYS])) as plain:
            for entry in plain.namelist():
                if entry != "xl/sharedStrings.xml":
                    archive.writestr(entry, plain.read(entry))
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(b'<?xml version="1.0"?><sst><si><t>')
            for _ in range(300):
                part.write(b"x" * (1 << 20))
            part.write(b"</t></si></sst>")
    return out.getvalue()


def laughs() -> bytes:
    """Entities that would grow to a billion words."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'
    out = io.BytesIO()
    plain = zipfile.ZipFile(io.BytesIO(sound()[SURVEYS]))
    with zipfile.ZipFile(out, "w") as archive:
        for entry in plain.namelist():
            data = plain.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                data = (text + data.decode().split("?>", 1)[1]).encode()
            archive.writestr(entry, data)
    return out.getvalue()


def nested() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("surveys.xlsx", sound()[SURVEYS])
    return out.getvalue()


def outside_entity() -> bytes:
    return laughs().replace(b'<!ENTITY l0 "lol">', b'<!ENTITY l0 SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(bomb, ("unpack to 300 MB", "limits"), id="G5-bomb"),
        pytest.param(nested, ("another kind of zip",), id="G5-nested"),
        pytest.param(laughs, ("entities",), id="G6-laughs"),
        pytest.param(outside_entity, (), id="G6-outside"),
        pytest.param(lambda: sound()[SURVEYS][:-200], ("damaged",), id="cut"),
    ],
)
def test_g5_g6_a_workbook_that_is_a_trap_is_refused_unparsed(
    meeting: Meeting, content: Callable[[], bytes], words: tuple[str, ...]
) -> None:
    trap = content()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = meeting.meet(SURVEYS, trap)
    meeting.refused(outcome, SURVEYS, *words)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes
    meeting.heals(SURVEYS)


PARQUET = """
-- title: Calls of a warehouse
-- kind: calls
-- files: a_warehouse/*.parquet
-- format: parquet
select _row, id as contact_id, '2024-06-03 10:00:00' as entered_at, 'abandoned' as outcome
from export
"""


def garbled(position: float, replacement: bytes) -> bytes:
    """A parquet file in which some bytes lie."""
    out = io.BytesIO()
    pq.write_table(pa.table({"id": [f"P{n}" for n in range(5_000)]}), out)
    data = bytearray(out.getvalue())
    at = int(len(data) * position)
    data[at : at + len(replacement)] = replacement
    return bytes(data)


@pytest.mark.parametrize(
    ("position", "replacement"),
    [(0.0005, b"\xff" * 8), (0.985, b"\xff" * 12), (0.997, b"\xff\xff\xff\x7f")],
)
def test_g9_a_lying_parquet_costs_only_itself(
    meeting: Meeting, position: float, replacement: bytes
) -> None:
    """It is read first, and the sources after it still read theirs."""
    home = meeting.begin(JUNE)
    home.source("a_warehouse", PARQUET.lstrip())
    home.put("a_warehouse/p1.parquet", garbled(position, replacement))
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["Q1", "Q2"]}), out)
    home.put("a_warehouse/p2.parquet", out.getvalue())
    home.deliver(MAY, JUNE)
    outcome = meeting.run()
    row = outcome.file("a_warehouse/p1.parquet")
    assert (row.status, row.accepted) in (("refused", 0), ("loaded", 5_000)), row
    assert outcome.file("a_warehouse/p2.parquet").accepted == 2
    assert outcome.file(JUNE).accepted == ROWS[JUNE]


def test_g9_a_parquet_that_ends_its_engine_costs_only_itself(meeting: Meeting) -> None:
    """The process that decodes it is killed meanwhile, as by a crash or for want of memory."""
    home = meeting.begin(JUNE)
    home.source("a_warehouse", PARQUET.lstrip())
    ids = pa.array([f"P{n:07}" for n in range(2_000_000)])
    pq.write_table(pa.table({"id": ids}), home.root / "landing/big.parquet")
    (home.root / "landing/a_warehouse").mkdir()
    (home.root / "landing/big.parquet").rename(home.root / "landing/a_warehouse/p1.parquet")
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["Q1", "Q2"]}), out)
    home.put("a_warehouse/p2.parquet", out.getvalue())
    home.deliver(MAY, JUNE)
    over = threading.Event()
    while earlier := children():  # of an earlier test; the run begins another
        for child in earlier:
            os.kill(child, signal.SIGKILL)

    def kill() -> None:
        while not over.wait(0.01):
            for child in children():
                os.kill(child, signal.SIGSEGV)
                return

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        outcome = meeting.run()
    finally:
        over.set()
        killer.join()
    row = outcome.file("a_warehouse/p1.parquet")
    assert (row.status, row.accepted) == ("refused", 0), row
    assert "ended the process that tried to decode it" in str(row)
    assert outcome.file("a_warehouse/p2.parquet").accepted == 2
    assert outcome.file(JUNE).accepted == ROWS[JUNE]


def children() -> set[int]:
    """The processes that decode parquet for this one."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            command = (path / "cmdline").read_bytes()  # none: a zombie
        except OSError:
            continue
        if parent == os.getpid() and b"assets.exports.parquet" in command:
            found.add(int(path.name))
    return found
