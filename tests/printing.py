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
# KPI: code, target, realisation, index. All printed but 114.84: it follows from the printed
# 73.50 of 64 (114.84375), where the report prints 114.85 from decimals that it hides.
PRINTED_KPIS = {
    "customer_satisfaction": "1a-N 78.00 87.78 112.54",
    "process_transformation": "2a-CP 100.00 132.00 120.00",
    "service_level": "3a-N 79.00 85.28 107.95",
    "telephone_occupancy": "3b-N 64.00 98.50 120.00",
    "service_performance": "3c-N 83.00 100.86 120.00",
    "complaints_on_time": "4a-N 100.00 120.00 120.00",
    "outbound_effectiveness": "5a-N 64.00 73.50 114.84",
    "audit_recommendations": "6a-N 90.00 100.00 111.11",
    "staff_competence": "7a-N 90.00 103.44 114.93",
    "performance_risk_management": "7b-N 90.00 90.13 100.14",
    "mental_development": "7c-N 80.00 101.00 120.00",
    "budget_execution": "8a-CP 100.00 120.00 120.00",
}
PRINTED_PARENTS = {
    "objective_1": "112.54",
    "objective_2": "120.00",
    "objective_3": "115.48",
    "objective_4": "120.00",
    "objective_5": "114.84",  # as 5a
    "objective_6": "111.11",
    "objective_7": "111.69",
    "objective_8": "120.00",
    "stakeholder": "116.27",
    "internal_process": "115.36",
    "learning_growth": "115.85",
    "organisation": "115.87",
}


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
