"""`kring init`, `sample`, `key`: laying a home out, filling it, naming its people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from assets.home import TEMPLATE, Home, HomeError, require_plain
from assets.lake import write_json
from assets.run_lock import run_lock
from pipelines.commands.options import HomeOption, JsonOption, open_home
from pipelines.commands.terminal import console, print_json, print_line

_LAID_OUT = ("kring.toml", "sources", "register", "reference")


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
    from pipelines.sample.register import bring_made_up
    from pipelines.sample.year import write_sample

    place = open_home(home)
    with run_lock(place, wait=False):
        content = _marker(place, year, scale, seed)
        # first, so that what is written next is never taken for real
        write_json(place, place.sample_marker, content)
        bring_made_up(TEMPLATE / "register", place.register)
        screen = console(errors=True)
        with screen.status("writing synthetic exports"):
            records, files = write_sample(
                place.landing, year=year, scale=scale, seed=seed, timezone=place.settings.timezone
            )
    if as_json:
        print_json({"records": records, "files": files, **content})
        return
    print_line(
        f"{sum(files.values())} synthetic export files with {sum(records.values()):,} records for "
        f"{year} lie in {place.landing}. This home is marked as sample. Next: kring run"
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
