"""What every output should have been made from, as one digest: its fingerprint.

A fingerprint holds the rule's text, what it reads and the register rows in force, never the
clock: `as_of` enters only through the states that it decides.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property

from assets.arrivals.deliveries import contracts_fingerprint
from assets.building.coverage import KindMonth
from assets.building.look import Look
from assets.lake import digest
from assets.periods import month_end, window
from assets.record import revisions
from assets.rulebook.grains import GRAINS, grain_of
from assets.rulebook.headers import reads_of, trailing
from assets.rulebook.rules import KPI_ORDER
from assets.stored import spans
from assets.stored.outputs import OutputRecord, month_name
from sql.header import Statement


class Fingerprints:
    """Digests from facts to the scorecard, each over those of what it reads, in one look."""

    def __init__(self, look: Look) -> None:
        self.look, self.rules, self.outputs = look, look.rules, look.outputs

    def of(self, table: str, month: date | None) -> str:
        """That of an output: a table of the lake in a month; the scorecard's tables are wholes."""
        schema, _, name = table.partition(".")
        if month is None:
            return self.scorecard()
        if table == "metric.monthly":
            return self.monthly(month)
        if table in self.rules.tables:
            return self.rule(self.rules.tables[table], month)
        if schema == "fact":
            return self.fact(self.rules.facts[name], month)
        named = self.rules.checks if schema == "check" else self.rules.metrics
        return self.rule(named[name], month)

    def raw_digest(self, kind: str, month: date | None) -> str:
        """Digest of the rows of a kind that count in a month (None: in all months)."""
        name = month_name(month) if month else None
        parts = []
        for source in self.look.sources_of(kind):
            state = self.look.keys_of(source.name)
            chunks = [c.sha256 for _, c in self.look.ledger.chunks(source.name, name)]
            lost = [name] if name else sorted(state.months)
            parts.append((source.name, chunks, [state.losers(m) for m in lost]))
        return digest(parts)

    def fact(self, rule: Statement, month: date) -> str:
        if rule.header.get("apart"):
            rows: object = spans.recorded(self.look.home, rule.name, self.span_inputs(rule), month)
        else:
            rows = [self.raw_digest(kind, month) for kind in reads_of(rule, "raw")]
            rows += [self.table(f"ref.{name}", month) for name in reads_of(rule, "ref")]
        return digest(*self._text(rule), contracts_fingerprint(), self._base, rows)

    def span_inputs(self, rule: Statement) -> str:
        """Digest of all a month-spanning fact rests on."""
        raw = [self.raw_digest(kind, None) for kind in reads_of(rule, "raw")]
        return digest(self.span_basis(rule), raw)

    def span_basis(self, rule: Statement) -> str:
        """Digest of what a month-spanning fact rests on beside the rows of exports."""
        registers = [self.look.register.fingerprint(name) for name in reads_of(rule, "ref")]
        return digest(*self._text(rule), contracts_fingerprint(), self._base, registers)

    def rule(self, rule: Statement, month: date) -> str:
        """A rule's fingerprint: its text, its macros, the digests of what it reads."""
        seen = [self._seen(name, month, trailing(rule)) for name in rule.listed("reads")]
        return digest(*self._text(rule), seen)

    def _text(self, *rules: Statement) -> tuple[list[str], str]:
        """What is written: rules, and the macros they rest on."""
        return [rule.fingerprint for rule in rules], self.rules.macros_of(*rules)

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
            return digest(self._states(month))
        if name == "ref.metric_definitions":
            return digest(self.rules.definitions)
        if name == "ops.coverage":
            return digest([cell for cell in self.look.coverage if cell.month == month])
        if schema == "ref":
            return self.look.register.fingerprint(table, month, month_end(month))
        if name in GRAINS.values():
            return self._of_grain(grain_of(name), month)
        if name == "ops.month":
            return month_name(month)
        if name == "ops.sources":
            return digest([(s.name, s.kind, s.keys_from) for s in self.look.sources])
        if name == "ops.accepted":
            return digest(self.look.accepted(month))
        record = self.outputs.get(name, month)
        return record.sha256 if record else ""

    def _of_grain(self, grain: str, month: date) -> str:
        """What metrics counted at a finer grain rest on: their rules, and their facts' moments."""
        metrics = self.rules.of_grain(grain).items()
        return digest(
            [(name, self.rule(rule, month)) for name, rule in metrics],
            *self._text(*self.rules.facts_of_grain(grain)),
        )

    def monthly(self, month: date) -> str:
        metrics = [self.outputs.get(f"metric.{m}", month) for m in self.rules.metrics]
        day = self.look.as_of.isoformat()
        return digest(
            *self._text(self.rules.kpi["monthly"]),
            [(r.table, r.sha256, r.settles_on >= day) for r in metrics if r],
            [r for r in self.look.check_results(month) if r["severity"] == "block"],
            [c for c in self.look.coverage if self._tells(c, month, metrics)],
            self._states(month),
            self.rules.definitions,
            [self.look.register.fingerprint(t) for t in ("requirements", "metrics")],
        )

    def _tells(self, cell: KindMonth, month: date, metrics: list[OutputRecord | None]) -> bool:
        """Whether it is of the month, or of an export missing in another that the month needs:
        late data of these would be in it, or complaints that fall due a month later."""
        if cell.month == month or cell.state != "incomplete":
            return cell.month == month
        if cell.kind == "complaints" and cell.month == window(month, 1)[0]:
            return True
        until = max((record.settles_on for record in metrics if record), default="")
        return month < cell.month and str(cell.month) <= until

    def scorecard(self) -> str:
        months = [(m, self.outputs.get("metric.monthly", m)) for m in self.look.months]
        return digest(
            *self._text(*(self.rules.kpi[name] for name in KPI_ORDER)),
            [(month, r.sha256) for month, r in months if r],
            self.look.calendar,
            self.rules.definitions,
            [self.look.register.fingerprint(t) for t in sorted(self.look.register.tables)],
            revisions.standing_digest(self.look.home),
        )

    def _states(self, month: date) -> list[str]:
        """What the calendar says of a month."""
        return sorted(
            {str(row["month_state"]) for row in self.look.calendar if row["month"] == month}
        )

    @cached_property
    def _base(self) -> list[object]:
        """What every output depends on: the zone, and whether it says it is a sample."""
        return [self.look.home.settings.timezone, self.look.home.sample() is not None]
