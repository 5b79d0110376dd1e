"""`kring service`: systemd units for this installation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from assets.lake import naming
from pipelines.commands.options import HomeOption, open_home
from pipelines.commands.terminal import print_line


def service(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the units.")],
    home: HomeOption = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the web interface, on this machine.")
    ] = 3000,
    prefix: Annotated[
        str, typer.Option(help="What the units' names begin with; each home of a machine its own.")
    ] = "kring",
) -> None:
    """Write systemd units for this home.

    Example: kring service /etc/systemd/system

    kring-run.timer runs the night without Dagster's daemon; kring-web and kring-daemon are the
    interface and its schedule.
    """
    from pipelines.units import require_own, units

    place = open_home(home)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", prefix):
        raise typer.BadParameter("write small letters, digits and -", param_hint="--prefix")
    texts = units(place, port, prefix)
    require_own(folder, texts, place)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with naming(folder / name):
            (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o644)
    print_line(
        f"{', '.join(texts)} are in {folder}. Next, as root: systemctl daemon-reload; "
        f"systemctl enable --now {prefix}-run.timer (a run a night), and where the interface is "
        f"wanted: systemctl enable --now {prefix}-web {prefix}-daemon"
    )
