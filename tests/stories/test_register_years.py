"""Years that the register does not fit: rows before the home begins, a new year that lacks some.

A run tells both. Of the home of April to June 2024.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from storyhome import StoryHome

from assets.building.plan import Plan
from assets.publishing.findings import findings


@pytest.fixture
def home(second_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return second_quarter.copied(tmp_path / "home")


def test_what_is_written_for_a_time_before_the_home_begins_is_told(home: StoryHome) -> None:
    # the model organisation's rows are nobody's here, until somebody writes into them
    assert home.run("2025-01-02").findings == []
    home.edit_register("inputs", "ikpa,2024,Q1,,,96.12", "ikpa,2024,Q1,,,95")
    home.append_register("inputs", "smart,2023,Q4,,,95,false,Minutes,Head")
    # S1 has months of the home, and a report shows what was printed of 2023 beside 2024
    home.append_register(
        "reported",
        "service_level,2022,Y,85,Report,", "service_level,2024,S1,85,Report,",
        "audit_recommendations,2023,Y,99,Report,",
    )  # fmt: skip
    lines = (home.root / "register/inputs.csv").read_text().splitlines()
    changed = next(n for n, line in enumerate(lines, start=1) if line.startswith("ikpa,2024,Q1"))
    reported = len((home.root / "register/reported.csv").read_text().splitlines()) - 2
    so = "its period ends before 2024-04, the first_month of kring.toml, and no figure has it"
    told = [
        f"register/inputs.csv line {changed}: {so} (so with 1 more); take it out, or begin earlier",
        f"register/reported.csv line {reported}: {so}; take it out, or begin earlier",
    ]
    ran = home.run("2025-01-02")
    assert [(f.about, f.text) for f in ran.findings] == [("warning", text) for text in told]
    shown = " ".join(home.kring("status", "--as-of", "2025-01-02").stdout.split())
    assert all(f"warning {text}" in shown for text in told)


def test_what_a_new_year_lacks_is_told_and_asked_for_from_its_second_quarter(
    home: StoryHome,
) -> None:
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace("2024-06", "2025-06"))

    def told(day: str) -> list[tuple[str, str]]:
        found = findings(Plan(home.home, date.fromisoformat(day)))
        return [(f.about, f.text) for f in found if f.text.startswith("register/")]

    def no_parts(day: str) -> str:
        return (
            f"register/composite_parts.csv has no row in force on {day} for budget_execution, "
            "which had some before; without them its KPI has no figure"
        )

    targets = (
        "register/targets.csv has no row of 2025 for customer_satisfaction, "
        "process_transformation, service_level and 9 more, which had one before; without it they "
        "have no index, nor has what rests on them"
    )

    def unconverted(day: str) -> str:
        return (
            f"register/conversions.csv has no row in force on {day} for budget_execution, "
            "which had some until 2024-12-31; its realisations count unconverted"
        )

    assert told("2024-12-31") == []
    new = [targets, no_parts("2025-01-02"), unconverted("2025-01-02")]
    assert told("2025-01-02") == [("warning", text) for text in new]
    meant = ("warning", unconverted("2025-04-01"))  # as it may be: nobody must act
    lacking = [("incomplete", t) for t in (targets, no_parts("2025-04-01"))]
    assert told("2025-04-01") == [*lacking, meant]
    kpis = {row["kpi_id"] for row in Plan(home.home, date(2025, 1, 2)).register.rows("kpis")}
    home.append_register(
        "targets", *(f"{kpi},2025,*,80,2025-01-15,Decree 1,false" for kpi in sorted(map(str, kpis)))
    )
    home.append_register(
        "composite_parts", "budget_execution,ikpa,2025-01-01,,input:ikpa,,,1,Decree 1,false"
    )
    assert told("2025-04-01") == [meant]
    for child in ("stakeholder", "internal_process", "learning_growth"):
        row = f"organisation,{child},2024-01-01,"
        home.edit_register("weights", f"{row},", f"{row}2024-12-31,")
    lost, _ = told("2025-04-01")
    assert "weights.csv has no row in force on 2025-04-01 below organisation, which" in lost[1]
    for hours in ("weekday", "weekend", "month_end"):
        row = f"chat_{hours},chat,*,2024-01-01,"
        home.edit_register("service_hours", f"{row},", f"{row}2024-12-31,")
    assert (
        "warning",
        "register/service_hours.csv has no row in force on 2025-04-01 for chat, which had some "
        "until 2024-12-31; its contacts count at all hours",
    ) in told("2025-04-01")
