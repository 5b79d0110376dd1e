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
        target, manifest, problems = back_up(place, destination, with_landing=with_landing)
    files, fingerprint = manifest["files"], manifest["key_fingerprint"]
    size = sum(file["bytes"] for file in files)
    if as_json:
        print_json(
            {
                "backup": str(target), "files": len(files), "bytes": size,
                "with_landing": with_landing, "problems": problems,
                "key": {"included": False, "path": str(place.key), "fingerprint": fingerprint},
            }
        )  # fmt: skip
        raise typer.Exit(3 if problems else 0)
    print_line(f"{len(files)} files ({size / 1e6:,.1f} MB) are in {target}")
    print_line(
        f"not in it: the key {place.key} (fingerprint {fingerprint or 'none yet'}); keep a "
        "copy of it somewhere else, or the backup cannot go on"
    )
    if not with_landing:
        print_line("not in it: landing (--with-landing)")
    for problem in problems:
        say(problem, "; kring verify says more", "red", errors=True)
    raise typer.Exit(3 if problems else 0)


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
    place, manifest = restoring.restore(source, home)
    Home.open(place)
    files, fingerprint = len(manifest["files"]), manifest["key_fingerprint"]
    if as_json:
        print_json(
            {
                "home": str(place), "version": manifest["version"], "files": files,
                "with_landing": manifest["with_landing"],
                "key": {"path": str(place / "key"), "fingerprint": fingerprint},
            }
        )  # fmt: skip
        return
    print_line(
        f"{place} holds {files} files; readers see {manifest['version'] or 'no version yet'}"
    )
    if fingerprint:
        print_line(
            f"missing: the key. Put the one with fingerprint {fingerprint} at "
            f"{place / 'key'}, for its owner alone (chmod 600)"
        )
    if not manifest["with_landing"]:
        print_line(f"missing: the exports. They go to {place / 'landing'}")
    print_line(f"then: kring doctor --home {place}; kring run --home {place}")
