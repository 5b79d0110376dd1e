"""All rules in force in a home: the shipped SQL files and the home's own.

A home adds a metric or a check by one file in `metrics/` or `checks/`; a name may not be
taken twice. What a rule reads is what it depends on, for the judge and for Dagster alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from assets.home import Home
from assets.lake import digest
from assets.rulebook.grains import GRAINS, check_grains
from assets.rulebook.headers import (
    CHECK_KEYS,
    EXPLANATION_KEYS,
    FACT_KEYS,
    KPI_KEYS,
    METRIC_KEYS,
    TABLE_KEYS,
    VIEW_KEYS,
    reads_of,
    tolerance,
    trailing,
)
from schemas.register_columns import KINDS
from schemas.register_tables import TABLES
from sql.header import HeaderError, Keys, Statement
from sql.run import HERE, MACROS, in_reading_order, statements

_CREATED = re.compile(r"^create macro (\w+)", re.MULTILINE)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# a fact may rest on the register's rows, whose months are known, not on the calendar or clock
_DATED = {f"ref.{name}" for name in TABLES}
_REFERENCE = _DATED | {"ref.calendar", "ref.metric_definitions"}
_OPERATIONAL = {"ops.coverage", "ops.month", "ops.sources"}
# share: of its denominator, at most all; ratio: may exceed it; both are told in percent.
# number: so many of the numerator to one of the denominator, as a cost per contact
UNITS = ("share", "ratio", "seconds", "number")
# block: figures withheld; flag: published, and must be looked at; warn: shown
SEVERITIES = ("block", "flag", "warn")
# the order in which the scorecard's statements build on each other
KPI_ORDER = (
    "changes", "inputs", "cells", "parts", "composites", "direct", "consolidated", "realisations",
    "indices", "parents", "scorecard",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """The statements by name: facts, metrics, checks, scorecard steps, views, the tables that
    readers get of each month beside the figures, on which no figure rests, and what explains."""

    facts: Mapping[str, Statement]
    metrics: Mapping[str, Statement]
    checks: Mapping[str, Statement]
    kpi: Mapping[str, Statement]
    views: Mapping[str, Statement]
    tables: Mapping[str, Statement]
    explanation: Mapping[str, Statement]

    @cached_property
    def macros(self) -> tuple[str, ...]:
        """The texts of the files of macros that statements share."""
        return tuple(file.read_text(encoding="utf-8") for file in MACROS)

    def macros_of(self, *rules: Statement) -> str:
        """The text of the macros statements rest on: all of each file of which they name one."""
        return _macros_named("\n".join(rule.text for rule in rules), self.macros)

    def of_grain(self, grain: str) -> dict[str, Statement]:
        """The metrics that are counted at a grain finer than the month."""
        return {n: s for n, s in self.metrics.items() if grain in s.listed("grains")}

    def facts_of(self, metric: Statement) -> list[Statement]:
        return [self.facts[name] for name in reads_of(metric, "fact")]

    def facts_of_grain(self, grain: str) -> list[Statement]:
        """The facts that the metrics of a grain rest on, by name."""
        metrics = self.of_grain(grain).values()
        found = {fact.name: fact for metric in metrics for fact in self.facts_of(metric)}
        return [found[name] for name in sorted(found)]

    @cached_property
    def spanning(self) -> list[Statement]:
        """The facts whose rows of a month rest on other months."""
        return [rule for rule in self.facts.values() if rule.header.get("apart")]

    @cached_property
    def definitions(self) -> list[dict[str, object]]:
        """One row per metric, as its header states it (table ref.metric_definitions)."""
        return [
            {
                "metric_id": name,
                "title": s.header["title"],
                "unit": s.header["unit"],
                "numerator": s.header["numerator"],
                "denominator": s.header["denominator"],
                "rollup": s.header["rollup"],
                "since": s.header["since"],
                "reads": [*s.listed("reads"), *self._registers_of(s), f"metric.{name}"],
                "fingerprint": self._definition(s),
            }
            for name, s in sorted(self.metrics.items())
        ]

    def _registers_of(self, metric: Statement) -> list[str]:
        """The register tables that the facts of a metric read."""
        reads = {name for fact in self.facts_of(metric) for name in reads_of(fact, "ref")}
        return sorted(f"ref.{name}" for name in reads.difference(reads_of(metric, "ref")))

    def _definition(self, metric: Statement) -> str:
        """Digest of all SQL a metric's figures rest on: its own, its macros', its facts'."""
        facts = self.facts_of(metric)
        return digest(
            metric.fingerprint, self.macros_of(metric, *facts), [fact.fingerprint for fact in facts]
        )[:8]


def load_rules(home: Home) -> Rules:
    """Read every rule; raises HeaderError naming file, line and remedy."""
    rules = Rules(
        facts=statements(HERE / "facts", FACT_KEYS),
        metrics=_with_own(HERE / "metrics", home.own_metrics, METRIC_KEYS),
        checks=_with_own(HERE / "checks", home.own_checks, CHECK_KEYS),
        kpi=statements(HERE / "kpi", KPI_KEYS),
        views=statements(HERE / "views", VIEW_KEYS),
        tables=in_reading_order(statements(HERE / "tables", TABLE_KEYS)),
        explanation=statements(HERE / "explanation", EXPLANATION_KEYS),
    )
    for statement in rules.facts.values():
        _known_reads(statement, {f"raw.{kind}" for kind in KINDS} | _DATED)
    known = {f"fact.{name}" for name in rules.facts} | _REFERENCE
    for statement in rules.metrics.values():
        _one_of(statement, "unit", UNITS)
        _one_of(statement, "rollup", ("sum", "none"))
        if not _MONTH.fullmatch(statement.header["since"]):
            raise statement.problem("since", "must be a month, such as 2024-01")
        _known_reads(statement, known)
        check_grains(statement, rules.facts)
    metrics = {f"metric.{name}" for name in rules.metrics}
    for statement in rules.checks.values():
        _one_of(statement, "severity", SEVERITIES)
        tolerance(statement)
        trailing(statement)
        _known_reads(statement, known | metrics | {"ops.accepted"} | _OPERATIONAL)
    known |= metrics | {"metric.monthly", *GRAINS.values(), *rules.tables} | _OPERATIONAL
    for name, statement in rules.tables.items():
        trailing(statement)
        _known_reads(statement, known - {name})
    return rules


@cache
def _macros_named(text: str, files: tuple[str, ...]) -> str:
    """The files of which a text names a macro; a file's own may rest on those before it."""
    named = ""
    for file in reversed(files):
        names = "|".join(_CREATED.findall(file))
        if re.search(rf"\b({names})\s*\(", text + named, re.IGNORECASE):
            named = file + named
    return named


def _with_own(shipped: Path, own: Path, keys: Keys) -> dict[str, Statement]:
    found = statements(shipped, keys)
    for name, statement in statements(own, keys).items():
        if name in found:
            raise HeaderError(
                f"{own.name}/{name}.sql: a shipped rule has this name; rename the file"
            )
        found[name] = statement
    return dict(sorted(found.items()))


def _one_of(statement: Statement, key: str, allowed: tuple[str, ...]) -> None:
    if statement.header[key] not in allowed:
        raise statement.problem(key, f"must be one of {', '.join(allowed)}")


def _known_reads(statement: Statement, tables: set[str]) -> None:
    for name in statement.listed("reads"):
        if name not in tables:
            raise statement.problem(
                "reads", f"there is no {name} to read; there are {', '.join(sorted(tables))}"
            )
