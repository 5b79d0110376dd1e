"""Stories of outbound: what is paid, reached or dialled in a later month than it counts in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from storyhome import (
    OUTBOUND,
    PAYMENTS_HEADER,
    StoryHome,
    put_attempts,
    put_cases,
    put_payments,
    story,
)

from assets.building.plan import Plan

SL, PHONE = "service_level", "phone"


def outbound(root: Path, first_month: str, last_month: str = "") -> StoryHome:
    """Two cases first called in March."""
    home = story(root, *OUTBOUND, first_month=first_month, last_month=last_month)
    put_cases(home, "2024-03", "K1 2024-03-01 2024-06-30", "K2 2024-03-01 2024-06-30")
    put_attempts(home, "2024-03", "T1 K1 2024-03-28 10:00:00 NA", "T2 K2 2024-03-28 10:00:00 NA")
    put_payments(home, "2024-03", "P9 K9 2024-03-02 2024-03-03")
    return home


def reached_in_april(home: StoryHome) -> StoryHome:
    """The right parties answer in a later month; payments of May are there."""
    put_attempts(home, "2024-04", "T3 K1 2024-04-10 10:00:00 RPC", "T4 K2 2024-04-11 10:00:00 RPC")
    put_payments(home, "2024-05", "P0 K9 2024-05-02 2024-05-03")
    return home


def test_a_payment_in_may_for_a_case_of_march_changes_march_alone(tmp_path: Path) -> None:
    home = reached_in_april(outbound(tmp_path, "2024-03"))
    home.run("2024-06-20")
    assert home.months("outbound_contact") == {
        "2024-03": (2, 2, "measured"), "2024-04": (0, 0, "no_volume"),
        "2024-05": (0, 0, "no_volume"), "2024-06": (0, 0, "no_volume"),
    }  # fmt: skip
    assert home.months("outbound_behaviour")["2024-03"] == (0, 2, "measured")

    put_payments(home, "2024-05", "P0 K9 2024-05-02 2024-05-03", "P1 K1 2024-05-05 2024-05-20")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-03"]
    assert ran.months("metric.outbound_behaviour") == ["2024-03"]
    assert ran.months("metric.monthly") == ["2024-03"]
    assert ran.months("fact.payments") == ["2024-05"]
    assert home.months("outbound_behaviour")["2024-03"] == (1, 2, "measured")


def test_who_had_paid_before_the_home_begins_had_paid(tmp_path: Path) -> None:
    """A payment of February was known on 20 March, eight days before the case was first called."""
    home = outbound(tmp_path, "2024-03")
    put_attempts(home, "2024-03", "T1 K1 2024-03-28 10:00:00 RPC", "T2 K2 2024-03-28 10:00:00 RPC")
    put_payments(home, "2024-03", "P9 K9 2024-03-02 2024-03-03", "P1 K1 2024-02-25 2024-03-20")
    home.run("2024-06-20")
    assert home.query(
        "select case_id, paid_known_at_dialling from fact.outbound_cases order by case_id"
    ) == [("K1", True), ("K2", False)]
    # February is no month of the home, so that it has no table of its payments
    assert home.query("select payment_id from fact.payments") == [("P9",)]


def test_a_payment_that_comes_again_after_its_reversal_stays_reversed(tmp_path: Path) -> None:
    """March's file is refused for another row, and comes corrected after April's took P1 back."""
    home = story(tmp_path, *OUTBOUND, first_month="2024-03")
    put_cases(home, "2024-03", "K1 2024-03-01 2024-03-31")
    put_attempts(home, "2024-03", "T1 K1 2024-03-10 10:00:00 RPC")
    put_payments(home, "2024-03", "P1 K1 2024-03-20 2024-03-21", "P2 K2 unreadable 2024-03-21")
    assert len(home.run("2024-04-03").ingested.refused) == 1
    reversal = "P1,K1,2024-03-20 12:00:00,2024-04-05 12:00:00,-100.00"
    home.put("outbound/payments_202404.csv", f"{PAYMENTS_HEADER}\n{reversal}\n")
    home.run("2024-04-20")
    put_payments(home, "2024-03", "P1 K1 2024-03-20 2024-03-21", "P2 K2 2024-03-20 2024-03-21")
    home.run("2024-06-20")
    assert home.months("outbound_behaviour")["2024-03"] == (0, 1, "measured")


def test_an_earlier_attempt_that_arrives_late_moves_the_case(tmp_path: Path) -> None:
    home = reached_in_april(outbound(tmp_path, "2024-02"))
    home.run("2024-06-20")
    put_attempts(home, "2024-02", "T0 K1 2024-02-27 10:00:00 BUSY")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-02", "2024-03"]
    assert ran.months("metric.outbound_contact") == ["2024-02", "2024-03"]
    assert home.months("outbound_contact")["2024-02"] == (1, 1, "measured")
    assert home.months("outbound_contact")["2024-03"] == (1, 1, "measured")
    # one more attempt in a month already counted changes no figure of any other
    put_attempts(home, "2024-06", "T5 K1 2024-06-03 10:00:00 RPC")
    ran = home.run("2024-06-20")
    assert ran.months("fact.outbound_cases") == ["2024-02"]
    assert home.months("outbound_contact")["2024-02"] == (1, 1, "measured")
    assert home.months("outbound_contact")["2024-06"] == (0, 0, "no_volume")


def test_a_month_runs_is_provisional_and_is_measured(tmp_path: Path) -> None:
    home = outbound(tmp_path, "2024-03")
    behaviour = "outbound_behaviour"
    home.run("2024-03-29")
    assert home.months(behaviour)["2024-03"][2] == "no_volume"
    assert home.months("outbound_contact")["2024-03"] == (0, 2, "in_progress")
    assert home.figure("outbound_effectiveness", "Q1").realisation is None

    reached_in_april(home)
    home.run("2024-05-08")
    assert home.months(behaviour)["2024-03"] == (0, 2, "provisional")
    assert home.reason(behaviour, "2024-03") == "late data is expected until 2024-05-15"
    quarter = home.figure("outbound_effectiveness", "Q1")
    assert (quarter.realisation, quarter.status) == (50.0, "provisional")
    assert "2024-03" in quarter.reason

    # days pass and nothing else changes: nothing is rebuilt, there is no new version
    assert Plan(home.home, date.fromisoformat("2024-05-15")).stale() == []
    assert home.content("2024-05-15") == home.content("2024-05-08")
    assert Plan(home.home, date.fromisoformat("2024-05-16")).stale() != []
    ran = home.run("2024-05-16")
    assert ran.months("metric.monthly") == ["2024-03"]
    assert home.months(behaviour)["2024-03"] == (0, 2, "measured")
    assert home.figure("outbound_effectiveness", "Q1").status == "measured"


def test_a_figure_waits_for_late_data_whose_export_is_missing(tmp_path: Path) -> None:
    """Who was reached in March and paid in April is in April's payments: without, 0 is too low."""
    home = reached_in_april(outbound(tmp_path, "2024-03"))
    home.expecting("month", "payments")
    for month in ("2024-03", "2024-05"):
        put_payments(home, month, f"P{month} K9 {month}-05 {month}-06")
    home.run("2024-06-20")
    behaviour = "outbound_behaviour"
    assert home.months(behaviour)["2024-03"] == (0, 2, "provisional")
    assert home.reason(behaviour, "2024-03") == (
        "late data is missing: 2024-04 payments: source payments lacks the file of 2024-04"
    )
    assert home.figure("outbound_effectiveness", "Q1").status == "provisional"
    put_payments(home, "2024-04", "P4 K1 2024-04-29 2024-04-30")
    assert home.run("2024-06-20").months("metric.monthly") == ["2024-03", "2024-04"]
    assert home.months(behaviour)["2024-03"] == (1, 2, "measured")


