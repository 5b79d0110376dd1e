"""What any asset says of itself in the interface: its description, a month's rows and columns.

For somebody who has not seen the code. What a metric or the scorecard shows of its figures is
`showing`.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from assets.building.session import Session
from assets.dictionary import DictionaryError, column_comment
from assets.graph.events import Result
from assets.outputs import OutputRecord


def paragraphs(*texts: str) -> str:
    """Titles and phrases of rules' headers as sentences, a paragraph each."""
    return "\n\n".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in texts)


def beyond(session: Session) -> Result:
    """For a month that is none of the home's; late payments and attempts may lie there."""
    months = session.plan.months
    span = f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}" if months else "no month yet"
    note = f"nothing to show: the home reports {span}; only late payments and attempts lie beyond"
    return Result(0, metadata={"note": note})


def described(
    table: str, session: Session, record: OutputRecord, shown: Mapping[str, object] | None = None
) -> Result:
    """Row count, digest and columns of a built month, and what else it shows."""
    import pyarrow.parquet as pq

    columns = [
        dg.TableColumn(column.name, str(column.type), _meaning(table, column.name))
        for column in pq.read_schema(session.plan.outputs.path(record))
    ]
    schema = dg.TableSchema(columns)
    return Result(
        record.rows,
        metadata={**(shown or {}), "sha256": record.sha256, "dagster/column_schema": schema},
    )


def _meaning(table: str, column: str) -> str:
    try:
        return column_comment(table, column)
    except DictionaryError:
        return ""
