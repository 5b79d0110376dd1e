"""What is wrong with an installation, and what to do: `kring doctor`.

It looks and changes nothing, takes no lock for longer than an instant, and answers whatever
state the home is in: a check that cannot be made says so and the others go on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from assets.disk import refused
from assets.doctor.answers import BAD, OK, WARN, Answer, Check, Patient
from assets.doctor.figures import FIGURES
from assets.doctor.files import FILES
from assets.doctor.night import NIGHT
from assets.doctor.settings import SETTINGS, opened
from assets.home import HomeError

__all__ = ["BAD", "OK", "WARN", "Answer", "examine"]


def examine(root: Path, as_of: date | None) -> list[Answer]:
    """Every check of a home, in the order in which to act on them."""
    home, answers = opened(root)
    if home is None:
        return answers
    patient = Patient(home, as_of or home.today())
    for check in (*SETTINGS, *FILES, *NIGHT, *FIGURES):
        answers += _made(check, patient)
    return answers


def _made(check: Check, patient: Patient) -> list[Answer]:
    """A check's answers; an error in it is one too."""
    what = check.__name__.replace("_", " ")
    try:
        return [replace(answer, what=what) for answer in check(patient)]
    except HomeError as error:
        return [Answer(BAD, str(error), "mend what it names", what)]
    except PermissionError as error:
        return [Answer(BAD, refused(patient.home.root, error), "mend what it names", what)]
    except Exception as error:  # a broken home may break any of them, in any way
        said = f"could not be looked at ({type(error).__name__})"
        told = f": {error}" if isinstance(error, OSError) else ""
        return [Answer(BAD, said + told, "mend what stands above, then ask again", what)]
