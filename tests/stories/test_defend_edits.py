"""One edit a step: what moves is what rests on it, and the log names that edit and nothing else.

April to June 2024, every month three of four calls in time and four of four chats; each test
makes one more edit of the same home and reads the version that follows. A home's own metric
counts calls put through elsewhere. The quarter and the longer periods hold the same months.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Command
from defending import SL, SLI, WITHOUT, DefendedHome
from homes import ROOT, no_waiting
from storyhome import SENT_ELSEWHERE, called, chat, put_calls, put_chats

AS_OF = "2025-01-02"
PERIODS = ("2024-Q2", "2024-S1", "2024-Y", "2024-YTD-Q3")
ABOVE_3 = ("internal_process", "objective_3", "organisation")


def in_all(*names: str) -> set[tuple[str, str]]:
    return {(period, name) for period in PERIODS for name in names}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> DefendedHome:
    made = DefendedHome.of_months(tmp_path_factory.mktemp("edits"), "2024-04", "2024-06")
    made.rule("metrics", "sent_elsewhere", SENT_ELSEWHERE)
    put_calls(made, "2024-05-12", called("F1", "2024-05-12", outcome="Overflow"))
    made.publish(AS_OF)
    return made


def test_a_target_moves_its_kpi_and_the_nodes_above(home: DefendedHome) -> None:
    home.append_register("targets", "service_level,2024,*,90,2024-07-01,Decree 12 of 2024,false")
    version = home.publish(AS_OF)
    assert home.card(SL, "Q2") == (87.5, pytest.approx(87.5 / 90 * 100))
    assert home.moved(version, "kpi.scorecard") == in_all(SL, *ABOVE_3)
    assert {row[0] for row in home.log(version)} == {"kpi.scorecard"}
    assert home.causes(version) == {
        "targets service_level 2024: was 79 for every period, decided on 2024-01-01; "
        "is 90 for every period, decided on 2024-07-01"
    }


def test_a_weight_moves_its_parent_and_no_kpi(home: DefendedHome) -> None:
    home.weigh_no_occupancy()
    version = home.publish(AS_OF)
    # occupancy is not measured: 3a weighs 0.75 of 1, before 0.375 of 0.625; 3c is 98.87 of 83
    first, third = 87.5 / 90 * 100, 98.87 / 83 * 100
    assert home.card("objective_3", "Q2")[1] == pytest.approx(0.75 * first + 0.25 * third)
    assert home.moved(version, "kpi.scorecard") == in_all(*ABOVE_3)
    assert home.causes(version) == {
        "weight of kpi:service_level was 0.375, is 0.75; "
        "weight of kpi:telephone_occupancy was 0.375, is 0"
    }


def test_a_composites_weight_moves_its_months_too(home: DefendedHome) -> None:
    for part, weight in (("phone", "0.4"), ("chat", "0.6")):
        old = f"service_level_index,{part},2024-01-01,,metric:service_level,{part},,"
        home.edit_register("composite_parts", f"{old}0.5", f"{old}{weight}")
    version = home.publish(AS_OF)
    assert home.card(SL, "Q2")[0] == pytest.approx(0.4 * 75 + 0.6 * 100)
    months = {(f"2024-0{n}", SLI) for n in (4, 5, 6)}
    assert home.moved(version, "kpi.composites") == in_all(SLI) | months
    assert home.moved(version, "kpi.cells") == home.moved(version, "metric.monthly") == set()
    assert home.causes(version) == {
        "weight of metric:service_level chat was 0.5, is 0.6; "
        "weight of metric:service_level phone was 0.5, is 0.4"
    }


def test_a_kpis_definition_names_what_it_says_now(home: DefendedHome) -> None:
    """Who owns it changes as well, and is no cause: it decides no number."""
    row = "metric:complaints_on_time,,,percent,maximise,pooled,0,120,award_cap,KLIP DJP"
    home.edit_register("kpis", row, row.replace("0,120,award_cap,KLIP DJP", "0,110,award_cap,KLIP"))
    version = home.publish(AS_OF)
    assert home.card("complaints_on_time", "Q2") == (110, 110)
    moved = in_all("complaints_on_time", "objective_4", "internal_process", "organisation")
    assert home.moved(version, "kpi.scorecard") == moved
    assert home.causes(version) == {"kpis complaints_on_time: was cap_high 120; is cap_high 110"}


def test_a_metrics_sql_and_later_its_end(home: DefendedHome) -> None:
    home.rule(
        "metrics", "sent_elsewhere", SENT_ELSEWHERE.replace("= 'flow_out')", "<> 'answered')")
    )
    same = home.publish(AS_OF)
    assert home.log(same) == []  # another text, and the same numbers
    home.rule(
        "metrics", "sent_elsewhere", SENT_ELSEWHERE.replace("'answered', 'flow_out'", "'flow_out'")
    )
    version = home.publish(AS_OF)
    # in May 1 of 5 were sent elsewhere; of those sent elsewhere it is 1 of 1
    assert home.counts("sent_elsewhere", "2024-05") == (1, 1)
    assert {row[2] for row in home.log(version)} == {"sent_elsewhere"}
    assert home.causes(version) == {"the definition of sent_elsewhere changed"}
    (home.root / "metrics/sent_elsewhere.sql").unlink()
    version = home.publish(AS_OF)
    assert home.moved(version, "metric.monthly") == {("2024-05", "sent_elsewhere")}
    assert home.moved(version, "kpi.cells") == in_all("sent_elsewhere") | {
        ("2024-05", "sent_elsewhere")
    }
    assert home.causes(version) == {"the definition of sent_elsewhere was removed"}
    assert home.published(
        "select distinct old_value, new_value, new_status from ops.restatements "
        f"where version = '{version}' and table_name = 'metric.monthly'"
    ) == [(1.0, None, None)]


def test_an_input_moves_its_quarter_and_what_takes_the_last_known(home: DefendedHome) -> None:
    home.edit_register("inputs", "performance,2024,Q2,,,98.87", "performance,2024,Q2,,,90")
    version = home.publish(AS_OF)
    # of the year and of three quarters the last known value is still to come
    assert home.moved(version, "kpi.scorecard") == {
        (period, name) for period in ("2024-Q2", "2024-S1", "2024-YTD-Q3", "2024-Y")
        for name in ("service_performance", *ABOVE_3)
    }  # fmt: skip
    assert home.causes(version) == {"inputs service_performance 2024 Q2: was 98.87; is 90"}


def test_a_withdrawn_file_and_one_that_comes_back(home: DefendedHome, command: Command) -> None:
    put_calls(home, "2024-06-20", called("W1", "2024-06-20"), called("W2", "2024-06-20"))
    home.publish(AS_OF)
    with no_waiting():
        assert command(home.root, "withdraw", "calls/calls_20240620.csv", "--reason", "x").code == 0
    version = home.publish(AS_OF)
    assert home.counts(SL, "2024-06") == (3, 4)
    assert home.moved(version, "metric.monthly") == {
        ("2024-06", name) for name in ("abandonment", "handle_time", SL, WITHOUT, "speed_of_answer")
    }
    assert home.causes(version) == {"file calls/calls_20240620.csv was withdrawn"}


def test_a_renamed_queue_moves_its_rows_and_no_channel(home: DefendedHome) -> None:
    home.edit_source("chats", "export.skill as queue", "'hall' as queue")
    version = home.publish(AS_OF)
    # the rows of the old name are gone; what is summed over queues is what it was
    assert {row[0] for row in home.log(version)} == {"metric.monthly"}
    assert home.published(
        "select distinct queue, old_denominator, new_denominator from ops.restatements "
        f"where version = '{version}'"
    ) == [("umum", 4, None)]
    assert home.causes(version) == {"files of source chats were read by another rule"}


def test_a_late_file_of_a_new_queue_moves_the_channel(home: DefendedHome) -> None:
    """The queue itself is new and no number of it changed; what is summed over queues did."""
    put_calls(home, "2024-04-21", called("Q1", "2024-04-21", queue="priority"))
    version = home.publish(AS_OF)
    assert home.counts(SL, "2024-04") == (4, 5)
    assert home.moved(version, "metric.monthly") == set()
    assert ("2024-04", SL) in home.moved(version, "kpi.cells")
    assert home.causes(version) == {"file calls/calls_20240421.csv arrived"}


def test_a_month_that_begins_to_count_is_shown_with_its_value(
    tmp_path: Path, command: Command
) -> None:
    """`- = 0 / 0` became `- = - / -`: the row that said so, of no queue, was gone."""
    home = DefendedHome.of_months(tmp_path, "2024-04", "2024-05")
    whole = (home.root / "landing/calls/calls_20240510.csv").read_text()
    put_calls(home, "2024-05-10")
    first = home.publish(AS_OF)
    home.put("calls/calls_20240510.csv", whole)
    home.publish(AS_OF)
    shown = command(home.root, "diff", first)
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "2024-05 service_level phone - 75.00" in lines
    assert "0 / 0" not in shown.text and "- / -" not in shown.text


def test_a_contact_that_moves_to_another_month_is_told_in_both(home: DefendedHome) -> None:
    put_calls(home, "2024-06-02", called("A2024-05-0", "2024-06-02"))
    version = home.publish(AS_OF)
    assert (home.counts(SL, "2024-05"), home.counts(SL, "2024-06")) == ((2, 3), (4, 5))
    months = {period for period, name in home.moved(version, "metric.monthly") if name == SL}
    assert months == {"2024-05", "2024-06"}
    assert home.causes(version) == {"file calls/calls_20240602.csv arrived and corrected 1 rows"}
    # the quarter holds both months, and is what it was
    assert home.moved(version, "kpi.scorecard") == set()


def test_two_corrections_of_one_night_are_told_each_where_it_moved_something(
    tmp_path: Path, command: Command
) -> None:
    """Each file corrects a call of another month; then the one of May is withdrawn."""
    home = DefendedHome.of_months(tmp_path, "2024-04", "2024-06")
    home.publish(AS_OF)
    late = {"2024-04": "calls/calls_20240611.csv", "2024-05": "calls/calls_20240612.csv"}
    for month, path in late.items():
        day = f"2024-06-{path[-6:-4]}"
        put_calls(home, day, called(f"A{month}-1", f"{month}-10", "45,000"))
    version = home.publish(AS_OF)
    told = {(period, cause) for table, period, name, _, cause in home.log(version)
            if table == "metric.monthly" and name == SL}  # fmt: skip
    assert told == {(m, f"file {path} arrived and corrected 1 rows") for m, path in late.items()}
    whose = home.published(
        "select replaced.path, later.path, corrections.rows from ops.corrections as corrections "
        "join ops.files as replaced using (source, file_id) "
        "join ops.files as later on later.file_id = corrected_by order by all"
    )
    assert whose == [(f"calls/calls_{m.replace('-', '')}10.csv", path, 1)
                     for m, path in late.items()]  # fmt: skip
    assert command(home.root, "withdraw", late["2024-05"], "--reason", "wrong").code == 0
    version = home.publish(AS_OF)
    told = {(period, cause) for table, period, _, _, cause in home.log(version)
            if table == "metric.monthly"}  # fmt: skip
    assert told == {("2024-05", f"file {late['2024-05']} was withdrawn")}


def test_another_kring_is_named_where_nothing_else_moved(
    home: DefendedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a formula in the code had changed: the same data, other numbers."""
    before = home.publish(AS_OF)
    monkeypatch.setattr("assets.code_version._code_digest", lambda: "0badc0de")
    cells = ROOT / "sql/kpi/cells.sql"
    plan_rule = cells.read_text().replace("sum(months.numerator)", "sum(2 * months.numerator)")
    altered = home.root / "cells.sql"
    altered.write_text(plan_rule)
    from assets.rulebook import rules as loaded
    from assets.rulebook.headers import KPI_KEYS
    from sql.header import read_statement

    real = loaded.load_rules

    def other(of: object) -> loaded.Rules:
        found = real(of)  # type: ignore[arg-type]
        found.kpi["cells"] = read_statement(altered, KPI_KEYS)  # type: ignore[index]
        return found

    monkeypatch.setattr("assets.building.look.load_rules", other)
    version = home.publish(AS_OF)
    assert version != before
    (cause,) = home.causes(version)
    assert cause.startswith("kring ") and "(0badc0de), before " in cause
    assert ("2024-Q2", SL) in home.moved(version, "kpi.scorecard")
    monkeypatch.undo()
    back = home.publish(AS_OF)
    assert home.moved(back, "kpi.scorecard") == home.moved(version, "kpi.scorecard")


