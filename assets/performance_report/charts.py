"""The report's drawings as SVG text: a trend against its target, and a bar.

Series differ by marker and dash, never by colour alone, so they hold in grey. No clock, no
random number, coordinates to one decimal: the same data gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

WIDTH, HEIGHT = 360, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 350, 10, 164
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Series:
    """A line: its name and a value, or none, for every label of the axis."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Text:
    """A drawing in words: what it is called, and what it shows."""

    ident: str
    title: str
    description: str


def trend(text: Text, labels: Sequence[str], lines: Sequence[Series], target: Series) -> str:
    """Up to two lines with markers over labels, the target dashed; "" where there is no value."""
    known = [v for line in (*lines, target) for v in line.values if v is not None]
    if not any(v is not None for line in lines for v in line.values):
        return ""
    low, high, step = scale(min(known), max(known))

    def x(place: int) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (place + 0.5) / len(labels)

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)

    parts = [_grid(tick, y(tick)) for tick in range(low, high + 1, step)]
    parts += [
        f'<text class="tick" x="{x(n):.1f}" y="{_BOTTOM + 15}" text-anchor="middle">'
        f"{escape(label)}</text>"
        for n, label in enumerate(labels)
    ]
    parts.append(_path("target", _points(target, x, y)))
    for number, line in enumerate(lines):
        points = _points(line, x, y)
        parts.append(_path(f"line line-{number}", points))
        parts += [_marker(number, *point) for run in points for point in run]
    parts += _legend([*(line.name for line in lines), target.name])
    return _svg(text, parts)


def scale(lowest: float, highest: float) -> tuple[int, int, int]:
    """First and last tick and the step between them: whole numbers, at most seven ticks."""
    room = max(highest - lowest, 1.0) * 1.05
    step = next((s for s in _STEPS if room / s <= 5), ceil(room / 5))
    low = floor(lowest / step) * step
    high = max(ceil(highest / step) * step, low + step)
    return low, high, step


def bar(label: str, value: float | None, highest: float, mark: float | None = None) -> str:
    """A bar of value / highest with a line at `mark`; "" where there is no value."""
    if value is None or highest <= 0:
        return ""
    share = min(max(value / highest, 0.0), 1.0)
    line = ""
    if mark is not None:
        line = f'<path class="mark" d="M{120 * mark / highest:.1f} 0V14"/>'
    return (
        f'<svg class="bar" role="img" viewBox="0 0 120 14" aria-label="{escape(label)}">'
        f'<rect class="rail" width="120" height="14"/>'
        f'<rect class="fill" y="3" width="{120 * share:.1f}" height="8"/>{line}</svg>'
    )


def _svg(text: Text, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-labelledby="{text.ident}-title {text.ident}-desc">'
        f'<title id="{text.ident}-title">{escape(text.title)}</title>'
        f'<desc id="{text.ident}-desc">{escape(text.description)}</desc>'
        + "".join(parts)
        + "</svg>"
    )


def _grid(tick: int, y: float) -> str:
    return (
        f'<path class="grid" d="M{_LEFT} {y:.1f}H{_RIGHT}"/>'
        f'<text class="tick" x="{_LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{tick}</text>'
    )


def _points(
    line: Series, x: Callable[[int], float], y: Callable[[float], float]
) -> list[list[tuple[float, float]]]:
    """The line's points, in runs that a missing value interrupts."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(line.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x(place), y(value)))
    return [run for run in runs if run]


def _path(name: str, runs: Sequence[Sequence[tuple[float, float]]]) -> str:
    if not runs:
        return ""
    drawn = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs)
    return f'<path class="{name}" d="{drawn}"/>'


def _marker(number: int, x: float, y: float) -> str:
    if number == 0:
        return f'<circle class="dot dot-0" cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>'
    return f'<rect class="dot dot-1" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'


def _legend(names: Sequence[str]) -> list[str]:
    """A sample of each line beside its name; the last one is the target."""
    parts, y = [], HEIGHT - 10
    room = (_RIGHT - 6) / len(names)
    for number, name in enumerate(names):
        x = 6 + room * number
        is_target = number == len(names) - 1
        kind = "target" if is_target else f"line line-{number}"
        parts.append(f'<path class="{kind}" d="M{x:.1f} {y}H{x + 24:.1f}"/>')
        if not is_target:
            parts.append(_marker(number, x + 12, y))
        parts.append(f'<text class="key" x="{x + 29:.1f}" y="{y + 3.5}">{escape(name)}</text>')
    return parts
