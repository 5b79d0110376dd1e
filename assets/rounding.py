"""How a figure is rounded for display: half up, in decimal, once.

Everything is kept unrounded; this is the last step before a reader sees a number.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rounded(value: float | Decimal | None, places: int = 2) -> str:
    """A figure with so many decimals, `-` where there is none."""
    if value is None:
        return "-"
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
