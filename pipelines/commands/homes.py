"""`kring init`, `sample`, `key`, `ui`: laying a home out, filling it, opening the window."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from assets.home import CODE, TEMPLATE, Home, HomeError, require_plain
from assets.lake import write_json
from assets.run_lock import run_lock
from pipelines.commands.options import HomeOption, JsonOption, open_home
from pipelines.commands.terminal import console, print_json, print_line
from pipelines.instance import DEFINITIONS, prepare_instance

_LAID_OUT = ("kring.toml", "sources", "register", "reference")
# of five runs a sensor tells at once, each to hook and webhook, which may each take the longest
# that kring.toml allows; one that is not waited for is asked again, and tells of the same runs
_SENSOR_SECONDS = "6600"


def init(folder: Annotated[Path, typer.Argument(help="The new home; made if missing.")]) -> None:
    """Lay out a new home: settings, sources, register.

    Example: kring init /srv/kring
    """
    if (folder / "kring.toml").exists():
        raise HomeError(f"{folder} is a kring home already; nothing was changed")
    from pipelines.sample.register import leave_out_made_up

    require_plain(folder.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    for name in _LAID_OUT:
        template = TEMPLATE / name
        if template.is_dir():
            shutil.copytree(template, folder / name, dirs_exist_ok=True)
        else:
            shutil.copy(template, folder / name)
    leave_out_made_up(folder / "register")
    (folder / "landing").mkdir(exist_ok=True)
    print_line(
        f"{folder} is a kring home. Put exports into {folder / 'landing'}, "
        f"look at sources/ and register/, then: kring run --home {folder}"
    )
    print_line(
        "Its register is the model organisation's: KPIs, targets, weights, policies and service "
        "hours hold until you write your own."
    )


def sample(
    home: HomeOption = None,
    year: Annotated[int, typer.Option(help="Year of the exports.", min=1970, max=2200)] = 2024,
    scale: Annotated[float, typer.Option(help="1.0: about 460,000 calls.", min=0.02)] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, another year.")] = 7,
    as_json: JsonOption = False,
) -> None:
    """Write a synthetic year of exports into landing.

    Example: kring sample --scale 0.1
    """
    from pipelines.sample import write_sample
    from pipelines.sample.register import bring_made_up

    place = open_home(home)
    with run_lock(place, wait=False):
        content = _marker(place, year, scale, seed)
        # first, so that what is written next is never taken for real
        write_json(place, place.sample_marker, content)
        bring_made_up(TEMPLATE / "register", place.register)
        screen = console(errors=True)
        with screen.status("writing synthetic exports"):
            summary = write_sample(
                place.landing, year=year, scale=scale, seed=seed, timezone=place.settings.timezone
            )
    if as_json:
        print_json({"records": summary.records, "files": summary.files, **content})
        return
    files, records = sum(summary.files.values()), sum(summary.records.values())
    print_line(
        f"{files} synthetic export files with {records:,} records for {year} lie in "
        f"{place.landing}. This home is marked as sample. Next: kring run"
    )


def _marker(home: Home, year: int, scale: float, seed: int) -> dict[str, object]:
    """What marks the home as a sample; raises HomeError where it may not become this one."""
    marker = home.sample()
    if marker is None and _holds_exports(home):
        raise HomeError("this home holds real exports; write the sample into a new home")
    first = home.settings.first_month.year
    if year < first:
        raise HomeError(f"kring.toml: first_month is in {first}; a sample of {year} is refused")
    if marker and (marker.get("scale", scale), marker.get("seed", seed)) != (scale, seed):
        raise HomeError(
            f"this home holds a sample of scale {marker.get('scale')} and seed "
            f"{marker.get('seed')}; another one goes into a new home, or it would count twice"
        )
    last = max(year, int(str(marker["last_year"]))) if marker else year
    return {"synthetic": True, "last_year": last, "scale": scale, "seed": seed}


def _holds_exports(home: Home) -> bool:
    """Whether files were read, or lie in landing unread."""
    read = home.ledger.is_dir() and any(home.ledger.iterdir())
    files = (path for path in home.landing.rglob("*") if path.is_file())
    return read or any(not path.name.startswith(".") for path in files)


def key(
    value: Annotated[str, typer.Argument(help="A known identifier, as an export writes it.")],
    kind: Annotated[str, typer.Option("--as", help="agent, respondent or customer.")] = "agent",
    home: HomeOption = None,
) -> None:
    """Print the pseudonym of a known id, for lists kept by pseudonym.

    Example: kring key KP-0007 --as agent
    """
    from assets.arrivals.sources import read_sources
    from assets.key import pseudonyms

    place = open_home(home)
    if kind not in ("agent", "respondent", "customer"):
        raise typer.BadParameter("must be agent, respondent or customer", param_hint="--as")
    forms = {s.identifiers[kind] for s in read_sources(place.sources) if kind in s.identifiers}
    made = pseudonyms(place)
    for form in sorted(forms or {"text"}):
        pseudonym = made.one(value, form)
        if pseudonym is None:
            raise HomeError("this value identifies nobody (nothing is left of it once cleaned)")
        typer.echo(pseudonym)


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
        None: ("dagster", ("dev", *address, *code)),
        "web": ("dagster-webserver", (*address, *code)),
        "daemon": ("dagster-daemon", ("run", *code)),
    }[part]
    os.chdir(CODE)
    sys.stdout.flush()
    path = str(Path(sys.executable).with_name(program))
    os.execve(path, [path, *arguments], environment)
