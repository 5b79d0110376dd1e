"""The interface as its user sees it: Chromium reads a month, rebuilds it, sees the checks.

Pictures of each page lie in the test's folder, `shots/`, to be judged by eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import ROOT, TestHome
from playwright.sync_api import Page, expect, sync_playwright
from serving import Server

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt install chromium"),
]

# nothing of the browser's own may reach for the network
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(sample_home: TestHome, tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return sample_home.copied(tmp_path_factory.mktemp("browser") / "home")


@pytest.fixture(scope="module")
def server(place: TestHome) -> Iterator[Server]:
    made = Server(place, place.root.parent / "ui.log")
    try:
        made.wait()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def browser(server: Server, place: TestHome) -> Iterator[Page]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            place.root.parent / "profile", executable_path=CHROMIUM, args=list(QUIET),
            viewport={"width": 1600, "height": 1000},
        )  # fmt: skip
        context.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        yield context.new_page()
        context.close()


@pytest.fixture
def page(browser: Page, server: Server, place: TestHome, request: pytest.FixtureRequest) -> Page:
    """The one page; what it shows at the end of a test is kept as a picture."""
    shots = place.root.parent / "shots"
    name = request.node.name.removeprefix("test_")
    request.addfinalizer(lambda: browser.screenshot(path=shots / f"{name}.png"))
    return browser


def visit(page: Page, server: Server, path: str) -> None:
    page.goto(f"http://127.0.0.1:{server.port}{path}", wait_until="domcontentloaded")


def test_the_graph_shows_the_way_from_landing_to_readers(page: Page, server: Server) -> None:
    visit(page, server, "/asset-groups")
    for group in ("ingest", "raw", "fact", "metric", "kpi", "published"):
        expect(page.get_by_text(group, exact=True).last).to_be_visible()
    left = {
        group: page.get_by_text(group, exact=True).last.bounding_box()
        for group in ("ingest", "raw", "fact", "metric", "kpi", "published")
    }
    assert all(left.values()), left
    order = sorted(left, key=lambda group: (left[group] or {"x": 0})["x"])
    assert order == list(left)  # they stand from left to right as data flow


def test_a_metric_says_what_it_counts(page: Page, server: Server) -> None:
    visit(page, server, "/assets/metric/abandonment?view=overview")
    expect(page.get_by_text("Abandonment (share).")).to_be_visible()
    expect(page.get_by_text(re.compile("^Numerator: contacts that gave up"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Denominator: "))).to_be_visible()


def test_a_month_says_what_was_counted(page: Page, server: Server, place: TestHome) -> None:
    """The metadata of a month are those figures that an analyst reads of it."""
    visit(page, server, "/assets/metric/service_level?view=partitions&partition=2024-03")
    ((numerator, denominator),) = place.query(
        "select sum(numerator)::int, sum(denominator)::int from metric.monthly where"
        " metric_id = 'service_level' and channel = 'phone' and month = '2024-03-01'"
    )
    row = page.get_by_role("row").filter(has_text="phone: numerator / denominator")
    expect(row).to_contain_text(f"{numerator:,} / {denominator:,}")


def test_the_checks_of_a_month_are_there_and_say_why(page: Page, server: Server) -> None:
    visit(page, server, "/assets/fact/contacts?view=checks")
    rules = [file.read_text() for file in (ROOT / "sql/checks").glob("*.sql")]
    looking_at_it = sum("\n-- reads: fact.contacts" in text for text in rules)
    expect(page.get_by_text(f"Checks ({looking_at_it})")).to_be_visible()
    page.get_by_text("volume_by_day", exact=True).first.click()
    expect(page.get_by_text("Passed").first).to_be_visible()
    expect(page.get_by_text("2024-12").first).to_be_visible()
    expect(page.get_by_text("non-blocking").first).to_be_visible()


def test_a_month_is_rebuilt_by_hand_and_readers_see_it(
    page: Page, server: Server, place: TestHome
) -> None:
    """The register has another target since: the month's rebuild goes on to what readers see."""
    place.edit_register("targets", "service_level,2024,*,79,", "service_level,2024,*,78,")
    before = (place.root / "published/current").resolve()
    known = {run["runId"] for run in server.runs()}
    visit(page, server, "/locations/pipelines.definitions/jobs/rebuild_month/partitions")
    page.get_by_role("button", name="Materialize…").click()
    dialog = page.get_by_role("dialog")
    months = dialog.get_by_placeholder("ex: 2024-01")
    months.fill("2024-03")
    months.press("Tab")
    dialog.get_by_role("button", name="Launch 1 run").click()
    expect(page.get_by_text("Launched run").or_(page.get_by_text("Success")).first).to_be_visible()
    (launched,) = [run["runId"] for run in server.runs() if run["runId"] not in known]
    assert server.ended(launched, 180)["status"] == "SUCCESS"
    assert (place.root / "published/current").resolve() != before
    assert (
        place.value(
            "select distinct target from kpi.scorecard where id = 'service_level' and year = 2024"
            " and period = 'Q1'"
        )
        == 78
    )
    visit(page, server, "/assets/metric/monthly?view=partitions&partition=2024-03")
    expect(page.get_by_text(launched[:8])).to_be_visible()
    expect(page.get_by_text("statuses")).to_be_visible()


def test_the_run_is_told_step_by_step(page: Page, server: Server) -> None:
    latest = server.runs()[0]["runId"]
    visit(page, server, f"/runs/{latest}")
    expect(page.get_by_text("Success").first).to_be_visible()
    expect(page.get_by_text("published__snapshot").first).to_be_visible()
