"""`kring report`, `workbook`, `dictionary`: documents of the version that readers see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.database import of_any_age
from assets.lake import naming
from assets.performance_report.writing import report_pages
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
    name, place = parse_period_of(year, period), open_home(home)
    target = out or Path(f"report.{year}{'' if name == 'Y' else '-' + name}.{lang.value}.html")
    require_writable(place, target)
    version = published(place)
    with of_any_age(version.manifest):
        ((_, html),) = report_pages(place, version.database, year, name, [lang.value])
    _write(target, html)
    say_sample(place)
    print_line(str(target))


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
    target = out or Path(f"kring-{year}.xlsx")
    require_writable(place, target)
    with of_any_age(version.manifest):
        made = build(version.database, version.manifest, year, lang.value)
    with naming(target):
        write(made, target)
    say_sample(place)
    print_line(f"{target} written")


def dictionary(
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML page.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write it as Markdown.")] = None,
    home: HomeOption = None,
) -> None:
    """Write the dictionary of the current version.

    Example: kring dictionary --markdown it.md

    Without an option it says where the version's own page lies.
    """
    from assets.building.plan import Plan
    from assets.dictionary import NAME, as_html, as_markdown, read_dictionary

    place = open_home(home)
    version = published(place)
    asked = [(path, page) for path, page in ((html, as_html), (markdown, as_markdown)) if path]
    if not asked:
        print_line(str(version.path / NAME))
        return
    for path, _ in asked:
        require_writable(place, path)
    found = read_dictionary(Plan(place, place.today()), version.database)
    for path, page in asked:
        _write(path, page(found))
        print_line(f"{path} written")


def _write(path: Path, text: str) -> None:
    with naming(path):
        path.write_text(text, encoding="utf-8", newline="\n")
