"""How things are said at a terminal: tables, numbers, the sample's mark, JSON for machines."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assets.home import Home

if TYPE_CHECKING:
    from rich.console import Console

SAMPLE = "SYNTHETIC SAMPLE DATA: no figure below is a real organisation's"

_LINES_OF_A_KIND = 10

# what a terminal obeys rather than shows: a file's name may hold it, or a reason
_COMMANDING = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]"
)


def console(*, errors: bool = False) -> Console:
    """The screen, on which a text is that text: it may look like markup, or command a terminal."""
    from rich.console import Console
    from rich.segment import Segment

    class Screen(Console):
        def render(self, *given: Any, **options: Any) -> Iterator[Segment]:
            for said in super().render(*given, **options):
                yield said if said.control else Segment(_shown(said.text), said.style)

    return Screen(stderr=errors, highlight=False, soft_wrap=False, markup=False)


def _shown(text: str) -> str:
    return _COMMANDING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def say(mark: str, text: str, colour: str = "yellow", *, errors: bool = False) -> None:
    """A line that begins with a coloured word."""
    from rich.text import Text

    console(errors=errors).print(Text.assemble((mark, colour), _shown(text)), soft_wrap=True)


def say_findings(findings: Iterable[Mapping[str, str]]) -> None:
    """What a person must see, a line each; of a kind of which there are many the first ones."""
    said: Counter[str] = Counter()
    for each in findings:
        said[each["about"]] += 1
        if said[each["about"]] <= _LINES_OF_A_KIND:
            say(each["about"], f" {each['text']}")
    for about, count in said.items():
        if count > _LINES_OF_A_KIND:
            more = f"{count - _LINES_OF_A_KIND} more; kring status --json lists all of them"
            say(about, f" and {more}")


def print_line(text: str, *, errors: bool = False) -> None:
    """A sentence that may hold a path or a command to copy, so it is never wrapped here."""
    console(errors=errors).print(text, soft_wrap=True)


def print_json(content: object) -> None:
    """Machine output: one JSON document on standard output."""
    escaped = sys.stdout.encoding.lower() != "utf-8"  # which JSON is, whatever the terminal speaks
    json.dump(content, sys.stdout, indent=1, default=str, ensure_ascii=escaped)
    sys.stdout.write("\n")
    sys.stdout.flush()


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
    from pipelines.commands.tables import table

    screen, rows = console(), [[_shown(cell) for cell in row] for row in rows]
    screen.print(table(title, columns, rows, right, cut, screen.width))


def named_figure(row: Mapping[str, Any]) -> str:
    """A published figure by what tells it from others: its id and cell, and that it is reported."""
    parts = " ".join(str(row[c]) for c in ("id", "channel", "queue", "service") if row[c])
    return parts + (" (reported)" if row["basis"] == "reported" else "")


def say_sample(home: Home) -> None:
    if home.sample() is not None:
        console().print(SAMPLE, style="bold yellow")


@contextmanager
def progress(quiet: bool) -> Iterator[None]:
    """Show what a long run is doing, on one line, where somebody watches."""
    from assets.building.session import watch

    screen = console(errors=True)
    if quiet or not screen.is_terminal:
        yield
        return
    from rich.text import Text

    with screen.status("starting") as status:
        watch(lambda what: status.update(Text(what)))
        try:
            yield
        finally:
            watch(None)