def test_a_first_month_takes_months_out(home: DefendedHome) -> None:
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace('"2024-04"', '"2024-05"'))
    version = home.publish(AS_OF)
    assert {period for period, _ in home.moved(version, "metric.monthly")} == {"2024-04"}
    assert ("2024-Q2", SL) in home.moved(version, "kpi.scorecard")
    assert home.causes(version) == {"kring.toml: first_month is 2024-05-01, before 2024-04-01"}


def test_a_month_that_has_ended_says_what_it_is_now(tmp_path: Path) -> None:
    """A running month is shown to date; the day after it ends it must be complete."""
    home = DefendedHome.of_months(tmp_path, "2024-04", "2024-05")
    put_chats(home, "2024-06", chat("C6", "2024-06-03"))
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace('last_month = "2024-05"', ""))
    home.publish("2024-06-05")
    put_calls(home, "2024-06-04", called("A6", "2024-06-04"))
    assert home.causes(home.publish("2024-06-05")) == {"file calls/calls_20240604.csv arrived"}
    version = home.publish("2024-07-01")
    # no file of complaints for June, which proves that there were none: they are withheld
    causes = {row[1]: row[-1] for row in home.log(version) if row[2] == "complaints_on_time"}
    assert causes["2024-06"] == "state no_volume, now incomplete"
    assert causes["2024-Q2"] == "state no_volume, now incomplete; the period has ended"
    # the third quarter has begun, whose inputs the sample's register holds already
    causes = {row[1]: row[-1] for row in home.log(version) if row[2] == "mental_development"}
    assert causes == dict.fromkeys(
        ("2024-YTD-Q3", "2024-Y"), "inputs mental_development 2024 Q3 counts from now on (99.75)"
    )
