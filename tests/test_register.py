"""The register as shipped: the tree, the printed table, the presets, the reference figures."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from schemas.register import Register, load_register
from schemas.register_tables import TABLES
from schemas.register_text import from_words, in_words, register_texts

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(DATA / "register")


def test_shipped_tree(register: Register) -> None:
    """12 KPIs, 8 objectives, 3 perspectives, one organisation, weighted as printed."""
    assert len(register.rows("kpis")) == 12
    levels = [row["level"] for row in register.rows("nodes")]
    assert [levels.count(level) for level in ("objective", "perspective", "organisation")] == [
        8, 3, 1,
    ]  # fmt: skip
    weight = {row["child_id"]: row["weight"] for row in register.rows("weights")}
    assert set(weight) == {row["kpi_id"] for row in register.rows("kpis")} | {
        row["node_id"] for row in register.rows("nodes") if row["level"] != "organisation"
    }
    assert weight["service_level"] == Fraction(3, 8)
    assert weight["mental_development"] == Fraction(1, 3)
    assert weight["stakeholder"] == Fraction(2, 5)


def test_reported_basis_gives_the_printed_table(register: Register) -> None:
    """From printed realisations: 12 indices, objectives, perspectives and NKO 115.87."""
    target = {
        row["kpi_id"]: row["target"]
        for row in register.rows("targets")
        if row["year"] == 2024 and row["period"] in ("*", "Y")
    }
    index: dict[object, Fraction] = {
        row["kpi_id"]: min(
            Fraction(120), Fraction(str(row["realisation"])) / Fraction(str(target[row["kpi_id"]]))
            * 100,
        )
        for row in register.rows("reported")
        if (row["year"], row["period"]) == (2024, "Y")
    }  # fmt: skip
    assert len(index) == 12
    for level in ("objective", "perspective", "organisation"):
        for node in [r["node_id"] for r in register.rows("nodes") if r["level"] == level]:
            children = [row for row in register.rows("weights") if row["parent_id"] == node]
            index[node] = sum(
                (Fraction(str(row["weight"])) * index[row["child_id"]] for row in children),
                Fraction(0),
            )
    shown = {key: f"{float(value) + 1e-9:.2f}" for key, value in index.items()}
    assert [shown[f"objective_{n}"] for n in range(1, 9)] == [
        "112.54", "120.00", "115.48", "120.00", "114.84", "111.11", "111.69", "120.00",
    ]  # fmt: skip
    perspectives = ("stakeholder", "internal_process", "learning_growth")
    assert [shown[name] for name in perspectives] == ["116.27", "115.36", "115.85"]
    assert shown["organisation"] == "115.87"


def test_typed_values(register: Register) -> None:
    kpi = register.rows("kpis")[0]
    assert (kpi["valid_from"], kpi["valid_to"]) == (date(2024, 1, 1), None)
    assert (kpi["cap_high"], kpi["is_assumption"]) == (Decimal(120), True)
    assert register.rows("targets")[0]["year"] == 2024


def test_how_a_kpi_is_scored_is_read_back_from_its_words(register: Register) -> None:
    """A closed quarter keeps the words, for good; these are as 0.2.0 wrote them."""
    assert from_words(
        "source metric:complaints_on_time, channel phone, polarity maximise, consolidation pooled, "
        "cap_low 0, cap_high 120.5, zero_rule award_cap"
    ) == {
        "source": "metric:complaints_on_time", "channel": "phone", "polarity": "maximise",
        "consolidation": "pooled", "cap_low": "0", "cap_high": "120.5", "zero_rule": "award_cap",
    }  # fmt: skip
    written = [", ".join(row[8]) for row in register_texts(register) if row[0] == "kpis"]
    decided = {name for words in written for name in from_words(words)}
    kept = [
        {name: in_words(row[name]) for name in decided if row[name] is not None}
        for row in sorted(register.rows("kpis"), key=lambda row: str(row["kpi_id"]))
    ]
    assert [from_words(words) for words in written] == kept
    # a text in which anybody writes what they like would not be read back
    texts = {c.name for c in TABLES["kpis"].columns if c.type == "text" and not c.identifier}
    assert decided & texts == {"source"}


def test_every_table_and_column_is_described() -> None:
    for spec in TABLES.values():
        assert spec.description.endswith("."), spec.name
        assert all(len(column.description) > 10 for column in spec.columns), spec.name


def test_8a_conversion_vectors(register: Register) -> None:
    pieces = register.rows("conversions")
    vectors = {"0": "79.9", "80": "80", "85.5": "90", "91": "100", "93": "110", "95": "120"}
    for x, expected in vectors.items():
        (piece,) = [
            p for p in pieces
            if Decimal(str(p["from_value"])) <= Decimal(x)
            and (p["to_value"] is None or Decimal(x) < Decimal(str(p["to_value"])))
        ]  # fmt: skip
        result = Decimal(str(piece["base_index"]))
        if piece["divisor"] is not None:
            distance = Decimal(x) - Decimal(str(piece["base_value"]))
            result += distance / Decimal(str(piece["divisor"]))
        assert result == Decimal(expected), x


# (outcome, wait in seconds, contacts): a toy month and a worked example.
TOY = [("answered", 20, 700), ("answered", 60, 150), ("abandoned", 5, 60), ("abandoned", 12, 40),
       ("abandoned", 45, 50), ("callback", 20, 15), ("flow_out", 30, 15)]  # fmt: skip
WORKED = [("answered", 20, 860), ("answered", 21, 140), ("abandoned", 5, 10), ("abandoned", 20, 10),
          ("abandoned", 21, 40)]  # fmt: skip


def count(rule: dict[str, object], month: list[tuple[str, int, int]]) -> tuple[int, int]:
    """Numerator and denominator of a service level, told plainly."""
    met = offered = 0
    for outcome, wait, contacts in month:
        in_time = wait <= 20 if rule["comparator"] == "<=" else wait < 20
        treated = "credit_within_threshold" if outcome == "answered" else rule.get(outcome)
        if outcome == "abandoned":
            treated = {"ignore": "exclude", "after_threshold_only": "exclude" if in_time else
                       "count"}.get(str(rule["abandons"]), rule["abandons"])  # fmt: skip
            short = int(str(rule["short_abandon_seconds"]))
            if short and wait <= short:
                treated = rule["short_abandons"]
        offered += 0 if treated == "exclude" else contacts
        credited = treated == "credit" or (treated == "credit_within_threshold" and in_time)
        met += contacts if credited else 0
    return met, offered


@pytest.mark.parametrize(
    ("rule_id", "met", "offered"),
    [
        ("house", 700, 1000), ("genesys", 700, 1030), ("genesys_less_short", 700, 940),
        ("amazon_connect", 815, 1030), ("cisco_ignored", 700, 900), ("cisco_negative", 700, 940),
        ("cisco_positive", 740, 940), ("talkdesk_contacts", 700, 940), ("wazo", 700, 850),
    ],
)  # fmt: skip
def test_presets_on_the_toy_month(register: Register, rule_id: str, met: int, offered: int) -> None:
    (rule,) = [r for r in register.rows("service_level_presets") if r["rule_id"] == rule_id]
    assert count(rule, TOY) == (met, offered)


@pytest.mark.parametrize(
    ("changes", "met", "offered"),
    [
        ({}, 860, 1060), ({"abandons": "ignore"}, 860, 1000),
        ({"abandons": "credit_within_threshold"}, 880, 1060),
        ({"abandons": "after_threshold_only"}, 860, 1040),
        ({"short_abandon_seconds": 5}, 860, 1050),
        ({"short_abandon_seconds": 5, "short_abandons": "credit"}, 870, 1060),
    ],
)  # fmt: skip
def test_switches_on_the_worked_example(
    register: Register, changes: dict[str, object], met: int, offered: int
) -> None:
    assert count({**register.rows("service_level_policy")[0], **changes}, WORKED) == (met, offered)


def test_reference_figures_are_the_printed_ones() -> None:
    with (DATA / "reference/lakin_2024.csv").open(encoding="utf-8", newline="") as file:
        figures = {row["figure_id"]: row for row in csv.DictReader(file)}
    assert figures["organisation.organisation.2024-Y.index"]["value"] == "115.87"
    assert figures["kpi_table.5a-N.2024-Y.index"]["value"] == "114.85"
    months = [f for f in figures.values() if f["measure"] == "service_level"]
    assert len(months) == 24
    assert all(f["value"] or f["remark"] for f in figures.values())


def test_the_loader_needs_the_standard_library_only() -> None:
    code = "import json, sys, schemas.register; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True,
        cwd=DATA.parent,
    )  # fmt: skip
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"polars", "pandera", "duckdb", "dagster", "numpy", "difflib"}
