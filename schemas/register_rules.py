"""Rules between rows and tables: ids that exist, sources that make sense, a tree that is a tree.

Each rule names the tables it reads and is skipped while one of them cannot be read, so that one
misspelt header does not bring a hundred follow-up errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from schemas.register_cells import Problem, Record
from schemas.register_columns import LEVELS, OCCUPANCY_PARTS
from schemas.register_dates import group, pieces_meet, sum_to_one
from schemas.service_rules import events, hours

Tables = Mapping[str, list[Record]]
Rule = Callable[[Tables], Iterator[Problem]]

_SOURCE = re.compile(r"(composite|metric|input):([a-z][a-z0-9_]*)")


def _ids(records: list[Record], column: str) -> set[str]:
    return {record.text(column) for record in records}


def _unknown(row: Record, column: str, value: str, known: set[str], where: str) -> Problem:
    from difflib import get_close_matches  # only on the way to an error

    near = get_close_matches(value, known, n=1)
    advice = f"write {near[0]}" if near else "correct it"
    return row.problem(f"{column} '{value}' is not in {where}; {advice} or add it there")


def _references(tables: Tables, table: str, column: str, home: str) -> Iterator[Problem]:
    known = _ids(tables[home], column)
    for row in tables[table]:
        if row.text(column) not in known:
            yield _unknown(row, column, row.text(column), known, f"{home}.csv")


def _refers(table: str, column: str, home: str) -> tuple[tuple[str, ...], Rule]:
    return (table, home), lambda tables: _references(tables, table, column, home)


def _sources(tables: Tables) -> Iterator[Problem]:
    """Sources of KPIs and parts: their form, their id, and filters only where they mean much."""
    known = {
        "composite": _ids(tables["composites"], "composite_id"),
        "metric": _ids(tables["metrics"], "metric_id"),
    }
    for table in ("kpis", "composite_parts"):
        kinds = ("composite", "metric", "input") if table == "kpis" else ("metric", "input")
        for row in tables[table]:
            match = _SOURCE.fullmatch(row.text("source"))
            if not match or match[1] not in kinds:
                forms = " or ".join(f"{kind}:ID" for kind in kinds)
                yield row.problem(f"source '{row.text('source')}' is unclear; write {forms}")
                continue
            kind, name = match.groups()
            if kind in known and name not in known[kind]:
                yield _unknown(row, "source", name, known[kind], f"{kind}s.csv")
            if kind != "metric" and (row.text("channel") or row.text("service")):
                yield row.problem(
                    f"channel and service filter a metric only, and the source is {kind}:{name}; "
                    f"leave both empty"
                )


def _inputs(tables: Tables) -> Iterator[Problem]:
    """Inputs somebody uses, given as a value or as components, and as components if pooled."""
    users = group([*tables["composite_parts"], *tables["kpis"]], ("source",))
    names = {name.removeprefix("input:") for (name,) in users if name.startswith("input:")}
    for row in tables["inputs"]:
        name = row.text("input_id")
        if name not in names:
            yield _unknown(row, "input_id", name, names, "any source of kpis.csv or "
                           "composite_parts.csv (as input:ID)")  # fmt: skip
            continue
        given = [row.number(column) is not None for column in ("value", "numerator", "denominator")]
        if given not in ([True, False, False], [False, True, True]):
            yield row.problem("give either value, or numerator and denominator, and not both")
        for user in users[f"input:{name}",]:
            if given[0] and user.values.get("consolidation") == "pooled":
                yield row.problem(
                    f"{user.text('kpi_id')} pools its quarters and needs components; give "
                    f"numerator and denominator instead of value"
                )
                break


def _targets(tables: Tables) -> Iterator[Problem]:
    for row in tables["targets"]:
        if row.amount("target") <= 0:
            yield row.problem(
                f"target {row.text('target')} cannot divide a realisation; write a number above 0"
            )


def _caps(tables: Tables) -> Iterator[Problem]:
    for row in tables["kpis"]:
        if row.amount("cap_low") >= row.amount("cap_high"):
            yield row.problem("cap_low is not below cap_high; exchange or correct them")
        if row.text("zero_rule") == "award_cap" and row.text("polarity") != "maximise":
            yield row.problem(
                f"zero_rule award_cap gives {row.text('cap_high')} as realisation, which is no "
                f"award where the polarity is {row.text('polarity')}; write exclude or nothing"
            )


def _conversions(tables: Tables) -> Iterator[Problem]:
    for row in tables["conversions"]:
        divisor, base, end = (row.number(c) for c in ("divisor", "base_value", "to_value"))
        if divisor == 0 or (divisor is None) != (base is None):
            yield row.problem(
                "divisor and base_value belong together and divisor is not 0; give both, or "
                "leave both empty for a constant result"
            )
        if end is not None and end <= row.amount("from_value"):
            yield row.problem("to_value is not above from_value; exchange or correct them")
    yield from pieces_meet(tables["conversions"])


def _tree(tables: Tables) -> Iterator[Problem]:
    """Weights between known nodes, downwards only, within the validity of both ends."""
    rank = {row.text("node_id"): LEVELS.index(row.text("level")) for row in tables["nodes"]}
    for row in tables["kpis"]:
        if row.text("kpi_id") in rank:
            yield row.problem(f"kpi_id '{row.text('kpi_id')}' is a node_id too; rename one")
    ends = group(tables["nodes"], ("node_id",)) | group(tables["kpis"], ("kpi_id",))
    for row in tables["weights"]:
        parent, child = row.text("parent_id"), row.text("child_id")
        if parent not in rank:
            yield _unknown(row, "parent_id", parent, set(rank), "nodes.csv")
        elif (child,) not in ends:
            yield _unknown(row, "child_id", child, {end[0] for end in ends}, "nodes.csv or "
                           "kpis.csv")  # fmt: skip
        elif rank[parent] >= rank.get(child, len(LEVELS)):
            yield row.problem(
                f"'{child}' is not below '{parent}'; a parent's level in nodes.csv must be "
                f"above its child's"
            )
        else:
            yield from _within(row, parent, ends[(parent,)])
            yield from _within(row, child, ends[(child,)])


def _within(row: Record, name: str, rows: list[Record]) -> Iterator[Problem]:
    first, last = min(end.first for end in rows), max(end.last for end in rows)
    if row.first < first or row.last > last:
        until = "" if last.year == 9999 else f" to {last}"
        yield row.problem(
            f"the weight holds on days when '{name}' does not (it holds from {first}{until}); "
            f"change valid_from or valid_to"
        )


def _one_organisation(tables: Tables) -> Iterator[Problem]:
    roots = [row for row in tables["nodes"] if row.text("level") == "organisation"]
    for row in roots:
        if row.text("node_id") != roots[0].text("node_id"):
            yield row.problem(
                f"is a second organisation beside line {roots[0].line}; a home holds one"
            )


def _composites(tables: Tables) -> Iterator[Problem]:
    parts = _ids(tables["composite_parts"], "composite_id")
    for row in tables["composites"]:
        if row.text("composite_id") not in parts:
            yield row.problem(
                f"'{row.text('composite_id')}' has no part; add its parts to composite_parts.csv"
            )


def _formula(tables: Tables) -> Iterator[Problem]:
    for (name, _), rows in group(tables["occupancy_formula"], ("formula_id", "valid_from")).items():
        missing = sorted(set(OCCUPANCY_PARTS) - _ids(rows, "part"))
        if missing:
            yield rows[0].problem(
                f"formula '{name}' says nothing of {', '.join(missing)}; add a row for each, "
                f"with 0 and 0 where a part does not count"
            )
        if len(_ids(rows, "valid_to")) > 1:
            yield rows[0].problem(
                f"the parts of formula '{name}' end on different days; give all one valid_to"
            )


def _presets(tables: Tables) -> Iterator[Problem]:
    for row in tables["service_level_presets"]:
        if row.text("rule_id") == "in_force":
            yield row.problem(
                "rule_id 'in_force' stands for the policy in force; give the rule another"
            )


RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("kpis", "composite_parts", "composites", "metrics"), _sources),
    (("inputs", "kpis", "composite_parts"), _inputs),
    (("nodes", "kpis", "weights"), _tree),
    (("nodes",), _one_organisation),
    (("weights",), lambda tables: sum_to_one(tables["weights"], "parent_id")),
    (("composite_parts",), lambda tables: sum_to_one(tables["composite_parts"], "composite_id")),
    _refers("targets", "kpi_id", "kpis"),
    _refers("reported", "kpi_id", "kpis"),
    _refers("conversions", "kpi_id", "kpis"),
    _refers("composite_parts", "composite_id", "composites"),
    _refers("requirements", "metric_id", "metrics"),
    (("composites", "composite_parts"), _composites),
    (("targets",), _targets),
    (("kpis",), _caps),
    (("conversions",), _conversions),
    (("occupancy_formula",), _formula),
    _refers("events", "kind", "event_kinds"),
    (("events", "event_kinds"), events),
    (("service_hours",), hours),
    (("service_level_presets",), _presets),
)
