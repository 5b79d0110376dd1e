"""Rules over dated rows: no overlap, no hole, weights that sum to 1, conversion pieces that meet.

Each rule takes the records of one table and yields problems with file, line and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from schemas.register_cells import Problem, Record
from schemas.register_columns import Series, TableSpec

ONE_DAY = timedelta(days=1)


def group(records: Iterable[Record], columns: Sequence[str]) -> dict[tuple[str, ...], list[Record]]:
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        groups[tuple(record.text(column) for column in columns)].append(record)
    return groups


def duplicates(spec: TableSpec, records: list[Record]) -> Iterator[Problem]:
    """Later rows with the key of an earlier one."""
    for key, rows in group(records, spec.key).items():
        for row in rows[1:]:
            what = ", ".join(f"{c} {v or '(empty)'}" for c, v in zip(spec.key, key, strict=True))
            yield row.problem(f"{what} stands on line {rows[0].line} already; keep one of them")


def backwards(records: list[Record]) -> Iterator[Problem]:
    for row in records:
        if row.last < row.first:
            yield row.problem(
                f"valid_to {row.last} lies before valid_from {row.first}; exchange or correct them"
            )


def follow(series: Series, records: list[Record]) -> Iterator[Problem]:
    """Rows of one series that overlap, or leave a hole between them."""
    for key, rows in group(records, series.columns).items():
        if series.columns and not any(key):
            continue
        name = " ".join(key) or "the table"
        ordered = sorted(rows, key=lambda row: row.first)
        for before, after in pairwise(ordered):
            if after.first <= before.last:
                yield after.problem(
                    f"{name} has two rows in force on {after.first} (lines {before.line} and "
                    f"{after.line}); {series.advice}"
                )
            elif series.gaps and after.first - before.last > ONE_DAY:
                yield after.problem(
                    f"{name} has no row in force from {before.last + ONE_DAY} to "
                    f"{after.first - ONE_DAY}; extend line {before.line} to "
                    f"{after.first - ONE_DAY} or begin line {after.line} on "
                    f"{before.last + ONE_DAY}"
                )


def changes(rows: list[Record]) -> list[date]:
    """The days on which the set of rows in force may change, up to the last day of any."""
    days = {row.first for row in rows}
    days |= {row.last + ONE_DAY for row in rows if row.last < date.max}
    end = max(row.last for row in rows)
    return sorted(day for day in days if day <= end)


def sum_to_one(records: list[Record], by: str) -> Iterator[Problem]:
    """Weights under one parent (or composite) whose sum is not 1 on some day."""
    for (name,), rows in group(records, (by,)).items():
        for day in changes(rows):
            held = [row for row in rows if row.holds(day)]
            total = sum((row.amount("weight") for row in held), Fraction(0))
            if total == 1:
                continue
            if not held:
                later = min((row for row in rows if row.first > day), key=lambda row: row.first)
                yield later.problem(
                    f"nothing under '{name}' is in force from {day} to {later.first - ONE_DAY}; "
                    f"begin line {later.line} on {day} or extend the earlier rows"
                )
                continue
            lines = ", ".join(str(row.line) for row in held)
            # A change of the sum is the work of a row that begins that day or ended the day before.
            begun = [row for row in held if row.first == day]
            ended = [row for row in rows if row.last < day and row.last + ONE_DAY == day]
            yield (begun or ended)[-1].problem(
                f"the weights under '{name}' sum to {_shown(total)} on {day} (lines {lines}); "
                f"change them so that they sum to exactly 1 on every day"
            )


def _shown(total: Fraction) -> str:
    text = f"{float(total):g}"
    return str(total) if text == "1" else text


def pieces_meet(records: list[Record]) -> Iterator[Problem]:
    """Conversion pieces in force together that overlap, leave a hole or have no upper piece."""
    reported: set[Problem] = set()
    for (kpi_id,), rows in group(records, ("kpi_id",)).items():
        for day in changes(rows):
            held = sorted(
                (row for row in rows if row.holds(day)), key=lambda row: row.amount("from_value")
            )
            new = [problem for problem in _pieces(kpi_id, held) if problem not in reported]
            reported.update(new)
            yield from new


def _pieces(kpi_id: str, held: list[Record]) -> Iterator[Problem]:
    for lower, upper in pairwise(held):
        end, begin = lower.number("to_value"), upper.amount("from_value")
        if end == begin:
            continue
        wrong = "overlaps" if end is None or end > begin else "leaves a gap to"
        yield upper.problem(
            f"the conversion of {kpi_id} on line {lower.line} {wrong} line {upper.line}; "
            f"end line {lower.line} with to_value {upper.text('from_value')}"
        )
    if held and held[0].amount("from_value") > 0:
        yield held[0].problem(
            f"the conversion of {kpi_id} has no piece below {held[0].text('from_value')}, so that "
            "values there would pass unconverted; begin its lowest piece at 0"
        )
    if held and held[-1].number("to_value") is not None:
        yield held[-1].problem(
            f"the conversion of {kpi_id} has no piece from {held[-1].text('to_value')} upwards; "
            f"leave to_value of the highest piece empty"
        )
