"""Stories of what a home adds of its own: each is a file, or lines of the register."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import Command
from storyhome import SENT_ELSEWHERE, StoryHome, called, put_calls
from workbooks import formulas, sheet

from assets.graph.showing import of_metric

SL, PHONE = "service_level", "phone"
MONTHS = ("2024-04", "2024-05", "2024-06")
BRANCH = """\
-- title:       Calls of the branch office's own exchange
-- kind:        calls
-- files:       branch/*.tsv
-- format:      tsv
-- timezone:    Asia/Makassar
-- times:       %Y-%m-%d %H:%M
-- covers:      filename %Y%m
-- expects:     month
select
    _row,
    no as contact_id,
    start as entered_at,
    'branch' as queue,
    case result when 'ok' then 'answered' else 'flow_out' end as outcome,
    ring as wait_seconds
from export
"""
WARNING = """\
-- title: Hardly anybody is sent elsewhere
-- reads: fact.contacts
-- severity: warn
-- reason: a full queue shows here first
select contact_id from fact.contacts where outcome = 'flow_out'
"""
HALF_4A = "objective_4,complaints_on_time,2024-01-01,,0.5,"


@pytest.fixture
def home(second_quarter: StoryHome, tmp_path: Path) -> StoryHome:
    return second_quarter.copied(tmp_path / "home")


def test_a_metric_a_source_a_check_and_a_kpi_of_ones_own(home: StoryHome) -> None:
    home.rule("metrics", "sent_elsewhere", SENT_ELSEWHERE)
    home.rule("checks", "few_sent_elsewhere", WARNING)
    home.source("branch_calls", BRANCH)
    for month in MONTHS:
        # Makassar is an hour ahead: the first call of a month there is of the month before
        home.put(
            f"branch/{month.replace('-', '')}.tsv",
            f"no\tstart\tresult\tring\n1-{month}\t{month}-02 00:30\tok\t9.5\n"
            f"2-{month}\t{month}-30 23:30\tbusy\t\n",
        )
    home.append_register("metrics", "sent_elsewhere,lower,Branch,2024-04-01,Decree 12,,,")
    home.append_register("requirements", "sent_elsewhere,phone,,calls")
    home.append_register(
        "kpis",
        "sent_elsewhere,2024-01-01,,9a-N,Dialihkan,Sent elsewhere,metric:sent_elsewhere,phone,,"
        "percent,minimise,pooled,0,120,,Branch,Decree 12,false,",
    )
    home.append_register("targets", "sent_elsewhere,2024,*,40,2024-01-01,Decree 12,false")
    home.edit_register("weights", "objective_4,complaints_on_time,2024-01-01,,1,", HALF_4A)
    home.append_register("weights", "objective_4,sent_elsewhere,2024-01-01,,0.5,Decree 12,false,")
    ran = home.run("2025-01-02", publish=True)
    # a check of severity warn is shown, and is no reason to end with 3
    assert [found.about for found in ran.findings] == ["warning"]
    assert home.months("sent_elsewhere", PHONE) == dict.fromkeys(MONTHS, (1, 3, "measured"))
    assert home.months(SL, PHONE) == dict.fromkeys(MONTHS, (2, 2, "measured"))
    # 3 of 9 against a target of 40 %: (1 + (1 - 33.33 / 40)) x 100 = 116.67
    objective, kpi = home.published(
        "select code, realisation, index, weight, status from kpi.scorecard where year = 2024 and "
        "period = 'Q2' and basis = 'computed' and id in ('sent_elsewhere', 'objective_4') "
        "order by code",
    )
    assert kpi[0] == "9a-N"
    assert kpi[1:3] == (pytest.approx(100 / 3), pytest.approx(350 / 3))
    assert kpi[3:] == (0.5, "measured")
    # complaints earn 120, so the objective is the mean of the two
    assert objective[2] == pytest.approx((120 + 350 / 3) / 2)
    checks = home.root / "lake/outputs/check.few_sent_elsewhere"
    assert len(list(checks.glob("*.json"))) == 3


COST = """\
-- title: Cost of an answered call
-- unit: number
-- numerator: cost of the month, in thousands
-- denominator: answered calls
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-04
with costs (month, amount) as (
    values (date '2024-04-01', 30), (date '2024-05-01', 50), (date '2024-06-01', 10)
)
select month, any_value(amount) as numerator, count(*) as denominator
from fact.contacts
join costs using (month)
where channel = 'phone' and outcome = 'answered'
group by month
"""


def test_a_cost_per_call_is_a_number_and_no_percentage(
    home: StoryHome, command: Command, tmp_path: Path
) -> None:
    """Costs of 30, 50 and 10 for three calls of a quarter: 30 a call."""
    home.rule("metrics", "cost_per_call", COST)
    home.append_register("metrics", "cost_per_call,lower,Branch,2024-04-01,Decree 12,,,")
    home.append_register("requirements", "cost_per_call,,,calls")
    home.append_register(
        "kpis",
        "cost_per_call,2024-01-01,,9a-N,Biaya,Cost,metric:cost_per_call,,,"
        "number,minimise,pooled,0,120,,Branch,Decree 12,false,",
    )
    home.append_register("composites", "mean_cost,Mean cost,null,Decree 12,false")
    home.append_register(
        "composite_parts", "mean_cost,all,2024-01-01,,metric:cost_per_call,,,1,Decree 12,false"
    )
    home.append_register("targets", "cost_per_call,2024,*,25,2024-01-01,Decree 12,false")
    home.edit_register("weights", "objective_4,complaints_on_time,2024-01-01,,1,", HALF_4A)
    home.append_register("weights", "objective_4,cost_per_call,2024-01-01,,0.5,Decree 12,false,")
    home.run("2025-01-02", publish=True)
    month = "select value from metric.monthly where metric_id = 'cost_per_call' order by month"
    assert home.published(month) == [(30,), (50,), (10,)]
    assert home.published(
        "select value from metric.composites where composite_id = 'mean_cost' order by month"
    ) == [(30,), (50,), (10,)]
    quarter = home.figure("cost_per_call", "Q2")
    assert (quarter.realisation, quarter.index) == (30, pytest.approx(80))
    said = command(home.root, "explain", "9a-N", "2024-Q2").text
    assert "30.00 = 90 / 3" in said and "2024-05 50.00 = 50 / 1" in said
    book = tmp_path / "book.xlsx"
    command(home.root, "workbook", "2024", "--lang", "en", "--out", str(book))
    cards = {(r["Period"], r["Id"]): r for r in sheet(book, "Periods") if r["Basis"] == "computed"}
    assert cards["Q2", "cost_per_call"]["Realisation"] == 30
    (month,) = [n for n, r in enumerate(sheet(book, "Monthly"), 3)
                if (r["Metric"], r["Period"]) == ("cost_per_call", "2024-05")]  # fmt: skip
    assert "*100" not in formulas(book, "Monthly")[f"H{month}"]
    page = tmp_path / "report.html"
    command(home.root, "report", "2024", "--lang", "en", "--out", str(page))
    assert "5,000.00" not in page.read_text()  # as which the cost of May would be in percent
    (asset,) = (home.root / "lake/outputs/metric.cost_per_call").glob("2024-04.*.parquet")
    assert " 30.00" in str(of_metric(home.home, asset, 2024, "number")["chart"])


def test_a_kpi_that_begins_within_a_year_is_of_its_own_months(
    home: StoryHome, command: Command, tmp_path: Path
) -> None:
    """April has 3 of 4 calls late, May 1 of 2; in force from May on it is 2 of 3, not 3 of 7."""
    put_calls(home, "2024-04-11", *(called(f"L{n}", "2024-04-11", "30,000") for n in range(3)))
    put_calls(home, "2024-05-11", called("L3", "2024-05-11", "30,000"))
    home.append_register(
        "kpis",
        "calls,2024-05-01,,9a-N,Telepon,Calls,metric:service_level,phone,,percent,maximise,pooled,"
        "0,120,,Branch,Decree 12,false,",
        "both,2024-05-01,,9b-N,Keduanya,Both,composite:service_level_index,,,percent,maximise,"
        "pooled,0,120,,Branch,Decree 12,false,",
    )  # fmt: skip
    home.append_register("targets", "calls,2024,*,50,2024-05-01,Decree 12,false",
                         "both,2024,*,50,2024-05-01,Decree 12,false")  # fmt: skip
    home.edit_register("weights", "objective_4,complaints_on_time,2024-01-01,,1,",
                       "objective_4,complaints_on_time,2024-01-01,2024-04-30,1,")  # fmt: skip
    for kpi, weight in (("complaints_on_time", 0.5), ("calls", 0.25), ("both", 0.25)):
        home.append_register("weights", f"objective_4,{kpi},2024-05-01,,{weight},Decree 12,false,")
    home.run("2025-01-02", publish=True)
    only = "counted from complete exports; from 2024-05 only"
    for period in ("Q2", "S1"):
        calls, both = home.figure("calls", period), home.figure("both", period)
        assert (calls.realisation, calls.reason) == (pytest.approx(200 / 3), only)
        assert (both.realisation, both.reason) == (pytest.approx(100 / 3 + 50), only)
        assert home.figure(SL, period).realisation == pytest.approx(50 * 3 / 7 + 50)
    # what it rests on are those months, with the weights of its composite's parts
    steps = home.published(
        "select figure, part, part_period, weight, numerator, denominator from kpi.explain "
        "where period = 'S1' and figure in ('kpi:calls', 'kpi:both') and part like 'metric:%' "
        "order by all"
    )
    phone, talk = "metric:service_level phone", "metric:service_level chat"
    assert steps == [
        ("kpi:both", talk, "2024-05", 0.5, 1, 1), ("kpi:both", talk, "2024-06", 0.5, 1, 1),
        ("kpi:both", phone, "2024-05", 0.5, 1, 2), ("kpi:both", phone, "2024-06", 0.5, 1, 1),
        ("kpi:calls", phone, "2024-05", None, 1, 2), ("kpi:calls", phone, "2024-06", None, 1, 1),
    ]  # fmt: skip
    # its months are no second row of the period, and no comment speaks of one
    comments = (
        "select comment from duckdb_tables() where schema_name = 'kpi' "
        "and table_name in ('cells', 'composites')"
    )
    assert all(comment.endswith(" or month.") for (comment,) in home.published(comments))
    said = command(home.root, "explain", "9a-N", "2024-S1").text
    assert "66.67" in said and "2024-05 50.00 = 1 / 2" in said and "2024-04" not in said
    report = tmp_path / "report.html"
    command(home.root, "report", "2024", "--period", "S1", "--lang", "en", "--out", str(report))
    (part,) = re.findall(
        r'<section class="kpi" id="kpi-calls">.*?</section>', report.read_text(), re.S
    )
    assert "May 2024" in part and "April 2024" not in part
    book = tmp_path / "book.xlsx"
    command(home.root, "workbook", "2024", "--lang", "en", "--out", str(book))
    cards = {(r["Period"], r["Id"]): r for r in sheet(book, "Periods") if r["Basis"] == "computed"}
    assert cards["S1", "calls"]["Realisation"] == pytest.approx(200 / 3)
    assert cards["S1", "both"]["Realisation"] == pytest.approx(100 / 3 + 50)
    # a late call of April is none of its, one of May is
    put_calls(home, "2024-04-12", called("L4", "2024-04-12"))
    home.run("2025-01-02", publish=True)
    moved = "select distinct id, cause from ops.restatements where id in ('calls', 'both')"
    assert home.published(moved) == []
    put_calls(home, "2024-05-12", called("L5", "2024-05-12"))
    home.run("2025-01-02", publish=True)
    cause = "file calls/calls_20240512.csv arrived"
    assert sorted(home.published(moved)) == [("both", cause), ("calls", cause)]
