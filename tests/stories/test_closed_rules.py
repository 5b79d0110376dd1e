"""Report and workbook print beside a signed figure what it was counted by, whatever changed since.

Half a year of DefendedHome: of a quarter's calls 9 of 12 are in time and all chats, so 3a is half
75 and half 100. The first quarter is closed; then phone weighs 0.8, 35 seconds are in time from
the beginning on, 4a is capped at 110, 2a has another target and 3c another value. By the rules of
now all calls of the second quarter are in time.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from commands import Command
from defending import SLI, DefendedHome
from homes import no_waiting
from pages import Page
from workbooks import formulas, sheet

from assets.record import closing
from assets.record.versions import current

AS_OF = "2024-07-02"
OTHER = "is closed as revision 1 and was counted by other weights or rules"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> DefendedHome:
    home = DefendedHome.of_months(tmp_path_factory.mktemp("rules"), "2024-01", "2024-06")
    home.publish(AS_OF)
    version = current(home.home)
    assert version is not None
    with no_waiting():
        closing.close(home.home, version, 2024, "Q1", "Signed")
    for part, weight in (("phone", "0.8"), ("chat", "0.2")):
        row = f"{SLI},{part},2024-01-01,,metric:service_level,{part},,"
        home.edit_register("composite_parts", f"{row}0.5", f"{row}{weight}")
    row = "phone_house_2024,phone,*,2020-01-01,,"
    home.edit_register("service_level_policy", f"{row}20", f"{row}35")
    row = "metric:complaints_on_time,,,percent,maximise,pooled,0,"
    home.edit_register("kpis", f"{row}120", f"{row}110")
    home.append_register("targets", "process_transformation,2024,Q1,20,2024-07-01,Decree 12,false")
    home.edit_register("inputs", "performance,2024,Q1,,,97.42", "performance,2024,Q1,,,80")
    home.publish(AS_OF)
    return home


def report(
    home: DefendedHome, command: Command, folder: Path, period: str, lang: str, year: str = "2024"
) -> Page:
    out = folder / "report.html"
    said = command(home.root, "report", year, "--period", period, "--lang", lang,
                   "--out", str(out))  # fmt: skip
    assert said.code == 0, said.text
    made = Page(out.read_text(encoding="utf-8"))
    assert made.faults == []
    return made


def formula(page: Page, kpi: str) -> str:
    """What a page says under a KPI's formula, as text."""
    (section,) = re.findall(rf'<section class="kpi" id="kpi-{kpi}">.*?</section>', page.html, re.S)
    (said,) = re.findall(
        r"<h4>(?:The formula as counted|Rumus yang dipakai)</h4>(.*?)<h4>", section, re.S
    )
    return " ".join(re.sub(r"<[^>]*>", "", said).split())


def test_the_report_of_a_closed_quarter_prints_what_it_was_closed_with(
    changed: DefendedHome, command: Command, tmp_path: Path
) -> None:
    page = report(changed, command, tmp_path, "Q1", "en")
    said = formula(page, "service_level")
    assert said.startswith("This period is closed as revision 1")
    assert re.findall(r"Weight ([\d.]+) %: service level, (\w[\w ]*):", said) == [
        ("50.0", "live chat"), ("50.0", "phone"),
    ]  # fmt: skip
    assert (
        "service_level_policy phone_house_2024: channel phone, queue *, threshold_seconds 20"
        in said
    )
    assert "within 35 seconds" not in said and "chat answered within 300 seconds" in said
    assert "cap_high 120" in formula(page, "complaints_on_time")
    # the addresses lead to the weights as closed
    weights = [n for n in page.numbers if (n.table, n.column) == ("kpi.explain", "weight")]
    assert {n.printed for n in weights if n.key["figure"] == f"composite:{SLI}"} == {"50.0"}
    said = formula(report(changed, command, tmp_path, "Q1", "id"), "service_level")
    assert said.startswith("Periode ini ditutup sebagai revisi 1") and "Bobot 50,0 %" in said


def test_the_report_of_a_longer_period_says_which_quarter_was_counted_otherwise(
    changed: DefendedHome, command: Command, tmp_path: Path
) -> None:
    page = report(changed, command, tmp_path, "Y", "en")
    now, _, signed = formula(page, "service_level").partition(f"Quarter 1 {OTHER}:")
    assert re.findall(r"Weight ([\d.]+) %", now) == ["20.0", "80.0"]
    assert "within 35 seconds" in now
    assert re.findall(r"Weight ([\d.]+) %", signed) == ["50.0", "50.0"]
    assert "threshold_seconds 20" in signed
    assert "cap_high 120" in formula(page, "complaints_on_time").partition(OTHER)[2]
    # nothing of outbound calls has changed
    assert OTHER not in formula(page, "outbound_effectiveness")
    assert "The aims are those in the register now, also for closed months" in page.html


def _weigh(home: DefendedHome, former: str, day: str, decree: str) -> None:
    """Phone weighs 0.7 from a day on, by a decree; the rows that begin on `former` end before."""
    ends = f"{date.fromisoformat(day) - timedelta(days=1)}"
    for part, weight in (("phone", "0.7"), ("chat", "0.3")):
        row = f"{SLI},{part},{former},"
        home.edit_register("composite_parts", row, f"{row}{ends}")
        home.append_register(
            "composite_parts",
            f"{SLI},{part},{day},,metric:service_level,{part},,{weight},{decree},false",
        )


