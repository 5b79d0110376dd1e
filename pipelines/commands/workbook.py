"""`kring workbook`: a year's scorecard as a spreadsheet whose figures are live formulas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.database import of_any_age
from assets.lake import naming
from pipelines.commands.options import (
    HomeOption,
    Language,
    open_home,
    published,
    require_writable,
)
from pipelines.commands.terminal import print_line, say_sample


def workbook(
    year: Annotated[int, typer.Argument(help="The year.")],
    out: Annotated[Path | None, typer.Option(help="The file (default: kring-YEAR.xlsx).")] = None,
    lang: Annotated[Language, typer.Option(help="Sheet names and headings.")] = Language.EN,
    home: HomeOption = None,
) -> None:
    """Write a year's workbook from the current version.

    Example: kring workbook 2024
    """
    from assets.workbook import build, write

    place = open_home(home)
    version = published(place)
    path = out or Path(f"kring-{year}.xlsx")
    require_writable(place, path)
    with of_any_age(version.manifest):
        made = build(version.database, version.manifest, year, lang.value)
    with naming(path):
        write(made, path)
    say_sample(place)
    print_line(f"{path} written")
