"""Reports as files: of one year and language, and all those of a version being built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from assets.home import Home
from assets.lake import digest, sha256_file, stated
from assets.lanes import side_by_side
from assets.performance_report.own_text import OwnTexts
from sql.run import HERE

_FOLDER = Path(__file__).resolve().parent


def report_pages(
    home: Home, database: Path, year: int, period: str, languages: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """A page in each language; raises HomeError where nothing is published of year and period."""
    from assets.performance_report.page import render
    from assets.performance_report.reading import read_report

    settings, own = home.settings, OwnTexts(home.report_texts)
    report = read_report(database, settings.name, settings.timezone, year, period)
    yield from ((lang, render(report, own, lang)) for lang in languages)


def get_ready(home: Home) -> None:
    """Load what reports are made with; whoever publishes has time for it while tables are written.

    What fails here fails again where reports are made, and is told there.
    """
    if home.settings.reports:
        with suppress(Exception):
            from assets.performance_report.page import compile_templates

            compile_templates()


def write_reports(home: Home, building: Path) -> dict[str, Any]:
    """Write `report.YEAR.LANG.html` into a version being built, for its manifest.

    A report is made from figures and is none itself, so no trouble with it stops a version:
    what could not be made is named under `failed`, by its year and the kind of error.
    """
    files: list[dict[str, Any]] = []
    failed: list[str] = []
    if not home.settings.reports:
        return {"files": files, "failed": failed}
    try:
        from assets.performance_report.reading import reported_years

        years = reported_years(building / "kring.duckdb")
        for of_year in side_by_side(lambda year: _write_year(home, building, year), years):
            files += of_year
    except Exception as error:  # whatever it is: the figures stand
        # its text may quote a value, so only its kind goes along
        failed.append(type(error).__name__)
        for path in building.glob("report.*.html"):
            with suppress(OSError):
                path.unlink()
        files = []
    return {"files": files, "failed": failed}


def _write_year(home: Home, building: Path, year: int) -> list[dict[str, Any]]:
    files = []
    for lang, page in report_pages(
        home, building / "kring.duckdb", year, "Y", home.settings.reports
    ):
        path = building / f"report.{year}.{lang}.html"
        path.write_text(page, encoding="utf-8", newline="\n")
        files.append(stated(path))
    return files


def report_digest(home: Home) -> str:
    """Changes when the office's words, the languages or what the report is made by do."""
    return digest(OwnTexts(home.report_texts).digest(), _made_of(), home.settings.reports)


@cache
def _made_of() -> str:
    paths = [
        path
        for folder in (_FOLDER, HERE / "performance_report")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".py", ".csv", ".html", ".css", ".sql")
    ]
    return digest([(path.name, sha256_file(path)) for path in paths])
