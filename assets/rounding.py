"""How a figure is rounded for display: half up, in decimal, once.

Everything is kept unrounded; this is the last step before a reader sees a number.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_EXACT = Decimal("1e-10")


def rounded(value: float | Decimal | None, places: int = 2) -> str:
    """A figure with so many decimals, `-` where there is none."""
    if value is None:
        return "-"
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    # ten places swallow the last bits of a double, as in SQL: 87 / 160 is 54.374999999999993 there
    exact = exact.quantize(_EXACT, context=_CONTEXT)
    return str(exact.quantize(Decimal(1).scaleb(-places), context=_CONTEXT))