def test_payments_on_the_last_months_cases_are_waited_for_until_a_source_has_ended(
    tmp_path: Path,
) -> None:
    home = outbound(tmp_path, "2024-03", last_month="2024-03")
    home.expecting("month", "payments")
    put_attempts(home, "2024-03", "T1 K1 2024-03-28 10:00:00 RPC", "T2 K2 2024-03-28 10:00:00 RPC")
    missing = "payments: source payments lacks the file of 2024-04"
    ran = home.run("2024-06-20")
    behaviour = "outbound_behaviour"
    assert home.months(behaviour) == {"2024-03": (0, 2, "provisional")}
    assert home.reason(behaviour, "2024-03").startswith(f"late data is missing: 2024-04 {missing}")
    assert [f.text for f in ran.findings if f.about == "incomplete"] == [
        f"payments: 2024-04 ({missing}), 2024-05 (payments: source payments lacks the file of "
        "2024-05)"
    ]
    # after the days for which payments are late (until 15 May) none is owed
    put_payments(home, "2024-04", "P4 K1 2024-04-20 2024-04-30")
    put_payments(home, "2024-05", "P5 K9 2024-05-02 2024-05-03")
    ran = home.run("2024-07-20")
    assert home.months(behaviour) == {"2024-03": (1, 2, "measured")}
    assert ran.findings == []

    (home.root / "landing/outbound/payments_202405.csv").unlink()
    home.kring("withdraw", "outbound/payments_202405.csv", "--reason", "wrong")
    home.run("2024-07-20")
    assert home.months(behaviour) == {"2024-03": (1, 2, "provisional")}
    home.expecting("month until 2024-04-30", "payments")
    ran = home.run("2024-07-20")
    assert home.months(behaviour) == {"2024-03": (1, 2, "measured")}
    assert ran.findings == []
