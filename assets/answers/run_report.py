"""How a run ended, for whoever was not there: `published/status.json` and one line to read.

Written whole at the end of every run, also of a failed one; that a run works is written in
the lake, so that the next one can say of a killed run that it was killed. Readable by the
home's group and fit to leave the house: findings name files, records and rules, and of an
unexpected error only its kind is told, for its text may quote a value.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from assets.code_version import code_version
from assets.disk import is_refusal
from assets.home import Home
from assets.lake import make_folder, place, sync
from assets.publishing.finding import Finding
from assets.publishing.published import open_to_group
from assets.record.versions import current, replaced

STATUS_SCHEMA = 1
# errors of our own and the system's, whose texts hold paths, names and rules, never a value
_TOLD = frozenset({
    "HomeError", "HeaderError", "RegisterError", "BusyError", "OSError", "PermissionError",
    "FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "KeyboardInterrupt",
})  # fmt: skip
STOPPED = "it was stopped by hand or by a signal"
KILLED = "ended from outside before it was done (killed, or the power failed); nothing half-made"


@dataclass(frozen=True)
class Failure:
    """Why a run failed: the step, the kind of error, and its whole text for the terminal."""

    step: str
    kind: str
    message: str

    @property
    def text(self) -> str:
        return f"{self.step}: {self.message}" if self.step else self.message

    @property
    def told(self) -> str:
        """As it may be told to others than who runs kring."""
        if self.kind in _TOLD:
            return self.text
        where = f"in step {self.step} " if self.step else ""
        if is_refusal(self.message):
            return (
                f"the disk refused {where}({self.kind}), or a right is lacking; make room or mend "
                "it, then kring run, which shows it whole"
            )
        return f"an unexpected error {where}({self.kind}); kring run shows it whole"


@dataclass(frozen=True)
class Report:
    """How a run ended. `exit` is the command's; times are UTC."""

    organisation: str
    outcome: str  # complete | findings | failed
    exit: int
    sentence: str
    as_of: str
    began_at: str
    ended_at: str
    version: str | None
    published: bool
    findings: list[dict[str, str]]
    failures: list[str]
    late: list[dict[str, str]]
    interrupted: str | None  # when a run began that was killed since the one before
    by: str  # command | dagster
    is_sample: bool
    code: str
    schema: int = STATUS_SCHEMA
    alert_problems: list[str] = field(default_factory=list)


def began(home: Home, by: str) -> tuple[str | None, str]:
    """Note that a run begins, with the lock held.

    Gives when a run began that never ended (None where all did), and when this one begins.
    """
    left, now = interrupted(home), _now()
    scratch = home.began_file.with_suffix(".new")
    scratch.write_text(json.dumps({"began_at": now, "by": by, "pid": os.getpid()}) + "\n")
    place(scratch, home.began_file)
    return left, now


def interrupted(home: Home) -> str | None:
    """When the run began that is not known to have ended; it works still, or was killed."""
    try:
        return str(json.loads(home.began_file.read_text())["began_at"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return "an unknown time"


def report(
    home: Home,
    as_of: date,
    *,
    by: str,
    began_at: str,
    published: bool,
    failures: list[Failure],
    findings: list[Finding],
    late: list[Finding],
    left: str | None,
) -> Report:
    """How a run ended, from what it found."""
    seen = current(home)
    failed = bool(failures) or seen is None
    acted = [f for f in findings if f.must_be_acted_on]
    outcome = "failed" if failed else "findings" if acted else "complete"
    version = seen.id if seen else None
    told = [failure.told for failure in failures]
    return Report(
        organisation=home.settings.name,
        outcome=outcome,
        exit={"failed": 1, "findings": 3, "complete": 0}[outcome],
        sentence=_sentence(
            published_as(home) if published else None, version, told, acted, late, left
        ),
        as_of=as_of.isoformat(),
        began_at=began_at or _now(),
        ended_at=_now(),
        version=version,
        published=published,
        findings=[asdict(finding) for finding in findings],
        failures=told,
        late=[asdict(each) for each in late],
        interrupted=left,
        by=by,
        is_sample=home.sample() is not None,
        code=code_version(),
    )


def published_as(home: Home) -> str:
    """What a run published, and in whose place where somebody had rolled back: that is undone."""
    seen, back = current(home), replaced(home)
    place = f" in place of {back}, to which readers had been rolled back" if back else ""
    return f"published {seen.id if seen else 'nothing'}{place}"


def _sentence(
    published: str | None, version: str | None, failures: list[str], findings: list[Finding],
    late: list[Finding], left: str | None,
) -> str:  # fmt: skip
    """One line for a person: what happened, what stands, what is to be looked at."""
    stands = f"version {version} stands" if version else "no version stands"
    if failures:
        parts = [f"failed, {stands}: {failures[0]}"]
    elif published:
        parts = [published]
    else:
        parts = [f"nothing new, {stands}"]
    if len(failures) > 1:
        parts.append(f"{len(failures) - 1} more failures")
    counted = Counter(finding.about for finding in findings)
    if counted:
        listed = ", ".join(f"{count} {about}" for about, count in sorted(counted.items()))
        parts.append(f"to be acted on: {listed}")
    parts += [f"late: {late[0].text}"] if late else []
    parts += [f"and {len(late) - 1} more late"] if len(late) > 1 else []
    parts += [f"the run that began {left} was {KILLED} stands"] if left else []
    return "; ".join(parts)


def write_report(home: Home, content: Report) -> None:
    """Put the report in place of the last one, in one step; raises OSError."""
    if not home.published.is_dir():
        make_folder(home.published)
        open_to_group(home.published, home)
    scratch = home.published / f".status-{os.getpid()}"
    try:
        text = json.dumps(asdict(content), indent=1, ensure_ascii=False)
        scratch.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        open_to_group(scratch, home)
        place(scratch, home.status_file)
    finally:
        scratch.unlink(missing_ok=True)


def ended(home: Home) -> None:
    """Note that the run that began has ended, however."""
    home.began_file.unlink(missing_ok=True)
    if home.lake.is_dir():
        sync(home.lake)


def last_report(home: Home) -> dict[str, object] | None:
    """The last report as it lies there; None where there is none that can be read."""
    try:
        content = json.loads(home.status_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
