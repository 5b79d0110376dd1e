"""The Wilson interval at 95 %: hand-worked bounds, and what has none."""

from __future__ import annotations

from math import sqrt

import pytest

from sql.run import connect


def bounds(numerator: str, denominator: str) -> tuple[float | None, float | None]:
    connection = connect("Asia/Jakarta")
    ((lower, upper),) = connection.execute(
        f"select wilson_lower({numerator}, {denominator}), wilson_upper({numerator}, {denominator})"
    ).fetchall()
    return lower, upper


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "upper"),
    [
        # (80 + 1.9207 -+ 1.959964 x sqrt(80 x 20 / 100 + 0.9604)) / 103.8415
        ("80", "100", 0.7112, 0.8666),
        # none of 10: 0 to 3.8415 / 13.8415
        ("0", "10", 0.0, 0.2775),
        ("10", "10", 0.7225, 1.0),
        # the same for the decimals of a metric
        ("80::decimal(38, 12)", "100::decimal(38, 12)", 0.7112, 0.8666),
    ],
)
def test_hand_worked(numerator: str, denominator: str, lower: float, upper: float) -> None:
    found = bounds(numerator, denominator)
    assert (round(found[0] or 0, 4), round(found[1] or 0, 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("numerator", "denominator"), [("0", "0"), ("null", "null"), ("3", "2"), ("1", "-1")]
)
def test_what_is_no_share_has_no_interval(numerator: str, denominator: str) -> None:
    assert bounds(numerator, denominator) == (None, None)


def test_the_ends_are_exact_and_the_rest_solves_wilsons_equation() -> None:
    """Each bound p satisfies |x/n - p| = z sqrt(p (1 - p) / n), which is how it is defined."""
    connection = connect("Asia/Jakarta")
    rows = connection.execute(
        "select x, n, wilson_lower(x, n), wilson_upper(x, n) from range(1, 60) as ns(n), "
        "range(0, 60) as xs(x) where x <= n"
    ).fetchall()
    for x, n, lower, upper in rows:
        assert lower == 0.0 if x == 0 else lower > 0
        assert upper == 1.0 if x == n else upper < 1
        for bound in (lower, upper):
            gap = 1.959964 * sqrt(bound * (1 - bound) / n)
            assert abs(x / n - bound) == pytest.approx(gap, abs=1e-12)
