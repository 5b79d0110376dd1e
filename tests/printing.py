"""Figures as the report prints them, half up in decimal from the unrounded value; and some that it
printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int

# Of the report of 2024: service level by month, satisfaction by quarter, per cent.
PRINTED_SERVICE_LEVEL = {
    "phone": "77.50 77.19 82.73 78.59 77.44 81.73 79.11 78.78 80.81 83.13 82.46 78.86",
    "chat": "83.37 77.63 79.56 84.01 91.75 94.41 99.14 96.98 97.35 99.33 99.68 88.82",
}
PRINTED_CSI = {
    "inbound": "85.89 85.75 85.32 86.42",
    "outbound": "86.69 88.29 86.47 87.96",
    "complaint": "87.27 87.24 86.32 92.05",
    "social_media": "87.24 83.86 87.94 89.31",
}
PRINTED_CSI_INDEX = "86.77 86.29 86.51 88.94"


def printed(value: Exact | float | None) -> str:
    """Two places, half up; the last bit of a double is not taken for a rounding edge."""
    if value is None:
        return "-"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(numerator: Exact, denominator: Exact = 1) -> str:
    """A share in per cent, from its exact counts."""
    return printed(Fraction(numerator) / Fraction(denominator) * 100)
