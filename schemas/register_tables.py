"""The register's tables: every column with its type, meaning and unit, stated once.

The loader types and checks the CSV files by it; the published schema `ref` takes its comments
from it. A new table is one `TableSpec` here; rules that span rows are in `register_rules`.
"""

from __future__ import annotations

from schemas.register_columns import (
    ASSUMED,
    AUTHORITY,
    CHANNEL,
    CONTACT_CHANNELS,
    FOLLOWS_DAY,
    KINDS,
    KPI_ID,
    LEVELS,
    NOTE,
    OCCUPANCY_PARTS,
    OWNER,
    PERIODS,
    QUARTERS,
    SERVICE,
    SWITCHES,
    TITLE,
    VALID_FROM,
    VALID_TO,
    YEAR,
    Column,
    Series,
    TableSpec,
    choice,
    ident,
)
from schemas.service_tables import SERVICE_TABLES

_SCORECARD = (
    TableSpec("kpis", "The KPIs: code, name and rule of calculation. One row per KPI and validity.",
        (
            KPI_ID, VALID_FROM, VALID_TO,
            Column("code", "text", "Code as printed, for example 3a-N."),
            Column("name_id", "text", "Name in Indonesian, as printed."),
            Column("name_en", "text", "Name in English."),
            Column("source", "text", "Where the realisation comes from: composite:ID, metric:ID "
                   "or input:ID."),
            CHANNEL, SERVICE,
            Column("unit", choice("percent", "index", "seconds", "number"), "Unit as printed; "
                   "percent and index are shown in percentage points, the others as they are."),
            Column("polarity", choice("maximise", "minimise", "stabilise"),
                   "Which direction is good; decides the formula of the index."),
            Column("consolidation", choice("pooled", "average", "sum", "last"), "From quarters to "
                   "longer periods: pooled components, mean of quarters, sum, last known value."),
            Column("cap_low", "decimal(9,4)", "Lowest index awarded. Percentage points.",
                   low=0),
            Column("cap_high", "decimal(9,4)", "Highest index awarded. Percentage points.",
                   low=0),
            Column("zero_rule", choice("award_cap", "exclude", "null"), "When nothing was to be "
                   "done in a period covered by a file: award the cap as realisation, leave the "
                   "KPI out, or null; empty: null.", True),
            OWNER, AUTHORITY, ASSUMED, NOTE,
        ),
        ("kpi_id", "valid_from"),
        (Series(("kpi_id",), True, FOLLOWS_DAY),
         Series(("code",), False, "one code names one KPI on any day; close the earlier row")),
    ),
    TableSpec("nodes", "Objectives, perspectives and the organisation. One row per node and "
        "validity.",
        (
            ident("node_id", "Stable id of the node."),
            Column("level", choice(*LEVELS), "Level in the tree."),
            VALID_FROM, VALID_TO,
            Column("code", "text", "Code as printed; null where the report prints none.", True),
            Column("name_id", "text", "Name in Indonesian."),
            Column("name_en", "text", "Name in English."),
            AUTHORITY,
        ),
        ("node_id", "valid_from"), (Series(("node_id",), True, FOLLOWS_DAY),),
    ),
    TableSpec("weights", "The tree: what each node is the weighted mean of. On any day the weights "
        "under one parent sum to exactly 1. One row per parent, child and validity.",
        (
            ident("parent_id", "node_id of the parent."),
            ident("child_id", "node_id or kpi_id of the child."),
            VALID_FROM, VALID_TO,
            Column("weight", "weight", "Share of the parent, 0..1, exact (0.375 or 1/3).",
                   low=0, high=1),
            AUTHORITY, ASSUMED, NOTE,
        ),
        ("parent_id", "child_id", "valid_from"),
        (Series(("child_id",), False, "a child has one parent and one weight on any day; close the "
                "row that no longer holds"),),
    ),
    TableSpec("targets", "Targets, append-only: of several rows of one KPI, year and period the "
        "latest decided_on holds; a row for the period itself goes before `*`. One row per "
        "decision.",
        (
            KPI_ID, YEAR,
            Column("period", choice("*", *PERIODS), "Period; `*`: every period of the year."),
            Column("target", "decimal(18,4)", "Target. Percentage points."),
            Column("decided_on", "date", "Day of the decision."),
            AUTHORITY, ASSUMED,
        ),
        ("kpi_id", "year", "period", "decided_on"),
    ),
    TableSpec("inputs", "Values that come from no export and are reported by hand. One row per "
        "input and quarter; either value or numerator and denominator.",
        (
            ident("input_id", "Id that a KPI's or composite part's source names as input:ID."),
            YEAR, Column("period", choice(*QUARTERS), "Quarter of the year."),
            Column("numerator", "decimal(18,4)", "What was done (units of the input).", True,
                   low=0),
            Column("denominator", "decimal(18,4)", "What was to be done (same units).", True,
                   low=0),
            Column("value", "decimal(18,4)", "Value where no components are known. Percentage "
                   "points.", True),
            Column("is_synthetic", "bool", "True where the value is made up for the sample."),
            Column("evidence", "text", "What proves the value: document, page, minute."),
            AUTHORITY,
        ),
        ("input_id", "year", "period"),
    ),
    TableSpec("reported", "Realisations as printed, on the report's authority, after any award or "
        "conversion: the basis `reported`. One row per KPI, year and period.",
        (
            KPI_ID, YEAR, Column("period", choice(*PERIODS), "Period of the year."),
            Column("realisation", "decimal(18,4)", "Printed realisation. Percentage points."),
            AUTHORITY, NOTE,
        ),
        ("kpi_id", "year", "period"),
    ),
    TableSpec("conversions", "Tables that turn a realisation into a scale of 100: result = "
        "base_index + (x - base_value) / divisor. One row per piece and validity.",
        (
            ident("conversion_id", "Id of the piece."), KPI_ID, VALID_FROM, VALID_TO,
            Column("from_value", "decimal(18,4)", "Lowest x of the piece, inclusive. Percentage "
                   "points."),
            Column("to_value", "decimal(18,4)", "Upper end of the piece, exclusive; null: open.",
                   True),
            Column("base_index", "decimal(18,4)", "Result at base_value. Percentage points."),
            Column("base_value", "decimal(18,4)", "x at which the result is base_index; null with "
                   "divisor.", True),
            Column("divisor", "decimal(18,4)", "Points of x for one point of result; null: the "
                   "result is base_index throughout.", True),
            AUTHORITY, ASSUMED,
        ),
        ("conversion_id", "valid_from"),
    ),
)  # fmt: skip

