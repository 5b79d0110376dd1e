"""`kring check-source`: a source tried on one export, and what came of it, before any run.

The export is read as a run reads it, in a home that vanishes; nothing is loaded.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets.arrivals.landing import scan
from assets.arrivals.sources import Source, read_source
from assets.home import Home, HomeError
from pipelines.commands.options import HomeOption, JsonOption, open_home
from pipelines.commands.terminal import console, print_json, print_table, say

if TYPE_CHECKING:
    import polars as pl

    from assets.intake.reading import Reader

_SHOWN_ROWS = 10


def register(app: typer.Typer) -> None:
    app.command("check-source")(check_source)


def check_source(
    file: Annotated[Path, typer.Argument(help="The source's SQL file.")],
    export: Annotated[Path | None, typer.Argument(help="An export to try it on.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a source on an export without loading anything.

    Example: kring check-source sources/calls.sql landing/calls/calls_20240102.csv
    """
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


def try_source(home: Home, source: Source, export: Path) -> dict[str, Any]:
    """Read an export by a source in a home that vanishes; identifiers come out masked."""
    import polars as pl

    from assets.intake.chunks import covered
    from assets.intake.doubts import doubts
    from assets.intake.rejected_cells import RULES, proposals
    from schemas.contract import contract

    begun = time.monotonic()
    with _trial(home, source) as reader:
        reading = reader.load(reader.stage(str(export)))
        paths = [reader.home.chunk(source.kind, source.name, c.file) for c in reading.chunks]
        rows = pl.concat([pl.read_parquet(p) for p in paths]) if paths else pl.DataFrame()
        local = pl.col(pl.Datetime).dt.convert_time_zone(home.settings.timezone)
        shown = _masked(rows.sort("_row").head(_SHOWN_ROWS).with_columns(local)) if paths else []
        zone = source.timezone or home.settings.timezone
        cells = pl.DataFrame()
        if reading.rejected_rows["rule"].is_in(RULES).any() or "score" in rows.columns:
            cells = reader.returned(reader.stage(str(export)))
        doubted = proposals(cells, reading.rejected_rows, source.times)
        doubted += doubts(rows, contract(source.kind), zone, cells) if paths else ()
    months = {chunk.month: chunk.rows for chunk in reading.chunks}
    notes = [
        *reading.notes, *_unclaimed(home, source, export),
        *_elsewhere(source, export, months), *_below(home, source, export, reading.accepted),
        *_next_day(source, export, rows), *doubted,
    ]  # fmt: skip
    refused = reading.refused
    if not refused and not source.tolerance.allows(reading.rejected, reading.rows):
        allowed = source.statement.header.get("tolerance") or "0"
        refused = f"{reading.rejected} of {reading.rows} rows rejected; the tolerance is {allowed}"
    return {
        "columns": list(reading.columns), "notes": notes,
        "rows": reading.rows, "accepted": reading.accepted, "filtered": reading.filtered,
        "rejected": reading.rejected, "rejects": _rejects(reading.rejected_rows),
        "months": months, "mapped": shown,
        "covers_by_name": covered(source, str(export), ()),
        "refused": refused, "seconds": round(time.monotonic() - begun, 2),
    }  # fmt: skip


def _elsewhere(source: Source, export: Path, months: Collection[str]) -> tuple[str, ...]:
    """A name and rows of different months: one of the two is misread, and the name is believed."""
    span = source.covered_by_name(str(export)) if source.covers != "dates" else None
    if not span or not months:
        return ()
    if any(f"{span[0]:%Y-%m}" <= month <= f"{span[1]:%Y-%m}" for month in months):
        return ()
    return (
        "no accepted row is of a month that the file's name speaks for: is `covers` right, and "
        "are the years of both of one calendar?",
    )


