"""The tables of the schema `ops`: what a row of each is, and its columns with their types.

Stated once, for who makes their rows, shows them to rules, publishes and describes them. What a
column means is a row of `schemas/columns.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass

_MOMENT = "timestamp with time zone"
_LOGGED = {"version": "text", "previous_version": "text", "restated_at": _MOMENT}


@dataclass(frozen=True)
class OpsTable:
    """A table's title, which ends with its grain, and its columns in their order."""

    title: str
    columns: dict[str, str]


OPS = {
    "ops.files": OpsTable(
        "What became of every export file. One row per delivery of a file to a source; "
        "rows = accepted + corrections + duplicates + filtered + rejected.",
        {"file_id": "text", "path": "text", "sha256": "text", "source": "text", "kind": "text",
         "status": "text", "rows": "bigint", "accepted": "bigint", "corrections": "bigint",
         "duplicates": "bigint", "filtered": "bigint", "rejected": "bigint", "months": "text[]",
         "covers": "text[]", "loaded_at": _MOMENT, "error": "text", "reading": "text"},
    ),
    "ops.corrections": OpsTable(
        "Whose rows do not count because a later file corrected them. One row per "
        "source, file and file that has the rows that count.",
        {"source": "text", "file_id": "text", "corrected_by": "text", "rows": "bigint"},
    ),
    "ops.rejects": OpsTable(
        "Rows that were not accepted. One row per record and broken rule; no values.",
        {"file_id": "text", "file_row": "bigint", "column": "text", "rule": "text",
         "rows": "bigint"},
    ),
    "ops.sources": OpsTable(
        "How exports are read. One row per source.",
        {"source": "text", "kind": "text", "title": "text", "keys_from": "text[]"},
    ),
    "ops.coverage": OpsTable(
        "Whether the exports of a kind are all there. One row per kind and month.",
        {"kind": "text", "month": "date", "state": "text", "reason": "text", "flagged": "text"},
    ),
    "ops.accepted": OpsTable(
        "Rows that must be in the facts, for rules alone. One row per kind, source and month.",
        {"kind": "text", "source": "text", "month": "date", "rows": "bigint"},
    ),
    "ops.month": OpsTable(
        "The month that a rule is of, for rules alone. One row.",
        {"month": "date"},
    ),
    "ops.checks": OpsTable(
        "Results of the data checks. One row per check and month.",
        {"check_id": "text", "table_name": "text", "month": "date", "title": "text",
         "severity": "text", "passed": "boolean", "offending_rows": "bigint",
         "tolerance": "bigint", "reason": "text"},
    ),
    "ops.check_rows": OpsTable(
        "The rows that failed checks found, the first 1,000 of each check and month. "
        "One row per check, month and offending row.",
        {"check_id": "text", "month": "date", "row_number": "bigint", "row": "text"},
    ),
    "ops.key_changes": OpsTable(
        "When the key of the pseudonyms was changed: a person in files read before "
        "and after counts as two. One row per change, none where it never was.",
        {"changed_at": _MOMENT, "former": "text", "fingerprint": "text", "reason": "text"},
    ),
    "ops.decisions": OpsTable(
        "Who closed, reopened or rolled back what, when and why. The log only grows. "
        "One row per decision.",
        {"number": "integer", "action": "text", "year": "integer", "period": "text",
         "revision": "integer", "version": "text", "decided_at": _MOMENT, "decided_by": "text",
         "reason": "text", "content": "text", "previous": "text"},
    ),
    "ops.versions": OpsTable(
        "The versions that still stand, this one included. One row per version.",
        {"version": "text", "created_at": _MOMENT, "as_of": "date", "is_sample": "boolean",
         "content": "text", "code": "text", "register": "text"},
    ),
    "ops.restatements": OpsTable(
        "Every published number that changed from one version to the next, with "
        "what changed it. One row per version, table, period, basis and figure.",
        {**_LOGGED, "table_name": "text", "level": "text", "period": "text", "basis": "text",
         "id": "text", "channel": "text", "queue": "text", "service": "text", "source": "text",
         "old_value": "double", "new_value": "double", "old_numerator": "double",
         "new_numerator": "double", "old_denominator": "double", "new_denominator": "double",
         "old_status": "text", "new_status": "text", "cause": "text"},
    ),
    "ops.register_changes": OpsTable(
        "Every row of the register that was added, removed or changed from one "
        "version to the next, in words. One row per version, register row and first day of "
        "validity.",
        {**_LOGGED, "table_name": "text", "row_key": "text", "valid_from": "date",
         "change": "text", "was": "text", "now": "text"},
    ),
    "ops.reconciliation": OpsTable(
        "Figures as reports print them, beside the computed ones, and where a report disagrees "
        "with itself. One row per figure of a file in reference/, and one per finding.",
        {"file": "text", "kind": "text", "rule": "text", "figure_id": "text", "section": "text",
         "subject": "text", "channel": "text", "service": "text", "period": "text",
         "measure": "text", "printed": "decimal(18,6)", "printed_decimals": "integer",
         "printed_text": "text", "computed": "double", "reported": "double",
         "difference": "decimal(18,6)", "verdict": "text", "reason": "text",
         "reproduced_by": "text", "finding": "text"},
    ),
}  # fmt: skip
