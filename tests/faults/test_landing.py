"""Faults, group A: what else lies in landing, and exports under odd names, sizes and times."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fault_home import Meeting
from five_files import (
    CALLS_HEADER,
    JUNE,
    MAY,
    ROWS,
    SURVEYS,
    call_rows,
    calls_csv,
    changed,
    sound,
)


def test_a10_what_editors_and_browsers_leave_is_listed_and_left(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    names = ("surveys/~$surveys_202407.xlsx", "calls/.calls_202407.csv.swp", ".DS_Store",
             "calls/calls_202407.csv.crdownload", "calls/Thumbs.db", "calls/x.csv.tmp",
             "calls/calls_202407.csv.part", f"{JUNE}.done")  # fmt: skip
    for name in names:
        home.put(name, "not a number, and no export")
    outcome = meeting.run()
    assert {row.path for row in outcome.files if row.status == "ignored"} == set(names)
    meeting.as_undisturbed(outcome)


def test_a11_a_file_that_nobody_claims_is_named_and_not_guessed(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    home.put("absensi/absensi_202406.csv", sound()[JUNE])
    outcome = meeting.run()
    row = outcome.file("absensi/absensi_202406.csv")
    assert (row.status, row.rows) == ("unclaimed", 0)
    assert "absensi/absensi_202406.csv" in outcome.about("unclaimed")
    meeting.heals(JUNE, gone="absensi/absensi_202406.csv")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


LIES: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "surveys/s1_202406.xlsx": (lambda: sound()[JUNE], ("xlsx", "text")),
    "surveys/s2_202406.xlsx": (lambda: b"<html><table></table></html>", ("xlsx", "HTML")),
    "surveys/s3_202406.xlsx": (lambda: OLE, ("xlsx", ".xls")),
    "surveys/s4_202406.xlsx": (
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"), ("password",)
    ),
    "calls/c1_202406.csv": (lambda: sound()[SURVEYS], ("csv", "Excel")),
    "calls/c2_202406.csv": (lambda: b"PAR1" + bytes(99) + b"PAR1", ("csv", "parquet")),
    "calls/c3_202406.csv": (lambda: gzip.compress(sound()[SURVEYS]), ("csv", "Excel")),
}  # fmt: skip


def test_a12_names_that_lie_are_refused_with_both_types(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver()
    for path, (content, _) in LIES.items():
        home.put(path, content())
    outcome = meeting.run()
    for path, (_, words) in LIES.items():
        row = outcome.file(path)
        assert (row.status, row.rows) == ("refused", 0)
        for word in (path, *words):
            assert word in row.error, row.error
        (home.root / "landing" / path).unlink()
    meeting.as_undisturbed(meeting.run())


def test_a13_only_regular_files_are_opened(meeting: Meeting, tmp_path: Path) -> None:
    """A folder, links to somewhere and nowhere, a pipe and a device: none is waited on."""
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    folder = home.root / "landing/calls"
    (tmp_path / "outside.csv").write_bytes(sound()[JUNE])
    (folder / "folder.csv").mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "dangling.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe.csv")
    names = ["dangling.csv", "folder.csv", "link.csv", "pipe.csv"]
    if os.geteuid() == 0:  # only root may make a device
        os.mknod(folder / "device.csv", 0o20666, os.makedev(1, 5))
        names.append("device.csv")
    outcome = meeting.run()
    for name in names:
        row = outcome.file(f"calls/{name}")
        assert row.status == "refused"
        assert f"calls/{name}: is a link, folder, pipe or device" in row.error
        path = folder / name
        path.rmdir() if name == "folder.csv" else path.unlink()
    assert outcome.content["calls"].height == ROWS[MAY]
    meeting.heals(JUNE)


def test_a14_a_file_that_may_not_be_read_is_named(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    open_file = os.open

    def forbidden(path: Any, *arguments: Any, **more: Any) -> int:
        if str(path).endswith(JUNE):
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, *arguments, **more)

    with pytest.MonkeyPatch.context() as patched:  # the tests' own user may read everything
        patched.setattr("assets.exports.opening.os.open", forbidden)
        outcome = meeting.run()
    meeting.refused(outcome, JUNE, "may not be read", "give kring's user read access")
    (home.root / "landing" / JUNE).chmod(0o640)
    outcome = home.ingest()
    meeting.as_undisturbed(outcome)


def test_a15_many_tiny_files_are_counted_one_by_one(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    rows = call_rows(6, ROWS[JUNE])
    for number in range(0, ROWS[JUNE], 20):
        home.put(f"calls/calls_202406_{number:04d}.csv", calls_csv(rows[number : number + 20]))
    bad = "calls/calls_202406_0600.csv"
    home.put(bad, calls_csv(changed(rows, (601, "Wait", "soon"))[600:620]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assets.intake.reading._FILES_TOGETHER", 16)
        outcome = meeting.run()
    assert outcome.file(bad).status == "refused"
    assert "1 of 20" in outcome.file(bad).error
    assert outcome.content["calls"].height == ROWS[MAY] + ROWS[JUNE] - 20
    home.put(bad, calls_csv(rows[600:620]))
    meeting.as_undisturbed(home.ingest())


def test_a15_an_oversize_file_is_refused_unread(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    path = home.put(JUNE, CALLS_HEADER[0])
    os.truncate(path, 5 << 30)  # a hole: nothing on the disk
    outcome = meeting.run()
    meeting.refused(outcome, JUNE, "5120 MB", "in parts")
    meeting.heals(JUNE)


NAMES = ("calls_2024-06 \u00e9.csv", "calls_2024-06 e\u0301.csv", "calls_202406.csv ",
         "calls_202406 .csv", "c" * 251 + ".csv", "d" * 251 + ".csv", "calls_\n202406.csv",
         "calls_\t.csv")  # fmt: skip


def test_a16_identity_is_the_content_whatever_the_name(meeting: Meeting) -> None:
    """Twins in Unicode, blanks at the end, the longest names, control characters."""
    home = meeting.begin(JUNE)
    home.header("calls", "covers", "dates")
    home.header("calls", "files", "calls/*")
    home.deliver(MAY)
    rows = call_rows(6, ROWS[JUNE])
    for number, name in enumerate(NAMES):  # each holds half of the next one's rows
        home.put(f"calls/{name}", calls_csv(rows[number * 150 : number * 150 + 225]))
    outcome = meeting.run()
    mine = [row for row in outcome.files if row.source == "calls" and row.path != MAY]
    assert [row.status for row in mine] == ["loaded"] * 8
    assert len({row.file_id for row in mine}) == 8
    assert sum(row.duplicates for row in mine) == 7 * 75
    meeting.as_undisturbed(outcome)


def test_a16_a_name_that_is_no_text_stops_no_run(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.header("calls", "covers", "dates")
    home.deliver(MAY)
    home.put(f"calls/{os.fsdecode(bytes([255, 254]))}.csv", sound()[JUNE])
    meeting.as_undisturbed(meeting.run())


@pytest.mark.parametrize("seconds", [315_532_800, 4_102_444_800], ids=["1980", "2100"])
def test_a17_the_time_of_a_file_orders_nothing(meeting: Meeting, seconds: int) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    os.utime(home.root / "landing" / JUNE, (seconds, seconds))
    meeting.as_undisturbed(meeting.run())
