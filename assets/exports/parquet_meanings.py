"""What parquet's own types do not say of a column, and the file says beside them.

A duration is a whole number whose unit only the schema names that Arrow, and with it pandas and
Polars, writes beside parquet's own. An INT96 time names no zone: Spark and Hive write it in UTC.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sql.run import quoted

DURATIONS_INSIDE = "DURATIONS INSIDE"
"""The type of a nested column whose durations the engine would write without their unit."""
_OF_A_SECOND = {"s": "1", "ms": "0.001", "us": "0.000001", "ns": "0.000000001"}
_WRITES_UTC = "parquet-mr"
"""The library of Spark and Hive; Impala writes the local time, and Arrow what it was given."""


def meanings(path: Path) -> dict[str, tuple[str, str]]:
    """By column, what it means as SQL, and the type of that."""
    try:
        with pq.ParquetFile(path) as file:
            return _durations(file.schema_arrow) | _instants(file.metadata)
    except (pa.ArrowException, OSError):
        return {}


def _durations(schema: pa.Schema) -> dict[str, tuple[str, str]]:
    return {
        each.name: (
            f"cast({quoted(each.name)} as decimal(20, 0)) * {_OF_A_SECOND[each.type.unit]}",
            "DECIMAL",
        )
        if pa.types.is_duration(each.type)
        else (quoted(each.name), DURATIONS_INSIDE)
        for each in schema
        if _holds_durations(each.type)
    }


def _holds_durations(kind: pa.DataType) -> bool:
    if pa.types.is_duration(kind):
        return True
    return any(_holds_durations(kind.field(n).type) for n in range(kind.num_fields))


def _instants(found: pq.FileMetaData) -> dict[str, tuple[str, str]]:
    if not (found.created_by or "").startswith(_WRITES_UTC):
        return {}
    columns = map(found.schema.column, range(found.num_columns))
    return {
        each.path: (
            f"(cast({quoted(each.path)} as timestamp) at time zone 'UTC')",
            "TIMESTAMP WITH TIME ZONE",
        )
        for each in columns
        if each.physical_type == "INT96"
    }
