"""The graph of assets as Dagster shows it: the same as written down, and readable.

After a wanted change:  KRING_REGENERATE=1 .venv/bin/python -m pytest tests/test_graph.py
and look at the difference in tests/golden/graph.txt before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest
from homes import TestHome

from assets.home import HomeError
from pipelines.definitions import definitions
from pipelines.graph_text import graph_text

GOLDEN = Path(__file__).parent / "golden" / "graph.txt"
OWN_METRIC = """\
-- title: Calls to the switch
-- unit: ratio
-- numerator: contacts
-- denominator: contacts
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-01
select month, channel, '*' as queue, null as service, count(*) as numerator,
    count(*) as denominator
from fact.contacts group by all
"""


@pytest.fixture
def defs(home: TestHome) -> dg.Definitions:
    return definitions(home.home)


def test_the_graph_is_the_one_written_down(defs: dg.Definitions) -> None:
    text = graph_text(defs)
    if os.environ.get("KRING_REGENERATE"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), (
        "the graph changed; if it was meant to: KRING_REGENERATE=1 pytest tests/test_graph.py"
    )


def test_every_asset_says_what_it_is_whose_and_where_it_belongs(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert len(node.description or "") > 20, key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name in {"ingest", "raw", "fact", "metric", "kpi", "published"}, key


def test_every_check_job_schedule_and_sensor_says_what_it_does(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for check in graph.asset_check_keys:
        assert len(graph.get_check_spec(check).description or "") > 20, check
    repository = defs.get_repository_def()
    jobs = [j for j in defs.resolve_all_job_defs() if not j.name.startswith("__")]
    for thing in (*jobs, *repository.schedule_defs, *repository.sensor_defs):
        assert len(thing.description or "") > 20, thing.name


def test_months_run_from_the_first_to_the_running_one(home: TestHome) -> None:
    node = definitions(home.home).resolve_asset_graph().get(dg.AssetKey(["fact", "contacts"]))
    assert node.partitions_def is not None
    keys = node.partitions_def.get_partition_keys()
    assert keys[0] == "2024-01"
    assert keys[-1] == f"{home.home.today():%Y-%m}"


def test_a_homes_own_metric_and_check_are_in_the_graph(home: TestHome) -> None:
    (home.root / "metrics").mkdir()
    (home.root / "metrics" / "calls_counted.sql").write_text(OWN_METRIC)
    (home.root / "checks").mkdir()
    (home.root / "checks" / "no_test_calls.sql").write_text(
        "-- title: No test calls\n-- reads: fact.contacts\n-- severity: warn\n"
        "-- reason: the switch's test calls are nobody's contact\n"
        "select contact_id from fact.contacts where queue = 'test'\n"
    )
    text = graph_text(definitions(home.home))
    assert "metric/calls_counted  [group=metric by=month" in text
    assert "  ? no_test_calls" in text
    assert "  < metric/calls_counted" in text  # metric/monthly rests on it


def test_the_night_follows_the_homes_settings(home: TestHome) -> None:
    settings = home.root / "kring.toml"
    text = settings.read_text().replace("Asia/Jakarta", "Asia/Jayapura")
    settings.write_text(text + '[nightly]\ncron = "30 2 * * *"\n')
    assert "schedule nightly  [30 2 * * * Asia/Jayapura; " in graph_text(definitions(home.home))


def test_a_cron_that_is_none_is_refused_by_name(home: TestHome) -> None:
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text() + '[nightly]\ncron = "at four"\n')
    with pytest.raises(HomeError, match=r"kring.toml: nightly.cron"):
        definitions(home.home)
