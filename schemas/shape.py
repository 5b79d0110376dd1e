"""The shape of a contract: a Pandera model and what a source's select must know about it.

The model is the single statement of the stored columns, their types and their rules. Everything
else here (which names a select may use, what is required, how columns convert) is read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

Time = Annotated[pl.Datetime, "us", "UTC"]
Seconds = Annotated[pl.Decimal, 12, 3]
Money = Annotated[pl.Decimal, 18, 2]
Score = Annotated[pl.Decimal, 12, 6]

# What a select passes on beside the contract's columns.
ROW, VERSION, ROWS, REJECT = "_row", "_version", "_rows", "_reject"
PASSED_ON: Mapping[str, pl.DataType] = {ROW: pl.Int64(), VERSION: pl.String(), ROWS: pl.Int64()}


class ContractError(ValueError):
    """A select and its contract do not fit; the message names columns, never values."""


class Rows(pa.DataFrameModel):
    """Base of all models: exactly the contract's columns."""

    class Config:
        strict = True


# Pandera keeps examples of the values that fail; one is the least it can be told to keep.
def optional() -> Any:
    return pa.Field(nullable=True)


def words(*allowed: str) -> Any:
    """A required category; another word is rejected as unknown_<column>."""
    return pa.Field(isin=list(allowed), n_failure_cases=1)


def optional_words(*allowed: str) -> Any:
    return pa.Field(isin=list(allowed), nullable=True, n_failure_cases=1)


def seconds(nullable: bool = True) -> Any:
    return pa.Field(nullable=nullable, ge=0, n_failure_cases=1)


def count() -> Any:
    """Of how many a row stands; 0 says that there were none, which takes back what was said."""
    return pa.Field(ge=0, n_failure_cases=1)


def unchanged(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class Contract:
    """One kind of export row: what a select returns and what is stored of it."""

    kind: str
    model: type[pa.DataFrameModel]
    key: str
    dated_by: tuple[str, ...]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    lowered: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()  # stored columns that kring makes itself
    may_lie_ahead: frozenset[str] = frozenset()  # dates of `dated_by` that may be in the future
    begins_by: tuple[str, ...] | None = None
    """The first of these that a row has must not lie before the first month; None: `dated_by`."""
    prepare: Callable[[pl.DataFrame], pl.DataFrame] = unchanged
    columns: Mapping[str, pl.DataType] = field(init=False)
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        fields = self.model.to_schema().columns
        columns = {name: column.dtype.type for name, column in fields.items()}
        required = tuple(
            self.selected(name)
            for name, column in fields.items()
            if not column.nullable and name not in self.defaults and name not in self.made
        )
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "required", required)

    def selected(self, stored: str) -> str:
        """The name a select uses for a stored column (agent for agent_key)."""
        for name, kept in self.identifiers.items():
            if kept == stored:
                return name
        return stored

    @property
    def offered(self) -> tuple[str, ...]:
        """All names a select may return, in order."""
        return tuple(self.selected(name) for name in self.columns if name not in self.made)
