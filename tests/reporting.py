"""Made-up reports as reference files: consistent ones, from random components."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from homes import TestHome

from assets.home import Home
from assets.publishing.reconciliation import COLUMNS, reconcile
from schemas.reference import read_reference
from sql.run import connect, literal

HEADER = (
    "figure_id", "section", "subject", "channel", "service", "period", "measure", "value",
    "printed_decimals", "printed_text", "remark",
)  # fmt: skip
SERVICES = ("inbound", "outbound", "complaint", "social_media")
# a file of single figures, each a line
ONE = "figure_id,channel,service,subject,period,measure,value\n"
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
# the tree of the shipped register
OBJECTIVES = {
    "objective_1": {"1a-N": 1}, "objective_2": {"2a-CP": 1},
    "objective_3": {"3a-N": Fraction(3, 8), "3b-N": Fraction(3, 8), "3c-N": Fraction(1, 4)},
    "objective_4": {"4a-N": 1}, "objective_5": {"5a-N": 1}, "objective_6": {"6a-N": 1},
    "objective_7": {"7a-N": Fraction(1, 3), "7b-N": Fraction(1, 3), "7c-N": Fraction(1, 3)},
    "objective_8": {"8a-CP": 1},
}  # fmt: skip
PERSPECTIVES = {
    "stakeholder": ("objective_1", "objective_2"),
    "internal_process": ("objective_3", "objective_4", "objective_5", "objective_6"),
    "learning_growth": ("objective_7", "objective_8"),
}
ROOT_WEIGHTS = {
    "stakeholder": Fraction(4, 10), "internal_process": Fraction(3, 10),
    "learning_growth": Fraction(3, 10),
}  # fmt: skip


def half_up(value: Fraction | Decimal | int) -> Decimal:
    """To two places, as a report prints it."""
    exact = Fraction(value)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )


def mean(values: Iterable[Decimal]) -> Decimal:
    listed = [Fraction(value) for value in values]
    return half_up(sum(listed, Fraction(0)) / len(listed))


@dataclass
class Report:
    """The lines of a reference file by figure_id."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, section: str, subject: str, period: str, measure: str, value: object = "",
            **more: str) -> None:  # fmt: skip
        name = f"{section}.{subject}.{period}.{measure}.{len(self.rows)}"
        self.rows[name] = {
            "figure_id": name, "section": section, "subject": subject, "period": period,
            "measure": measure, "value": str(value), **more,
        }  # fmt: skip

    def find(self, section: str, subject: str, period: str, measure: str, **more: str) -> str:
        """The id of the one figure that is this."""
        wanted = {"section": section, "subject": subject, "period": period, "measure": measure}
        (found,) = [n for n, row in self.rows.items() if row.items() >= (wanted | more).items()]
        return found

    def shift(self, figure_id: str, by: str) -> str:
        """Change a figure by an amount; gives what is printed then."""
        row = self.rows[figure_id]
        row["value"] = str(Decimal(row["value"]) + Decimal(by))
        return row["value"]

    def text(self) -> str:
        out = io.StringIO()
        writer = csv.DictWriter(out, HEADER, restval="")
        writer.writeheader()
        writer.writerows(self.rows.values())
        return out.getvalue()


