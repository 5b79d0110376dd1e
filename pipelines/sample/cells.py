"""The cells of the 2024 report that the sample must print, and the counts that print them.

Only what the report prints per month or quarter, and the two year figures named in the issue
(telephone occupancy, outbound effectiveness). Figures are whole hundredths of a percentage
point (7750 is 77.50 %), so that no cell passes through binary fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PHONE_SERVICE_LEVEL = (7750, 7719, 8273, 7859, 7744, 8173, 7911, 7878, 8081, 8313, 8246, 7886)
CHAT_SERVICE_LEVEL = (8337, 7763, 7956, 8401, 9175, 9441, 9914, 9698, 9735, 9933, 9968, 8882)

# Service -> its four quarters.
SATISFACTION = {
    "Inbound": (8589, 8575, 8532, 8642),
    "Outbound": (8669, 8829, 8647, 8796),
    "Pengaduan": (8727, 8724, 8632, 9205),
    "Medsos": (8724, 8386, 8794, 8931),
}
TOP_SCORE = 5

TELEPHONE_OCCUPANCY = Fraction(985, 1000)

# Printed 73.50 with an index of 114.85 (target 64) needs at least 73.5008. Narrower than
# required on both sides, so that no reading of a rounding rule can push it out.
OUTBOUND_EFFECTIVENESS = (Fraction(735012, 1_000_000), Fraction(735046, 1_000_000))


@dataclass(frozen=True)
class Leeway:
    """How far an unrounded cell may lie from the printed one, in 1/10,000 points; half-open."""

    low: int
    high: int


# A cell prints as itself within +-0.005 points; 0.0045 keeps it off the rounding edge.
PRINTS = Leeway(-45, 45)

# The mean of the four printed services is 86.7725, 86.285, 86.5125, 88.935. The second and
# fourth are printed as 86.29 and 88.94: their cells stay above the printed figure, so that
# the unrounded mean does too. The first and third must not drift up over 86.775 and 86.515.
QUARTER_LEEWAY = (Leeway(-20, 20), Leeway(2, 45), Leeway(-20, 20), Leeway(2, 45))


def printable_counts(
    cell: int, wanted: int, *, top: int = 1, leeway: Leeway = PRINTS
) -> tuple[int, int]:
    """The n nearest to `wanted`, with a numerator k, such that k / (n * top) prints as `cell`."""
    for distance in range(wanted + 20_000):
        for n in {wanted + distance, wanted - distance}:
            if n > 0 and (k := _numerator(cell, n * top, leeway)) is not None:
                return n, k
    raise ValueError(f"no count near {wanted} prints {cell / 100:.2f}")


def _numerator(cell: int, whole: int, leeway: Leeway) -> int | None:
    """The whole number k with k / whole inside the leeway, nearest to its middle."""
    low, high = 100 * cell + leeway.low, 100 * cell + leeway.high
    first = -(-low * whole // 1_000_000)
    last = -(-high * whole // 1_000_000) - 1
    if first > last:
        return None
    return min(max(round((low + high) * whole / 2_000_000), first), last)


def effective_counts(dialled: int, contacted: int) -> tuple[int, int]:
    """Contacted and paying cases, `contacted` moved as little as possible, that print 73.50."""
    low, high = OUTBOUND_EFFECTIVENESS
    middle = low + high  # contact + behaviour, as both weigh one half
    for distance in range(dialled):
        for c in {contacted + distance, contacted - distance}:
            if not 0 < c <= dialled:
                continue
            paying = round((middle - Fraction(c, dialled)) * c)
            figure = (Fraction(c, dialled) + Fraction(paying, c)) / 2
            if 0 <= paying <= c and low <= figure < high:
                return c, paying
    raise ValueError(f"no count of {dialled} cases prints the outbound effectiveness")
