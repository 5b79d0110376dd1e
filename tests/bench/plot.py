"""Seconds against number of contacts as an SVG: both axes logarithmic, a name at each line's end.

Drawn by hand so that nothing is needed for it.
"""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10

from scenes import Scenes

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 60, 210, 20, 50
# colours that differ for the colour-blind too; ours are the solid ones
LINES = {
    "cold": ("kring, cold", "#0b5394", ""),
    "day": ("kring, one more day", "#0b5394", ""),
    "late row": ("kring, a late row", "#6aa3d8", ""),
    "nothing": ("kring, nothing new", "#6aa3d8", ""),
    "duckdb contacts": ("DuckDB, contacts alone", "#b45f06", "6 3"),
    "duckdb all": ("DuckDB, every export", "#b45f06", "6 3"),
    "pandas": ("pandas, contacts alone", "#555555", "6 3"),
    "polars": ("Polars, contacts alone", "#555555", "2 3"),
}
Points = list[tuple[float, float]]


def drawn(found: dict[int, Scenes]) -> str:
    """The whole picture; sizes with nothing measured are left out."""
    lines = {
        name: [(size, scenes[name].measured.seconds) for size, scenes in sorted(found.items())
               if name in scenes]
        for name in LINES
    }  # fmt: skip
    lines = {name: points for name, points in lines.items() if points}
    if not lines:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"/>\n'
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    axes = _Axes(_decades(xs), _decades(ys))
    parts = [*axes.grid(), *_curves(lines, axes)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">\n<title>Seconds against number of contacts'
        f'</title>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        + "\n".join(parts) + "\n</svg>\n"
    )  # fmt: skip


def _decades(values: list[float]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


class _Axes:
    """From values to places."""

    def __init__(self, x: tuple[int, int], y: tuple[int, int]) -> None:
        self._x, self._y = x, y

    def x(self, value: float) -> float:
        low, high = self._x
        return LEFT + (log10(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        low, high = self._y
        return HEIGHT - BOTTOM - (log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        parts = []
        right, foot = WIDTH - RIGHT, HEIGHT - BOTTOM
        for power in range(self._x[0], self._x[1] + 1):
            x = self.x(10**power)
            parts.append(f'<path d="M{x:.1f} {TOP}V{foot}" stroke="#dddddd"/>')
            parts.append(f'<text x="{x:.1f}" y="{foot + 18}" text-anchor="middle">{10**power:,}'
                         "</text>")  # fmt: skip
        for power in range(self._y[0], self._y[1] + 1):
            y = self.y(10**power)
            parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#dddddd"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:g} s'
                         "</text>")  # fmt: skip
        middle = (LEFT + right) / 2
        parts.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">contacts</text>')
        return parts


def _curves(lines: dict[str, Points], axes: _Axes) -> list[str]:
    parts, taken = [], dict[float, float]()
    # from the top down, so that a name that would cover another is moved below it
    for name, points in sorted(lines.items(), key=lambda each: -each[1][-1][1]):
        title, colour, dashes = LINES[name]
        places = [(axes.x(x), axes.y(y)) for x, y in points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        last_x, last_y = places[-1]
        label = max(last_y + 4, taken.get(last_x, 0) + 14)
        taken[last_x] = label
        parts.append(f'<text x="{last_x + 9:.1f}" y="{label:.1f}" fill="{colour}">{escape(title)} '
                     f"{points[-1][1]:.3g} s</text>")  # fmt: skip
    return parts
