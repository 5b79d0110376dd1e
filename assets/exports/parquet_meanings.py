"""What parquet's own types do not say of a column, and the file says beside them.

A duration is a whole number whose unit only the schema names that Arrow, and with it pandas and
Polars, writes beside parquet's own. An INT96 time names no zone: Spark and Hive write it in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sql.run import quoted

DURATIONS_INSIDE = "DURATIONS INSIDE"
"""The type of a nested column whose durations the engine would write without their unit."""
INSTANTS_INSIDE = "INSTANTS INSIDE"
"""The type of a nested column whose times are in UTC, and would be read as of another zone."""
_OF_A_SECOND = {"s": "1", "ms": "0.001", "us": "0.000001", "ns": "0.000000001"}
_UTC = ("UTC", "Etc/UTC", "+00:00")
_WRITES_UTC = "parquet-mr"
"""The library of Spark and Hive; Impala writes the local time, and Arrow what it was given."""


def meanings(path: Path, zone: str) -> dict[str, tuple[str, str]]:
    """By column, what it means as SQL, and the type of that; `zone`: of times without one."""
    try:
        with pq.ParquetFile(path) as file:
            names, found = file.schema_arrow.names, file.metadata
            inside = {} if zone in _UTC else _instants_inside(names, found)
            return _durations(file.schema_arrow) | inside | _instants(found)
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
    return {
        path: (
            f"(cast({quoted(path)} as timestamp) at time zone 'UTC')",
            "TIMESTAMP WITH TIME ZONE",
        )
        for path in _in_utc(found)
    }


def _instants_inside(names: Sequence[str], found: pq.FileMetaData) -> dict[str, tuple[str, str]]:
    nested = [path for path in _in_utc(found) if path not in names]
    return {
        name: (quoted(name), INSTANTS_INSIDE)
        for name in names
        if any(path.startswith(f"{name}.") for path in nested)
    }


def _in_utc(found: pq.FileMetaData) -> list[str]:
    if not (found.created_by or "").startswith(_WRITES_UTC):
        return []
    columns = map(found.schema.column, range(found.num_columns))
    return [each.path for each in columns if each.physical_type == "INT96"]
