"""Figures as the report prints them: half up in decimal, from the unrounded value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int


def printed(value: Exact | float | None) -> str:
    """Two places, half up; the last bit of a double is not taken for a rounding edge."""
    if value is None:
        return "-"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(numerator: Exact, denominator: Exact) -> str:
    """A share in per cent, from its exact counts."""
    return printed(Fraction(numerator) / Fraction(denominator) * 100)
