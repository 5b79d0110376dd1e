"""What closed periods hold out: figures and files that would be others if they were opened."""

from __future__ import annotations

from typing import Any

from viewing import FEBRUARY, JANUARY, Rows, Seen, only, seen

__all__ = ["seen"]  # the fixture


def month_of(metric: str, numerator: float, denominator: float, **more: Any) -> dict[str, Any]:
    return {"month": JANUARY, "metric_id": metric, "channel": "phone", "queue": "q", "source": "s",
            "numerator": numerator, "denominator": denominator, **more}  # fmt: skip


def node_of(name: str, index: float | None, **more: Any) -> dict[str, Any]:
    return {"year": 2024, "period": "Q1", "level": "kpi", "id": name, "basis": "computed",
            "index": index, "realisation": 80, "target": 100, **more}  # fmt: skip


def pending(seen: Seen, **given: Rows) -> Rows:
    tables = {"metric.monthly": "monthly", "metric.monthly_as_now": "monthly_now",
              "kpi.scorecard": "scorecard", "kpi.scorecard_as_now": "scorecard_now"}  # fmt: skip
    return seen("kpi.pending", {table: given.get(name, []) for table, name in tables.items()})


def test_months_are_pending_that_would_be_counted_otherwise(seen: Seen) -> None:
    """Sources are pooled; of a queue, channel or month that stays nothing is said."""
    alike = [
        month_of("moved", 1, 2, queue="r"), month_of("moved", 1, 2, channel="chat"),
        month_of("moved", 1, 2, month=FEBRUARY), month_of("other", 1, 2),
        month_of("satisfied", 1, 2, service="outbound"),
        month_of("of_nothing", 0, 2, channel=None, queue=None),
    ]  # fmt: skip
    rows = pending(
        seen,
        monthly=[
            month_of("moved", 1, 2), month_of("moved", 1, 2, source="t"), *alike,
            month_of("doubled", 1, 2), month_of("none_met", 0, 2), month_of("empty", 0, 0),
            month_of("one", 0, 1), month_of("satisfied", 1, 2, service="inbound"),
            month_of("divided", 2, 0), month_of("divided", 1, 0, source="t"),
            month_of("gone", 1, 2, service="inbound"),
        ],
        monthly_now=[
            month_of("moved", 2, 2), month_of("moved", 1, 2, source="t"), *alike,
            month_of("doubled", 2, 4), month_of("none_met", 0, 4), month_of("empty", 0, 5),
            month_of("one", 1, 1), month_of("satisfied", 2, 2, service="inbound"),
            month_of("divided", 2, 0), month_of("divided", 2, 0, source="t"),
            month_of("come", 1, 2),
        ],
    )  # fmt: skip
    keys = ("period", "level", "basis", "channel", "queue")
    assert set(only(rows, *keys)) == {("2024-01", "metric", "computed", "phone", "q")}
    told = ("id", "service", "as_published", "as_now", "effect", "denominator_as_published",
            "denominator_as_now")  # fmt: skip
    assert only(rows, *told) == [
        ("come", None, None, 0.5, None, None, 2),
        # 3 by nothing are 4 by nothing
        ("divided", None, None, None, None, 0, 0),
        # the same share of more
        ("doubled", None, 0.5, 0.5, 0, 2, 4),
        ("empty", None, None, 0, None, 0, 5),
        ("gone", "inbound", 0.5, None, None, 2, None),
        ("moved", None, 0.5, 0.75, 0.25, 4, 4),
        ("none_met", None, 0, 0, 0, 2, 4),
        ("one", None, 0, 1, 1, 1, 1),
        ("satisfied", "inbound", 0.5, 1, 0.5, 2, 2),
    ]


