"""`kring rotate-key`, `kring forget`: the key of the pseudonyms, and one person taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assets.home import HomeError
from assets.lake import sweep
from assets.run_lock import run_lock
from pipelines.commands.options import (
    HomeOption,
    JsonOption,
    ReasonOption,
    open_home,
    require_reason,
)
from pipelines.commands.terminal import print_json, print_line, say

if TYPE_CHECKING:
    from assets.keeping.erasure import Traces


def rotate_key(
    reason: ReasonOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new key for what is read from now on.

    Example: kring rotate-key --reason "Yearly"

    What was read before keeps its pseudonyms: across the change one person counts as two.
    """
    from dataclasses import asdict

    from assets.key import rotate

    place, why = open_home(home), require_reason(reason)
    with run_lock(place, wait=False):
        change = rotate(place, why)
    if as_json:
        print_json(asdict(change))
        return
    former = place.key.with_name(f"{place.key.name}.{change.former[:8]}")
    print_line(
        f"files read from now on have pseudonyms of key {change.fingerprint}. Across this change "
        "one person counts as two; ops.key_changes states it. Keep a copy of the new key "
        f"{place.key}, and of the former one {former}: without it a file that is read again takes "
        "the new key."
    )


def forget(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="As an export writes it.")],
    home: HomeOption = None,
    erase: Annotated[
        bool, typer.Option("--erase", help="Take out what cleaned files have left behind.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what there is of one person; with --erase take it out.

    Example: kring forget KP-0007

    Landing is not kring's to alter: clean the files it names (empty the identifier and keep the
    row, and no figure changes), run, then ask again with --erase. Agents' time needs an agent: put
    another name there, and ask with --erase before the run. Ends with 3 while something is left, or
    a file cannot be searched.
    """
    from assets.keeping import erasure

    place = open_home(home)
    if not identifier.strip():
        raise typer.BadParameter("an empty text identifies nobody", param_hint="ID")
    done: list[str] = []
    if erase:
        with run_lock(place, wait=False):
            sweep(place)  # what was cut short may hold the person where no search looks
            traces = erasure.find(place, identifier)
            if traces.landing:
                files = ", ".join(traces.landing)
                raise HomeError(f"landing still holds it, nothing was taken out; clean {files}")
            done = erasure.erase(place, traces)
    left = erasure.find(place, identifier)
    if as_json:
        print_json({**_as_json(left), "done": done})
    else:
        _say(left, done)
    raise typer.Exit(3 if left else 0)


def _as_json(left: Traces) -> dict[str, object]:
    return {
        "landing": [{"path": path, "records": n} for path, n in left.landing.items()],
        "withdrawn": left.withdrawn,
        "unreadable": left.unreadable,
        "lake": [delivery.path for delivery in left.lake],
        "versions": [version.id for version in left.versions],
        "unfinished": left.unfinished,
        "register": left.register,
        "texts": left.texts,
        "record": left.record,
    }


def _say(left: Traces, done: list[str]) -> None:
    for line in done:
        print_line(line)
    for path, records in left.landing.items():
        shown = ", ".join(map(str, records[:5])) + (" ..." if len(records) > 5 else "")
        where = f": records {shown}" if records else ": somewhere in its text"
        if path in left.withdrawn:
            where += "; it is withdrawn: take it out of landing, for cleaned it would count again"
        say("landing", f" {path}{where}")
    for name in left.unreadable:
        say("landing", f" {name}: cannot be searched as it is; look into it yourself")
    for delivery in left.lake:
        say("lake", f" the former content of {delivery.path}")
    for version in left.versions:
        say("published", f" version {version.id}")
    for name in left.unfinished:
        say("left", f" {name}: its removal was cut short")
    for name in left.register:
        say("register", f" {name} lists the pseudonym, or names the person; take it out there")
    for name in left.texts:
        say("report", f" {name} names the person; take it out there")
    for name in left.record:
        say(
            "record",
            f" {name} names it where a reason was typed, and never changes; whether it may stay "
            "is for you to decide",
        )
    if left.landing:
        print_line("clean these files where they come from, then kring run")
    elif left.lake or left.versions or left.unfinished or left.register or left.texts:
        print_line("kring run, then kring forget ID --erase, until nothing is left")
    elif not left:
        print_line("nothing of it is left here")
    print_line(
        "Not looked at: backups, and copies that readers took of what was published. "
        "They hold it until you remove them."
    )
