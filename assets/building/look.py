"""One look at a home on a day: what there is.

Belongs here: the register, the rules, the exports and what was read of them, the outputs that
stand, and what follows from these alone. What should be is `fingerprints`, what differs `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from assets.arrivals.deliveries import Pending, pending, renamed
from assets.arrivals.landing import Found, scan
from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import Source, read_sources
from assets.building.coverage import KindMonth, coverage
from assets.building.gaps import gaps
from assets.home import Home
from assets.intake import keys
from assets.periods import calendar, months_since_first, parse_month
from assets.rulebook.headers import first_table, reads_of, tolerance
from assets.rulebook.register_fit import accepted_findings, check_wanted
from assets.rulebook.rules import Rules, load_rules
from assets.stored.outputs import Outputs, month_name
from schemas.register import Register, load_register
from sql.header import Statement


class Look:
    """A home as it stands; read once, so that whoever asks twice hears the same."""

    def __init__(self, home: Home, as_of: date) -> None:
        self.home, self.as_of = home, as_of
        self.sources: tuple[Source, ...] = read_sources(home.sources)
        self.register: Register = load_register(home.register)
        self.rules: Rules = load_rules(home)
        check_wanted(self.register, self.rules)
        self.accepted_findings = accepted_findings(self.register, self.rules)
        self.ledger = Ledger(home)
        self.outputs = Outputs(home)
        self.months = months_since_first(home, as_of)

    @cached_property
    def found(self) -> list[Found]:
        return scan(self.home, self.sources)

    @cached_property
    def pending(self) -> list[Pending]:
        """Files that ingest has still to read."""
        return pending(self.home, self.found, self.sources, self.ledger, self.as_of)

    @cached_property
    def renamed(self) -> list[tuple[str, str]]:
        """Sources whose records still stand under a former name."""
        return renamed(self.sources, self.ledger)

    @cached_property
    def unresolved(self) -> list[str]:
        """Sources whose keys do not stand for what the ledger holds (a run was cut short), or by
        the rule (kring is another)."""
        return [
            s.name
            for s in self.sources
            if not self._keys[s.name].stands(keys.live_chunks(self.ledger, s.name))
        ]

    @cached_property
    def coverage(self) -> list[KindMonth]:
        policies = self.register.rows("outbound_policy")
        late = [int(str(row["window_days"])) + int(str(row["lag_days"])) for row in policies]
        return coverage(
            self.home, self.sources, self.ledger, self.as_of, gaps(self.register),
            max(late, default=0),
        )  # fmt: skip

    @cached_property
    def calendar(self) -> list[dict[str, object]]:
        return calendar(self.home, self.as_of)

    @cached_property
    def _keys(self) -> Mapping[str, keys.Resolved]:
        return {s.name: keys.resolved(self.home, s.name) for s in self.sources}

    def sources_of(self, kind: str) -> list[Source]:
        return [s for s in self.sources if s.kind == kind]

    def keys_of(self, source: str) -> keys.Resolved:
        return self._keys[source]

    def accepted(self, month: date) -> list[tuple[str, str, int]]:
        """Rows that must be in the facts: (kind, source, rows that count) (ops.accepted)."""
        name = month_name(month)
        rows = []
        for source in self.sources:
            delivered = sum(c.rows for _, c in self.ledger.chunks(source.name, name))
            lost = int(self._keys[source.name].months.get(name, {}).get("rows", 0))
            rows.append((source.kind, source.name, delivered - lost))
        return rows

    def check_results(self, month: date | None = None) -> list[dict[str, object]]:
        """One row per check and month (table ops.checks)."""
        rows: list[dict[str, object]] = []
        for name, check in self.rules.checks.items():
            for record in self.outputs.records(f"check.{name}", None if month is None else [month]):
                tolerated = self.tolerated(name, parse_month(record.month))
                rows.append(
                    {
                        "check_id": name, "table_name": first_table(check),
                        "month": parse_month(record.month), "title": check.header["title"],
                        "severity": check.header["severity"],
                        "passed": record.rows <= tolerated, "offending_rows": record.rows,
                        "tolerance": tolerated, "reason": check.header["reason"],
                    }
                )  # fmt: skip
        return rows

    def tolerated(self, check: str, month: date) -> int:
        """How many rows may offend in a month: by the check's header, or accepted for the month."""
        rule = self.rules.checks[check]
        spoken_of = self.outputs.get(first_table(rule), month)
        by_header = tolerance(rule).of(spoken_of.rows if spoken_of else 0)
        return max(by_header, self.accepted_findings.get((check, month), 0))

    def fact_months(self, rule: Statement) -> list[date]:
        """The months a fact is built for: those of the calendar, and any with rows beyond."""
        kinds, first = reads_of(rule, "raw"), month_name(self.home.settings.first_month)
        beyond = {
            parse_month(c.month)
            for s in self.sources
            if s.kind in kinds
            for _, c in self.ledger.chunks(s.name)
            if first <= c.month <= month_name(self.as_of)
        }
        return sorted(beyond.union(self.months))