def test_a_report_names_every_rule_that_counted_in_its_period(
    tmp_path: Path, command: Command
) -> None:
    """20 s hold until 14 May, then 15 s; from 15 August phone weighs 0.7, from September on by
    another decree. The calls are of the 10th of April to September, so both rules counted some; the
    second quarter knows no other weights."""
    home = DefendedHome.of_months(tmp_path / "home", "2024-04", "2024-09")
    row = "phone_house_2024,phone,*,2020-01-01,"
    home.edit_register("service_level_policy", row, f"{row}2024-05-14")
    home.append_register(
        "service_level_policy",
        "short,phone,*,2024-05-15,,15,0.8,<=,count,0,exclude,exclude,exclude,exclude,Decree,false,",
    )
    _weigh(home, "2024-01-01", "2024-08-15", "Decree 8")
    _weigh(home, "2024-08-15", "2024-09-01", "Decree 9")
    home.publish("2024-10-02")

    def rules(period: str) -> list[str]:
        said = formula(report(home, command, tmp_path, period, "en"), "service_level")
        return re.findall(r"Rule (?:phone|short)[^:]*|As computed.*?\.", said)

    house = "Rule phone_house_2024 since 1 Jan 2020 until 14 May 2024"
    counted = "As computed: counted from complete exports"
    since = "by the parts in force from 2024-08-15"
    assert rules("Q2") == [f"{counted}.", house, "Rule short since 15 May 2024"]
    assert rules("Q3") == [f"{counted}; {since}.", "Rule short since 15 May 2024"]
    whole = f"{counted}; from 2024-04 only; {since}."
    assert rules("YTD-Q3") == [whole, house, "Rule short since 15 May 2024"]


def test_the_year_before_keeps_the_target_it_was_closed_with(
    tmp_path: Path, command: Command
) -> None:
    home = DefendedHome.of_months(tmp_path / "home", "2024-03", "2025-03")
    home.publish("2025-04-02")
    version = current(home.home)
    assert version is not None
    with no_waiting():
        closing.close(home.home, version, 2024, "Q1", "Signed")
    home.append_register("targets", "process_transformation,2024,Q1,20,2024-07-01,Decree 12,false")
    home.publish("2025-04-02")
    page = report(home, command, tmp_path, "Q1", "en", "2025")
    targets = {n.printed for n in page.numbers if n.column == "target"
               and n.key.get("id", n.key.get("kpi_id")) == "process_transformation"
               and n.key["year"] == 2024}  # fmt: skip
    assert targets == {"25.00"}


def test_what_is_held_out_under_the_cap_is_shown_by_what_moves(
    changed: DefendedHome, command: Command, tmp_path: Path
) -> None:
    """2a is 120 of 120 whether 50 is measured by 25 or by 20; 3a's index falls."""
    page = report(changed, command, tmp_path, "Q1", "en")
    held = [n for n in page.numbers if n.table == "kpi.pending" and n.key["basis"] == "computed"
            and n.key["period"] == "2024-Q1"]  # fmt: skip

    def of(kpi: str) -> list[tuple[str, str]]:
        return [(n.column, n.printed) for n in held if n.key["id"] == kpi]

    assert of("process_transformation") == [
        ("target_as_published", "25.00"),
        ("target_as_now", "20.00"),
        ("target_as_now", "\u22125.00"),
    ]  # fmt: skip
    assert of("service_performance")[0] == ("as_published", "117.37")
    rows = re.findall(r"<tr>(?:(?!</tr>).)*target_as_now.*?</tr>", page.html, re.S)
    assert rows and all("target</td>" in row for row in rows)


def test_the_workbook_weighs_a_closed_quarter_as_it_was_closed(
    changed: DefendedHome, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "kring-2024.xlsx"
    assert command(changed.root, "workbook", "2024", "--lang", "en", "--out", str(path)).code == 0
    rows = [row for row in sheet(path, "Composites") if row["Composite"] == SLI]
    weights = {
        (row["Period"], row["Part"]): (row["Weight"], row["Value"]) for row in rows if row["Part"]
    }
    for period in ("2024-02", "Q1"):
        assert weights[period, "phone"] == (0.5, 75) and weights[period, "chat"] == (0.5, 100)
    assert weights["Q2", "phone"] == (0.8, 100) and weights["Q2", "chat"] == (0.2, 100)
    # so the closed figure follows from its parts on the sheet
    place = sheet(path, "Composites").index(
        next(row for row in rows if (row["Period"], row["Part"]) == ("Q1", None))
    )
    assert any(name.endswith(str(place + 3)) for name in formulas(path, "Composites"))
    (card,) = [
        row for row in sheet(path, "Periods")
        if (row["Period"], row["Basis"], row["Id"]) == ("Q1", "computed", "complaints_on_time")
    ]  # fmt: skip
    assert (card["Cap"], card["Index"]) == (120, 120)
