"""`kring doctor`: what is wrong with an installation, and what to do."""

from __future__ import annotations

from dataclasses import asdict

import typer

from assets.home import meant
from pipelines.commands.options import AsOfOption, HomeOption, JsonOption, parse_day
from pipelines.commands.terminal import print_json, print_line, say


def doctor(home: HomeOption = None, as_of: AsOfOption = None, as_json: JsonOption = False) -> None:
    """Say what is wrong with this installation, and what to do.

    Example: kring doctor

    Changes nothing. Ends with 1 where something is bad; a warning alone is 0.
    """
    from assets.doctor import BAD, examine

    root = meant(home)
    answers = examine(root, parse_day(as_of) if as_of else None)
    bad = any(answer.state == BAD for answer in answers)
    if as_json:
        print_json({"home": str(root), "well": not bad, "checks": [asdict(a) for a in answers]})
        raise typer.Exit(1 if bad else 0)
    colours = {"ok": "green", "warn": "yellow", "bad": "red"}
    for answer in answers:
        say(f"{answer.state:4}", f" {answer.what}: {answer.said}", colours[answer.state])
        if answer.do and answer.state != "ok":
            print_line(f"     do: {answer.do}")
    raise typer.Exit(1 if bad else 0)
