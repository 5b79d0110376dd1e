"""Conversion: a batch of what a source's select returns, nearly all of it text, to typed rows.

It goes by the source's own conventions and rejects the row that does not convert: a value that
was present never becomes null in silence. Persons' identifiers leave here as keyed hashes only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from schemas.durations import durations
from schemas.formats import readings
from schemas.numbers import counts, decimals
from schemas.pseudonyms import FORMS
from schemas.rejects import Failure, Outcome, split
from schemas.shape import PASSED_ON, REJECT, ROW, ROWS, VERSION, Contract, ContractError
from schemas.stages import Converted, each_word_once, positions
from schemas.texts import booleans, texts
from schemas.times import dates, instants
from schemas.versions import versions
from schemas.zones import check_zone

Pseudonymise = Callable[[pl.Series, str], pl.Series]


@dataclass(frozen=True)
class Conventions:
    """How one source writes times, numbers and nothing, and what its identifiers are."""

    timezone: str
    """Zone of times that name none."""
    days_in: str = ""
    """Zone of days: of those alone, and where an instant is cut to its day; empty: `timezone`."""
    times: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    nulls: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_zone(self.timezone)
        check_zone(self.days_in or self.timezone)
        readings(self.times)
        if self.decimal not in (".", ","):
            raise ContractError(f"decimal: {self.decimal!r} is neither a point nor a comma")
        for name, form in self.identifiers.items():
            if form not in FORMS:
                raise ContractError(f"identifiers: {name}={form}: the forms are {', '.join(FORMS)}")


def convert(
    frame: pl.DataFrame, contract: Contract, conventions: Conventions, pseudonymise: Pseudonymise
) -> Outcome:
    """Convert a batch to the contract's columns, followed by _row, _version and _rows."""
    frame = frame.with_columns(pl.col(pl.Null).cast(pl.String))
    stored = {**contract.columns, **PASSED_ON}

    def column(name: str) -> Converted:
        return _column(frame, contract, conventions, name)

    # Polars works outside Python's lock: the columns share its cores.
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        done = dict(zip(stored, pool.map(column, stored), strict=True))
    typed = pl.DataFrame({name: read.values for name, read in done.items()})
    failures = _own_rules(frame) + [
        Failure(contract.selected(name), rule, rows)
        for name, read in done.items()
        for rule, rows in read.failures
    ]
    outcome = split(typed, failures)
    hashed = [
        pseudonymise(outcome.accepted[kept], conventions.identifiers.get(name, "text")).alias(kept)
        for name, kept in contract.identifiers.items()
    ]
    return Outcome(outcome.accepted.with_columns(hashed), outcome.rejects)


def _column(
    frame: pl.DataFrame, contract: Contract, conventions: Conventions, stored: str
) -> Converted:
    """One stored column: converted, or made where the select does not return it."""
    name = contract.selected(stored)
    dtype = {**contract.columns, **PASSED_ON}[stored]
    if name not in frame.columns or stored in contract.made:
        default = 1 if stored == ROWS else contract.defaults.get(stored)
        return Converted(pl.repeat(default, frame.height, dtype=dtype, eager=True))
    column = frame[name]
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise ContractError(f"column {name}: type {column.dtype} cannot be converted")
    if stored in (ROW, ROWS):
        numbers = column.cast(pl.Int64, strict=False)
        if numbers.null_count():
            raise ContractError(f"column {name}: not a whole number in every row")
        return Converted(numbers)

    def read(cells: pl.Series) -> Converted:
        return _read(cells, contract, conventions, stored, dtype)

    return each_word_once(column, read) if column.dtype == pl.String else read(column)


def _read(
    column: pl.Series, contract: Contract, conventions: Conventions, stored: str, dtype: pl.DataType
) -> Converted:
    """Cells of a column as its type asks, by the source's conventions."""
    zone, times = conventions.timezone, conventions.times
    days_in = conventions.days_in or zone
    mark, nulls = conventions.decimal, conventions.nulls
    if stored == VERSION:
        return versions(column, times, zone, mark, nulls)
    if isinstance(dtype, pl.Datetime):
        return instants(column, times, zone, nulls, days_in)
    if dtype == pl.Date:
        return dates(column, times, days_in, nulls)
    if isinstance(dtype, pl.Decimal):
        if stored.endswith("_seconds"):
            return durations(column, mark, nulls)
        return decimals(column, dtype, mark, nulls)
    if dtype == pl.Int64:
        return counts(column, mark, nulls)
    if dtype == pl.Boolean:
        return booleans(column, nulls)
    name = contract.selected(stored)
    is_id = name.endswith("_id") or name in contract.identifiers
    return texts(column, nulls, lower=stored in contract.lowered, is_id=is_id)


def _own_rules(frame: pl.DataFrame) -> list[Failure]:
    """Rows that the source's select rejects itself, by a rule it names in `_reject`.

    The name is kept only if it is of letters and underscores; any other text might carry a value
    of the row, and a reject never does.
    """
    if REJECT not in frame.columns or not frame[REJECT].count():
        return []
    text = frame[REJECT].cast(pl.String).str.strip_chars()
    rows = positions(text.is_not_null() & (text != ""))
    rule = text.gather(rows).str.to_lowercase().str.replace_all(r"[ -]", "_")
    safe = rule.str.contains(r"^[a-z][a-z_]{0,39}$")
    rule = rule.zip_with(safe, pl.Series(["rejected_by_source"]))
    return [Failure("", name, rows.filter(rule == name)) for name in rule.unique().sort()]
