"""Why a figure is what it is: a tree from an index down to months, counts, rules and files.

Read from the published database alone, so an explanation cannot disagree with what readers
see. Rendering is the command's; deciding how figures come about is the rules'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sql.run import quoted, table_name

LEVELS = ("organisation", "perspective", "objective", "kpi")


@dataclass
class Node:
    """One step of the explanation: what it is, its figure, the rule in words, what it rests on."""

    what: str
    text: str
    value: float | None = None
    status: str = "measured"
    detail: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class UnknownFigureError(ValueError):
    """No such node or period in the published version."""


class Explainer:
    """Explains figures of one published database (a read-only connection)."""

    def __init__(self, database: Path) -> None:
        import duckdb

        self._con = duckdb.connect(str(database), read_only=True)

    def close(self) -> None:
        self._con.close()

    def explain(self, name: str, year: int, period: str) -> Node:
        """The tree below a KPI, objective, perspective or the organisation, by code or id."""
        cards = self._rows(
            "select * from kpi.scorecard where year = ? and period = ? "
            "and (lower(code) = lower(?) or lower(id) = lower(?)) order by basis",
            [year, period, name, name],
        )
        if not cards:
            known = self._rows("select distinct year, period from kpi.scorecard order by all", [])
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
        rows = self._rows(
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
        (kpi,) = self._rows(
            "select * from ref.kpis where kpi_id = ? and ? between valid_from "
            "and coalesce(valid_to, date '9999-12-31')",
            [card["id"], self._period_end(card["year"], card["period"])],
        )
        if card["period"] in ("S1", "YTD-Q3", "Y") and kpi["consolidation"] != "pooled":
            return [
                self._quarter(card, row["quarter"])
                for row in self._rows(
                    "select distinct quarter from ref.calendar where year = ? and period = ? "
                    "order by quarter",
                    [card["year"], card["period"]],
                )
            ]
        return self._source(
            kpi["source"], kpi["channel"], kpi["service"], card["year"], card["period"]
        )

    def _quarter(self, card: dict[str, Any], quarter: str) -> Node:
        (row,) = self._rows(
            "select * from kpi.scorecard where year = ? and period = ? and id = ? "
            "and basis = 'computed'",
            [card["year"], quarter, card["id"]],
        )
        return Node(
            f"{card['year']}-{quarter}", row["reason"], row["realisation"], row["status"],
            {"target": row["target"], "index": row["index"]}, self._measures(row),
        )  # fmt: skip

    def _source(
        self, source: str, channel: str | None, service: str | None, year: int, period: str
    ) -> list[Node]:
        kind, _, name = source.partition(":")
        if kind == "composite":
            return [self._composite(name, year, period)]
        if kind == "metric":
            return [self._cell(name, channel, service, year, period)]
        return self._inputs(name, year, period)

    def _composite(self, name: str, year: int, period: str) -> Node:
        found = self._rows(
            "select c.*, r.title, r.missing from kpi.composites c join ref.composites r "
            "using (composite_id) where composite_id = ? and year = ? and period = ?",
            [name, year, period],
        )
        if not found:
            return Node(f"composite {name}", "has no part in this period", None, "not_reported")
        (row,) = found
        parts = self._rows(
            "select * from ref.composite_parts where composite_id = ? and ? between valid_from "
            "and coalesce(valid_to, date '9999-12-31') order by part_id",
            [name, row["period_end"]],
        )
        node = Node(f"composite {name}", f"{row['title']}; {row['reason']}", row["value"],
                    row["status"], {"parts_measured": row["parts_measured"],
                                    "parts": row["parts"]})  # fmt: skip
        for part in parts:
            for child in self._source(
                part["source"], part["channel"], part["service"], year, period
            ):
                assumed = ", an assumption" if part["is_assumption"] else ""
                child.detail |= {"weight": part["weight"], "authority": part["authority"]}
                child.text = f"weight {part['weight']:.4g}{assumed}; {child.text}"
                node.children.append(child)
        return node

    def _cell(
        self, metric: str, channel: str | None, service: str | None, year: int, period: str
    ) -> Node:
        rows = self._rows(
            "select sum(numerator) as numerator, sum(denominator) as denominator, "
            "string_agg(distinct reason, '; ') as reason, min(status) as status, "
            "if(count(*) = 1, any_value(value), null) as value, any_value(unit) as unit "
            "from kpi.cells where metric_id = ? and year = ? and period = ? "
            "and (? is null or channel = ?) and (? is null or service = ?)",
            [metric, year, period, channel, channel, service, service],
        )
        (row,) = rows
        (definition,) = self._rows(
            "select * from ref.metric_definitions where metric_id = ?", [metric]
        )
        of = " ".join(filter(None, (channel, service)))
        node = Node(
            f"metric {metric} {of}".strip(),
            f"{definition['numerator']} / {definition['denominator']}; {row['reason']}",
            row["value"],
            row["status"] or "not_reported",
            {"numerator": row["numerator"], "denominator": row["denominator"],
             "unit": row["unit"]},
        )  # fmt: skip
        months = self._rows(
            "select distinct month from ref.calendar where year = ? and period = ? order by month",
            [year, period],
        )
        nodes = [self._month(metric, definition, channel, service, row["month"]) for row in months]
        policies = {name for node in nodes for name in node.detail["policies"]}
        node.children = [*self._policies(definition["reads"], sorted(policies)), *nodes]
        return node

    def _month(
        self,
        metric: str,
        definition: dict[str, Any],
        channel: str | None,
        service: str | None,
        month: date,
    ) -> Node:
        (row,) = self._rows(
            "select sum(numerator) as numerator, sum(denominator) as denominator, "
            "cast(sum(numerator) as double) / nullif(cast(sum(denominator) as double), 0) "
            "as value, string_agg(distinct status, ', ') as status, "
            "string_agg(distinct reason, '; ') as reason from kpi.cells "
            "where metric_id = ? and period = strftime(?, '%Y-%m') "
            "and (? is null or channel = ?) and (? is null or service = ?)",
            [metric, month, channel, channel, service, service],
        )
        policies = self._rows(
            "select distinct policy_id from metric.monthly where metric_id = ? and month = ? "
            "and policy_id is not null and (? is null or channel = ?) "
            "and (? is null or service = ?) order by all",
            [metric, month, channel, channel, service, service],
        )
        names = [found["policy_id"] for found in policies]
        factor = 1 if definition["unit"] == "seconds" else 100
        return Node(
            f"{month:%Y-%m}",
            (f"by {', '.join(names)}; " if names else "") + (row["reason"] or "nothing counted"),
            None if row["value"] is None else row["value"] * factor,
            row["status"] or "not_reported",
            {
                "numerator": row["numerator"],
                "denominator": row["denominator"],
                "policies": names,
            },
            self._files(definition["reads"], channel, service, month)
            or self._proof(metric, channel, service, month),
        )

    def _proof(
        self, metric: str, channel: str | None, service: str | None, month: date
    ) -> list[Node]:
        """Files that speak of a month without a row in it: they prove that nothing happened."""
        rows = self._rows(
            "select distinct files.path, files.sha256, files.rows, files.kind from ops.files "
            "as files, unnest(files.covers) as span(days) where files.kind in (select kind "
            "from ref.requirements where metric_id = ? and (channel is null or ? is null or "
            "channel = ?) and (service is null or ? is null or service = ?)) "
            "and files.status in ('loaded', 'duplicate_file') "
            "and cast(split_part(days, '..', 1) as date) <= last_day(?) "
            "and cast(split_part(days, '..', -1) as date) >= ? order by path",
            [metric, channel, channel, service, service, month, month],
        )
        return [
            Node(
                f"file {row['path']}",
                f"{row['kind']} export of the month with {row['rows']} rows, "
                f"sha256 {str(row['sha256'])[:12]}",
                detail=dict(row),
            )
            for row in rows
        ]

    def _policies(self, reads: list[str], policies: Iterable[str]) -> list[Node]:
        """The dated rules' own rows: switches, authority, whether they are assumed."""
        nodes = []
        for table in (name for name in reads if name.startswith("ref.")):
            id_column = next(
                (c for c in ("policy_id", "formula_id") if c in self._columns(table)), None
            )
            for policy in policies if id_column else ():
                nodes += [
                    _policy_node(policy, row)
                    for row in self._rows(
                        f"select * exclude ({id_column}) from {table_name(table)} "
                        f"where {id_column} = ?",
                        [policy],
                    )
                ]
        return nodes

    def _files(
        self, reads: list[str], channel: str | None, service: str | None, month: date
    ) -> list[Node]:
        nodes = []
        for table in (name for name in reads if name.startswith("fact.")):
            columns = self._columns(table)
            filters = [
                (column, value)
                for column, value in (("channel", channel), ("service", service))
                if value and column in columns
            ]
            where = "".join(f" and facts.{quoted(column)} = ?" for column, _ in filters)
            rows = self._rows(
                "select facts.file_id, any_value(files.path) as path, "
                "any_value(files.sha256) as sha256, count(*) as rows, "
                "min(facts.file_row) as first_row, max(facts.file_row) as last_row "
                f"from {table_name(table)} as facts "
                "left join (select file_id, min(path) as path, any_value(sha256) as sha256 "
                "from ops.files where status = 'loaded' group by file_id) as files "
                f"using (file_id) where facts.month = ?{where} "
                "group by facts.file_id order by path",
                [month, *(value for _, value in filters)],
            )
            nodes += [
                Node(
                    f"file {row['path'] or row['file_id']}",
                    f"{row['rows']} rows of {table}, records {row['first_row']} to "
                    f"{row['last_row']}, sha256 {str(row['sha256'])[:12]}",
                    detail=dict(row),
                )
                for row in rows
            ]
        return nodes

    def _inputs(self, name: str, year: int, period: str) -> list[Node]:
        rows = self._rows(
            "select i.* from ref.inputs i join (select distinct quarter from ref.calendar "
            "where year = ? and period = ?) c on c.quarter = i.period "
            "where i.input_id = ? and i.year = ? order by i.period",
            [year, period, name, year],
        )
        return [
            Node(
                f"input {name} {row['period']}",
                f"{row['evidence']}; {row['authority']}"
                + ("; a synthetic value" if row["is_synthetic"] else ""),
                _input_value(row),
                detail={"numerator": row["numerator"], "denominator": row["denominator"]},
            )
            for row in rows
        ] or [Node(f"input {name}", "register/inputs.csv has no row", None, "not_reported")]

    def _period_end(self, year: int, period: str) -> date:
        (row,) = self._rows(
            "select max(period_end) as day from ref.calendar where year = ? and period = ?",
            [year, period],
        )
        day: date = row["day"]
        return day

    def _columns(self, table: str) -> set[str]:
        found = self._con.execute(f"describe {table_name(table)}").fetchall()
        return {column[0] for column in found}

    def _rows(self, query: str, parameters: Iterable[object]) -> list[dict[str, Any]]:
        found = self._con.execute(query, list(parameters))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _policy_node(policy: str, row: dict[str, Any]) -> Node:
    told = ("authority", "note", "is_assumption")
    switches = [f"{k} {v}" for k, v in row.items() if v is not None and k not in told]
    assumed = "an assumption; " if row.get("is_assumption") else ""
    return Node(f"rule {policy}", f"{', '.join(switches)}; {assumed}{row.get('authority') or ''}")


def _input_value(row: dict[str, Any]) -> float | None:
    if row["value"] is not None:
        return float(row["value"])
    return float(row["numerator"]) / float(row["denominator"]) * 100 if row["denominator"] else None


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
