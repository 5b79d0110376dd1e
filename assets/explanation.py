"""Why a figure is what it is: a tree from an index down to months, counts, rules and files.

Read from the published database alone, so an explanation cannot disagree with what readers
see. Rendering is the command's; deciding how figures come about is the rules'.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from assets.evidence import Evidence, Node


class UnknownFigureError(ValueError):
    """No such node or period in the published version."""


class Explainer:
    """Explains figures of one published database (a read-only connection)."""

    def __init__(self, database: Path) -> None:
        import duckdb

        self._con = duckdb.connect(str(database), read_only=True)
        self._evidence = Evidence(self._con)

    def close(self) -> None:
        self._con.close()

    def explain(self, name: str, year: int, period: str) -> Node:
        """The tree below a KPI, objective, perspective or the organisation, by code or id."""
        cards = self._evidence.rows(
            "select * from kpi.scorecard where year = ? and period = ? "
            "and (lower(code) = lower(?) or lower(id) = lower(?)) order by basis",
            [year, period, name, name],
        )
        if not cards:
            known = self._evidence.rows(
                "select distinct year, period from kpi.scorecard order by all", []
            )
            periods = ", ".join(f"{row['year']}-{row['period']}" for row in known)
            raise UnknownFigureError(
                f"no figure {name} for {year}-{period}; kring scorecard lists the codes, "
                f"published periods are: {periods or 'none'}"
            )
        official = next(card for card in cards if card["is_official"])
        return self._card(official, cards)

    def _card(self, card: dict[str, Any], bases: list[dict[str, Any]]) -> Node:
        node = Node(
            f"{card['level']} {card['code'] or card['id']} index",
            f"{card['name_en']} ({card['name_id']}), {card['basis']} basis: {card['reason']}",
            card["index"],
            card["status"],
            {
                key: card[key]
                for key in (
                    "id", "code", "year", "period", "basis", "target", "realisation",
                    "index_raw", "points_lost_to_cap", "weight", "contribution",
                    "measured_weight", "polarity", "consolidation", "revision",
                )
            },
        )  # fmt: skip
        if card["level"] == "kpi":
            node.children = [self._basis(base) for base in bases]
        else:
            node.children = self._below(card)
        return node

    def _below(self, card: dict[str, Any]) -> list[Node]:
        rows = self._evidence.rows(
            "select * from kpi.scorecard where year = ? and period = ? and parent_id = ? "
            "order by id, basis",
            [card["year"], card["period"], card["id"]],
        )
        ids = sorted({row["id"] for row in rows})
        nodes = []
        for one in ids:
            bases = [row for row in rows if row["id"] == one]
            same = [row for row in bases if row["basis"] == card["basis"]]
            shown = (same or [row for row in bases if row["is_official"]])[0]
            child = self._card(shown, bases) if shown["level"] != "kpi" else self._leaf(shown)
            nodes.append(child)
        return nodes

    def _leaf(self, card: dict[str, Any]) -> Node:
        return Node(
            f"kpi {card['code']} index",
            f"{card['name_en']}, {card['basis']}: weight {card['weight']:.4g}; {card['reason']}",
            card["index"],
            card["status"],
            {"target": card["target"], "realisation": card["realisation"], "id": card["id"]},
        )

    def _basis(self, card: dict[str, Any]) -> Node:
        mark = "official" if card["is_official"] else "beside it"
        node = Node(
            f"{card['basis']} ({mark})",
            _index_rule(card),
            card["realisation"],
            card["status"],
            {"target": card["target"], "index": card["index"], "reason": card["reason"]},
        )
        if card["basis"] == "computed":
            node.children = self._measures(card)
        return node

    def _measures(self, card: dict[str, Any]) -> list[Node]:
        (kpi,) = self._evidence.rows(
            "select * from ref.kpis where kpi_id = ? and ? between valid_from "
            "and coalesce(valid_to, date '9999-12-31')",
            [card["id"], self._period_end(card["year"], card["period"])],
        )
        if card["period"] in ("S1", "YTD-Q3", "Y") and kpi["consolidation"] != "pooled":
            return [
                self._quarter(card, row["quarter"])
                for row in self._evidence.rows(
                    "select distinct quarter from ref.calendar where year = ? and period = ? "
                    "order by quarter",
                    [card["year"], card["period"]],
                )
            ]
        return self._evidence.of_source(
            kpi["source"], kpi["channel"], kpi["service"], card["year"], card["period"]
        )

    def _quarter(self, card: dict[str, Any], quarter: str) -> Node:
        (row,) = self._evidence.rows(
            "select * from kpi.scorecard where year = ? and period = ? and id = ? "
            "and basis = 'computed'",
            [card["year"], quarter, card["id"]],
        )
        return Node(
            f"{card['year']}-{quarter}", row["reason"], row["realisation"], row["status"],
            {"target": row["target"], "index": row["index"]}, self._measures(row),
        )  # fmt: skip

    def _period_end(self, year: int, period: str) -> date:
        (row,) = self._evidence.rows(
            "select max(period_end) as day from ref.calendar where year = ? and period = ?",
            [year, period],
        )
        day: date = row["day"]
        return day


def _index_rule(card: dict[str, Any]) -> str:
    """How the index follows from target and realisation, in words."""
    if card["index"] is None:
        return f"no index: {card['reason']}"
    formula = {
        "maximise": "realisation / target x 100",
        "minimise": "(1 + (1 - realisation / target)) x 100",
        "stabilise": "distance from the target on either side, rescaled",
    }[card["polarity"]]
    capped = (
        f", capped: {card['points_lost_to_cap']:.2f} points lost"
        if card["points_lost_to_cap"]
        else ""
    )
    return f"index = {formula} = {card['index_raw']:.4f}{capped}"
