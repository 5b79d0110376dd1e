"""`kring versions`, `rollback`, `verify`: the versions that stand and the one readers see."""

from __future__ import annotations

from typing import Annotated

import typer

from assets.home import Home, HomeError
from assets.record.closing import damaged, require_log
from assets.record.decisions import ROLLED_BACK, decide
from assets.record.versions import current, require_switchable, switch, verify, versions
from assets.run_lock import run_lock
from pipelines.commands import completion
from pipelines.commands.options import (
    ByOption,
    HomeOption,
    JsonOption,
    ReasonOption,
    open_home,
    published,
    require_reason,
)
from pipelines.commands.terminal import console, print_json, print_table, say


def list_versions(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the versions that stand, newest first.

    Example: kring versions
    """
    place = open_home(home)
    version = current(place)
    rows = [
        {
            "version": v.id,
            "created_at": v.manifest["created_at"],
            "as_of": v.manifest["as_of"],
            "current": version is not None and v.id == version.id,
            "is_sample": v.manifest["is_sample"],
        }
        for v in versions(place)
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        "Versions",
        ("version", "made (UTC)", "as of", ""),
        [
            (str(r["version"]), str(r["created_at"])[:19], str(r["as_of"]),
             "current" if r["current"] else "")
            for r in rows
        ],
    )  # fmt: skip


def rollback(
    version: Annotated[
        str,
        typer.Argument(help="Id of a version that stands.", autocompletion=completion.versions),
    ],
    reason: ReasonOption = "not said",
    by: ByOption = None,
    home: HomeOption = None,
) -> None:
    """Let readers see an earlier version again.

    Example: kring rollback 20240701T210000Z-1a2b3c4d

    The next run that finds the lake's content to differ publishes anew.
    """
    place, why = open_home(home), require_reason(reason)
    with run_lock(place, wait=False):
        require_switchable(place, version)
        # the log first: where the disk refuses it, readers see what they saw
        decide(place, ROLLED_BACK, version=version, reason=why, by=by)
        switch(place, version)
    console().print(f"readers now see {version}")


def verify_current(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check the files of the current version against its manifest.

    Example: kring verify
    """
    place = open_home(home)
    version = published(place)
    changed = verify(version)
    problems = [*changed, *_record(place)]
    if as_json:
        print_json({"version": version.id, "problems": problems})
    elif problems:
        for problem in problems:
            say(problem, "", "red", errors=True)
        if changed:  # what is wrong with the record says itself what to do
            console(errors=True).print(
                "go back with kring rollback, or publish anew with kring run"
            )
    else:
        console().print(f"{version.id}: every file is as published")
    raise typer.Exit(1 if problems else 0)


def _record(home: Home) -> list[str]:
    """What is wrong with the log of decisions and the closed revisions."""
    try:
        require_log(home)
        return damaged(home)
    except HomeError as error:
        return [str(error)]
