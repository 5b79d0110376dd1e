"""Printed figures beside computed ones: the shipped report, and what a version holds of it.

What the report of 2024 says wrongly is known by hand (DECISIONS 24): each disagreement is found,
in words with its figures, and no other.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Command
from homes import ROOT, TestHome
from reporting import ONE, Reconciler, reconciler

from assets.publishing.reconciliation import every_statement

__all__ = ["reconciler"]  # the fixture

SHIPPED = ROOT / "data/reference/lakin_2024.csv"


@pytest.fixture(scope="module")
def shipped(reconciler: Reconciler) -> list[dict[str, Any]]:
    return reconciler(SHIPPED.read_text())


# The disagreements of the printed report, each worked by hand: rule, figure, what must be said.
KNOWN = [
    # 73.50 / 64 = 1.1484375; 1.14845 x 64 = 73.5008
    ("index_follows", "kpi_table.5a-N.2024-Y.index",
     ("73.50 of a target of 64 is 114.84", "114.85 is printed", "73.5008", "objective_5")),
    # (85.89 + 85.75 + 85.32 + 86.42) / 4 = 85.845; two services exceed each of their quarters
    ("average_column", "csi_table.csi.inbound.2024-Y.csi_average_column",
     ("inbound 85.57 (mean 85.85)", "complaint 94.61 (highest 92.05)",
      "social_media 89.43 (highest 89.31)")),
    # (86.29 + 86.51 + 88.94 + 89.38) / 4 = 87.78; as labelled (86.77 + ... + 88.94) / 4 = 87.1275
    ("year_follows", "kpi_table.1a-N.2024-Y.realisation",
     ("87.78 is printed", "is 87.13", "exactly the mean of the columns Q2, Q3, Q4 and Average")),
    # the 24 printed months add up to 2050.36; / 24 = 85.4317
    ("year_follows", "kpi_table.3a-N.2024-Y.realisation",
     ("85.28 is printed", "mean of the twelve months is 85.43", "volumes are not printed")),
    ("remarks_follow", "service_level.service_level.2024-01.remark",
     ("77.50 (2024-01) is called not reached and 77.44 (2024-05) reached",
      "no target separates them")),
    # 87.78 / 78 = 1.12538; 89.38 / 78 = 1.14590
    ("printed_twice", "kpi_table.1a-N.2024-Y.realisation",
     ("87.78 (csi_text, kpi_table), and as 89.38 (csi_comparison)",
      "follows from 87.78 of a target of 78, which is 112.54", "would be 114.59")),
    ("realisation_is_achievement", "csi_text.1a-N.2024-Y.realisation_as_worded",
     ("112.54 is called a realisation", "Realisasi 112,54 %", "The realisation is 87.78")),
    ("cap_holds", "kpi_table.organisation.2024-Y.cap",
     ("at most 120", "2a-CP 2024-Q1 200.00", "2a-CP 2024-YTD-Q3 154.67")),
    ("printed_twice", "periods_2a.2a-CP.2024-Y.points_planned_8", ("printed as 8 ", "2.5 ")),
    ("one_figure_one_kpi", "comparison_2023.3b-N.2023-Y.realisation",
     ("88.81", "3b-N and of 3c-N")),
    # 86.97 / 77 = 1.12948; 86.97 / 78 = 1.11500
    ("printed_twice", "csi_text.1a-N.2023-Y.target",
     ("77 (csi_text), and as 78 (csi_comparison)", "86.97 of a target of 77 would be 112.95")),
    ("all_targets_met", "organisation.organisation.2024-Y.remark",
     ("Almost all targets", "all 12 printed indices are at least 100")),
    ("targets_agree", "kpi_table.3a-N.2024-Y.target",
     ("the target is 79", "phone 80, chat 80")),
    ("none_to_count", "text_4a.4a-N.2024-Y.remark",
     ("120.00 is given", "No complaint was to be followed up", "2024-Q1 87.27, 2024-Q2 87.24",
      "2024-Q4 92.05")),
]  # fmt: skip


def test_the_shipped_report_disagrees_with_itself_where_it_is_known_to(
    shipped: list[dict[str, Any]],
) -> None:
    found = {(r["rule"], r["figure_id"]): r["finding"] for r in shipped if r["kind"] == "finding"}
    assert set(found) == {(rule, figure) for rule, figure, _ in KNOWN}
    for rule, figure, words in KNOWN:
        for part in words:
            assert part in found[rule, figure], (part, found[rule, figure])


def test_the_disagreements_do_not_rest_on_the_year_or_the_names(reconciler: Reconciler) -> None:
    """The same report a year later, under the KPIs' ids: the rules know no row by heart."""
    later = re.sub(r"\b2024-", "2025-", SHIPPED.read_text()).replace("2023-", "2024-")
    found = reconciler.findings(later.replace(",5a-N,", ",outbound_effectiveness,"))
    assert len(found) == len(KNOWN)
    assert "outbound_effectiveness 2025: 73.50 of a target of 64 is 114.84" in " ".join(found)


def test_every_printed_figure_is_answered_once(shipped: list[dict[str, Any]]) -> None:
    figures = {row["figure_id"]: row for row in shipped if row["kind"] == "figure"}
    assert len(figures) == len(SHIPPED.read_text().splitlines()) - 1
    verdicts = Counter(row["verdict"] for row in figures.values())
    assert set(verdicts) == {"equal", "differs", "not_computable", "not_a_figure"}
    assert all(row["reason"] for row in figures.values())
    # the sample is made to print these cells
    cells = [f for f in figures.values() if f["measure"] in ("service_level", "csi_index")]
    assert len(cells) == 24 + 4
    assert {row["verdict"] for row in cells} == {"equal"}
    policy = figures["service_level.service_level.chat.2024-Y.threshold_seconds"]
    assert (policy["computed"], policy["verdict"]) == (300, "equal")


