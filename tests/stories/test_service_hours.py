"""Stories of service hours and events: what a row of them changes, and what it leaves alone.

Single contacts are worked by hand in cases/service_hours.yaml and cases/incidents.yaml.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from oracle.service import Service
from storyhome import StoryHome, called, chat, of_a_quarter, put_calls, put_chats

from assets.building.plan import Plan

SL, WITHOUT = "service_level", "service_level_without_incidents"
CONTACTS = (
    "select contact_id, outcome, exported_outcome, is_in_service_hours, incident_id "
    "from fact.contacts order by contact_id"
)
AS_OF = "2024-04-05"


@pytest.fixture(scope="module")
def first_quarter(tmp_path_factory: pytest.TempPathFactory) -> StoryHome:
    return of_a_quarter(tmp_path_factory.mktemp("hours") / "home")


@pytest.fixture
def quarter(first_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return first_quarter.copied(tmp_path / "home")


def test_hours_from_a_day_on_touch_the_months_they_govern(quarter: StoryHome) -> None:
    home = quarter
    home.run(AS_OF, publish=True)
    before = home.shas("fact.contacts"), home.shas("metric.monthly")
    assert home.months(SL, "phone")["2024-03"] == (1, 2, "measured")

    home.append_register(
        "service_hours", "phone_day,phone,*,2024-03-01,,every,08:00,16:00,Decree 3,false,"
    )
    ran = home.run(AS_OF, publish=True)
    # who gave up at 20.00 in March was never offered; earlier months stand to the byte
    assert ran.months("fact.contacts") == ran.months("metric.service_level") == ["2024-03"]
    assert home.months(SL, "phone") == {
        "2024-01": (1, 2, "measured"), "2024-02": (1, 2, "measured"),
        "2024-03": (1, 1, "measured"),
    }  # fmt: skip
    for earlier, now in zip(
        before, (home.shas("fact.contacts"), home.shas("metric.monthly")), strict=True
    ):
        assert {m for m in earlier if earlier[m] != now[m]} == {"2024-03"}
    traced = home.published(
        "select exported_outcome, outcome from fact.contacts "
        "where contact_id = 'B2024-03' and not is_in_service_hours"
    )
    assert traced == [("abandoned", "after_hours")]


def test_an_event_touches_its_own_months_alone(quarter: StoryHome) -> None:
    home = quarter
    home.run(AS_OF)
    line = "night,incident,{},{},phone,*,Disturbance,Log book,false,"
    home.append_register("events", line.format("2024-01-31 23:00", "2024-02-10 21:00"))
    assert home.run(AS_OF).months("fact.contacts") == ["2024-01", "2024-02"]
    assert home.months(SL, "phone")["2024-02"] == (1, 2, "measured")
    # both of February came before its end; January's came before its beginning
    assert home.months(WITHOUT, "phone")["2024-02"][2] == "no_volume"
    assert home.months(WITHOUT, "phone")["2024-01"] == (1, 2, "measured")
    # its end moves within February: January's part of it is what it was
    path = home.root / "register/events.csv"
    path.write_text(path.read_text().replace("2024-02-10 21:00", "2024-02-10 12:00"))
    assert home.run(AS_OF).months("fact.contacts") == ["2024-02"]
    assert home.months(WITHOUT, "phone")["2024-02"] == (0, 1, "measured")
    # an event of a year to come touches nothing
    home.append_register("events", line.format("2025-06-01", "2025-06-01").replace("night", "far"))
    assert home.run(AS_OF).months("fact.contacts") == []


@pytest.mark.parametrize(
    ("kind", "state", "counted"),
    [("holiday", "complete", "counted from complete exports"),
     ("export_outage", "unproven", "counted from the exports there are")],
)  # fmt: skip
def test_a_day_that_an_event_explains_is_not_missing(
    tmp_path: Path, kind: str, state: str, counted: str
) -> None:
    """A holiday had nothing to export; of a lost export the month is counted, but not proven."""
    home = StoryHome(tmp_path / "home", last_month="2024-02")
    home.only_sources("calls")
    home.expecting("day", "calls")
    for day in range(1, 30):
        if day not in (8, 9, 20):
            put_calls(home, f"2024-02-{day:02}", called(f"A{day}", f"2024-02-{day:02}"))
    for day in range(1, 32):
        put_calls(home, f"2024-01-{day:02}")
    home.append_register("events", f"x,{kind},2024-02-08,2024-02-09,,*,Lunar New Year,Decree,true,")
    home.append_register("events", "y,restart,2024-02-20,2024-02-20,,*,Restart,Log,false,")
    assert home.run("2024-03-01").findings[0].text == (
        # a restart explains nothing: the day of its file is still owed
        "calls: 2024-02 (calls: source calls lacks 1 of 29 days, first 2024-02-20)"
    )
    put_calls(home, "2024-02-20")
    assert home.run("2024-03-01").findings == []
    why = f"calls: source calls has no file of 2024-02-08 to 2024-02-09: Lunar New Year, {kind}"
    cell = {c.month: c for c in Plan(home.home, date(2024, 3, 1)).coverage}[date(2024, 2, 1)]
    assert (cell.state, cell.reason) == (state, why)
    assert home.months(SL, "phone")["2024-02"] == (26, 26, "measured")
    assert home.reason(SL, "2024-02", "phone") == f"{counted}; {why}"


def test_an_event_of_half_a_day_another_channel_or_a_queue_explains_no_day(tmp_path: Path) -> None:
    home = StoryHome(tmp_path / "home", last_month="2024-01")
    home.only_sources("calls")
    home.expecting("day", "calls")
    for day in range(1, 31):
        put_calls(home, f"2024-01-{day:02}", called(f"A{day}", f"2024-01-{day:02}"))
    outage = "{},export_outage,2024-01-31{},2024-01-31{},{},{},Outage,Log,false,"
    home.append_register(
        "events", outage.format("a", " 00:00", " 23:59", "", "*"),
        outage.format("b", "", "", "chat", "*"), outage.format("c", "", "", "phone", "umum"),
    )  # fmt: skip
    home.run("2024-02-05")
    assert home.months(SL, "phone")["2024-01"] == (None, None, "incomplete")


def test_answers_out_of_hours_are_listed_and_stay_answers(quarter: StoryHome) -> None:
    home = quarter
    put_calls(home, "2024-03-11", called("late", "2024-03-11 16:00:00"))
    home.append_register(
        "service_hours", "phone_day,phone,*,2024-01-01,,every,08:00,16:00,Decree 3,false,"
    )
    ran = home.run(AS_OF)
    # shown, and no reason to end with 3
    assert [(f.about, f.text) for f in ran.findings if f.about != "incomplete"] == [
        (
            "warning",
            "Contacts are answered in service hours: not so in 2024-03 (1 row); "
            "kring checks answered_in_service_hours shows them",
        )
    ]
    plan = Plan(home.home, date.fromisoformat(AS_OF))
    listed = plan.outputs.get("check.answered_in_service_hours", date(2024, 3, 1))
    assert listed
    assert pl.read_parquet(plan.outputs.path(listed))["contact_id"].to_list() == ["late"]
    assert home.months(SL, "phone")["2024-03"] == (2, 2, "measured")


def test_months_that_do_not_compare_are_listed(quarter: StoryHome) -> None:
    home = quarter
    home.append_register(
        "events", "moved,migration,2024-02-17 20:00,2024-02-18 06:00,phone,*,New switch,Log,false,"
    )
    home.run(AS_OF, publish=True)
    listed = home.published(
        "select strftime(month, '%Y-%m'), channel, kind, title from metric.series_breaks "
        "where month < date '2024-04-01'"
    )
    assert listed == [("2024-02", "phone", "migration", "New switch")]


def test_a_zone_that_sets_its_clocks_back(tmp_path: Path) -> None:
    """Hours and events are wall-clock times: the hour that comes twice is open, or not, twice."""
    home = StoryHome(tmp_path / "home", first_month="2024-10")
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text().replace("Asia/Jakarta", "Europe/Berlin"))
    home.only_sources("chats")
    put_chats(
        home, "2024-10",
        *(chat(f"C{n}", "2024-10-27", status="missed").replace("T03:00:00", f"T{at}")
          for n, at in enumerate(("00:29:59", "00:30:00", "01:30:00", "01:59:59", "02:00:00"))),
    )  # fmt: skip
    (home.root / "register/service_hours.csv").write_text(
        "hours_id,channel,queue,valid_from,valid_to,days,opens,closes,authority,is_assumption,note\n"
        "night,chat,*,2024-01-01,,every,02:30,03:00,Decree,false,\n"
    )
    home.append_register(
        "events", "patch,restart,2024-10-27 02:30,2024-10-27 03:00,,*,Patch,Log,false,"
    )
    home.run("2024-11-02")
    # 02.30 comes at 00.30 UTC and again at 01.30 UTC; 03.00 is 02.00 UTC
    assert home.query(CONTACTS) == [
        ("C0", "after_hours", "abandoned", False, None),
        ("C1", "abandoned", "abandoned", True, "patch"),
        ("C2", "abandoned", "abandoned", True, "patch"),
        ("C3", "abandoned", "abandoned", True, "patch"),
        ("C4", "after_hours", "abandoned", False, None),
    ]


def test_any_hours_and_events_agree_with_a_pencil(tmp_path: Path) -> None:
    """Four hundred calls against rows of every kind, by a second reading in plain Python."""
    home = StoryHome(tmp_path / "home", last_month="2024-03")
    home.only_sources("calls")
    draw = random.Random(7)
    days = ("every", "weekday", "weekend", "month_last_day", "friday", "sunday")
    home.append_register(
        "service_hours",
        *(f"h{n},phone,{queue},2024-0{1 + n % 2}-05,,{kind},{6 + n:02}:30,{12 + n:02}:00,D,true,"
          for n, (queue, kind) in enumerate((q, d) for q in ("*", "vip") for d in days)),
        "closed,phone,vip,2024-01-01,,monday,,,D,true,",
    )  # fmt: skip
    home.append_register(
        "events",
        *(f"e{n},{kind},2024-0{1 + n % 3}-{3 + n:02} {n % 20 + 2:02}:00,"
          f"2024-0{1 + n % 3}-{5 + n:02},{channel},{queue},E,D,true,"
          for n, (kind, channel, queue) in enumerate(
              (k, c, q) for k in ("incident", "holiday", "restart", "migration")
              for c in ("", "phone", "chat") for q in ("*", "vip"))),
    )  # fmt: skip
    outcomes = {"Answered": "answered", "Abandoned": "abandoned", "Overflow": "flow_out",
                "IVR": "not_queued", "Closed": "after_hours"}  # fmt: skip
    service, by_day, expected = Service(home.root / "register"), dict[str, list[str]](), []
    for n in range(400):
        at = datetime(2024, 1, 1) + timedelta(seconds=draw.randrange(91 * 86_400))
        outcome, queue = draw.choice(list(outcomes)), draw.choice(("umum", "vip"))
        line = called(f"C{n:03}", f"{at:%Y-%m-%d %H:%M:%S}", outcome=outcome, queue=queue)
        by_day.setdefault(f"{at:%Y-%m-%d}", []).append(line)
        place = ("phone", queue, at)
        expected.append(
            (f"C{n:03}", service.outcome(outcomes[outcome], *place), outcomes[outcome],
             service.is_open(*place), service.incident(*place))
        )  # fmt: skip
    for day, lines in by_day.items():
        put_calls(home, day, *lines)
    home.run("2024-04-05")
    found = home.query(CONTACTS)
    assert found == expected
    assert len({row[3:] for row in found}) > 10 and len({row[1:3] for row in found}) > 6


def test_a_home_of_before_has_no_hours_and_no_events(quarter: StoryHome) -> None:
    home = quarter
    for table in ("service_hours", "events", "event_kinds"):
        (home.root / f"register/{table}.csv").unlink()
    home.run(AS_OF, publish=True)
    assert home.months(SL, "phone")["2024-03"] == home.months(WITHOUT, "phone")["2024-03"]
    assert home.published("select count(*) from ref.events") == [(0,)]
    assert home.published("select * from metric.series_breaks") == []
