"""Settings, sources, register, key: what people have put into the home."""

from __future__ import annotations

import shlex
import shutil
import stat
from pathlib import Path

from assets.arrivals.sources import read_sources
from assets.doctor.answers import BAD, OK, WARN, Answer, Patient
from assets.home import Home, HomeError
from assets.rulebook.rules import load_rules
from schemas.register import RegisterError, load_register
from sql.header import HeaderError


def opened(root: Path) -> tuple[Home | None, list[Answer]]:
    """The home, where its settings can be read, and what is to be said of them."""
    try:
        home = Home.open(root)
    except (HomeError, OSError) as error:
        do = "mend what it names" if (root / "kring.toml").exists() else "name a home: --home DIR"
        if isinstance(error, PermissionError):
            do = "run kring as the home's owner, or chown it"
        return None, [Answer(BAD, str(error), do, "settings")]
    said = f"{home.settings.name}, zone {home.settings.timezone}, as of {home.today()}"
    return home, [Answer(OK, said, what="settings")]


def sources(patient: Patient) -> list[Answer]:
    try:
        found = read_sources(patient.home.sources)
    except HeaderError as error:
        return [Answer(BAD, str(error), "mend the source; kring check-source tries it")]
    if not found:
        return [Answer(WARN, "no source, so no file is read", "see kring gallery")]
    return [Answer(OK, f"{len(found)} sources")]


def register(patient: Patient) -> list[Answer]:
    try:
        found = load_register(patient.home.register)
    except RegisterError as error:
        return [Answer(BAD, str(error), "mend the register; nothing is published until then")]
    return [Answer(OK, f"{len(found.tables)} tables")]


def rules(patient: Patient) -> list[Answer]:
    try:
        found = load_rules(patient.home)
    except HeaderError as error:
        return [Answer(BAD, str(error), "mend the file in metrics/ or checks/")]
    return [Answer(OK, f"{len(found.metrics)} metrics, {len(found.checks)} checks")]


def key(patient: Patient) -> list[Answer]:
    from assets.key import expected_fingerprint, is_cut_short, key_changes, pseudonyms_of

    home = patient.home
    expected = expected_fingerprint(home)
    if home.key.is_file() and is_cut_short(home):
        return [Answer(WARN, "a change of the key was cut short", "the next kring run ends it")]
    if not home.key.is_file():
        if expected:
            do = f"put back the key with fingerprint {expected}"
            return [Answer(BAD, f"{home.key} is missing", do)]
        return [Answer(OK, "none yet; the first run makes it")]
    answers = []
    mode = stat.S_IMODE(home.key.stat().st_mode)
    if mode & 0o077:
        answers.append(Answer(BAD, f"{home.key} may be read by others", f"chmod 600 {home.key}"))
    found = pseudonyms_of(home, home.key).fingerprint
    if expected and expected != found:
        do = f"put back the key with fingerprint {expected}"
        return [*answers, Answer(BAD, f"not the key this home was filled with ({found})", do)]
    rotated = "".join(f"; changed {each.changed_at[:10]}" for each in key_changes(home)[-1:])
    return answers or [Answer(OK, f"fingerprint {found}{rotated}; keep a copy somewhere else")]


def alerts(patient: Patient) -> list[Answer]:
    settings = patient.home.settings
    if not settings.hook and not settings.webhook:
        do = "set hook or webhook under [alerts] in kring.toml"
        return [Answer(WARN, "nobody is told when a run fails", do)]
    if settings.hook:
        program = next(iter(shlex.split(settings.hook)), "")
        if not shutil.which(program) and not (patient.home.root / program).is_file():
            return [Answer(BAD, f"alerts.hook: {program} is no program", "mend alerts.hook")]
    told = [name for name in ("hook", "webhook") if getattr(settings, name)]
    return [Answer(OK, f"{' and '.join(told)} on {settings.alert_on}")]


SETTINGS = (sources, register, rules, key, alerts)
