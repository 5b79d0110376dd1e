"""What a materialisation shows in Dagster's interface: a small table, a small chart, the report.

Counted figures by channel, queue and service only; what a rule may group by holds no person.
It rides on events that are written anyway, and reads the one file that was just built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg

from assets.home import Home
from assets.rounding import rounded

_MOST = 12  # rows; what is more is in the published table
_BAR = 24  # characters
_AS_COUNTED = "\n\nAs counted; what is published of it, `metric/monthly` says."
_CELL = ("channel", "queue", "service")
Row = Mapping[str, Any]


def of_metric(home: Home, path: Path, year: int, unit: str) -> dict[str, object]:
    """A metric's month: its sums, its cells as table and bars, and where the report lies."""
    rows = _rows(path, (*_CELL, "numerator", "denominator"))
    figures = [_Figure(*each) for each in _sums(rows, _CELL)]
    if not figures:
        return reports(home, year)
    shown = figures[:_MOST]
    table = [
        dg.TableRecord(
            {"cell": f.name, "numerator": float(f.numerator), "denominator": float(f.denominator),
             "value": f.shown(unit)}
        )
        for f in shown
    ]  # fmt: skip
    highest = 1 if unit == "share" else max((f.value or 0 for f in shown), default=0)
    bars = [(f.name, f.value, f.shown(unit)) for f in shown]
    return {
        # at a glance, and the table behind its link
        **{
            f"{name}: numerator / denominator": f"{float(above):,.10g} / {float(below):,.10g}"
            for name, above, below in _sums(rows, ("channel", "service"))
        },
        "figures": dg.MetadataValue.table(table, schema=_schema(table[0])),
        "chart": dg.MetadataValue.md(chart(bars, highest, len(figures) - len(shown)) + _AS_COUNTED),
        **reports(home, year),
    }


def of_month(home: Home, path: Path, year: int) -> dict[str, object]:
    """A month of all metrics: how many figures of each have which status, and the first reason."""
    by_metric: dict[str, dict[str, Any]] = {}
    for row in _rows(path, ("metric_id", "status", "reason")):
        found = by_metric.setdefault(row["metric_id"], {"statuses": Counter(), "reason": ""})
        found["statuses"][row["status"]] += 1
        if row["status"] != "measured":
            found["reason"] = found["reason"] or row["reason"] or ""
    table = [
        dg.TableRecord(
            {"metric": name, "reason": found["reason"],
             "figures": ", ".join(f"{n} {s}" for s, n in sorted(found["statuses"].items()))}
        )
        for name, found in sorted(by_metric.items())
    ]  # fmt: skip
    shown = {"statuses": dg.MetadataValue.table(table, schema=_schema(table[0]))} if table else {}
    return {**shown, **reports(home, year)}


def of_scorecard(home: Home, path: Path) -> dict[str, object]:
    """The latest year's KPIs with target, realisation and index, and the organisation's score."""
    columns = ("year", "period", "level", "code", "name_en", "target", "realisation", "index",
               "basis", "is_official", "status")  # fmt: skip
    cards = [row for row in _rows(path, columns) if row["is_official"]]
    if not cards:
        return {}
    year = max(row["year"] for row in cards)
    shown = sorted(
        (r for r in cards if r["year"] == year and r["period"] == "Y"
         and r["level"] in ("kpi", "organisation")),
        key=lambda row: (row["level"] == "kpi", row["code"] or ""),
    )  # fmt: skip
    if not shown:
        return reports(home, year)
    table = [
        dg.TableRecord(
            {"code": row["code"] or "", "name": row["name_en"], "target": rounded(row["target"]),
             "realisation": rounded(row["realisation"]), "index": rounded(row["index"]),
             "basis": row["basis"], "status": row["status"]}
        )
        for row in shown
    ]  # fmt: skip
    bars = [(row["code"] or "", row["index"], rounded(row["index"])) for row in shown]
    return {
        "year": year,
        "scorecard": dg.MetadataValue.table(table, schema=_schema(table[0])),
        "indices": dg.MetadataValue.md(chart(bars, 120, 0)),
        **reports(home, year),
    }


def reports(home: Home, year: int) -> dict[str, object]:
    """Where the year's report lies, in each language; `current` leads to the latest version.

    Only years that have one: the latest, and those with printed figures.
    """
    paths = {lang: home.current / f"report.{year}.{lang}.html" for lang in home.settings.reports}
    return {
        f"report ({lang})": dg.MetadataValue.path(str(path))
        for lang, path in paths.items()
        if path.exists() or not home.current.exists()  # the first run is about to write it
    }


def chart(bars: Sequence[tuple[str, float | None, str]], highest: float, more: int) -> str:
    """Bars as text, from nothing to `highest`, with the number beside each."""
    widest = max(len(name) for name, *_ in bars)
    lines = []
    for name, value, text in bars:
        full = 0 if value is None or highest <= 0 else round(_BAR * min(value / highest, 1))
        lines.append(f"{name:<{widest}} {'█' * full}{'·' * (_BAR - full)} {text}")
    note = [f"and {more} more in the published table"] if more else []
    return "\n".join(["```", *lines, *note, "```"])


class _Figure:
    """One cell of a metric's month."""

    def __init__(self, name: str, numerator: Decimal, denominator: Decimal) -> None:
        self.name, self.numerator, self.denominator = name, numerator, denominator
        self.value = float(numerator / denominator) if denominator else None

    def shown(self, unit: str) -> str:
        if self.value is None:
            return "nothing to count"
        if unit == "seconds":
            return f"{rounded(self.value)} s"
        if unit == "number":
            return rounded(self.value)
        return f"{rounded(100 * self.value)} %"


def _sums(rows: Sequence[Row], by: Sequence[str]) -> list[tuple[str, Decimal, Decimal]]:
    """Numerator and denominator by these columns, over all others."""
    sums: dict[str, list[Decimal]] = {}
    for row in rows:
        name = " ".join(str(row[c]) for c in by if row[c] not in (None, "*")) or "all"
        cell = sums.setdefault(name, [Decimal(0), Decimal(0)])
        cell[0] += row["numerator"] or 0
        cell[1] += row["denominator"] or 0
    return [(name, *sums[name]) for name in sorted(sums)]  # type: ignore[misc]


def _rows(path: Path, columns: Sequence[str]) -> list[Row]:
    import pyarrow.parquet as pq

    # not read_table, which loads all of pyarrow's data sets for one file
    with pq.ParquetFile(path) as file:
        return list(file.read(list(columns)).to_pylist())


def _schema(record: dg.TableRecord) -> dg.TableSchema:
    kinds = {float: "float", str: "string"}
    return dg.TableSchema(
        [dg.TableColumn(name, kinds[type(value)]) for name, value in record.data.items()]
    )
