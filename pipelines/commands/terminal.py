"""How things are said at a terminal: tables, numbers, the sample's mark, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assets.home import Home

if TYPE_CHECKING:
    from rich.console import Console

SAMPLE = "SYNTHETIC SAMPLE DATA: no figure below is a real organisation's"


def console(*, errors: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=errors, highlight=False, soft_wrap=False)


def print_json(content: object) -> None:
    """Machine output: one JSON document on standard output."""
    json.dump(content, sys.stdout, indent=1, default=str, ensure_ascii=False)
    sys.stdout.write("\n")


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[str] = (),
    cut: str = "",
) -> None:
    """A table that fits the terminal; `right` names the columns of numbers.

    `cut` names the one column that is shortened where the terminal is narrow.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        pad_edge=False,
        expand=bool(cut) and console().width < 100,
    )
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=bool(cut),
            overflow="ellipsis" if column == cut else "fold",
            ratio=1 if column == cut else None,
        )
    for row in rows:
        table.add_row(*row)
    console().print(table)


def say_sample(home: Home) -> None:
    if home.sample() is not None:
        console().print(f"[bold yellow]{SAMPLE}[/]")


@contextmanager
def progress(quiet: bool) -> Iterator[None]:
    """Show what a long run is doing, on one line, where somebody watches."""
    from assets.session import watch

    screen = console(errors=True)
    if quiet or not screen.is_terminal:
        yield
        return
    with screen.status("starting") as status:
        watch(lambda what: status.update(what))
        try:
            yield
        finally:
            watch(None)
