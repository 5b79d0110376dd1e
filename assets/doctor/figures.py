"""What readers see: the current version, what is closed, whether figures and exports are late."""

from __future__ import annotations

from datetime import date

from assets.answers.freshness import late, unseen
from assets.doctor.answers import BAD, OK, WARN, Answer, Patient
from assets.record.closing import require_record
from assets.record.revisions import standing
from assets.record.versions import LOST_DO, current, lost, touched


def version(patient: Patient) -> list[Answer]:
    home, seen = patient.home, current(patient.home)
    if said := lost(home):
        return [Answer(BAD, said, LOST_DO)]
    if seen is None:
        return [Answer(WARN, "nothing is published yet", "kring run")]
    if not home.format_file.exists() and not home.ledger.exists():
        do = "restore the backup (kring restore); kring run builds from landing what it can"
        return [Answer(BAD, f"the lake is lost that {seen.id} was made from", do)]
    if touched(seen):
        do = "kring verify says which, if any; kring run publishes anew"
        why = "were changed, are gone, or were copied without their times"
        return [Answer(BAD, f"files of {seen.id} {why}", do)]
    if said := unseen(patient.plan, is_stale=bool(patient.plan.stale())):
        return [Answer(WARN, said, "kring run publishes anew")]
    return [Answer(OK, f"{seen.id}, as of {seen.manifest['as_of']}, untouched")]


def record(patient: Patient) -> list[Answer]:
    """Whether decisions and closed figures are what was kept; else nothing is published."""
    require_record(patient.home)
    closed = ", ".join(f"{r.year}-{r.period}" for r in standing(patient.home))
    return [Answer(OK, f"closed: {closed or 'nothing'}")]


def day(patient: Patient) -> list[Answer]:
    """Whether the day of today fits what there is: a clock years off makes all months wrong."""
    seen = current(patient.home)
    if seen and patient.as_of < date.fromisoformat(seen.manifest["as_of"]):
        said = f"today is {patient.as_of}, and the version is as of {seen.manifest['as_of']}"
        return [Answer(WARN, said, "set the clock, or leave --as-of alone")]
    covered = [d for each in patient.plan.ledger.deliveries() for d in each.covered_days()[-1:]]
    newest = max(covered, default=None)
    if newest and newest > patient.as_of:
        said = f"an export speaks of {newest}, which is after today ({patient.as_of})"
        return [Answer(WARN, said, "look at the clock, and at the name of that export")]
    return [Answer(OK, f"{patient.as_of}; exports up to {newest or 'none yet'}")]


def freshness(patient: Patient) -> list[Answer]:
    found = late(patient.plan)
    if not found:
        return [Answer(OK, "nothing is late")]
    return [Answer(WARN, each.text, "ask who delivers it") for each in found]


FIGURES = (version, record, day, freshness)
