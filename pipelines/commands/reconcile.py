"""`kring reconcile`: figures as a report prints them, beside those that are published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets.home import Home
from assets.record.versions import Version
from assets.rounding import rounded
from pipelines.commands.options import HomeOption, JsonOption, open_home, published
from pipelines.commands.terminal import console, print_json, print_table, say_sample

if TYPE_CHECKING:
    from schemas.reference import Reference

_VERDICTS = {
    "equal": "equal at the printed precision",
    "differs": "differ",
    "not_computable": "not computable",
    "not_a_figure": "words, no figure",
}
Row = dict[str, Any]


def reconcile(
    file: Annotated[Path, typer.Argument(help="A reference file: a CSV of printed figures.")],
    every: Annotated[bool, typer.Option("--all", help="Print every figure.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a report's printed figures with the published ones, and with each other.

    Example: kring reconcile data/reference/lakin_2024.csv

    Ends with 0 whatever differs, with 2 where the file cannot be read. Nothing is changed.
    """
    from schemas.reference import read_reference

    place = open_home(home)
    reference = read_reference(file, _name(file, place))
    version = published(place)
    rows = _reconciled(place, version, reference)
    figures = [row for row in rows if row["kind"] == "figure"]
    findings = [row for row in rows if row["kind"] == "finding"]
    if as_json:
        counts = Counter(row["verdict"] for row in figures)
        print_json(
            {
                "is_sample": place.sample() is not None,
                "version": version.id,
                "file": reference.file,
                "counts": {verdict: counts[verdict] for verdict in _VERDICTS},
                "findings": findings,
                "figures": figures,
            }
        )
        return
    say_sample(place)
    _print(reference.file, figures, findings, every)


def _name(file: Path, home: Home) -> str:
    """The file as the published table names it; one outside the home as it was given."""
    path = file.resolve()
    return str(path.relative_to(home.root)) if path.is_relative_to(home.root) else str(file)


def _reconciled(home: Home, version: Version, reference: Reference) -> list[Row]:
    """The rows of ops.reconciliation that the file would have in this version."""
    from assets.publishing.reconciliation import COLUMNS
    from assets.publishing.reconciliation import reconcile as judged
    from sql.run import connect, literal

    with connect(home.settings.timezone) as connection:
        connection.execute(f"attach {literal(version.database)} as published (read_only)")
        rows = judged(connection, "published", reference)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _print(name: str, figures: list[Row], findings: list[Row], every: bool) -> None:
    screen = console()
    counts = Counter(row["verdict"] for row in figures)
    told = ", ".join(f"{counts[v]} {words}" for v, words in _VERDICTS.items() if counts[v])
    screen.print(f"{name}: {len(figures)} figures" + (f"; {told}" if told else ""))
    if figures:
        _print_findings(findings)
    if every:
        _print_figures("Every figure", figures)
        return
    differing = [row for row in figures if row["verdict"] == "differs"]
    if differing:
        _print_figures("Figures that differ from the computed ones", differing)
    reasons = Counter(row["reason"] for row in figures if row["verdict"] == "not_computable")
    if reasons:
        screen.print("Not computable (--all lists them)")
    for reason, count in reasons.most_common():
        screen.print(_hanging(f"{count:4}  ", reason, screen.width))


def _print_findings(findings: list[Row]) -> None:
    screen = console()
    if not findings:
        screen.print("\nThe printed figures agree with each other.\n")
        return
    screen.print(f"\nWhere the report disagrees with itself: {len(findings)} findings")
    for number, row in enumerate(findings, start=1):
        screen.print(_hanging(f"{number:2}. ", row["finding"], screen.width))
    screen.print("")


def _hanging(mark: str, text: str, width: int) -> str:
    indent = " " * len(mark)
    return fill(text, width, initial_indent=mark, subsequent_indent=indent,
                break_on_hyphens=False)  # fmt: skip


def _print_figures(title: str, rows: list[Row]) -> None:
    lines = []
    for row in rows:
        places = row["printed_decimals"]
        what = [row["subject"], row["channel"], row["service"], row["period"], row["measure"],
                row["section"] and f"({row['section']})"]  # fmt: skip
        why = row["reason"] if row["verdict"] == "not_computable" else ""
        lines.append(
            (
                " ".join(part for part in what if part),
                "-" if row["printed"] is None else rounded(float(row["printed"]), places),
                rounded(row["computed"], places),
                row["reproduced_by"] or why or row["printed_text"] or "",
            )
        )
    columns = ("figure", "printed", "computed", "reproduced by, or why not")
    print_table(title, columns, lines, right=("printed", "computed"))
