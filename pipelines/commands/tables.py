"""How a table of the terminal is laid out in the width there is.

No number, name or identifier is ever broken or cut. Where the columns do not fit side by side,
the space between gives way, then words; else each row becomes a few lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

_EDGES = 2
_LEAST_WORDS = 12  # a column of words narrower than this says nothing any more


@dataclass(frozen=True)
class Layout:
    """Blanks between columns, and the widths of those that give way."""

    gap: int
    narrowed: Mapping[int, int]


def layout(widths: Sequence[int], least: Mapping[int, int], room: int) -> Layout | None:
    """The first layout that fits into `room`; None where rows must become lines.

    `widths` are those of the columns as they stand; `least` names the columns that may give
    way, and how far.
    """
    for gap in (3, 1):
        left = room - _EDGES - gap * (len(widths) - 1)
        if sum(widths) <= left:
            return Layout(gap, {})
    left -= sum(width for i, width in enumerate(widths) if i not in least)
    if least and left >= sum(least.values()):
        return Layout(gap, _shared(left, {i: widths[i] for i in least}, least))
    return None


def _shared(left: int, wanted: Mapping[int, int], least: Mapping[int, int]) -> dict[int, int]:
    """What is left, by what each wants: never below its least, never more than it wants."""
    given = dict(least)
    for _ in range(left - sum(given.values())):
        open_ones = [i for i in given if given[i] < wanted[i]]
        if not open_ones:
            break
        given[max(open_ones, key=lambda i: wanted[i] / given[i])] += 1
    return given


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[str],
    cut: str,
    room: int,
) -> RenderableType:
    """Rows as a table that fits into `room` columns of the terminal."""
    from rich.cells import cell_len

    lines = [columns, *rows]
    by_column = [[line[i] for line in lines] for i in range(len(columns))]
    widths = [max(map(cell_len, cells)) for cells in by_column]
    least = {}
    for i, (name, cells) in enumerate(zip(columns, by_column, strict=True)):
        if name == cut:
            least[i] = min(widths[i], _LEAST_WORDS)
        elif not cut and name not in right and any(" " in cell for cell in cells[1:]):
            longest = max(cell_len(word) for cell in cells for word in cell.split())
            least[i] = min(widths[i], max(longest, _LEAST_WORDS))
    found = layout(widths, least, room)
    if found is None:
        return _lines(title, columns, rows, cut)
    return _grid(title, columns, rows, right, cut, found)


def _grid(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str],
    cut: str, found: Layout,
) -> RenderableType:  # fmt: skip
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1 if found.gap == 3 else 0),
    )  # fmt: skip
    for i, column in enumerate(columns):
        made.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=i not in found.narrowed or column == cut,
            overflow="ellipsis" if column == cut else "fold",
            width=found.narrowed.get(i),
        )
    for row in rows:
        made.add_row(*map(Text, row))
    return made


def _lines(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], cut: str
) -> RenderableType:
    """Each row as its first cell (and the one that would be cut); below it the others, named."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [Text(title, style="italic")] if title else []
    for row in rows:
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=True))
        head = [cells.pop(name) for name in dict.fromkeys((columns[0], cut)) if name in cells]
        named = (f"{name} {cell}".strip() for name, cell in cells.items() if cell not in ("", "-"))
        parts.append(Text(" ".join(filter(None, head)), "bold"))
        parts.append(Padding(Text(", ".join(named)), (0, 0, 0, 4), expand=False))
    return Group(*parts, Text(""))
