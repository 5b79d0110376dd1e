"""A KPI whose code and name change with the year is the same KPI, in figures and explanations.

October 2024 to March 2025. For 2025 a decree makes 3a-N the second KPI of the second objective,
2b-N, under another name; `service_level` stays what it is called in the register.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from commands import Command
from defending import SL, DefendedHome
from storyhome import called, chat, put_calls, put_chats, put_complaints

from assets.answers.explanation import Explainer
from assets.database import open_database
from assets.home import HomeError

AS_OF = "2025-04-02"


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> tuple[DefendedHome, str, str]:
    """The home, and its versions before and after the register of 2025."""
    home = DefendedHome.of_months(tmp_path_factory.mktemp("codes"), "2024-10", "2024-12")
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace("2024-12", "2025-03"))
    for month in ("2025-01", "2025-02", "2025-03"):
        put_calls(home, f"{month}-10", called(f"A{month}", f"{month}-10"))
        put_chats(home, month, chat(f"C{month}", f"{month}-10"))
        put_complaints(home, month)
    before = home.publish(AS_OF)
    row = "service_level,2024-01-01,,3a-N,"
    home.edit_register("kpis", row, row.replace(",,3a-N", ",2024-12-31,3a-N"))
    home.append_register(
        "kpis",
        "service_level,2025-01-01,,2b-N,Tingkat Layanan,Answered in time,"
        "composite:service_level_index,,,percent,maximise,pooled,0,120,,KLIP DJP,Decree 1/2025,"
        "false,",
    )
    home.append_register("targets", "service_level,2025,*,80,2025-01-10,Decree 1/2025,false")
    old = "objective_3,service_level,2024-01-01,,0.375"
    home.edit_register("weights", old, old.replace(",,", ",2024-12-31,"))
    for child, weight in (("telephone_occupancy", "0.375"), ("service_performance", "0.25")):
        old = f"objective_3,{child},2024-01-01,,{weight}"
        home.edit_register("weights", old, old.replace(",,", ",2024-12-31,"))
        home.append_register("weights", f"objective_3,{child},2025-01-01,,0.5,Decree 1/2025,false,")
    old = "objective_2,process_transformation,2024-01-01,,1"
    home.edit_register("weights", old, old.replace(",,", ",2024-12-31,"))
    home.append_register(
        "weights",
        "objective_2,process_transformation,2025-01-01,,0.5,Decree 1/2025,false,",
        "objective_2,service_level,2025-01-01,,0.5,Decree 1/2025,false,",
    )
    return home, before, home.publish(AS_OF)


def test_its_identity_stays(years: tuple[DefendedHome, str, str]) -> None:
    home, *_ = years
    assert home.published(
        "select year, code, name_en, parent_id, target, realisation from kpi.scorecard "
        "where id = 'service_level' and period in ('Q4', 'Q1') order by year"
    ) == [
        (2024, "3a-N", "Service level of Kring Pajak", "objective_3", 79, 87.5),
        (2025, "2b-N", "Answered in time", "objective_2", 80, 100),
    ]


def test_explanations_find_it_by_id_and_by_the_code_of_the_year(
    years: tuple[DefendedHome, str, str],
) -> None:
    with open_database(years[0].root / "published/current/kring.duckdb") as con:
        explainer = Explainer(con)
        for name, year, period in (
            ("3a-N", 2024, "Q4"), (SL, 2024, "Q4"), ("2b-N", 2025, "Q1"), (SL, 2025, "Q1"),
        ):  # fmt: skip
            node = explainer.explain(name, year, period)
            assert (node.detail["id"], node.detail["year"]) == (SL, year)
            assert node.what == f"kpi {'3a-N' if year == 2024 else '2b-N'} index"
        with pytest.raises(HomeError) as unknown:
            explainer.explain("3a-N", 2025, "Q1")
    assert str(unknown.value) == (
        "no figure 3a-N for 2025-Q1: it is the code of 2024; "
        "in 2025 the same figure (service_level) is 2b-N"
    )


def test_a_kpi_that_ended_with_the_year_is_said_to_be_one_of_that_year(
    years: tuple[DefendedHome, str, str], tmp_path: Path
) -> None:
    database = tmp_path / "kring.duckdb"
    database.write_bytes((years[0].root / "published/current/kring.duckdb").read_bytes())
    with duckdb.connect(str(database)) as con:
        con.execute("delete from kpi.scorecard where id = 'telephone_occupancy' and year = 2025")
    with open_database(database) as con:
        explainer = Explainer(con)
        for name in ("3b-N", "telephone_occupancy"):
            with pytest.raises(HomeError) as ended:
                explainer.explain(name, 2025, "Q1")
            assert str(ended.value) == f"no figure {name} for 2025-Q1: it is one of 2024 alone"
        with pytest.raises(HomeError, match="published periods are: 2024-Q4"):
            explainer.explain("3b-N", 2026, "Q1")


def test_the_change_is_told_row_by_row(
    years: tuple[DefendedHome, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, before, after = years
    command = Command(monkeypatch, capsys)
    rows = {
        (row["table_name"], row["row_key"], str(row["valid_from"])): (
            row["change"], row["was"], row["now"],
        )
        for row in command(home.root, "diff", before, after, "--json").json["register"]
    }  # fmt: skip
    assert rows["kpis", SL, "2024-01-01"] == ("changed", "", "valid_to 2024-12-31")
    change, was, now = rows["kpis", SL, "2025-01-01"]
    assert (change, was) == ("added", None)
    assert now.startswith("code 2b-N, name_id Tingkat Layanan, name_en Answered in time, source ")
    assert rows["weights", "objective_2 service_level", "2025-01-01"][0] == "added"
    said = command(home.root, "diff", before, after).text
    assert "register weights objective_3 service_level from 2024-01-01 changed" in said
    # the year before is what it was, to the last number
    assert {period[:4] for period, _ in home.moved(after, "kpi.scorecard")} == {"2025"}
    causes = {row[2]: row[-1] for row in home.log(after) if row[1] == "2025-Q1"}
    assert causes[SL] == (
        "targets service_level 2025: added (80 for every period, decided on 2025-01-10)"
    )
    assert "weight of kpi:service_level was none, is 0.5" in causes["objective_2"]
