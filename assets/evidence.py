"""What a realisation rests on: composites, metrics, months, dated rules, files, inputs.

The lower half of an explanation; the tree of indices above it is `explanation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sql.run import quoted, table_name


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


class Evidence:
    """Looks up, in one published database, what measured a figure."""

    def __init__(self, connection: Any) -> None:
        self._con = connection

    def of_source(
        self, source: str, channel: str | None, service: str | None, year: int, period: str
    ) -> list[Node]:
        kind, _, name = source.partition(":")
        if kind == "composite":
            return [self._composite(name, year, period)]
        if kind == "metric":
            return [self._cell(name, channel, service, year, period)]
        return self._inputs(name, year, period)

    def _composite(self, name: str, year: int, period: str) -> Node:
        found = self.rows(
            "select c.*, r.title, r.missing from kpi.composites c join ref.composites r "
            "using (composite_id) where composite_id = ? and year = ? and period = ?",
            [name, year, period],
        )
        if not found:
            return Node(f"composite {name}", "has no part in this period", None, "not_reported")
        (row,) = found
        parts = self.rows(
            "select * from ref.composite_parts where composite_id = ? and ? between valid_from "
            "and coalesce(valid_to, date '9999-12-31') order by part_id",
            [name, row["period_end"]],
        )
        node = Node(f"composite {name}", f"{row['title']}; {row['reason']}", row["value"],
                    row["status"], {"parts_measured": row["parts_measured"],
                                    "parts": row["parts"]})  # fmt: skip
        for part in parts:
            for child in self.of_source(
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
        rows = self.rows(
            "select sum(numerator) as numerator, sum(denominator) as denominator, "
            "string_agg(distinct reason, '; ') as reason, min(status) as status, "
            "if(count(*) = 1, any_value(value), null) as value, any_value(unit) as unit "
            "from kpi.cells where metric_id = ? and year = ? and period = ? "
            "and (? is null or channel = ?) and (? is null or service = ?)",
            [metric, year, period, channel, channel, service, service],
        )
        (row,) = rows
        (definition,) = self.rows(
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
        months = self.rows(
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
        (row,) = self.rows(
            "select sum(numerator) as numerator, sum(denominator) as denominator, "
            "cast(sum(numerator) as double) / nullif(cast(sum(denominator) as double), 0) "
            "as value, string_agg(distinct status, ', ') as status, "
            "string_agg(distinct reason, '; ') as reason from kpi.cells "
            "where metric_id = ? and period = strftime(?, '%Y-%m') "
            "and (? is null or channel = ?) and (? is null or service = ?)",
            [metric, month, channel, channel, service, service],
        )
        policies = self.rows(
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
        rows = self.rows(
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
                    for row in self.rows(
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
            rows = self.rows(
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
        rows = self.rows(
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

    def _columns(self, table: str) -> set[str]:
        found = self._con.execute(f"describe {table_name(table)}").fetchall()
        return {column[0] for column in found}

    def rows(self, query: str, parameters: Iterable[object]) -> list[dict[str, Any]]:
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
