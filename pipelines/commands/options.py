"""Options that several subcommands share, and the home they work on."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="KRING_HOME", help="The home folder (default: data/)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Count as of this day (YYYY-MM-DD)."),
]


def open_home(path: Path | None) -> Home:
    """The home asked for; code loaded later in this process finds the same one."""
    home = Home.open(path)
    os.environ["KRING_HOME"] = str(home.root)
    return home


def parse_as_of(home: Home, text: str | None) -> date:
    """The day to count as of; raises a usage error for anything but a date."""
    if text is None:
        return home.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write YYYY-MM-DD") from None
