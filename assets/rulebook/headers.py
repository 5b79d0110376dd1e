"""What the headers of rules say: the keys of each kind of rule, and what some of them mean.

Whether a home's rules fit together is `rules`' to judge.
"""

from __future__ import annotations

from assets.arrivals.source_values import Tolerance, parse_tolerance
from sql.header import Keys, Statement

FACT_KEYS = Keys.of("title grain reads key", "order apart day instant")
METRIC_KEYS = Keys.of("title unit numerator denominator rollup reads since", "owner note grains")
KPI_KEYS = Keys.of("title grain reads", "order")
CHECK_KEYS = Keys.of("title reads severity reason", "tolerance trailing")
TABLE_KEYS = Keys.of("title grain reads order", "trailing")
VIEW_KEYS = Keys.of("title grain")
EXPLANATION_KEYS = Keys.of("title grain order")


def tolerance(check: Statement) -> Tolerance:
    """How many rows may offend: a number, or a share of the month's rows of its first table."""
    text = check.header.get("tolerance", "0")
    return Tolerance(rows=int(text)) if text.isdecimal() else parse_tolerance(check)


def trailing(rule: Statement) -> int:
    """How many months before its own a rule sees too; HeaderError where it is no number."""
    if not (said := rule.header.get("trailing", "0")).isdecimal():
        raise rule.problem("trailing", "must be a number of months, such as 3")
    return int(said)


def first_table(check: Statement) -> str:
    """The table a check speaks of: the first it reads; its months are withheld if it blocks."""
    return check.listed("reads")[0]


def reads_of(rule: Statement, schema: str) -> list[str]:
    """What a rule reads of a schema: of `raw` kinds of export, of `ref` tables of the register."""
    tables = (table.partition(".") for table in rule.listed("reads"))
    return [name for of, _, name in tables if of == schema]
