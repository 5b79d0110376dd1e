"""What the tests of conversion share: one cell, or a few columns, through a kind's conversion."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.contract import contract
from schemas.conversion import Conventions, convert
from schemas.rejects import Outcome

DMY = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y")


def hashed(values: pl.Series, form: str) -> pl.Series:
    return values.str.len_bytes().cast(pl.String) + form


def run(kind: str, columns: dict[str, Any], **conventions: Any) -> Outcome:
    frame = pl.DataFrame(columns).with_row_index("_row", offset=1)
    how = Conventions(**{"timezone": "Asia/Jakarta", **conventions})
    return convert(frame.with_columns(pl.col("_row").cast(pl.Int64)), contract(kind), how, hashed)


def one(kind: str, column: str, value: Any, stored: str | None = None, **conventions: Any) -> Any:
    """What one cell becomes: its value, or the rule that rejects it."""
    dtype = pl.String if isinstance(value, str) else None
    outcome = run(kind, {column: pl.Series([value], dtype=dtype)}, **conventions)
    if outcome.rejects.height:
        assert outcome.rejects["column"].to_list() == [column]
        return outcome.rejects["rule"].item()
    return outcome.accepted[stored or column].item()