_RULES = (
    TableSpec("metrics", "What the organisation wants of a metric. One row per metric.",
        (
            ident("metric_id", "Id of the metric; the name of its SQL file."),
            Column("direction", choice("higher", "lower", "none"), "Which direction is good."),
            OWNER, Column("since", "date", "First day the organisation wants it for; months "
                   "before are counted as well, unless its SQL leaves them out."), AUTHORITY,
            Column("coverage_floor", "decimal(5,4)", "Where the duration of a smaller share of "
                   "contacts is known, or whether they were in time, the figure is null. 0..1; "
                   "null: no floor.", True, low=0, high=1),
            Column("minimum_n", "integer", "Below this denominator the figure is marked as resting "
                   "on few cases; it is not nulled. Count; null: none.", True, low=1),
            NOTE,
        ),
        ("metric_id",),
    ),
    TableSpec("requirements", "Cells of a metric that are expected every month, and the kinds of "
        "export each rests on. One row per metric, channel, service and kind.",
        (
            ident("metric_id", "Id of the metric."), CHANNEL, SERVICE,
            Column("kind", choice(*KINDS), "Kind of export the cell rests on."),
        ),
        ("metric_id", "channel", "service", "kind"),
    ),
    TableSpec("composites", "Named means of metrics or inputs. One row per composite.",
        (
            ident("composite_id", "Id of the composite."), TITLE,
            Column("missing", choice("null", "mean_of_measured"), "With a part missing: null, or "
                   "the mean of the parts there are, their weights rescaled to 1."),
            AUTHORITY, ASSUMED,
        ),
        ("composite_id",),
    ),
    TableSpec("composite_parts", "What a composite is the weighted mean of. On any day the weights "
        "of one composite sum to exactly 1. One row per composite, part and validity.",
        (
            ident("composite_id", "Id of the composite."),
            ident("part_id", "Id of the part within its composite."),
            VALID_FROM, VALID_TO,
            Column("source", "text", "metric:ID or input:ID."), CHANNEL, SERVICE,
            Column("weight", "weight", "Share of the composite, 0..1, exact (0.25 or 1/4).",
                   low=0, high=1),
            AUTHORITY, ASSUMED,
        ),
        ("composite_id", "part_id", "valid_from"),
        (Series(("composite_id", "part_id"), False, FOLLOWS_DAY),),
    ),
    TableSpec("service_level_policy", "The service-level rule in force, by channel and queue; a "
        "row of the queue itself goes before `*`. One row per channel, queue and validity.",
        (
            ident("policy_id", "Id of the policy."),
            Column("channel", choice(*CONTACT_CHANNELS), "Channel: phone, chat."),
            Column("queue", "text", "Name of the queue; `*`: every queue without a row of its "
                   "own."),
            VALID_FROM, VALID_TO,
            Column("threshold_seconds", "decimal(12,3)", "Answered within this wait is in time. "
                   "Seconds.", low=0),
            Column("target_share", "decimal(5,4)", "Share to be reached. 0..1.", low=0, high=1),
            *SWITCHES,
            Column("wait_ends", choice("answer", "acceptance"), "What ends the wait of an answered "
                   "contact: answer (chat: the agent's first reply) or acceptance (accepted_at: an "
                   "agent took it); null: answer.", True),
            AUTHORITY, ASSUMED, NOTE,
        ),
        ("policy_id", "valid_from"), (Series(("channel", "queue"), True, FOLLOWS_DAY),),
        absent=("wait_ends",),
    ),
    TableSpec("service_level_presets", "How others count a service level, for comparison; the "
        "threshold stays that of the policy in force. One row per rule.",
        (ident("rule_id", "Id of the rule."), TITLE, *SWITCHES,
         Column("follows", "text", "Which public definition the switches follow, in our words.")),
        ("rule_id",),
    ),
    TableSpec("occupancy_formula", "House occupancy: sums of agents' time by part, each multiplied "
        "by its coefficients, then divided once. One row per part and validity.",
        (
            ident("formula_id", "Id of the formula; its rows share one validity."),
            VALID_FROM, VALID_TO,
            Column("part", choice(*OCCUPANCY_PARTS), "Part of the agents' time."),
            Column("numerator", "integer", "Coefficient in the numerator: -1, 0 or 1.",
                   low=-1, high=1),
            Column("denominator", "integer", "Coefficient in the denominator: -1, 0 or 1.",
                   low=-1, high=1),
            AUTHORITY, ASSUMED,
        ),
        ("formula_id", "part", "valid_from"), (Series(("part",), True, FOLLOWS_DAY),),
    ),
    TableSpec("outbound_policy", "How the effect of outbound calls is counted. One row per "
        "validity.",
        (
            ident("policy_id", "Id of the policy."), VALID_FROM, VALID_TO,
            Column("window_days", "integer", "A payment counts within this many days after the "
                   "first right-party contact. Days.", low=0),
            Column("lag_days", "integer", "Payments become known up to this many days late; until "
                   "then a month is provisional. Days.", low=0),
            Column("predial_validation", "bool", "Whether cases known as paid are taken out before "
                   "dialling."),
            AUTHORITY, ASSUMED, NOTE,
        ),
        ("policy_id", "valid_from"), (Series((), True, FOLLOWS_DAY),),
    ),
)  # fmt: skip

_CHECKS = (
    TableSpec("accepted_findings", "Findings of checks that somebody has looked at and accepted: "
        "the check passes for the month while no more rows offend. One row per check and month.",
        (
            ident("check_id", "Name of the check's SQL file; its severity is flag or warn."),
            Column("month", "date", "Month of the finding, as its first day."),
            Column("rows", "integer", "Number of offending rows accepted. Count.", low=1),
            Column("reason", "text", "What the rows are: a holiday, an outage, a campaign."),
            AUTHORITY,
        ),
        ("check_id", "month"),
    ),
)  # fmt: skip

TABLES: dict[str, TableSpec] = {
    spec.name: spec for spec in (*_SCORECARD, *_RULES, *SERVICE_TABLES, *_CHECKS)
}
