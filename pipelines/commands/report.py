"""`kring report`: the performance report of a year as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.database import of_any_age
from assets.lake import naming
from assets.performance_report.writing import report_html
from pipelines.commands.options import (
    HomeOption,
    Language,
    open_home,
    parse_period_of,
    published,
    require_writable,
)
from pipelines.commands.terminal import print_line, say_sample


def report(
    year: Annotated[int, typer.Argument(help="The year.")],
    period: Annotated[
        str, typer.Option(help="Up to the end of Q1, Q2, S1, Q3, YTD-Q3, Q4 or Y.")
    ] = "Y",
    lang: Annotated[Language, typer.Option(help="Of the whole report.")] = Language.ID,
    out: Annotated[
        Path | None, typer.Option(help="The file to write (default: in this folder).")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the performance report as an HTML file.

    Example: kring report 2024 --lang en
    """
    name = parse_period_of(year, period)
    where = open_home(home)
    target = out or Path(f"report.{year}{'' if name == 'Y' else '-' + name}.{lang.value}.html")
    require_writable(where, target)
    version = published(where)
    with of_any_age(version.manifest):
        html = report_html(where, version.database, year, name, lang.value)
    with naming(target):
        target.write_text(html, encoding="utf-8", newline="\n")
    say_sample(where)
    print_line(str(target))
