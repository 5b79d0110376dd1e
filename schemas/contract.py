"""Contracts: the kinds of row kring takes, and the check of a batch against one of them.

Validation is Pandera's, eager and of the data, whatever the environment says. Its errors quote
the values they found, so none leaves this module: a failure becomes row, column and rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandera.errors
import polars as pl
from pandera.config import ValidationDepth, config_context

from schemas import activity, complaints, contacts, outbound, surveys
from schemas.rejects import Failure, Outcome, split
from schemas.shape import PASSED_ON, REJECT, ROW, Contract, ContractError
from schemas.stages import positions
from schemas.zones import INSTANT, day_starts, local_day

__all__ = ["Bounds", "Contract", "ContractError", "Outcome", "check_columns", "contract"]
__all__ += ["dated_day", "validate"]

_CONTRACTS = {
    one.kind: one
    for one in (
        contacts.CALLS,
        contacts.CHATS,
        surveys.SURVEYS,
        outbound.ATTEMPTS,
        outbound.CASES,
        outbound.PAYMENTS,
        activity.ACTIVITY,
        complaints.COMPLAINTS,
    )
}
_NO_DAY = date(1980, 1, 1)
"""Before it lie the days that programs write for none: 1900-01-01, 1899-12-30, 1970-01-01."""


@dataclass(frozen=True)
class Bounds:
    """The local days between which a row may lie, both included."""

    first_day: date
    last_day: date
    timezone: str


def contract(kind: str) -> Contract:
    """The contract of a kind."""
    if kind not in _CONTRACTS:
        raise ContractError(f"kind {kind!r} is unknown; the kinds are {', '.join(_CONTRACTS)}")
    return _CONTRACTS[kind]


def check_columns(contract: Contract, names: Iterable[str]) -> None:
    """Refuse a select that returns a column the kind does not have, or lacks a required one."""
    given = list(names)
    wanted = [*contract.required, ROW]
    faults = {
        "unknown": [name for name in given if name not in {*contract.offered, *PASSED_ON, REJECT}],
        "missing": [name for name in wanted if name not in given],
        "returned twice": sorted({name for name in given if given.count(name) > 1}),
    }
    told = [f"{fault}: {', '.join(found)}" for fault, found in faults.items() if found]
    if told:
        optional = [name for name in contract.offered if name not in contract.required]
        raise ContractError(
            f"columns of the select, {'; '.join(told)}. Kind {contract.kind} requires "
            f"{', '.join(wanted)} and offers {', '.join([*optional, '_version, _rows, _reject'])}"
        )


def validate(frame: pl.DataFrame, contract: Contract, bounds: Bounds) -> Outcome:
    """Part a converted batch into rows that keep the contract and rejects."""
    frame = contract.prepare(frame)
    order = {contract.selected(name): place for place, name in enumerate(contract.columns)}
    failures = [*_broken(frame, contract), *_out_of_bounds(frame, contract, bounds)]
    return split(frame, sorted(failures, key=lambda failure: order[failure.column]))


def _broken(frame: pl.DataFrame, contract: Contract) -> list[Failure]:
    """What Pandera finds, as failures without values."""
    columns = frame.select(list(contract.columns))
    try:
        with config_context(
            validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA
        ):
            contract.model.validate(columns, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = errors.schema_errors
    else:
        return []
    return [_failure(error, contract) for error in found]


def _failure(error: pandera.errors.SchemaError, contract: Contract) -> Failure:
    name = error.check if isinstance(error.check, str) else getattr(error.check, "name", None)
    passed = error.check_output
    if name is None or not isinstance(passed, pl.DataFrame):
        # The frame itself is wrong (a missing column, another type): a fault of ours, not of rows.
        raise ContractError(f"kind {contract.kind}, column {error.column_name}: not as converted")
    column, _, rule = name.rpartition(":")
    column = column or error.schema.name
    rows = positions(~passed.to_series().fill_null(True))
    return Failure(contract.selected(column), _rule(column, rule), rows)


def _rule(column: str, check: str) -> str:
    """The name under which a check's rejects are counted."""
    names = {
        "not_nullable": "missing",
        "isin": f"unknown_{column}",
        "greater_than_or_equal_to": (
            "negative_duration" if column.endswith("_seconds") else "negative_count"
        ),
    }
    return names.get(check, check)


def dated_day(frame: pl.DataFrame, contract: Contract, timezone: str) -> pl.Series:
    """The local day by which a row belongs to a month; null for a case without any date."""
    return frame.select(
        pl.coalesce(local_day(frame[name], timezone) for name in contract.dated_by).alias("day")
    ).to_series()


def _out_of_bounds(frame: pl.DataFrame, contract: Contract, bounds: Bounds) -> list[Failure]:
    """Rows that lie before the first month, where that bounds them, or after the day of the run."""
    failures = []
    begins_by = contract.dated_by if contract.begins_by is None else contract.begins_by
    for name, at, is_first in _first_given(frame, begins_by):
        begin = _begin_of(bounds.first_day, at, bounds)
        failures.append(Failure(name, "before_first_month", positions(is_first & (at < begin))))
    for name, at, is_first in _first_given(frame, contract.dated_by):
        if name not in contract.may_lie_ahead:
            end = _begin_of(bounds.last_day + timedelta(days=1), at, bounds)
            failures.append(Failure(name, "after_as_of", positions(is_first & (at >= end))))
    if not begins_by:
        failures += [
            Failure(name, "placeholder_date", positions(at < _begin_of(_NO_DAY, at, bounds)))
            for name, at in ((name, frame[name]) for name in contract.columns)
            if at.dtype.is_temporal()
        ]
    return [*failures, *_planned(frame, contract, bounds)]


def _planned(frame: pl.DataFrame, contract: Contract, bounds: Bounds) -> Iterator[Failure]:
    """Moments beside a row's own that lie ahead: a plan is no follow-up, and no payment.

    What ends within a day of the row's own moment may end past midnight, as a call does.
    """
    end = day_starts(bounds.last_day + timedelta(days=1), bounds.timezone)
    own = frame[contract.dated_by[0]].cast(INSTANT)
    for name, dtype in contract.columns.items():
        if isinstance(dtype, pl.Datetime) and name not in contract.dated_by:
            lies_ahead = frame[name] >= end
            if lies_ahead.any():
                is_apart = (frame[name] > own + timedelta(days=1)).fill_null(True)
                yield Failure(name, "after_as_of", positions(lies_ahead & is_apart))


def _first_given(
    frame: pl.DataFrame, names: Sequence[str]
) -> Iterator[tuple[str, pl.Series, pl.Series]]:
    """Each column with the rows that have nothing in those before it."""
    is_first = pl.repeat(True, frame.height, eager=True)
    for name in names:
        yield name, frame[name], is_first
        is_first = is_first & frame[name].is_null()


def _begin_of(day: date, like: pl.Series, bounds: Bounds) -> date:
    """A day's begin as a value to compare with a column's: dates, or times in the zone."""
    is_time = isinstance(like.dtype, pl.Datetime)
    return day_starts(day, bounds.timezone) if is_time else day
