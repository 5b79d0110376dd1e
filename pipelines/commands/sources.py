"""`kring sources`, `gallery`, `withdraw`: what is delivered, and by which sources it is read."""

from __future__ import annotations

import shutil
from typing import Annotated, Any

import typer

from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import read_source, read_sources
from assets.home import TEMPLATE, HomeError
from assets.run_lock import run_lock
from pipelines.commands.options import (
    HomeOption,
    JsonOption,
    ReasonOption,
    open_home,
    require_reason,
)
from pipelines.commands.terminal import print_json, print_line, print_table

_GALLERY = TEMPLATE / "gallery"


def list_sources(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the sources and what each has delivered.

    Example: kring sources
    """
    place = open_home(home)
    ledger = Ledger(place)
    rows: list[dict[str, Any]] = []
    for source in read_sources(place.sources):
        deliveries = ledger.deliveries(source.name)
        days = sorted(day for each in deliveries for day in each.covered_days())
        rows.append(
            {
                "source": source.name, "title": source.title, "kind": source.kind,
                "format": source.format, "files": list(source.patterns),
                "delivered": len(deliveries), "expects": source.expects.every,
                "first": str(days[0]) if days else None,
                "last": str(days[-1]) if days else None,
            }
        )  # fmt: skip
    if as_json:
        print_json(rows)
        return
    print_table(
        "Sources",
        ("source", "kind", "format", "files", "delivered", "expects", "from", "to"),
        [
            (r["source"], r["kind"], r["format"], "; ".join(r["files"]), str(r["delivered"]),
             r["expects"], r["first"] or "-", r["last"] or "-")
            for r in rows
        ],
        right=("delivered",),
    )  # fmt: skip


def gallery(
    action: Annotated[str | None, typer.Argument(help="`add`, or nothing to list.")] = None,
    name: Annotated[str | None, typer.Argument(help="The source to activate.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List sources for known systems, or activate one.

    Example: kring gallery add vicidial
    """
    place = open_home(home)
    shelf = {path.stem: path for path in sorted(_GALLERY.glob("*.sql"))}
    if action is None:
        rows: list[dict[str, Any]] = [
            {"name": stem, "title": read_source(path).title, "kind": read_source(path).kind,
             "active": (place.sources / path.name).exists()}
            for stem, path in shelf.items()
        ]  # fmt: skip
        if as_json:
            print_json(rows)
            return
        print_table(
            "Gallery",
            ("name", "kind", "title", ""),
            [(r["name"], r["kind"], r["title"], "active" if r["active"] else "") for r in rows],
        )
        return
    if action != "add" or name is None:
        raise typer.BadParameter("write: kring gallery add NAME")
    if name not in shelf:
        raise HomeError(f"the gallery has no {name}; it has {', '.join(shelf)}")
    target = place.sources / shelf[name].name
    if target.exists():
        raise HomeError(f"sources/{target.name} is there already; nothing was changed")
    shutil.copy(shelf[name], target)
    print_line(f"sources/{target.name} is active; adapt its files: and codes, then check it")


def withdraw(
    file: Annotated[str, typer.Argument(help="The file's path below landing.")],
    reason: ReasonOption = "",
    undo: Annotated[bool, typer.Option("--undo", help="Let it count again.")] = False,
    home: HomeOption = None,
) -> None:
    """Take a bad file back, as if it had never come.

    Example: kring withdraw calls/calls_20240102.csv --reason "test system"
    """
    from assets.intake.withdrawal import restore
    from assets.intake.withdrawal import withdraw as take_back

    place, why = open_home(home), "" if undo else require_reason(reason)
    with run_lock(place, wait=False):
        found = restore(place, file) if undo else take_back(place, file, why)
    done = "counts again" if undo else "is withdrawn"
    many = "1 delivery" if len(found) == 1 else f"{len(found)} deliveries"
    print_line(f"{file} {done} ({many}); the next kring run rebuilds what it touched")
