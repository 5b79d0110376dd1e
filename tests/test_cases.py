"""Worked examples: given rows, expected rows, by hand in cases/*.yaml, through the real SQL.

A file names the statements to `run` (in order; the last one's rows are compared), `defaults`
for the columns that do not matter, and cases. How rows are given and cells compared: `laboratory`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from laboratory import AS_OF, Laboratory, compare, laboratory

from assets.rounding import rounded

__all__ = ["laboratory"]  # the fixture

CASES = Path(__file__).parent / "cases"


def read_cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {k: v for k, v in content.items() if k not in ("cases", "given")}
        for case in content["cases"]:
            given = {**content.get("given", {}), **case.get("given", {})}
            marks = (
                [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
            )
            whole = {**shared, **case, "given": given, "own": set(case.get("given", {}))}
            yield pytest.param(whole, id=f"{path.stem}: {case['case']}", marks=marks)


@pytest.mark.parametrize("case", read_cases())
def test_case(laboratory: Laboratory, case: dict[str, Any]) -> None:
    compare(laboratory, case)


@pytest.mark.parametrize(("cases", "found"), [(400, 20), (401, 0)])
def test_twenty_early_calls_are_many_of_400_cases_and_few_of_more(
    laboratory: Laboratory, cases: int, found: int
) -> None:
    """One in twenty that was called a day before its bill was issued."""
    rule = laboratory.rules["checks/bills_are_issued_before_dialling"]
    day = date(2024, 1, 20)
    row = {"attempts": 1, "issued_at": day, "first_attempt_date": day}
    early = {**row, "issued_at": date(2024, 1, 21)}
    dialled = [early] * 20 + [row] * (cases - 20)
    with laboratory.tables(("fact.outbound_cases",), {"fact.outbound_cases": dialled}, AS_OF):
        assert len(laboratory.connection.sql(rule.body).fetchall()) == found


@pytest.mark.parametrize(
    ("value", "shown"),
    [(86.285, "86.29"), (88.935, "88.94"), (2.675, "2.68"), (0.005, "0.01"), (-0.005, "-0.01"),
     (114.84375, "114.84"), (115.0, "115.00"), (1e-7, "0.00"), (None, "-"),
     # 87 of 160 are 54.375 %, and 67.60 of 64 are 105.625 %, whatever a double makes of them
     (87 / 160 * 100, "54.38"), (67.6 / 64 * 100, "105.63"), (1e22, f"{10**22}.00")],
)  # fmt: skip
def test_figures_are_rounded_half_up_in_decimal(value: float | None, shown: str) -> None:
    assert rounded(value) == shown
