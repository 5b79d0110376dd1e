"""Two versions of a few figures, given row by row, and what the rules of restatement say of them.

The figures: a metric in January and in the quarter, a KPI on it, an objective above. Nothing
differs between the versions but what a test says.
"""

from __future__ import annotations

from typing import Any

import pytest

from assets.publishing import provenance
from sql.run import connect

Rows = list[dict[str, Any]]
_COLUMNS = {
    "monthly": "month date, metric_id text, channel text, queue text, service text, source text, "
    "numerator decimal(38, 12), denominator decimal(38, 12), status text",
    "cells": "year integer, period text, metric_id text, channel text, service text, value double, "
    "numerator decimal(38, 12), denominator decimal(38, 12), status text, is_proven boolean",
    "composites": "year integer, period text, composite_id text, value double, status text, "
    "is_proven boolean",
    "scorecard": "year integer, period text, level text, id text, basis text, index double, "
    "realisation double, target double, status text",
    "explain": "year integer, period text, basis text, figure text, kind text, part_period text, "
    "part_basis text, part text, weight double, value double, numerator decimal(38, 12), "
    "denominator decimal(38, 12), status text, text text, file_id text, rows bigint",
    "files": "file_id text, source text, path text, status text, corrections bigint, "
    "reading text[]",
    "corrections": "source text, file_id text, corrected_by text, rows bigint",
    "register": "table_name text, row_key text, valid_from date, valid_to date, items text[], "
    "authority text, is_assumption boolean",
    "definitions": "metric_id text, fingerprint text",
    "settings": "name text, value text",
}
METRIC, KPI, OBJECTIVE = "metric:m phone", "kpi:k", "objective:o"
JANUARY, FEBRUARY, QUARTER = "2024-01", "2024-02", "2024-Q1"
MONTH = ("metric.monthly", JANUARY, "m")
ALL = {
    MONTH, ("kpi.cells", JANUARY, "m"), ("kpi.cells", QUARTER, "m"),
    ("kpi.scorecard", QUARTER, "k"), ("kpi.scorecard", QUARTER, "o"),
}  # fmt: skip


class Side:
    """One version: tables of rows, and the ways in which tests alter them."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {name: [] for name in _COLUMNS}
        self.figures(january=3, quarter=3, index=80)
        self.add("settings", name="kring", value="1 (aa)")
        self.add("settings", name="first_month", value="2024-01-01")
        self.add("definitions", metric_id="m", fingerprint="d1")
        self.edge("Q1", METRIC, "month", f"{METRIC}", part_period=JANUARY, part_basis="computed")
        self.edge("Q1", KPI, "metric", METRIC, part_period="Q1", part_basis="computed")
        self.edge("Q1", OBJECTIVE, "kpi", KPI, part_period="Q1", part_basis="computed", weight=0.5)
        self.edge(JANUARY, METRIC, "definition", "definition:m", text="a / b (definition d1)")

    def figures(self, *, january: float | None, quarter: float | None, index: float | None) -> None:
        """What the figures come to: numerators of ten, and indices."""
        self.tables |= {"monthly": [], "cells": [], "composites": [], "scorecard": []}
        self.add("monthly", month="2024-01-01", metric_id="m", channel="phone", queue="q",
                 source="calls", numerator=january, denominator=10, status="measured")  # fmt: skip
        for period, done in ((JANUARY, january), ("Q1", quarter)):
            value = None if done is None else 10 * done
            self.add("cells", year=2024, period=period, metric_id="m", channel="phone",
                     value=value, numerator=done, denominator=10, status="measured")  # fmt: skip
        for level, name in (("kpi", "k"), ("objective", "o")):
            self.add("scorecard", year=2024, period="Q1", level=level, id=name, basis="computed",
                     index=index, status="measured")  # fmt: skip

    def add(self, table: str, **row: Any) -> None:
        self.tables[table].append(row)

    def edge(self, period: str, figure: str, kind: str, part: str, **more: Any) -> None:
        row = {"year": 2024, "period": period, "basis": "computed", "figure": figure,
               "kind": kind, "part": part, **more}  # fmt: skip
        self.tables["explain"].append(row)

    def file(self, name: str, rows: int | None, *, month: str = JANUARY, status: str = "loaded",
             source: str = "calls", corrections: int = 0, reading: str = "r1",
             figure: str = METRIC, path: str = "") -> None:  # fmt: skip
        """A file as the ledger has it; with rows, also as the month rests on it."""
        self.add("files", file_id=name, source=source, path=path or f"{name}.csv", status=status,
                 corrections=corrections, reading=[reading])  # fmt: skip
        if rows is not None:
            self.counts(name, rows, month=month, figure=figure, path=path)

    def counts(self, name: str, rows: int, *, month: str, figure: str = METRIC,
               path: str = "") -> None:  # fmt: skip
        self.edge(month, figure, "file", f"file:{path or name + '.csv'}", file_id=name, rows=rows,
                  text=f"{rows} rows")  # fmt: skip

    def register(self, table: str, key: str, *items: str, **more: Any) -> None:
        self.add("register", table_name=table, row_key=key, items=list(items), **more)


class Versions:
    """Two sides, and what is said of them."""

    def __init__(self) -> None:
        self.before, self.after = Side(), Side()

    def moved(self, *, january: float | None = 4, quarter: float | None = 4,
              index: float | None = 90) -> Versions:  # fmt: skip
        """The figures of the later version are others."""
        self.after.figures(january=january, quarter=quarter, index=index)
        return self

    def both(self) -> tuple[Side, Side]:
        return self.before, self.after

    def compare(self) -> Any:
        con = connect("UTC")
        for mark, side in (("before", self.before), ("after", self.after)):
            for name, columns in _COLUMNS.items():
                table = f'temp."{mark} {name}"'
                con.execute(f"create temp table {table} ({columns})")
                for row in side.tables[name]:
                    marks = ", ".join("?" for _ in row)
                    names = ", ".join(row)
                    values = list(row.values())
                    con.execute(f"insert into {table} ({names}) values ({marks})", values)
        provenance.compare(con)
        return con

    def causes(self) -> dict[tuple[str, str, str], str]:
        """The cause of each number that changed: by table, period and id."""
        found = self.compare().execute("select table_name, period, id, cause from found").fetchall()
        causes = {(table, period, name): cause for table, period, name, cause in found}
        assert len(causes) == len(found)
        return causes

    def cause(self) -> str:
        """The one cause that every number that changed has."""
        causes = set(self.causes().values())
        assert len(causes) == 1, causes
        return causes.pop()


@pytest.fixture
def two() -> Versions:
    return Versions()
