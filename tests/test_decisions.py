"""DECISIONS names for each decision the test that fails if it is undone: here are those that
no other file holds, and that all of them exist.
"""

from __future__ import annotations

import re

from documents import DOCUMENTS
from homes import ROOT, TestHome

from assets.stored.outputs import Outputs

DECISIONS = DOCUMENTS["DECISIONS.md"]


def test_each_decision_has_a_date_and_a_test() -> None:
    paragraphs = DECISIONS.split("\n## ")[1:]
    assert len(paragraphs) >= 15
    for number, paragraph in enumerate(paragraphs, start=1):
        assert re.match(rf"{number}\. .+ \(\d{{4}}-\d\d-\d\d\)\n", paragraph), paragraph[:60]
        assert "Rejected:" in paragraph, paragraph[:60]
        assert "Fails if undone: " in paragraph, paragraph[:60]


def test_the_tests_named_exist() -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DECISIONS)
    cases = re.findall(r'`(tests/cases/\w+\.yaml)`: "([^"]+)"', DECISIONS)
    assert len(tests) + len(cases) >= 30
    missing = [name for file, name in tests if f"def {name}(" not in (ROOT / file).read_text()]
    missing += [case for file, case in cases if f"case: {case}\n" not in (ROOT / file).read_text()]
    assert missing == []


def test_published_months_are_the_lakes_own_files(sample_home: TestHome) -> None:
    outputs = Outputs(sample_home.home)
    records = outputs.records("fact.contacts")
    assert len(records) == 12
    for record in records:
        path = f"parquet/fact.contacts/year={record.month[:4]}/{record.month}.parquet"
        assert (sample_home.root / "published/current" / path).samefile(outputs.path(record))


ACTIVITY = "Agent;Date;Channel;Active;Hold;ACW;Not ready;Available;Staffed\n"


def test_time_without_a_channel_withholds_the_occupancy(home: TestHome) -> None:
    settings = home.root / "kring.toml"
    settings.write_text(
        settings.read_text().replace("[ingest]", 'last_month = "2024-03"\n[ingest]')
    )
    home.only_sources("agent_activity")
    source = home.root / "sources/agent_activity.sql"
    lenient = source.read_text().replace("not in ('phone', 'chat')", "= 'never'")
    source.write_text(lenient)
    for month, channel in (("01", "phone"), ("02", ""), ("03", "phone")):
        times = "1:00:00;0:01:00;0:02:00;0:01:00;0:10:00;2:00:00"
        home.put(
            f"activity/activity_2024{month}.csv",
            f"{ACTIVITY}A1;01-{month}-2024;{channel};{times}\n",
        )
    home.run("2024-04-02")
    found = home.query(
        "select status, reason like 'Agents'' time names%' from metric.monthly "
        "where metric_id = 'occupancy' and channel = 'phone' order by month"
    )
    assert found == [("measured", False), ("failed", True), ("measured", False)]
