"""Rules that look back: which months they see, and which months go stale with one of them."""

import json
from datetime import date

import pytest
from homes import TestHome
from storyhome import called, put_calls

from assets.building.plan import Plan
from assets.intake.ingest import ingest

LOOKS_BACK = """-- title: Months that had more calls than the one before
-- reads: fact.contacts
-- severity: warn
-- trailing: 1
-- reason: a test of what such a check sees
with months as (select month, count(*) as calls from fact.contacts group by month)

select this.month, before.calls as before, this.calls
from months as this
join months as before on before.month = this.month - interval 1 month
where this.calls > before.calls
"""


@pytest.fixture
def growing(home: TestHome) -> TestHome:
    """A call in January, two in February, and a check that looks back; not run yet."""
    home.only_sources("calls")
    (home.root / "checks").mkdir()
    (home.root / "checks/grows.sql").write_text(LOOKS_BACK)
    put_calls(home, "2024-01-10", called("A", "2024-01-10"))
    put_calls(home, "2024-02-10", called("B", "2024-02-10"), called("C", "2024-02-10"))
    return home


def test_a_check_sees_the_months_before_its_own_and_no_others(growing: TestHome) -> None:
    home = growing
    put_calls(home, "2024-03-10", called("D", "2024-03-10"))
    home.run("2024-03-31")
    # January has nothing before it; February grew from 1 to 2; March fell to 1
    assert home.query(
        "select strftime(month, '%m'), offending_rows from ops.checks "
        "where check_id = 'grows' order by 1"
    ) == [("01", 0), ("02", 1), ("03", 0)]


def test_a_late_file_rebuilds_the_month_that_looks_back_in_the_same_run(
    growing: TestHome,
) -> None:
    home = growing
    first = home.run("2024-03-31").version
    put_calls(home, "2024-01-11", called("E", "2024-01-11"), called("F", "2024-01-11"))
    ingest(home.home, date(2024, 3, 31))
    stale = Plan(home.home, date(2024, 3, 31)).stale()
    assert {s.month for s in stale if s.table == "check.grows"} == {
        date(2024, 1, 1), date(2024, 2, 1)
    }  # fmt: skip
    again = home.run("2024-03-31")
    assert again.months("fact.contacts") == ["2024-01"]
    # February's own rows are the same; its check is judged again, for it looks at January
    assert again.version is not None and first is not None and again.version.id != first.id
    assert home.query(
        "select strftime(month, '%m'), offending_rows from ops.checks "
        "where check_id = 'grows' and month < date '2024-03-01' order by 1"
    ) == [("01", 0), ("02", 0)]


def test_a_run_tells_the_months_that_changed_from_those_it_looked_at_again(home: TestHome) -> None:
    home.only_sources("calls")
    for month in ("01", "02", "03", "04", "05"):
        put_calls(home, f"2024-{month}-10", called(f"A{month}", f"2024-{month}-10"))
    home.run("2024-05-31")
    put_calls(home, "2024-01-11", called("late", "2024-01-11", wait="90,0"))
    done = home.kring("run", "--as-of", "2024-05-31", "--json")
    said = json.loads(done.stdout)
    # the drift checks of February to April look three months back; their answers stay
    assert said["months_rebuilt"] == ["2024-01"]
    assert said["months_checked"] == ["2024-02", "2024-03", "2024-04"]


def test_what_looks_back_at_a_metric_goes_stale_with_the_metrics_fact(home: TestHome) -> None:
    """Or a night that rebuilds January alone would leave the others stale, and publish nothing."""
    home.only_sources("calls")
    for month in ("2024-01", "2024-05"):
        put_calls(home, f"{month}-10", called(f"A{month}", f"{month}-10"))
    home.run("2024-05-31")
    put_calls(home, "2024-01-11", called("late", "2024-01-11"))
    ingest(home.home, date(2024, 5, 31))
    stale = Plan(home.home, date(2024, 5, 31)).stale()
    assert {s.month.month for s in stale if s.table == "check.wait_drift" and s.month} == {
        1, 2, 3, 4
    }  # fmt: skip


def test_percentiles_of_the_wait(home: TestHome) -> None:
    home.only_sources("calls")
    waits = ["10,000", "20,000", "30,000", "40,000"]
    put_calls(home, "2024-01-10", *(called(f"A{w}", "2024-01-10", w) for w in waits))
    home.run("2024-01-31")
    # of four waits the second is the least that half of them do not exceed
    assert home.query(
        "select queue, contacts, p50_seconds, p90_seconds, longest_seconds "
        "from metric.wait_percentiles where month = date '2024-01-01' order by queue"
    ) == [("*", 4, 20, 40, 40), ("umum", 4, 20, 40, 40)]
