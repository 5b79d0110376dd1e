"""A run's report, whoever started the run: written under the lock, then told to whom it concerns.

The command reports for itself; runs that Dagster launched are reported by sensors, which also
hear of those whose process is gone. What a report holds is `assets.answers.run_report`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from assets.answers.run_report import (
    STOPPED,
    Failure,
    Report,
    began,
    ended,
    last_report,
    report,
    write_report,
)
from assets.home import Home
from assets.publishing.finding import Finding
from assets.run_lock import run_lock


@dataclass
class Reporting:
    """The report of a run that is under way."""

    home: Home
    as_of: date
    by: str = "command"
    left: str | None = None
    began_at: str = ""
    report: Report | None = None
    problems: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Note that the run works; with the lock held."""
        try:
            self.left, self.began_at = began(self.home, self.by)
        except OSError as error:
            self.problems.append(f"lake/began.json could not be written ({error})")

    def done(
        self,
        *,
        published: bool,
        failures: list[Failure],
        findings: list[Finding],
        late: list[Finding],
    ) -> None:
        self.report = report(
            self.home, self.as_of, by=self.by, began_at=self.began_at, published=published,
            failures=failures, findings=findings, late=late, left=self.left,
        )  # fmt: skip

    def failed(self, error: BaseException) -> None:
        kind = type(error).__name__
        text = STOPPED if isinstance(error, KeyboardInterrupt) else str(error)
        self.done(published=False, failures=[Failure("", kind, text)], findings=[], late=[])

    def write(self) -> None:
        """Write the report; that it cannot be written is said and changes nothing."""
        if self.report is None:
            return
        try:
            write_report(self.home, self.report)
        except OSError as error:
            self.problems.append(f"published/status.json could not be written ({error})")

    def tell(self) -> None:
        """Call whom the settings name; what went wrong there goes into the report as well."""
        from assets.answers.alerts import alert

        if self.report is None:
            return
        problems = alert(self.home, self.report)
        if problems:
            self.problems += problems
            is_last = (last_report(self.home) or {}).get("ended_at") == self.report.ended_at
            self.report = replace(self.report, alert_problems=problems)
            if is_last:  # while a slow hook was waited for, another run may have reported
                self.write()


@contextmanager
def reported(home: Home, as_of: date) -> Iterator[Reporting]:
    """Hold the home for a run of the command, and report how it ended.

    Raises BusyError, and reports nothing, where another run holds it. Somebody is told after
    the lock is given back, so a hook that hangs keeps no other run waiting.
    """
    os.umask(0o077)
    note = Reporting(home, as_of)
    try:
        with run_lock(home, wait=False):
            note.begin()
            try:
                yield note
            except BaseException as error:
                note.failed(error)
                raise
            finally:
                note.write()
                ended(home)
    finally:
        note.tell()
        for problem in note.problems:
            sys.stderr.write(f"kring: {problem}\n")
