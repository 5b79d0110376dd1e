"""Where the checks that steps report are defined, so that Dagster knows and can rerun them."""
# No `from __future__ import annotations`: Dagster reads the context's annotation at run time.

from collections.abc import Iterator

import dagster as dg

from assets.graph.builder import open_session
from assets.graph.events import asset_key, evaluations, paragraphs
from assets.graph.landing import raw_verdicts
from assets.graph.steps import check_verdicts
from assets.periods import parse_month
from assets.rulebook.headers import first_table
from assets.rulebook.rules import Rules
from schemas.register_columns import KINDS


def check_definitions(
    rules: Rules, partitions: dg.PartitionsDefinition
) -> dg.AssetChecksDefinition:
    """The checks that steps report on other assets' months; rerun by hand they answer anew."""
    specs = [
        dg.AssetCheckSpec(
            name, asset=asset_key(first_table(rule)), partitions_def=partitions, blocking=False,
            description=paragraphs(rule.header["title"], rule.header["reason"]),
        )
        for name, rule in rules.checks.items()
    ] + [
        dg.AssetCheckSpec(
            "exports_complete", asset=asset_key(f"raw.{kind}"), partitions_def=partitions,
            blocking=False,
            description="No file of the month was refused, and none that is expected is missing.",
        )
        for kind in KINDS
    ]  # fmt: skip

    @dg.multi_asset_check(name="data_checks", specs=specs)
    def data_checks(context: dg.AssetCheckExecutionContext) -> Iterator[object]:
        inner = context.op_execution_context
        session = open_session(inner)
        months = list(inner.partition_keys)
        found = {m: check_verdicts(session, parse_month(m)) for m in months}
        raw = raw_verdicts(session, {kind: set(months) for kind in KINDS})
        yield from evaluations(inner, {m: [*found[m], *raw.get(m, [])] for m in months})
        for spec in context.check_specs:
            yield dg.Output(None, output_name=spec.get_python_identifier())

    return data_checks
