"""What runs by itself: the lock, Dagster's books, the schedule, the last run.

Dagster is not asked and not imported: its books are copied aside and read as sqlite, so
looking at them neither takes long nor changes them.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assets.answers.run_report import interrupted, last_report
from assets.doctor.answers import BAD, OK, WARN, Answer, Patient
from assets.home import DAGSTER_YAML

_LONG, _A_NIGHT = timedelta(hours=6), timedelta(hours=36)
_ACTIVE = "('STARTING', 'STARTED', 'CANCELING')"


def lock(patient: Patient) -> list[Answer]:
    if patient.holder is None:
        return [Answer(OK, "free")]
    said = f"a run works since {patient.holder}"
    try:
        long = datetime.now(UTC) - datetime.fromisoformat(patient.holder) > _LONG
    except ValueError:
        long = False
    if not long:
        return [Answer(OK, said)]
    return [Answer(WARN, said, "look at it in kring ui; end it there if it hangs")]


def instance(patient: Patient) -> list[Answer]:
    folder = patient.home.dagster
    if not folder.is_dir():
        return [Answer(OK, "none yet; the first run makes it")]
    settings = folder / "dagster.yaml"
    if not settings.is_file() or settings.read_bytes() != DAGSTER_YAML.read_bytes():
        said = "dagster.yaml is not kring's"
        return [Answer(WARN, said, "the next kring run or kring ui puts it back")]
    for name in ("history/runs.db", "schedules/schedules.db"):
        path = folder / name
        try:
            answer = _asked(path, "pragma quick_check") if path.is_file() else [("ok",)]
        except sqlite3.DatabaseError as error:
            answer = [(str(error),)]
        if answer != [("ok",)]:
            do = f"move {folder} away: figures do not rest on it, only the history of runs"
            return [Answer(BAD, f"{name} is damaged ({answer[0][0]})", do)]
    return [Answer(OK, "opens")]


def stuck_runs(patient: Patient) -> list[Answer]:
    path = patient.home.dagster / "history/runs.db"
    if not path.is_file():
        return [Answer(OK, "none")]
    rows = _asked(path, "select run_id, pipeline_name, create_timestamp from runs "
                  f"where status in {_ACTIVE} order by id")  # fmt: skip
    if not rows or patient.holder:
        return [Answer(OK, f"{len(rows)} at work" if rows else "none")]
    listed = ", ".join(f"{name} {run[:8]} of {made} UTC" for run, name, made in rows[:3])
    return [
        Answer(WARN, f"{len(rows)} stand as running, and no run works: {listed}",
               "the next kring run, or Dagster's daemon, closes them")
    ]  # fmt: skip


def schedule(patient: Patient) -> list[Answer]:
    """Whether a run comes by itself: Dagster's schedule, or whatever started the last one."""
    path = patient.home.dagster / "schedules/schedules.db"
    states = dict(_schedules(path)) if path.is_file() else {}
    if states.get("nightly") == "RUNNING":
        return [Answer(OK, f"nightly is on: {patient.home.settings.cron}")]
    age = _age(patient)
    if age is not None and age < _A_NIGHT:
        return [Answer(OK, f"nightly is off; a run ended {_hours(age)} ago all the same")]
    do = "turn it on in kring ui, or install the timer (kring service)"
    return [Answer(WARN, "nightly is off, and no run came by itself", do)]


def last_run(patient: Patient) -> list[Answer]:
    answers = []
    left = interrupted(patient.home)
    if left and patient.holder is None:
        said = f"the run that began {left} was killed; what stood before stands"
        answers.append(Answer(WARN, said, "kring run does its work"))
    report, age = last_report(patient.home), _age(patient)
    if report is None or age is None:
        return [*answers, Answer(WARN, "no run has ended yet", "kring run")]
    said = f"{_hours(age)} ago: {report.get('sentence')}"
    if report.get("outcome") == "failed":
        answers.append(Answer(BAD, said, "mend what it names, then kring run"))
    elif age > _A_NIGHT:
        answers.append(Answer(WARN, said, "find out why no run came since"))
    elif report.get("outcome") == "findings":
        answers.append(Answer(WARN, said, "kring status lists them"))
    else:
        answers.append(Answer(OK, said))
    for problem in _texts(report.get("alert_problems")):
        answers.append(Answer(WARN, problem, "mend [alerts] in kring.toml"))
    return answers


def _schedules(path: Path) -> list[tuple[str, str]]:
    """Dagster's schedules by name and state, as far as somebody has turned them on or off."""
    rows = _asked(path, "select instigator_body, status from instigators "
                  "where instigator_type = 'SCHEDULE'")  # fmt: skip
    return [(_named(json.loads(body)), status) for body, status in rows]


def _named(body: dict[str, Any]) -> str:
    origin = body.get("origin") or {}
    return str(origin.get("instigator_name") or origin.get("job_name") or "")


def _asked(path: Path, query: str) -> list[tuple[Any, ...]]:
    """A query on a copy of a database of Dagster's, its log of late writes included."""
    with tempfile.TemporaryDirectory(prefix="kring-doctor-") as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        wal = path.with_name(path.name + "-wal")
        if wal.is_file():
            shutil.copyfile(wal, copy.with_name(wal.name))
        with closing(sqlite3.connect(copy)) as connection:
            return connection.execute(query).fetchall()


def _age(patient: Patient) -> timedelta | None:
    report = last_report(patient.home)
    try:
        return datetime.now(UTC) - datetime.fromisoformat(str((report or {})["ended_at"]))
    except (KeyError, ValueError, TypeError):
        return None


def _hours(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


NIGHT = (lock, instance, stuck_runs, schedule, last_run)