def test_nodes_are_pending_of_which_a_number_would_be_another(seen: Seen) -> None:
    """An index at its cap hides that its realisation moved."""
    alike = [
        node_of("moved", 80, year=2023), node_of("moved", 80, period="Q2"),
        node_of("moved", 80, level="objective"), node_of("moved", 80, basis="reported"),
        node_of("other", 80),
    ]  # fmt: skip
    rows = pending(
        seen,
        scorecard=[*alike, node_of("moved", 80), node_of("capped", 120, realisation=130),
                   node_of("aimed", None, target=90), node_of("gone", 80),
                   node_of("above", None, realisation=None, target=None),
                   node_of("aimless", None, realisation=None, target=None)],
        scorecard_now=[*alike, node_of("moved", 90), node_of("capped", 120, realisation=140),
                       node_of("aimed", None, target=95), node_of("come", 80),
                       # what has no target of its own, and what has none yet
                       node_of("above", 90, realisation=None, target=None),
                       node_of("aimless", None, realisation=80, target=None)],
    )  # fmt: skip
    assert set(only(rows, "period", "level", "basis")) == {("2024-Q1", "kpi", "computed")}
    told = ("id", "as_published", "as_now", "effect", "realisation_as_published",
            "realisation_as_now", "target_as_published", "target_as_now")  # fmt: skip
    assert only(rows, *told) == [
        ("above", None, 90, None, None, None, None, None),
        ("aimed", None, None, None, 80, 80, 90, 95),
        ("aimless", None, None, None, None, 80, None, None),
        ("capped", 120, 120, 0, 130, 140, 100, 100),
        ("come", None, 80, None, None, 80, None, 100),
        ("gone", 80, None, None, 80, None, 100, None),
        ("moved", 80, 90, 10, 80, 80, 100, 100),
    ]


def test_files_are_pending_of_which_other_rows_would_count(seen: Seen) -> None:
    """By month, fact and source; channels add up, and a renamed source is told by its new name.

    A content that was delivered again is told by the name that was loaded; calls of a source that
    was renamed are not looked for among the ratings that another source reads from their file.
    """

    def held(file: str, rows: int, **more: Any) -> dict[str, Any]:
        return {"month": JANUARY, "table_name": "fact.contacts", "source": "calls", "file_id": file,
                "channel": "phone", "rows": rows, **more}  # fmt: skip

    alike = [
        held("late", 4, month=FEBRUARY), held("late", 4, table_name="fact.payments"),
        held("same", 5), held("same", 5, source="other"),
        held("rated", 6, table_name="fact.survey_responses", source="ratings"),
    ]  # fmt: skip
    rows = seen("ops.pending_files", {
        "ops.files": [
            {"file_id": file, "source": source, "path": path,
             "status": "duplicate_file" if path == "again.csv" else "loaded"}
            for file, source, path in (
                ("late", "calls", "late.csv"), ("late", "calls", "again.csv"),
                ("late", "other", "another.csv"), ("more", "calls", "more.csv"),
                ("gone", "calls", "gone.csv"), ("named", "new", "named.csv"),
                ("called", "newer", "called.csv"),
                ("split", "one", "split.csv"), ("split", "two", "split.csv"),
                ("emptied", "new", "emptied.csv"),
                ("rated", "new", "rated.csv"), ("rated", "ratings", "rated.csv"),
                ("same", "calls", "same.csv"), ("same", "other", "same.csv"),
                (None, None, "refused.csv"),
            )
        ],
        "fact.evidence": [
            *alike, held("more", 1), held("more", 2, channel="chat"), held("gone", 2),
            held("named", 3, source="old"), held("called", 3, source="old"),
            held("split", 3, source="both"), held("rated", 7, source="old"),
            held("emptied", 1, source="old"),
        ],
        "fact.evidence_as_now": [
            *alike, held("more", 2), held("more", 2, channel="chat"), held("late", 4),
            held("named", 3, source="new"), held("called", 3, source="newer"),
            held("split", 2, source="one"), held("split", 1, source="two"),
            held("rated", 7, source="new"),
        ],
    })  # fmt: skip
    assert {row["month"] for row in rows} == {JANUARY}
    told = ("path", "table_name", "file_id", "rows_as_published", "rows_as_now")
    assert sorted(only(rows, *told), key=str) == [
        # of a source that was renamed, and no row of it is left
        ("emptied.csv", "fact.contacts", "emptied", 1, None),
        ("gone.csv", "fact.contacts", "gone", 2, None),
        ("late.csv", "fact.contacts", "late", None, 4),
        ("more.csv", "fact.contacts", "more", 3, 4),
        # which of the two the published ones are is not known
        ("split.csv", "fact.contacts", "split", 3, None),
        ("split.csv", "fact.contacts", "split", None, 1),
        ("split.csv", "fact.contacts", "split", None, 2),
    ]
