"""Every built asset of a home, in order of flow: facts, metrics, checks, scorecard, version.

Each step names what it reads (from the rule's own header) and calls what builds it.
"""

from __future__ import annotations

from datetime import date

import dagster as dg

from assets.building.kpi import KEPT
from assets.building.session import Session
from assets.graph import showing
from assets.graph.builder import Months, Step
from assets.graph.events import Result, Verdict, described, paragraphs
from assets.publishing.findings import counted_rows
from assets.publishing.published import publish
from assets.record.versions import current
from assets.rulebook.grains import GRAINS
from assets.rulebook.headers import first_table, reads_of
from assets.rulebook.rules import Rules
from sql.header import Statement


def steps(rules: Rules) -> list[Step]:
    """Every built asset, in order of flow."""
    facts = [fact_step(name, rule) for name, rule in rules.facts.items()]
    metrics = [metric_step(name, rule) for name, rule in rules.metrics.items()]
    metric_names = tuple(f"metric.{name}" for name in rules.metrics)
    checks = Step(
        "ops.checks", "metric", _read_by_checks(rules),
        "Data checks of each month, each a query for rows that should not be. The answers stand at "
        "the assets they look at, under Checks.",
        Months(_checks), kinds=("duckdb",),
    )  # fmt: skip
    monthly = Step(
        "metric.monthly", "metric", (*metric_names, "ops.checks"),
        "Every metric of a month: its value, or why it has none. The scorecard is made of these.",
        Months(_monthly), _no_month_failed,
    )  # fmt: skip
    scorecard = Step(
        "kpi.scorecard", "kpi", ("metric.monthly",),
        "Indices of KPIs, objectives, perspectives and the organisation in every period: computed "
        "from the months, and as officially reported.",
        _scorecard,
    )  # fmt: skip
    tables = [table_step(name, rules) for name in rules.tables]
    snapshot = Step(
        "published.snapshot", "published", ("kpi.scorecard", *rules.tables),
        "What analysts and other teams read: database, parquet and reports as one version, which "
        "replaces the one before in a single switch.",
        _snapshot,
    )  # fmt: skip
    return [*facts, *metrics, checks, monthly, *tables, scorecard, snapshot]


def _read_by_checks(rules: Rules) -> tuple[str, ...]:
    """The facts, and the metrics that some check looks at."""
    checks = rules.checks.values()
    metrics = {f"metric.{name}" for rule in checks for name in reads_of(rule, "metric")}
    return tuple(sorted({f"fact.{name}" for name in rules.facts} | metrics))


def fact_step(name: str, rule: Statement) -> Step:
    def build(session: Session, month: date) -> Result:
        return described(f"fact.{name}", session, session.fact(name, month))

    return Step(
        f"fact.{name}", "fact", tuple(f"raw.{kind}" for kind in reads_of(rule, "raw")),
        paragraphs(rule.header["title"], rule.header["grain"]),
        Months(build, lambda plan: plan.fact_months(rule)),
    )  # fmt: skip


def metric_step(name: str, rule: Statement) -> Step:
    def build(session: Session, month: date) -> Result:
        record = session.metric(name, month)
        path = session.plan.outputs.path(record)
        shown = showing.of_metric(session.home, path, month.year, header["unit"])
        return described("metric.monthly", session, record, shown)

    reads = tuple(f"fact.{fact}" for fact in reads_of(rule, "fact"))
    header = rule.header
    return Step(
        f"metric.{name}", "metric", reads,
        paragraphs(
            f"{header['title']} ({header['unit']})", f"Numerator: {header['numerator']}",
            f"Denominator: {header['denominator']}",
        ), Months(build),
    )  # fmt: skip


def table_step(name: str, rules: Rules) -> Step:
    rule = rules.tables[name]

    def build(session: Session, month: date) -> Result:
        return described(name, session, session.table(name, month))

    # the rows of a grain are no asset: they are counted from these facts when they are read
    grains = {
        table: tuple(f"fact.{fact.name}" for fact in rules.facts_of_grain(grain))
        for grain, table in GRAINS.items()
    }
    named = [t for t in rule.listed("reads") if t.partition(".")[0] not in ("ref", "ops")]
    reads = tuple(dict.fromkeys(asset for table in named for asset in grains.get(table, (table,))))
    return Step(
        name, name.partition(".")[0], reads, paragraphs(rule.header["title"], rule.header["grain"]),
        Months(build),
    )  # fmt: skip


def check_verdicts(session: Session, month: date) -> list[Verdict]:
    """Run every check over a month."""
    verdicts = []
    for name, rule in session.plan.rules.checks.items():
        record = session.check(name, month)
        passed = record.rows <= session.plan.tolerated(name, month)
        found = f"{counted_rows(record.rows)}: {rule.header['title']}; shown by kring checks {name}"
        must_be_acted_on = rule.header["severity"] != "warn"
        reason = "" if passed else found
        verdicts.append(
            Verdict(first_table(rule), name, passed, reason, must_be_acted_on, record.rows)
        )
    return verdicts


def _checks(session: Session, month: date) -> Result:
    verdicts = check_verdicts(session, month)
    return Result(sum(not v.passed for v in verdicts), tuple(verdicts))


def _monthly(session: Session, month: date) -> Result:
    record = session.monthly(month)
    shown = showing.of_month(session.home, session.plan.outputs.path(record), month.year)
    return described("metric.monthly", session, record, shown)


def _no_month_failed(session: Session) -> Verdict:
    failed = sorted(
        {
            f"{row['month']:%Y-%m}: {row['title']}"
            for row in session.plan.check_results()
            if row["severity"] == "block" and not row["passed"]
        }
    )
    return Verdict("metric.monthly", "no_month_failed", not failed, "; ".join(failed))


def _scorecard(session: Session) -> Result:
    record = session.scorecard()
    shown = showing.of_scorecard(session.home, session.plan.outputs.path(record))
    return Result(
        record.rows,
        metadata={**shown, "sha256": record.sha256, "tables": ", ".join(KEPT)},
    )


def _snapshot(session: Session) -> Result:
    session.rest()
    # a run planned for some months leaves publishing to the run after which none is stale
    if session.forced or not session.plan.stale():
        publish(session.plan, session.copy)
    version = current(session.home)
    if version is None:
        return Result(0, metadata={"version": "none yet: other months are still to be built"})
    rows = sum(table["rows"] for table in version.manifest["tables"].values())
    reports = version.manifest.get("reports", {})
    made = {
        f"report {file['path']}": dg.MetadataValue.path(str(version.path / file["path"]))
        for file in reports.get("files", [])
    }
    failed = ", ".join(reports.get("failed", []))
    return Result(
        rows,
        metadata={
            "version": version.id,
            "database": dg.MetadataValue.path(str(version.database)),
            **made,
            **({"reports that could not be made": failed} if failed else {}),
        },
    )