def consistent_report(seed: int, year: int = 2024) -> Report:
    """A report of random components in which every figure follows from the others."""
    chance, report = random.Random(seed), Report()

    def points(low: int, high: int) -> Decimal:
        # never a round figure, of which two KPIs may have the same
        return Decimal(chance.randrange(low * 100, high * 100) // 10 * 10 + 3) / 100

    satisfaction = _satisfaction(report, year, points)
    level = _service_levels(report, year, points, target := Decimal(chance.randint(70, 90)))
    indices: dict[str, Decimal] = {}
    kpis = [kpi for children in OBJECTIVES.values() for kpi in children]
    for number, kpi in enumerate(kpis):
        given = {"1a-N": satisfaction, "3a-N": level}.get(kpi)
        realisation = points(70, 110) + Decimal(number) / 1000 if given is None else given
        goal = target if kpi == "3a-N" else Decimal(chance.randint(60, 100))
        index = min(half_up(Fraction(realisation) / Fraction(goal) * 100), Decimal("120.00"))
        indices[kpi] = index
        report.add("kpis", kpi, f"{year}-Y", "target", goal)
        report.add("kpis", kpi, f"{year}-Y", "realisation", realisation)
        report.add("kpis", kpi, f"{year}-Y", "index", index)
    report.add("kpis", "organisation", f"{year}-Y", "cap", 120)
    _tree(report, year, indices)
    met = sum(indices[kpi] >= 100 for kpi in kpis)
    words = "All targets were met" if met == len(kpis) else f"{met} targets were met"
    report.add("tree", "organisation", f"{year}-Y", "remark", remark=words)
    return report


def _satisfaction(report: Report, year: int, points: Any) -> Decimal:
    rows: dict[str, list[Decimal]] = {}
    for service in SERVICES:
        rows[service] = [points(75, 95) for _ in QUARTERS]
        for quarter, value in zip(QUARTERS, rows[service], strict=True):
            report.add("csi", "csi", f"{year}-{quarter}", "csi", value, service=service)
        average = mean(rows[service])
        report.add("csi", "csi", f"{year}-Y", "csi_average_column", average, service=service)
    quarters = [mean(column) for column in zip(*rows.values(), strict=True)]
    for quarter, value in zip(QUARTERS, quarters, strict=True):
        report.add("csi", "csi_index", f"{year}-{quarter}", "csi_index", value)
    report.add("csi", "csi_index", f"{year}-Y", "csi_average_column", mean(quarters))
    return mean(quarters)


def _service_levels(report: Report, year: int, points: Any, target: Decimal) -> Decimal:
    values: list[Decimal] = []
    for channel in ("phone", "chat"):
        report.add("levels", "service_level", f"{year}-Y", "target", target, channel=channel)
    for month in range(1, 13):
        both = {channel: points(65, 99) for channel in ("phone", "chat")}
        period = f"{year}-{month:02}"
        for channel, value in both.items():
            report.add("levels", "service_level", period, "service_level", value, channel=channel)
        missed = [channel for channel, value in both.items() if value < target]
        words = {
            0: "Tercapai pada semua kategori",
            1: f"Belum tercapai pada kategori {''.join(missed)}",
            2: "Belum tercapai di semua kategori",
        }[len(missed)]
        report.add("levels", "service_level", period, "remark", remark=words)
        values += both.values()
    return mean(values)


def _tree(report: Report, year: int, indices: dict[str, Decimal]) -> None:
    def weighted(parts: dict[str, Any]) -> Decimal:
        return half_up(sum(Fraction(weight) * Fraction(indices[part])
                           for part, weight in parts.items()))  # fmt: skip

    for objective, children in OBJECTIVES.items():
        indices[objective] = weighted(children)
    for perspective, below in PERSPECTIVES.items():
        indices[perspective] = weighted(dict.fromkeys(below, Fraction(1, len(below))))
    indices["organisation"] = weighted(ROOT_WEIGHTS)
    for node in (*OBJECTIVES, *PERSPECTIVES, "organisation"):
        report.add("tree", node, f"{year}-Y", "index", indices[node])


class Reconciler:
    """Reconciles files with the published version of a home, in this process."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.file = folder / "report.csv"
        self.connection = connect("Asia/Jakarta")
        database = literal(home.current / "kring.duckdb")
        self.connection.execute(f"attach {database} as published (read_only)")

    def __call__(self, text: str) -> list[dict[str, Any]]:
        self.file.write_text(text, encoding="utf-8")
        rows = reconcile(self.connection, "published", read_reference(self.file, "report.csv"))
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    def findings(self, report: Report | str) -> list[str]:
        text = report if isinstance(report, str) else report.text()
        return [row["finding"] for row in self(text) if row["kind"] == "finding"]


@pytest.fixture(scope="module")
def reconciler(
    sample_home: TestHome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reconciler]:
    made = Reconciler(sample_home.home, tmp_path_factory.mktemp("reference"))
    yield made
    made.connection.close()


def rows(*lines: str) -> str:
    """A reference file of lines: section, subject, channel, period, measure, value, remark."""
    header = "figure_id,service,section,subject,channel,period,measure,value,remark\n"
    return header + "".join(f"f{n},,{line}\n" for n, line in enumerate(lines))


def of_services(*lines: str) -> str:
    """A reference file of lines: section, subject, service, period, measure, value, remark."""
    header = "figure_id,channel,section,subject,service,period,measure,value,remark\n"
    return header + "".join(f"f{n},,{line}\n" for n, line in enumerate(lines))
