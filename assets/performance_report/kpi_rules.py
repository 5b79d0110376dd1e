"""What decides a KPI, as the register has it: its rule, targets, counted parts and policies.

Of a closed period it is what the revision keeps (`closed_rules`), wherever the register says
something else by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assets.performance_report.closed_rules import POLICIES, as_registered, said
from assets.performance_report.figures import ClosedRules, Part, Row
from assets.performance_report.reader import Reader, of

# agents' time as the printed formula names it, in its order
_PARTS = {"active": "Active", "hold": "Hold", "acw": "ACW", "not_ready": "NotReady",
          "available": "Available"}  # fmt: skip
_TARGET = ("kpi_id", "year", "period", "decided_on")
_POLICIES = {
    "service_level": "service_level_policy", "outbound_behaviour": "outbound_policy",
    "outbound_contact": "outbound_policy", "occupancy": "occupancy_formula",
}  # fmt: skip


def rule_of(reader: Reader, kpi_id: str, closed: ClosedRules | None) -> Row:
    """How a KPI is scored at the end of the period."""
    rule = closed.rule if closed else None
    if rule and (f"kpis:{kpi_id}", rule["text"]) not in as_registered(reader, reader.period):
        return rule
    return of(reader.in_force("ref.kpis", ["kpi_id", "valid_from"]), kpi_id=kpi_id)[-1]


def targets_of(reader: Reader, kpi_id: str, closed: ClosedRules | None) -> list[Row]:
    """The targets of the year, the latest decision of each period; the one of a closed period."""
    if closed:
        return of(closed.rules, kind="target")
    rows = of(reader.rows("ref.targets", _TARGET), kpi_id=kpi_id, year=reader.year)
    return list({row["period"]: row for row in rows}.values())


def target_of(reader: Reader, kpi_id: str, year: int, period: str) -> Row | None:
    """The target in force of a period; a row of the period goes before one of all."""
    rows = [
        row
        for row in of(reader.rows("ref.targets", _TARGET), kpi_id=kpi_id, year=year)
        if row["period"] in (period, "*")
    ]
    return max(rows, key=lambda row: (row["period"] != "*", row["decided_on"]), default=None)


def parts_of(reader: Reader, rule: Row, closed: ClosedRules | None) -> list[Part]:
    """The counted cells below a KPI: of its metric, or of its composite's parts in force."""
    if closed and closed.parts:
        return closed.parts
    kind, _, name = str(rule["source"]).partition(":")
    definitions = {
        row["metric_id"]: row for row in reader.rows("ref.metric_definitions", ["metric_id"])
    }
    if kind == "metric":
        return [Part(name, rule["channel"], rule["service"], None, definitions[name])]
    if kind != "composite":
        return []
    rows = reader.in_force("ref.composite_parts", ["composite_id", "part_id", "valid_from"])
    metrics = [(row, str(row["source"]).partition(":")) for row in of(rows, composite_id=name)]
    return [
        Part(source[2], row["channel"], row["service"], row, definitions[source[2]])
        for row, source in metrics
        if source[0] == "metric"
    ]


def policies_of(
    reader: Reader, parts: list[Part], closed: ClosedRules | None, since: date
) -> list[Row]:
    """The dated rules of counting in force on any day since then; of a closed period, those of its
    end that still say the same (`otherwise` gives the others)."""
    if closed is None:
        return _policies(reader, parts, since)
    policies = _policies(reader, parts, date.max)
    kept = {said(row) for row in closed.rules}
    return [policy for policy in policies if _in_words(reader, [policy]) <= kept]


def otherwise(reader: Reader, closed: ClosedRules, policies: list[Row]) -> list[Row]:
    """The rules of a closed period that are neither among these policies nor the register's."""
    shown = _in_words(reader, policies)
    now = as_registered(reader, closed.period)
    return [
        row
        for row in of(closed.rules, kind="rule")
        if not row["part"].startswith("kpis:")
        and said(row) not in (shown if _is_policy(row["part"]) else now)
    ]


def counted_otherwise(
    reader: Reader, closed: ClosedRules, parts: list[Part], policies: list[Row]
) -> bool:
    """Whether a closed period rests on other weights or rules than those shown of the report's."""
    now = as_registered(reader, closed.period)
    weights = {_part_id(part.weight): part.weight["weight"] for part in parts if part.weight}
    own = {_part_id(part.weight): part.weight["weight"] for part in closed.parts if part.weight}
    counting = {said(row) for row in closed.rules if _is_policy(row["part"])}
    decided = [row for row in closed.rules if row["part"].startswith(("kpis:", "definition:"))]
    return (
        any(weights.get(name) != weight for name, weight in own.items())
        or counting != _in_words(reader, policies)
        or any(said(row) not in now for row in decided)
        or bool(otherwise(reader, closed, policies))
    )


def _part_id(weight: Row) -> str:
    return str(weight.values.get("part_id") or str(weight["text"]).partition(": ")[0])


def _is_policy(part: str) -> bool:
    return part.partition(":")[0] in POLICIES


def _in_words(reader: Reader, policies: list[Row]) -> set[tuple[str, str]]:
    """These rows of the register in the words of an explanation."""
    names = {
        f"{row.table.removeprefix('ref.')}:{row.values.get('policy_id') or row['formula_id']}"
        for row in policies
    }
    return {rule for rule in as_registered(reader, reader.period) if rule[0].split(" ")[0] in names}


def _policies(reader: Reader, parts: list[Part], since: date) -> list[Row]:
    found: dict[tuple[str, ...], Row] = {}
    for part in parts:
        table = _POLICIES.get(part.metric)
        if table is None:
            continue
        name = "formula_id" if table == "occupancy_formula" else "policy_id"
        rows = reader.held(f"ref.{table}", [name, "valid_from"], since)
        if table == "service_level_policy":
            rows = of(rows, channel=part.channel)
        if table == "occupancy_formula":
            rows = _as_formulas(rows)
        found |= {(table, *map(str, row.key.values())): row for row in rows}
    return list(found.values())


def _as_formulas(rows: list[Row]) -> list[Row]:
    """The rows of a formula, one for each part, as one row that has it written out."""
    by_id: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_id.setdefault(tuple(map(str, row.key.values())), []).append(row)
    return [
        replace(parts[0], values={**parts[0].values, "formula": formula(parts)})
        for parts in by_id.values()
    ]


def formula(parts: Sequence[Row]) -> str:
    """The quotient that the register's coefficients make: Active / (Active + Hold - NotReady)."""
    sums = []
    for side in ("numerator", "denominator"):
        terms = ""
        for part in sorted(parts, key=lambda row: list(_PARTS).index(row["part"])):
            factor = float(part[side])
            if factor:
                sign = ("-" if factor < 0 else "+") if terms else ("-" if factor < 0 else "")
                size = "" if abs(factor) == 1 else f"{abs(factor):g} x "
                terms += f" {sign} {size}{_PARTS[part['part']]}" if terms else (
                    f"{sign}{size}{_PARTS[part['part']]}"
                )  # fmt: skip
        sums.append(f"({terms})" if " " in terms else terms or "0")
    return " / ".join(sums)
