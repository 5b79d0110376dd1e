"""The judge of staleness: each output's fingerprint as it should be, against the recorded.

`kring run`, `kring status`, the schedule and the sensor all ask here, so they agree. A
fingerprint holds the rule's text, what it reads and the register rows in force, never the
clock: `as_of` enters only through the states that it decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from assets import spans
from assets.arrivals.deliveries import Pending, contracts_fingerprint, pending, renamed
from assets.arrivals.landing import Found, scan
from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import Source, read_sources
from assets.gaps import gaps
from assets.home import Home
from assets.intake import keys
from assets.lake import WHOLE, Outputs, digest, month_name
from assets.periods import (
    KindMonth,
    calendar,
    coverage,
    month_end,
    months_since_first,
    parse_month,
    window,
)
from assets.record import closing
from assets.rulebook.accepted import accepted_findings
from assets.rulebook.grains import GRAINS, grain_of
from assets.rulebook.rules import (
    KPI_ORDER,
    Rules,
    first_table,
    load_rules,
    raw_kinds,
    tolerance,
    trailing,
)
from schemas.register import Register, load_register
from sql.header import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, order=True)
class Stale:
    """An output whose record does not match: a table, and its month (None: the whole)."""

    table: str
    month: date | None


class Plan:
    """One look at a home on a day: what there is, what should be, what differs."""

    def __init__(self, home: Home, as_of: date) -> None:
        self.home, self.as_of = home, as_of
        self.sources: tuple[Source, ...] = read_sources(home.sources)
        self.register: Register = load_register(home.register)
        self.rules: Rules = load_rules(home)
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
        """Sources whose keys do not stand for what the ledger holds (a run was cut short)."""
        return [
            s.name
            for s in self.sources
            if self._keys[s.name].chunks != keys.live_chunks(self.ledger.loaded(s.name))
        ]

    @cached_property
    def coverage(self) -> list[KindMonth]:
        return coverage(self.home, self.sources, self.ledger, self.as_of, gaps(self.register))

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

    # fingerprints, from facts to what readers see

    def raw_digest(self, kind: str, month: date | None) -> str:
        """Digest of the rows of a kind that count in a month (None: in all months)."""
        name = None if month is None else f"{month:%Y-%m}"
        parts = []
        for source in self.sources_of(kind):
            state = self._keys[source.name]
            chunks = [
                c.sha256
                for d in self.ledger.loaded(source.name)
                for c in d.chunks
                if name in (None, c.month)
            ]
            lost = sorted(state.months) if name is None else [name]
            parts.append((source.name, chunks, [state.losers(m) for m in lost]))
        return digest(parts)

    def fact(self, rule: Statement, month: date) -> str:
        if rule.header.get("apart"):
            rows: object = spans.recorded(self.home, rule.name, self.span_inputs(rule), month)
        else:
            rows = [self.raw_digest(kind, month) for kind in raw_kinds(rule)]
            rows += [self.table(name, month) for name in rule.listed("reads") if _is_ref(name)]
        return digest(rule.fingerprint, contracts_fingerprint(), self._base, rows)

    def span_inputs(self, rule: Statement) -> str:
        """Digest of all a month-spanning fact rests on."""
        raw = [self.raw_digest(kind, None) for kind in raw_kinds(rule)]
        return digest(self.span_basis(rule), raw)

    def span_basis(self, rule: Statement) -> str:
        """Digest of what a month-spanning fact rests on beside the rows of exports."""
        decided = [name.removeprefix("ref.") for name in rule.listed("reads") if _is_ref(name)]
        registers = [self.register.fingerprint(table) for table in decided]
        return digest(rule.fingerprint, contracts_fingerprint(), self._base, registers)

    def rule(self, rule: Statement, month: date) -> str:
        """A rule's fingerprint: its text, its macros, the digests of what it reads."""
        seen = [self._seen(name, month, trailing(rule)) for name in rule.listed("reads")]
        return digest(rule.fingerprint, self.rules.macros_of(rule), seen)

    def _seen(self, name: str, month: date, before: int) -> object:
        """What a rule sees of a table in its month, and in those before it that it looks at."""
        if not before or name.partition(".")[0] in ("ref", "ops"):
            return self.table(name, month)
        return [self.table(name, each) for each in window(month, before)]

    def table(self, name: str, month: date) -> str:
        """What a rule sees of a table in a month, as a digest."""
        schema, _, table = name.partition(".")
        if name == "ref.calendar":
            # of the calendar a rule of months sees this much
            states = {str(row["month_state"]) for row in self.calendar if row["month"] == month}
            return digest(sorted(states))
        if name == "ref.metric_definitions":
            return digest(self.rules.definitions)
        if name == "ops.coverage":
            return digest([cell for cell in self.coverage if cell.month == month])
        if schema == "ref":
            return self.register.fingerprint(table, month, month_end(month))
        if name in GRAINS.values():
            return self._of_grain(grain_of(name), month)
        if name == "ops.month":
            return f"{month:%Y-%m}"
        if name == "ops.sources":
            return digest([(s.name, s.kind, s.keys_from) for s in self.sources])
        if name == "ops.accepted":
            return digest(self.accepted(month))
        record = self.outputs.get(name, month)
        return record.sha256 if record else ""

    def _of_grain(self, grain: str, month: date) -> str:
        """What metrics counted at a finer grain rest on: their rules, and their facts' moments."""
        facts = [
            self.rules.facts[n.removeprefix("fact.")] for n in self.rules.facts_of_grain(grain)
        ]
        metrics = self.rules.of_grain(grain).items()
        return digest(
            [(name, self.rule(rule, month)) for name, rule in metrics],
            [fact.fingerprint for fact in facts],
        )

    def accepted(self, month: date) -> list[tuple[str, str, int]]:
        """Rows that must be in the facts: (kind, source, rows that count) (ops.accepted)."""
        name = f"{month:%Y-%m}"
        rows = []
        for source in self.sources:
            delivered = sum(
                c.rows for d in self.ledger.loaded(source.name) for c in d.chunks if c.month == name
            )
            lost = int(self._keys[source.name].months.get(name, {}).get("rows", 0))
            rows.append((source.kind, source.name, delivered - lost))
        return rows

    def monthly(self, month: date) -> str:
        metrics = [self.outputs.get(f"metric.{m}", month) for m in self.rules.metrics]
        return digest(
            self.rules.kpi["monthly"].fingerprint,
            self.rules.macros_of(self.rules.kpi["monthly"]),
            [(r.table, r.sha256, r.settles_on >= self.as_of.isoformat()) for r in metrics if r],
            [r for r in self.check_results(month) if r["severity"] == "block"],
            [c for c in self.coverage if c.month == month],
            sorted({str(r["month_state"]) for r in self.calendar if r["month"] == month}),
            self.rules.definitions,
            [self.register.fingerprint(t) for t in ("requirements", "metrics")],
        )

    def scorecard(self) -> str:
        return digest(
            [self.rules.kpi[name].fingerprint for name in KPI_ORDER],
            [self.rules.macros_of(self.rules.kpi[name]) for name in KPI_ORDER],
            [(m, r.sha256) for m in self.months if (r := self.outputs.get("metric.monthly", m))],
            self.calendar,
            self.rules.definitions,
            [self.register.fingerprint(t) for t in sorted(self.register.tables)],
            closing.standing_digest(self.home),
        )

    def check_results(self, month: date | None = None) -> list[dict[str, object]]:
        """One row per check and month (table ops.checks)."""
        rows: list[dict[str, object]] = []
        for name, check in self.rules.checks.items():
            for record in self.outputs.of_table(f"check.{name}"):
                if month is not None and record.month != f"{month:%Y-%m}":
                    continue
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

    # what differs

    @cached_property
    def _base(self) -> list[object]:
        """What every output depends on: the zone, and whether it says it is a sample."""
        return [self.home.settings.timezone, self.home.sample() is not None]

    def fact_months(self, rule: Statement) -> list[date]:
        """The months a fact is built for: those of the calendar, and any with rows beyond."""
        kinds = raw_kinds(rule)
        beyond = {
            parse_month(c.month)
            for s in self.sources
            if s.kind in kinds
            for d in self.ledger.loaded(s.name)
            for c in d.chunks
            if c.month <= f"{self.as_of:%Y-%m}"
        }
        return sorted(beyond.union(self.months))

    def expected(self) -> Iterable[tuple[str, date | None, str]]:
        """Every output that should exist: table, month, fingerprint."""
        for name, rule in self.rules.facts.items():
            for month in self.fact_months(rule):
                yield f"fact.{name}", month, self.fact(rule, month)
        for month in self.months:
            for name, rule in self.rules.metrics.items():
                yield f"metric.{name}", month, self.rule(rule, month)
            for name, rule in self.rules.checks.items():
                yield f"check.{name}", month, self.rule(rule, month)
            yield "metric.monthly", month, self.monthly(month)
            for name, rule in self.rules.tables.items():
                yield name, month, self.rule(rule, month)
        yield "kpi.scorecard", None, self.scorecard()

    def stale(self) -> list[Stale]:
        """Outputs to rebuild. A stale month leaves what rests on it to be judged after it."""
        found = []
        for table, month, fingerprint in self.expected():
            record = self.outputs.get(table, month)
            if record is None or record.fingerprint != fingerprint:
                found.append(Stale(table, month))
        return [*found, *self._trailing(found)]

    def _trailing(self, found: list[Stale]) -> list[Stale]:
        """Rules that look back at a stale month: their own months become stale with it."""
        stale = {(s.table, s.month) for s in found}
        looking = {f"check.{n}": r for n, r in self.rules.checks.items()} | dict(self.rules.tables)
        return [
            Stale(table, month)
            for table, rule in looking.items()
            if trailing(rule)
            for month in self.months
            if (table, month) not in stale
            and any(
                (name, each) in stale
                for read in rule.listed("reads")
                for name in self._rests_on(read)
                for each in window(month, trailing(rule))
            )
        ]

    def _rests_on(self, table: str) -> set[str]:
        """A table and what it is built from: a stale fact makes its metrics stale after it."""
        metrics = self.rules.metrics
        names = list(metrics) if table == "metric.monthly" else [table.removeprefix("metric.")]
        return {table}.union(*(metrics[n].listed("reads") for n in names if n in metrics))

    def drop_strays(self) -> None:
        """Forget outputs of rules or months that are no more; with the run lock held."""
        kept = {(table, month_name(month)) for table, month, _ in self.expected()}
        kept |= {(f"kpi.{name}", WHOLE) for name in (*KPI_ORDER, "scorecard_as_now")}
        for record in self.outputs.all():
            if (record.table, record.month) not in kept:
                self.outputs.drop(record)
        self.outputs.sweep()

    def stale_months(self) -> list[date]:
        return sorted({s.month for s in self.stale() if s.month is not None})

    def is_fresh(self, table: str, month: date | None, fingerprint: str) -> bool:
        record = self.outputs.get(table, month)
        return record is not None and record.fingerprint == fingerprint


def _is_ref(name: str) -> bool:
    return name.startswith("ref.")
