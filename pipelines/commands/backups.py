"""`kring backup`, `kring restore`: a home put aside, and made again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.home import Home, HomeError
from assets.run_lock import run_lock
from pipelines.commands.options import HomeOption, JsonOption, open_home
from pipelines.commands.terminal import print_json, print_line, say


def backup(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")],
    home: HomeOption = None,
    with_landing: Annotated[
        bool, typer.Option("--with-landing", help="The exports in landing as well.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a run to end first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy all that a home remembers, without its key.

    Example: kring backup /mnt/safe/kring-0701

    Landing is left out unless asked for: it belongs to the systems that write there.
    """
    from assets.keeping.backup import back_up

    place = open_home(home)
    with run_lock(place, wait=wait):
        made = back_up(place, destination, with_landing=with_landing)
    if as_json:
        print_json(
            {
                "backup": str(made.place), "files": made.files, "bytes": made.bytes,
                "with_landing": with_landing, "problems": made.problems,
                "key": {"included": False, "path": str(place.key), "fingerprint": made.fingerprint},
            }
        )  # fmt: skip
        raise typer.Exit(3 if made.problems else 0)
    print_line(f"{made.files} files ({made.bytes / 1e6:,.1f} MB) are in {made.place}")
    print_line(
        f"not in it: the key {place.key} (fingerprint {made.fingerprint or 'none yet'}); keep a "
        "copy of it somewhere else, or the backup cannot go on"
    )
    if not with_landing:
        print_line("not in it: landing (--with-landing)")
    for problem in made.problems:
        say(problem, "; kring verify says more", "red", errors=True)
    raise typer.Exit(3 if made.problems else 0)


def restore(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="What kring backup made.")],
    home: Annotated[
        Path | None, typer.Option("--home", help="The new home; must not be there yet.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home of a backup.

    Example: kring restore /mnt/safe/kring-0701 --home /srv/kring

    Every file is checked first. The key is to be put back by hand; the next run catches up.
    """
    from assets.keeping import restoring

    if home is None:
        raise HomeError("say where to restore to: --home DIR, a folder that is not there yet")
    made = restoring.restore(source, home)
    Home.open(made.place)
    if as_json:
        print_json(
            {
                "home": str(made.place), "version": made.version, "files": made.files,
                "with_landing": made.with_landing,
                "key": {"path": str(made.place / "key"), "fingerprint": made.fingerprint},
            }
        )  # fmt: skip
        return
    print_line(
        f"{made.place} holds {made.files} files; readers see {made.version or 'no version yet'}"
    )
    if made.fingerprint:
        print_line(
            f"missing: the key. Put the one with fingerprint {made.fingerprint} at "
            f"{made.place / 'key'}, for its owner alone (chmod 600)"
        )
    if not made.with_landing:
        print_line(f"missing: the exports. They go to {made.place / 'landing'}")
    print_line(f"then: kring doctor --home {made.place}; kring run --home {made.place}")
