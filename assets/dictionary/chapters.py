"""The chapters of the dictionary beside the tables: metrics, KPIs and what else decides figures.

Each entry is read from where it is decided: a SQL file's header, a row of the register, a
contract, a source. An entry without a meaning is an error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assets.building.plan import Plan
from schemas.register_columns import KINDS
from schemas.register_text import INDEX, in_words
from sql.header import Statement

if TYPE_CHECKING:
    from schemas.shape import Contract

Row = Mapping[str, object]
_UNFIT = re.compile(r"[^\w.-]")


class DictionaryError(ValueError):
    """Something published has no description; the message says what, and where to write it."""


@dataclass(frozen=True)
class Entry:
    """One thing explained: its id, its meaning, and labelled facts about it, none empty."""

    id: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    anchor: str = ""  # where a page can be linked to; unique on the page


@dataclass(frozen=True)
class Chapter:
    """Entries of one sort."""

    id: str
    title: str
    intro: str
    entries: tuple[Entry, ...]


def of_plan(plan: Plan) -> tuple[Chapter, ...]:
    """The chapters a home's rules, register and sources decide, in the order of reading."""
    rules = plan.rules
    return (
        _chapter("kpis", "KPIs", "What the scorecard is made of.",
                 (_kpi(plan, row) for row in plan.register.rows("kpis"))),
        _chapter("nodes", "Objectives, perspectives, organisation",
                 "Each is the weighted mean of the measured indices below it.",
                 (_node(plan, row) for row in plan.register.rows("nodes"))),
        _chapter("composites", "Composites", "Named weighted means of metrics or inputs.",
                 (_composite(plan, row) for row in plan.register.rows("composites"))),
        _chapter("metrics", "Metrics", "Counted by month; divided once, never rounded.",
                 (_metric(plan, name, s) for name, s in rules.metrics.items())),
        _chapter("checks", "Checks", "A check returns the rows that should not be.",
                 (_check(name, s) for name, s in rules.checks.items())),
        _chapter("sources", "Sources", "How each system's exports are read.",
                 (_source(s.name, s.statement) for s in plan.sources)),
    )  # fmt: skip


def contracts() -> Chapter:
    """What a select may return; the same in every home, and slow to load."""
    from schemas.contract import contract

    return _chapter("contracts", "Contracts", "What a source's select returns, by kind of export.",
                    (_contract(contract(kind)) for kind in KINDS))  # fmt: skip


def _chapter(id_: str, title: str, intro: str, entries: Iterable[Entry]) -> Chapter:
    """The chapter with an anchor for each entry; a second row of one id gets a number."""
    anchored: list[Entry] = []
    for entry in entries:
        earlier = sum(other.id == entry.id for other in anchored)
        name = f"{id_}-{_UNFIT.sub('-', entry.id)}" + (f"-{earlier + 1}" if earlier else "")
        anchored.append(replace(entry, anchor=name))
    return Chapter(id_, title, intro, tuple(anchored))


def _entry(place: str, id_: str, meaning: object, **facts: object) -> Entry:
    """An entry without its empty facts; `place` says where a missing meaning is written."""
    if not in_words(meaning).strip():
        raise DictionaryError(f"{id_} has no description; {place} is where it belongs")
    said = {label.replace("_", " "): in_words(fact) for label, fact in facts.items()}
    return Entry(id_, in_words(meaning), tuple((k, text) for k, text in said.items() if text))


def _kpi(plan: Plan, row: Row) -> Entry:
    cell = " ".join(in_words(row[name]) for name in ("channel", "service")).strip()
    return _entry(
        "register/kpis.csv", str(row["kpi_id"]), row["name_en"],
        code=row["code"], name_in_Indonesian=row["name_id"], unit=row["unit"],
        realisation=f"{row['source']} {cell}".strip(),
        index=f"{INDEX[str(row['polarity'])]}, within {in_words(row['cap_low'])} and "
        f"{in_words(row['cap_high'])}",
        longer_periods=row["consolidation"], nothing_to_be_done=row["zero_rule"],
        conversion=_conversion(plan, row), weight=_weight(plan, str(row["kpi_id"])),
        targets=_targets(plan, str(row["kpi_id"])), owner=row["owner"],
        **_authority(row),
    )  # fmt: skip


def _authority(row: Row) -> dict[str, object]:
    """Since when and on whose word a register row stands, and what its note says."""
    return {
        "since": row.get("valid_from"),
        "until": row.get("valid_to"),
        "authority": row["authority"],
        "assumption": True if row.get("is_assumption") else None,
        "note": row.get("note"),
    }


def _weight(plan: Plan, child: str) -> str:
    found = [w for w in plan.register.rows("weights") if w["child_id"] == child]
    return "; ".join(
        f"{in_words(w['weight'])} of {w['parent_id']} since {in_words(w['valid_from'])}"
        for w in found
    )


