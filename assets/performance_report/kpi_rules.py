"""What decides a KPI, as the register has it: its rule, targets, counted parts and policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assets.performance_report.figures import Part, Row
from assets.performance_report.reader import Reader, of

# agents' time as the printed formula names it, in its order
_PARTS = {"active": "Active", "hold": "Hold", "acw": "ACW", "not_ready": "NotReady",
          "available": "Available"}  # fmt: skip
_TARGET = ("kpi_id", "year", "period", "decided_on")
_POLICIES = {
    "service_level": "service_level_policy", "outbound_behaviour": "outbound_policy",
    "outbound_contact": "outbound_policy", "occupancy": "occupancy_formula",
}  # fmt: skip


def rule_of(reader: Reader, kpi_id: str) -> Row:
    """The register's row of a KPI in force at the end of the period."""
    return of(reader.in_force("ref.kpis", ["kpi_id", "valid_from"]), kpi_id=kpi_id)[-1]


def targets_of(reader: Reader, kpi_id: str) -> list[Row]:
    """The register's targets of the year, the latest decision of each period."""
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


def parts_of(reader: Reader, rule: Row) -> list[Part]:
    """The counted cells below a KPI: of its metric, or of its composite's parts in force."""
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


def policies_of(reader: Reader, parts: list[Part]) -> list[Row]:
    """The dated rules of counting in force at the end of the period."""
    found: dict[tuple[str, str], Row] = {}
    for part in parts:
        table = _POLICIES.get(part.metric)
        if table is None:
            continue
        name = "formula_id" if table == "occupancy_formula" else "policy_id"
        rows = reader.in_force(f"ref.{table}", [name, "valid_from"])
        if table == "service_level_policy":
            rows = of(rows, channel=part.channel)
        if table == "occupancy_formula":
            rows = _as_formulas(rows)
        found |= {(table, str(row[name])): row for row in rows}
    return list(found.values())


def _as_formulas(rows: list[Row]) -> list[Row]:
    """The rows of a formula, one for each part, as one row that has it written out."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(str(row["formula_id"]), []).append(row)
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
