"""`kring dictionary`: what every table, column, metric, KPI, check and source means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, open_home, published, require_writable
from pipelines.commands.terminal import print_line


def dictionary(
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML page.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write it as Markdown.")] = None,
    home: HomeOption = None,
) -> None:
    """Write the dictionary of the current version.

    Example: kring dictionary --markdown it.md

    Without an option it says where the version's own page lies.
    """
    from assets.building.plan import Plan
    from assets.dictionary import NAME, as_html, as_markdown, read_dictionary
    from assets.lake import naming

    place = open_home(home)
    version = published(place)
    if html is None and markdown is None:
        print_line(str(version.path / NAME))
        return
    for target in filter(None, (html, markdown)):
        require_writable(place, target)
    found = read_dictionary(Plan(place, place.today()), version.database)
    for path, page in ((html, as_html), (markdown, as_markdown)):
        if path is not None:
            with naming(path):
                path.write_text(page(found), encoding="utf-8", newline="\n")
            print_line(f"{path} written")
