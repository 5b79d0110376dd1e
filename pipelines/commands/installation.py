"""`kring ui`, `service`, `doctor`: what a home is run by, and what is wrong with it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from assets.disk import preflight
from assets.home import CODE, HomeError, meant
from assets.lake import naming
from pipelines.commands.options import AsOfOption, HomeOption, JsonOption, open_home, parse_day
from pipelines.commands.terminal import console, print_json, print_line, say
from pipelines.instance import DEFINITIONS, prepare_instance

# of five runs a sensor tells at once, each to hook and webhook, which may each take the longest
# that kring.toml allows; one that is not waited for is asked again, and tells of the same runs
_SENSOR_SECONDS = "6600"


def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 3000,
    part: Annotated[
        str | None, typer.Option(help="Only web, or only daemon: each is a service of its own.")
    ] = None,
) -> None:
    """Open Dagster's web interface on this machine alone.

    Example: kring ui --port 3000
    """
    place = open_home(home)
    if part not in (None, "web", "daemon"):
        raise typer.BadParameter("must be web or daemon", param_hint="--part")
    if part != "daemon":
        _require_free(port)
    preflight(place)
    os.umask(0o077)
    environment = {
        "DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS": _SENSOR_SECONDS,
        **os.environ,
        "DAGSTER_HOME": str(prepare_instance(place)),
    }
    if part is None:
        console().print(f"http://127.0.0.1:{port} (Ctrl-C ends it)")
    _become(part, port, environment)


def _require_free(port: int) -> None:
    """Raise HomeError where something answers there: who opens it would see another's figures."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise HomeError(
                f"port {port} of this machine cannot be had ({error.strerror}); another home's "
                "interface may have it: kring ui --port takes another"
            ) from None


def _become(part: str | None, port: int, environment: dict[str, str]) -> NoReturn:
    """Go on as Dagster, or one part of it, so that who started this process can end that one."""
    code = ("--module-name", DEFINITIONS, "--working-directory", ".")
    address = ("--host", "127.0.0.1", "--port", str(port))
    program, arguments = {
        None: (Path(sys.executable).name, ("-m", "pipelines.interface", "dev", *address, *code)),
        "web": ("dagster-webserver", (*address, *code)),
        "daemon": ("dagster-daemon", ("run", *code)),
    }[part]
    os.chdir(CODE)
    sys.stdout.flush()
    # begun with & in a script it would have Ctrl-C ignored, and Dagster would do so with SIGTERM
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    path = str(Path(sys.executable).with_name(program))
    os.execve(path, [path, *arguments], environment)


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
