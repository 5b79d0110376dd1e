"""Contacts in an engine, without a home: the metrics' and tables' own SQL over a few given rows.

The register is the shipped one. Months are measured, and their cells are what the metrics' SQL
gives, so that what is tested is how finer and other counts stand to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from homes import TEMPLATE
from hypothesis import strategies as st

from assets.building.kpi import COUNTED_NOW
from assets.building.metrics import SHAPE
from assets.building.rule_tables import register_rows
from assets.periods import PERIODS
from assets.rulebook.grains import GRAINS, at_grain, moments
from assets.rulebook.headers import FACT_KEYS, METRIC_KEYS, TABLE_KEYS
from schemas.register import load_register
from sql.header import Statement
from sql.run import HERE, connect, quoted, statements

OUTCOMES = ("answered", "abandoned", "flow_out", "callback", "voicemail", "after_hours",
            "not_queued")  # fmt: skip
WAITS = st.one_of(
    st.none(),
    st.sampled_from([Decimal(n) for n in ("0", "3", "5", "5.001", "20", "20.001", "300")]),
    st.decimals(0, 400, places=3),
)
METRICS = ("service_level", "abandonment", "speed_of_answer", "handle_time")
TABLES = ("metric.daily", "metric.interval", "metric.service_level_bridge",
          "metric.service_level_by_rule")  # fmt: skip
_CONTACTS = (
    "contact_id text, source text, channel text, queue text, entered_at timestamptz, "
    "outcome text, wait_seconds decimal(12, 3), talk_seconds decimal(12, 3), "
    "hold_seconds decimal(12, 3), acw_seconds decimal(12, 3), contacts bigint, incident_id text, "
    "wait_within_seconds decimal(12, 3), wait_over_seconds decimal(12, 3), "
    "accepted_at timestamptz"
)


@dataclass(frozen=True)
class Contact:
    """One row of the fact, or as many as `contacts` says; times of entry are instants."""

    outcome: str = "answered"
    wait_seconds: Decimal | float | None = 10
    contacts: int = 1
    entered_at: datetime = datetime(2024, 1, 15, 3, tzinfo=UTC)
    queue: str = "umum"
    channel: str = "phone"
    talk_seconds: int | None = 60
    wait_within_seconds: int | None = None
    wait_over_seconds: int | None = None

    def at(self, entered_at: datetime) -> Contact:
        return replace(self, entered_at=entered_at)


class ContactEngine:
    """Fill it with contacts, then read metric.* and kpi.cells as readers do."""

    def __init__(self, zone: str = "Asia/Jakarta") -> None:
        self.connection = connect(zone)
        self._register()
        self.connection.execute(f"create table main.given ({_CONTACTS})")
        self.connection.execute(
            "create view fact.contacts as select *, cast(entered_at as date) as local_date, "
            "cast(date_trunc('month', cast(entered_at as date)) as date) as month from main.given"
        )
        metrics = statements(HERE / "metrics", METRIC_KEYS)
        self.metrics = {name: metrics[name] for name in METRICS}
        self._definitions()
        self._grains()
        tables = statements(HERE / "tables", TABLE_KEYS)
        for name in TABLES:
            self._view(name, tables[name].body)

    def fill(self, contacts: Iterable[Contact]) -> ContactEngine:
        self.connection.execute("delete from main.given")
        rows = [
            (f"C{n}", "calls", c.channel, c.queue, c.entered_at, c.outcome, c.wait_seconds,
             c.talk_seconds if c.outcome == "answered" else None, None, None, c.contacts, None,
             c.wait_within_seconds, c.wait_over_seconds, None)
            for n, c in enumerate(contacts)
        ]  # fmt: skip
        marks = ", ".join("?" for _ in rows[0]) if rows else ""
        if rows:
            self.connection.executemany(f"insert into main.given values ({marks})", rows)
        return self

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return list(self.connection.execute(query, list(parameters)).fetchall())

    def preset(self, rule: str, **switches: object) -> None:
        """A rule of a test's own: the house's with some switches changed."""
        replaced = _replaced(switches)
        self.connection.execute(
            "insert into ref.service_level_presets by name select * replace "
            f"('{rule}' as rule_id{replaced}) from ref.service_level_presets "
            "where rule_id = 'house'"
        )

    def policy(self, policy: str, **columns: object) -> None:
        """A policy of a test's own: the phone's with some columns changed."""
        replaced = _replaced(columns)
        self.connection.execute(
            "insert into ref.service_level_policy by name select * replace "
            f"('{policy}' as policy_id{replaced}) from ref.service_level_policy "
            "where policy_id = 'phone_house_2024'"
        )

    def _register(self) -> None:
        register = load_register(TEMPLATE / "register")
        for name in (
            "service_level_policy", "service_level_presets", "metrics", "requirements", "kpis",
        ):  # fmt: skip
            columns, rows = register_rows(register.tables[name])
            listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
            self.connection.execute(f"create table ref.{name} ({listed})")
            marks = ", ".join("?" for _ in columns)
            self.connection.executemany(f"insert into ref.{name} values ({marks})", rows)
        self.connection.execute(
            "create table ref.calendar (year integer, period text, month date, "
            "period_begin date, period_end date, period_state text, month_state text)"
        )
        self.connection.executemany(
            "insert into ref.calendar select 2024, $1, $2::date, $3::date, last_day($4::date), "
            "'closed', 'closed'",
            [(p, date(2024, m, 1), date(2024, months[0], 1), date(2024, months[-1], 1))
             for p, months in PERIODS.items() for m in months],
        )  # fmt: skip

    def _definitions(self) -> None:
        self.connection.execute(
            "create table ref.metric_definitions (metric_id text, unit text, rollup text)"
        )
        self.connection.executemany(
            "insert into ref.metric_definitions values (?, ?, ?)",
            [(n, r.header["unit"], r.header["rollup"]) for n, r in self.metrics.items()],
        )

    def _grains(self) -> None:
        """The cells of months, days and half hours, all by the metrics' own SQL."""
        fact = statements(HERE / "facts", FACT_KEYS)["contacts"]
        rows = "fact.contacts"
        times = f"({moments(fact, rows)})"
        shown = {"month": f"from {rows}"}
        shown |= {grain: at_grain(fact, grain, rows, times) for grain in GRAINS}
        for grain, text in shown.items():
            schema = f"at_{grain}"
            self.connection.execute(f"create schema {schema}")
            self.connection.execute(f"create view {schema}.contacts as {text}")
            parts = (self._shaped(rule, schema) for rule in self.metrics.values())
            self._view(f"{schema}.cells", " union all ".join(parts))
        self._view("metric.by_day", "from at_day.cells")
        self._view("metric.by_interval", "from at_interval.cells")
        self._view(
            "metric.monthly",
            "select moment as month, * exclude (moment), 'measured' as status, "
            "'counted from complete exports' as reason, true as is_proven from at_month.cells",
        )
        # nothing is closed
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in COUNTED_NOW.items())
        self.connection.execute(f"create table kpi.counted_now ({columns})")
        self._view("kpi.cells", (HERE / "kpi/cells.sql").read_text())

    def _shaped(self, rule: Statement, schema: str) -> str:
        body = rule.body.replace("fact.contacts", f"{schema}.contacts")
        body = body.replace("treated_contacts()", f"treated_contacts('{schema}.contacts')")
        given = set(self.connection.sql(body).columns)
        shape = ", ".join(
            f"cast({column if column in given else 'null'} as {kind}) as {column}"
            for column, kind in SHAPE.items()
        )
        return (
            f"select month as moment, '{rule.name}' as metric_id, {shape}, "
            "cast(numerator as decimal(38, 12)) as numerator, "
            f"cast(denominator as decimal(38, 12)) as denominator from ({body})"
        )

    def _view(self, name: str, body: str) -> None:
        self.connection.execute(f"create view {name} as {body}")


def _replaced(columns: Mapping[str, object]) -> str:
    return "".join(
        f", {'null' if value is None else repr(value)} as {name}" for name, value in columns.items()
    )
