"""The few formulas a scorecard is made of, each as text and value together.

They are the house's rules once more, in a spreadsheet's words: sql/kpi has them in SQL. Where
the two part, a figure is not written as a formula, so they cannot part unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

from assets.workbook.grid import Expr, Span


def total(span: Span | None) -> Expr | None:
    """The sum of a range; blanks count nothing."""
    if span is None:
        return None
    values = [value for value in span.values if value is not None]
    return Expr(f"SUM({span.text})", sum(values) if values else None)


def ratio(numerator: Expr, denominator: Expr, scale: int = 1) -> Expr | None:
    """numerator / denominator, in percentage points with a scale of 100."""
    if numerator.value is None or not denominator.value:
        return None
    times = f"{scale}*" if scale != 1 else ""
    over = denominator.text if denominator.is_plain else f"({denominator.text})"
    above = numerator.text if numerator.is_plain else f"({numerator.text})"
    return Expr(f"{times}{above}/{over}", numerator.value / denominator.value * scale)


def added(exprs: Sequence[Expr]) -> Expr:
    values = [expr.value for expr in exprs if expr.value is not None]
    return Expr(f"SUM({','.join(e.text for e in exprs)})", sum(values) if values else None)


def mean(exprs: Sequence[Expr]) -> Expr | None:
    values = [expr.value for expr in exprs if expr.value is not None]
    if not values:
        return None
    return Expr(f"AVERAGE({','.join(e.text for e in exprs)})", sum(values) / len(values))


def weighted_mean(weights: Span | None, values: Span | None) -> Expr | None:
    """The mean of what is measured, by its weights."""
    if weights is None or values is None:
        return None
    pairs = [(w or 0.0, v) for w, v in zip(weights.values, values.values, strict=True)
             if v is not None]  # fmt: skip
    measured = sum(weight for weight, _ in pairs)
    if not measured:
        return None
    w, v = weights.text, values.text
    return Expr(
        f"SUMPRODUCT({w},{v})/SUMPRODUCT({w},ISNUMBER({v})*1)",
        sum(weight * value for weight, value in pairs) / measured,
    )


def achievement(polarity: str, realisation: Expr, target: Expr) -> Expr | None:
    """Realisation against target, before the cap. Percentage points."""
    x, t = realisation.value, target.value
    if x is None or not t:
        return None
    share = f"{realisation.text}/{target.text}"
    if polarity == "minimise":
        return Expr(f"(1+(1-{share}))*100", (1 + (1 - x / t)) * 100)
    if polarity == "maximise":
        return Expr(f"{share}*100", x / t * 100)
    text = f"MIN({share}*100,200-{share}*100)"
    deviation = min(x / t * 100, 200 - x / t * 100)
    value = deviation / 0.9 if deviation <= 90 else 100 + (deviation - 90) * 2
    return Expr(f"IF({text}<=90,{text}/0.9,100+({text}-90)*2)", value)


def capped(raw: Expr, low: Expr, high: Expr) -> Expr | None:
    """The achievement within its bounds: the index."""
    if raw.value is None or low.value is None or high.value is None:
        return None
    return Expr(
        f"MAX({low.text},MIN({high.text},{raw.text}))", max(low.value, min(high.value, raw.value))
    )


def above(raw: Expr, high: Expr) -> Expr | None:
    """What the cap takes away; nothing where there is no achievement (a blank counts 0)."""
    if high.value is None:
        return None
    return Expr(f"MAX({raw.text}-{high.text},0)", max((raw.value or 0.0) - high.value, 0.0))


def product(one: Expr, other: Expr) -> Expr | None:
    if one.value is None or other.value is None:
        return None
    return Expr(f"{one.text}*{other.text}", one.value * other.value)


def is_measured(figure: Expr) -> Expr:
    """1 where there is a figure, 0 where there is none."""
    return Expr(f"IF(ISNUMBER({figure.text}),1,0)", 0.0 if figure.value is None else 1.0)


def measured_share(weights: Span | None, shares: Span | None) -> Expr | None:
    """The share of a node's weight that is measured, to 12 decimals as published."""
    if weights is None or shares is None:
        return None
    pairs = zip(weights.values, shares.values, strict=True)
    value = sum((weight or 0.0) * (share or 0.0) for weight, share in pairs)
    return Expr(f"ROUND(SUMPRODUCT({weights.text},{shares.text}),12)", round(value, 12))


def converted(x: Expr, base_index: Expr, base_value: Expr, divisor: Expr) -> Expr | None:
    """A piece of a conversion table: base_index + (x - base_value) / divisor."""
    if x.value is None or base_index.value is None:
        return None
    if base_value.value is None or not divisor.value:
        return base_index
    return Expr(
        f"{base_index.text}+({x.text}-{base_value.text})/{divisor.text}",
        base_index.value + (x.value - base_value.value) / divisor.value,
    )
