"""The states a run is disturbed in: a fresh home, an upgrade of a published one, retention.

Small homes with a few rows of each kind, so that a run is seconds and all of its paths are
taken: chunks, rejects, contested keys, facts that span months, every output, a version.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "faults"), str(HERE.parent.parent)]

import five_files as files  # noqa: E402
import homes  # noqa: E402
from homes import ROOT, TestHome  # noqa: E402

COMMAND = (sys.executable, "-m", "pipelines.cli", "run", "--as-of", "2024-07-31")


def environment(root: Path) -> dict[str, str]:
    """What the command sees: its home, and a terminal wide enough for a sentence."""
    return {**os.environ, "KRING_HOME": str(root), "COLUMNS": "400", "PYTHONHASHSEED": "0"}


def run(root: Path, command: Sequence[str] = COMMAND) -> subprocess.CompletedProcess[str]:
    """The command on a home, in a process of its own."""
    return subprocess.run(
        command, env=environment(root), cwd=ROOT, capture_output=True, text=True, timeout=120
    )


@dataclass(frozen=True)
class Start:
    """A state to begin from: what it is called and how it is made."""

    name: str
    make: Callable[[Path], None]


def fresh(root: Path) -> None:
    """A home that never ran, without even a key."""
    home = TestHome(root, first_month="2024-05", last_month="2024-06")
    home.only_sources()
    for name, text in files.SOURCES.items():
        home.source(name, text.lstrip().replace("tolerance:   1%", "tolerance:   20%"))
    bad = [(3, "Wait", "never")]
    home.put(files.MAY, files.calls_csv(files.call_rows(5, 20)))
    home.put(files.JUNE, files.calls_csv(files.changed(files.call_rows(6, 30), *bad)))
    home.put(files.CHATS, files.chats_csv(files.chat_rows()[:10]))
    home.put(files.SURVEYS, files.workbook(files.survey_rows()[:20]))
    home.put(
        files.ATTEMPTS, files.delimited(files.ATTEMPTS_HEADER, files.attempt_rows()[:10], "\t")
    )


def small(root: Path) -> None:
    """Calls of one month alone, never run; for what is tried at every run of the tests."""
    home = TestHome(root, first_month="2024-06", last_month="2024-06")
    home.only_sources()
    home.source("calls", files.CALLS_SOURCE.lstrip())
    home.put(files.JUNE, files.calls_csv(files.call_rows(6, 30)))


def upgrade(root: Path) -> None:
    """A published home with a correction, a late file and another target since."""
    fresh(root)
    _published(root)
    home = TestHome.at(root)
    rows = files.changed(files.call_rows(6, 30), (3, "Wait", "1,5"), (1, "Talk", "999"))
    home.put(files.JUNE, files.calls_csv(rows))
    late = [(f"L{row[0]}", *row[1:]) for row in files.call_rows(5, 5)]
    home.put("calls/late_202405.csv", files.calls_csv(late))
    home.edit_register("targets", "service_level,2024,*,79,", "service_level,2024,*,78,")
    (root / "sources/surveys.sql").rename(root / "sources/answers.sql")
    home.source(
        "answers", files.SURVEYS_SOURCE.lstrip().replace("select", "-- was: surveys\nselect", 1)
    )


def retention(root: Path) -> None:
    """Three versions of which one is to stay, without a grace; and one more file."""
    fresh(root)
    settings = root / "kring.toml"
    text = settings.read_text().replace("keep_versions = 50", "keep_versions = 9\ngrace_hours = 0")
    settings.write_text(text)
    _published(root)
    home = TestHome.at(root)
    for number in (7, 8):
        home.put("calls/more_202406.csv", _more(number))
        _published(root)
    settings.write_text(text.replace("keep_versions = 9", "keep_versions = 1"))
    home.put("calls/more_202406.csv", _more(9))


STARTS = (Start("first", fresh), Start("upgrade", upgrade), Start("retention", retention))


def _more(count: int) -> bytes:
    return files.calls_csv([(f"M{row[0]}", *row[1:]) for row in files.call_rows(6, count)])


def _published(root: Path) -> None:
    ended = run(root)
    assert ended.returncode in (0, 3), ended.stdout + ended.stderr


def copied(start: Path, root: Path) -> Path:
    """The state again in a place that another trial may have left."""
    shutil.rmtree(root, ignore_errors=True)
    return homes.copied(start, root)
