"""Options that several subcommands share, and the home they work on."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home, HomeError
from assets.record.versions import LOST_DO, Version, current, lost
from schemas.register_columns import PERIODS

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="KRING_HOME", help="The home folder (default: data/)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def _as_text(typed: str | None) -> str | None:
    """What is kept for ever as UTF-8: bytes that are none are shown by their numbers."""
    return typed and typed.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


ReasonOption = Annotated[
    str, typer.Option("--reason", callback=_as_text, help="Why; kept in the log for ever.")
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", callback=_as_text, help="Who decides (default: the account)."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Count as of this day (YYYY-MM-DD); what is read stays."
    ),
]


def require_reason(typed: str) -> str:
    """A reason without the blanks around it; a usage error where nothing is left."""
    if not typed.strip():
        raise typer.BadParameter("say why; an auditor will read it", param_hint="--reason")
    return typed.strip()


class Language(StrEnum):
    """Language of what a command writes."""

    EN = "en"
    ID = "id"


_PERIOD = re.compile(r"^(\d{4})(?:-([\w-]+))?$")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
# further ahead is a slip of the hand, and would count thousands of months of nothing
_DAYS_AHEAD = 366


def open_home(path: Path | None) -> Home:
    """The home asked for; code loaded later in this process finds the same one."""
    home = Home.open(path)
    os.environ["KRING_HOME"] = str(home.root)
    return home


def parse_as_of(home: Home, text: str | None) -> date:
    """The day to count as of; raises a usage error for anything but a date."""
    if text is None:
        return home.today()
    day = parse_day(text)
    first, last = home.settings.first_month, home.today() + timedelta(days=_DAYS_AHEAD)
    if not first <= day <= last:
        raise typer.BadParameter(
            f"{day} is not between {first} (kring.toml: first_month) and {last}, a year from today"
        )
    return day


def parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write YYYY-MM-DD") from None


def published(home: Home) -> Version:
    """The version readers see; raises HomeError where there is none yet."""
    version = current(home)
    if said := lost(home):
        raise HomeError(f"{said}: {LOST_DO}")
    if version is None:
        raise HomeError("nothing is published yet; kring run publishes")
    return version


def require_writable(home: Home, target: Path) -> None:
    """Raise HomeError where a command may not write a file: its folder must be there, and be none
    of a published version's."""
    place = Path(os.path.realpath(target))  # Path.resolve raises where links lead in a circle
    if place.is_relative_to(home.published.resolve()):
        raise HomeError(f"{target}: published versions never change; write it elsewhere")
    if place.is_dir():
        raise HomeError(f"{target} is a folder; name the file to write")
    if not place.parent.is_dir():
        raise HomeError(f"{target}: there is no folder {target.parent}")


def parse_period(text: str, *, or_month: bool = False) -> tuple[int, str]:
    """`2024-Q3`, `2024-YTD-Q3`, `2024` (the year) as year and period, or a month as `2024-03`."""
    if or_month and (month := _MONTH.match(text.strip())):
        return int(month[1]), month[0]
    found = _PERIOD.match(text.strip())
    period = ((found and found[2]) or "Y").upper()
    if not found or period not in PERIODS:
        listed = "2024-Q1, 2024-S1, 2024-YTD-Q3 or 2024"
        raise typer.BadParameter(
            f"{text!r} is no period; write {'2024-03, ' if or_month else ''}{listed}"
        )
    return int(found[1]), period


def parse_period_of(year: int, text: str) -> str:
    """The period of a year given beside it: `Q3`, or with its year, as other commands take it."""
    given = text.strip()
    chosen, period = parse_period(given if given[:4].isdigit() else f"{year}-{given}")
    if chosen != year:
        raise typer.BadParameter(f"{given!r} is no period of {year}, the year asked for")
    return period