def _targets(plan: Plan, kpi: str) -> str:
    found = [t for t in plan.register.rows("targets") if t["kpi_id"] == kpi]
    return "; ".join(
        f"{t['year']}{'' if t['period'] == '*' else '-' + str(t['period'])}: "
        f"{float(str(t['target'])):g}"
        for t in found
    )


def _conversion(plan: Plan, row: Row) -> str:
    found = [c for c in plan.register.rows("conversions") if c["kpi_id"] == row["kpi_id"]]
    return "; ".join(
        f"from {float(str(c['from_value'])):g}: {float(str(c['base_index'])):g}" + (
            f" + (x - {float(str(c['base_value'])):g}) / {float(str(c['divisor'])):g}"
            if c["divisor"] is not None else ""
        )
        for c in found
    )  # fmt: skip


def _node(plan: Plan, row: Row) -> Entry:
    children = [w for w in plan.register.rows("weights") if w["parent_id"] == row["node_id"]]
    return _entry(
        "register/nodes.csv", str(row["node_id"]), row["name_en"],
        level=row["level"], code=row["code"], name_in_Indonesian=row["name_id"],
        unit="percentage points",
        formula=" + ".join(f"{in_words(w['weight'])} x {w['child_id']}" for w in children),
        weight=_weight(plan, str(row["node_id"])),
        **_authority(row),
    )  # fmt: skip


def _composite(plan: Plan, row: Row) -> Entry:
    parts = [p for p in plan.register.rows("composite_parts")
             if p["composite_id"] == row["composite_id"]]  # fmt: skip
    terms = "; ".join(
        f"{in_words(p['weight'])} x {p['source']} "
        + " ".join(filter(None, (in_words(p["channel"]), in_words(p["service"]))))
        + f" since {in_words(p['valid_from'])}"
        + (f" until {in_words(p['valid_to'])}" if p["valid_to"] else "")
        for p in parts
    )
    return _entry(
        "register/composites.csv", str(row["composite_id"]), row["title"],
        formula=" ".join(terms.split()), with_a_part_missing=row["missing"],
        unit=", ".join(sorted({_unit(plan, str(p["source"])) for p in parts})), **_authority(row),
    )  # fmt: skip


def _unit(plan: Plan, source: str) -> str:
    """What a metric or input counts in once it is above the months."""
    rule = plan.rules.metrics.get(source.removeprefix("metric:"))
    unit = rule.header["unit"] if rule else ""
    return unit if unit in ("seconds", "number") else "percentage points"


def _metric(plan: Plan, name: str, rule: Statement) -> Entry:
    head = rule.header
    wanted: Row = next((m for m in plan.register.rows("metrics") if m["metric_id"] == name), {})
    exports = {str(r["kind"]) for r in plan.register.rows("requirements") if r["metric_id"] == name}
    return _entry(
        f"metrics/{name}.sql", name, head["title"],
        unit=head["unit"], formula=f"({head['numerator']}) / ({head['denominator']})",
        grain=f"month{', ' + head['grains'] if head.get('grains') else ''}",
        over_periods=head["rollup"], good=wanted.get("direction"),
        exports=", ".join(sorted(exports)), reads=head["reads"],
        coverage_floor=wanted.get("coverage_floor"), few_below=wanted.get("minimum_n"),
        owner=wanted.get("owner") or head.get("owner"), since=head["since"],
        authority=wanted.get("authority"), note=wanted.get("note") or head.get("note"),
    )  # fmt: skip


def _check(name: str, rule: Statement) -> Entry:
    head = rule.header
    effect = "figures of the month are withheld" if head["severity"] == "block" else "shown"
    return _entry(
        f"checks/{name}.sql", name, head["title"],
        severity=f"{head['severity']}: {effect}", reason=head["reason"], reads=head["reads"],
        tolerance=f"{head.get('tolerance') or 0} rows", months_seen_before=head.get("trailing"),
    )  # fmt: skip


def _source(name: str, rule: Statement) -> Entry:
    told = {key: text for key, text in rule.header.items() if key not in ("title", "was") and text}
    return _entry(f"sources/{name}.sql", name, rule.header["title"], **told)


def _contract(one: Contract) -> Entry:
    columns = {c: str(t).lower() for c, t in one.columns.items() if c not in one.made}
    charter = (sys.modules[one.model.__module__].__doc__ or "").strip().splitlines()
    return _entry(
        "the contract's class in schemas/", one.kind, charter[0] if charter else None,
        key=one.key, dated_by=", ".join(one.dated_by), required=", ".join(one.required),
        columns=", ".join(f"{one.selected(c)} ({t})" for c, t in columns.items()),
    )  # fmt: skip