def test_a_difference_is_told_with_what_reproduces_it(shipped: list[dict[str, Any]]) -> None:
    figures = {row["figure_id"]: row for row in shipped if row["kind"] == "figure"}
    year = figures["kpi_table.1a-N.2024-Y.realisation"]
    # 87.78 less 87.13, both at the printed two decimals
    assert (year["verdict"], year["difference"]) == ("differs", Decimal("0.65"))
    assert year["reported"] == 87.78
    assert year["reproduced_by"] == "printed: mean of the columns Q2, Q3, Q4 and Average"
    index = figures["kpi_table.1a-N.2024-Y.index"]
    assert index["reproduced_by"] == "printed: 87.78 of a target of 78"
    score = figures["organisation.organisation.2024-Y.index"]
    assert "stakeholder 116.27" in score["reproduced_by"]
    assert figures["service_level.3a-N.2024-Y.realisation"]["reproduced_by"] is None
    past = figures["comparison_2023.3a-N.2023-Y.realisation"]
    assert past["reason"] == "lies before the first month of this home, 2024-01"
    assert past["reported"] == 85.88


def test_analysts_find_what_the_command_prints(sample_home: TestHome, command: Command) -> None:
    said = command(sample_home.root, "reconcile", str(SHIPPED), "--json").json
    rows = sample_home.query(
        "select figure_id, verdict, finding from ops.reconciliation "
        "where file = 'reference/lakin_2024.csv'"
    )
    printed = [(r["figure_id"], r["verdict"], r["finding"])
               for r in (*said["figures"], *said["findings"])]  # fmt: skip
    assert sorted(map(str, rows)) == sorted(map(str, printed))
    assert sum(said["counts"].values()) == len(said["figures"])


def test_the_command_says_it_at_a_glance(sample_home: TestHome) -> None:
    said = sample_home.kring("reconcile", str(SHIPPED), env={"COLUMNS": "80"})
    assert said.returncode == 0, said.stderr
    assert max(map(len, said.stdout.splitlines())) <= 80
    lines = " ".join(said.stdout.split())
    assert "176 figures" in lines and "14 findings" in lines
    assert "SYNTHETIC" in lines
    assert "staff 2024-Y count" not in lines
    every = sample_home.kring("reconcile", str(SHIPPED), "--all").stdout
    assert "staff 2024-Y count" in every


# part of a version


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """One month of two calls, published."""
    root = tmp_path_factory.mktemp("small") / "home"
    home = TestHome.of_two_calls(root, last_month="2024-01", references=True)
    home.run("2024-02-10")
    return home


@pytest.fixture
def copied(small: TestHome, tmp_path: Path) -> TestHome:
    return small.copied(tmp_path / "home")


def published(home: TestHome) -> dict[str, str]:
    """The published figures as their parquet files' hashes, and the register's digest."""
    manifest = (home.root / "published/current/manifest.json").read_text()
    return dict(re.findall(r'"path": "(parquet[^"]+)",\s+"sha256": "(\w+)"', manifest)) | dict(
        re.findall(r'"(register)": "(\w+)"', manifest)
    )


def test_nothing_is_adjusted_to_a_printed_figure(copied: TestHome, command: Command) -> None:
    """A report that contradicts every figure changes none, whether in the home or beside it."""
    before = published(copied)
    register = {p.name: p.read_bytes() for p in (copied.root / "register").iterdir()}
    file = copied.root / "reference/other.csv"
    file.write_text(f"{ONE}a,,,1a-N,2024-Y,target,1\nb,,,2a-CP,2024-Y,realisation,7\n")
    assert command(copied.root, "reconcile", str(file)).code == 0
    assert copied.query("select * from ops.reconciliation where file like '%other%'") == []
    ran = copied.run("2024-02-10")
    assert ran.rebuilt == []
    assert len(before) > 20
    assert published(copied) == before
    assert {p.name: p.read_bytes() for p in (copied.root / "register").iterdir()} == register


def test_a_changed_reference_makes_a_new_version(copied: TestHome) -> None:
    before = copied.home.current.resolve()
    copied.run("2024-02-10")
    assert copied.home.current.resolve() == before
    file = copied.root / "reference/lakin_2024.csv"
    file.write_text(file.read_text().replace("114.85", "114.84"))
    copied.run("2024-02-10")
    assert copied.home.current.resolve() != before
    # the rule is silent where the figure follows
    rules = copied.query("select rule from ops.reconciliation where kind = 'finding'")
    assert len(rules) == len(KNOWN) - 1
    assert ("index_follows",) not in rules


def test_a_refused_reference_is_named_and_the_figures_are_published(copied: TestHome) -> None:
    (copied.root / "reference/bad.csv").write_text(f"{ONE}a,,,1a-N,2024-Y,target,many\n")
    ran = copied.run("2024-02-10")
    told = "reference/bad.csv line 2: value 'many' is not a number"
    assert [f.about for f in ran.findings if told in f.text] == ["refused"]
    assert ran.findings[-1].must_be_acted_on
    rows = copied.query("select verdict, reason from ops.reconciliation where kind = 'file'")
    assert len(rows) == 1
    assert rows[0][0] == "refused" and told in rows[0][1]
    assert copied.value("select count(*) from ops.reconciliation where kind = 'figure'") == 176


def test_rules_read_what_they_declare() -> None:
    """What a file reads is its lineage; an undeclared table would be no part of it."""
    for rule in every_statement():
        body = re.sub(r"--.*", "", rule.body)
        named = set(re.findall(r"\b(?:from|join)\s+((?:kpi|ref|reference)\.\w+)", body))
        assert named == set(rule.listed("reads")), rule.name
