"""`kring check-source`: a source tried on one export, and what came of it, before any run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assets.arrivals.landing import scan
from assets.arrivals.sources import Source, read_source
from assets.home import Home, HomeError
from pipelines.commands.options import HomeOption, JsonOption, open_home
from pipelines.commands.terminal import console, print_json, print_line, print_table, say


def check_source(
    file: Annotated[Path, typer.Argument(help="The source's SQL file.")],
    export: Annotated[Path | None, typer.Argument(help="An export to try it on.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a source on an export without loading anything.

    Example: kring check-source sources/calls.sql landing/calls/calls_20240102.csv
    """
    from assets.trial.trying import try_select, try_source

    place = open_home(home)
    if not file.is_file():
        raise HomeError(f"there is no file {file}; name the SQL file of a source")
    source = read_source(file)
    chosen = export or _first_claimed(place, source)
    report: dict[str, Any] = {
        "source": source.name, "kind": source.kind, "files": list(source.patterns),
        "format": source.format, "covers": source.statement.header.get("covers") or "dates",
        "export": str(chosen) if chosen else None,
    }  # fmt: skip
    if chosen is not None:
        if not chosen.is_file():
            raise HomeError(f"there is no export {chosen}")
        report |= try_source(place, source, chosen.resolve())
    else:
        report |= try_select(place, source)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    raise typer.Exit(1 if report.get("refused") else 0)


def _first_claimed(home: Home, source: Source) -> Path | None:
    claimed = [f.path for f in scan(home, (source,)) if f.sources]
    return home.landing / claimed[0] if claimed else None


def _print_tried(report: dict[str, Any]) -> None:
    """Of a source without an export."""
    if report["refused"]:
        say("refused", f" {report['refused']}", "red", errors=True)
        return
    good = "the header and the select are good"
    if not report["select_tried"]:
        good = "the header is good, and the select is one; what it takes by * an export must show"
    console().print(f"{good}; no export in landing matches, so nothing was read")


def _print_report(report: dict[str, Any]) -> None:
    screen = console()
    screen.print(
        f"{report['source']}: {report['kind']}, {report['format']}, {'; '.join(report['files'])}"
    )
    if report["export"] is None:
        _print_tried(report)
        return
    screen.print(f"columns found: {', '.join(report['columns']) or '-'}")
    for note in report["notes"]:
        screen.print(f"note: {note}")
    for row in report["mapped"]:
        filled = {k: v for k, v in row.items() if v is not None}
        print_line("  " + ", ".join(f"{k} {v}" for k, v in filled.items()))
    screen.print(
        f"{report['rows']} rows: {report['accepted']} accepted, {report['filtered']} filtered, "
        f"{report['rejected']} rejected, in {report['seconds']} s"
    )
    if report["rejects"]:
        print_table(
            "Rejected rows",
            ("rule", "column", "rows", "first records"),
            [
                (r["rule"], r["column"], str(r["rows"]), ", ".join(map(str, r["records"])))
                for r in report["rejects"]
            ],
            right=("rows",),
        )
    if report["months"]:
        months = ", ".join(f"{m} ({n})" for m, n in sorted(report["months"].items()))
        screen.print(f"months it would touch: {months}")
    if report["covers"] != "dates":
        days = ", ".join(report["covers_by_name"]).replace("..", " to ") or "none"
        told = f"days it speaks for by its name: {days} (covers: {report['covers']})"
        print_line(told)
    if report["refused"]:
        say("refused", f" {report['refused']}", "red", errors=True)