def _next_day(source: Source, export: Path, rows: pl.DataFrame) -> tuple[str, ...]:
    """Agents' time after the last day of a file, by the name that the next file's own day has."""
    import polars as pl

    span = source.covered_by_name(str(export)) if source.covers != "dates" else None
    if not span or "activity_id" not in rows.columns:
        return ()
    # of agent, day, channel and part the last two
    named = pl.col("activity_id").str.replace(r"^[^|]*\|[^|]*\|", "")
    own = rows.filter(pl.col("day").is_between(*span)).select(named).to_series()
    later = rows.filter(pl.col("day") > span[1], named.is_in(own.implode())).height
    if not later:
        return ()
    return (
        f"{later} rows are of a day after those of the file's name, with the channel and `part` of "
        "rows within them: the next file's row of that agent and day would correct them; give them "
        "another `part`, such as 'after midnight'",
    )


def _below(home: Home, source: Source, export: Path, accepted: int) -> tuple[str, ...]:
    """A line below the last record is none; one that becomes a row as well as the others may be."""
    options = source.options
    if not options.footer or not accepted:
        return ()
    with _trial(home, replace(source, options=replace(options, footer=0))) as reader:
        taken = reader.load(reader.stage(str(export))).accepted - accepted
    if taken <= 0:
        return ()
    return (
        f"footer={options.footer} leaves out what would be {taken} accepted rows: are these "
        "totals, or the last records? What varies in number is left out by `where`",
    )


def try_select(home: Home, source: Source) -> dict[str, Any]:
    """What can be said of a select where there is no export yet."""
    from assets.exports import Refused
    from assets.intake.selecting import Selecting
    from schemas.contract import contract
    from sql.header import HeaderError

    with _trial(home, source) as reader:
        selecting = Selecting(reader.connection, source, contract(source.kind))
        try:
            return {"select_tried": selecting.check_alone(), "refused": ""}
        except (Refused, HeaderError) as error:
            return {"select_tried": True, "refused": str(error)}


@contextmanager
def _trial(home: Home, source: Source) -> Iterator[Reader]:
    """A reader that lets every reject pass, in a home that vanishes."""
    import secrets

    from assets.arrivals.source_values import Tolerance
    from assets.intake.reading import Reader
    from schemas.pseudonyms import Pseudonyms

    with tempfile.TemporaryDirectory(prefix="kring-check-") as folder:
        trial = Home(Path(folder).resolve(), home.settings)
        tolerant = replace(source, tolerance=Tolerance(rows=2**62))
        reader = Reader(trial, tolerant, Pseudonyms(secrets.token_bytes(32)), home.today())
        with closing(reader):
            yield reader


def _unclaimed(home: Home, source: Source, export: Path) -> tuple[str, ...]:
    """A file of landing that no run would read by this source, however well it fits."""
    landing = home.landing.resolve()
    if not export.is_relative_to(landing):
        return ()
    path = export.relative_to(landing).as_posix()
    if source.claims(path):
        return ()
    files = "; ".join(source.patterns)
    told = "upper and lower case count, and * stays in one folder"
    return (f"`files` is {files} and does not match {path} ({told}): no run will read it so",)


def _rejects(rows: Any) -> list[dict[str, Any]]:
    """Rejects by column and rule with the first record numbers."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["column"] or "", row["rule"]), []).append((row["_row"], row["_rows"]))
    return [
        {"column": column, "rule": rule, "rows": sum(weight for _, weight in each),
         "records": [number for number, _ in each[:_SHOWN_ROWS]]}
        for (column, rule), each in sorted(found.items())
    ]  # fmt: skip


def _masked(rows: Any) -> list[dict[str, Any]]:
    masked = []
    for row in rows.iter_rows(named=True):
        row = {k: ("***" if k.endswith("_key") and v else v) for k, v in row.items()}
        if "activity_id" in row:
            row["activity_id"] = "***"
        masked.append({k: v for k, v in row.items() if k not in ("file_id", "_version", "_rows")})
    return masked


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
        screen.print("  " + ", ".join(f"{k} {v}" for k, v in filled.items()), soft_wrap=True)
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
        screen.print(told, soft_wrap=True)
    if report["refused"]:
        say("refused", f" {report['refused']}", "red", errors=True)
