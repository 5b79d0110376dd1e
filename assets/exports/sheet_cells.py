"""Typed cells of a spreadsheet as text in the source's conventions, and those that say no value.

A number of 16 digits or more has lost its last ones in the spreadsheet, so a record that uses it
is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from assets.arrivals.sources import Source
from assets.exports.rendering import Times, duration_text, elapsed, float_text

_EXACT = 1e15


class SheetCells:
    """Reads the cells of one source's sheets."""

    def __init__(self, source: Source) -> None:
        self._times, self._decimal = Times(source), source.decimal

    def fault(self, cells: Sequence[Any], watched: Sequence[bool]) -> tuple[int, str] | None:
        """Position and rule of the first cell for which its record is rejected.

        `watched` says of each column of the header whether the source uses it.
        """
        for position, (cell, watch) in enumerate(zip(cells, watched, strict=False)):
            if watch and isinstance(cell, float | int) and abs(cell) >= _EXACT:
                return position, "id_numeric_cell"
        if any(cell != "" for cell in cells[len(watched) :]):
            return len(watched), "field_count"  # beyond the header: the row may have moved
        return None

    def text(self, cell: Any) -> str | None:
        """What a cell says, as the source's text export would have it; None where it is empty."""
        if isinstance(cell, str):
            return cell or None
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, float | int):
            return float_text(float(cell), self._decimal)
        if isinstance(cell, datetime):
            since = elapsed(cell)
            return self._times.text(cell) if since is None else duration_text(since)
        if isinstance(cell, date):
            since = elapsed(datetime.combine(cell, time()))
            return self._times.date_text(cell) if since is None else duration_text(since)
        if isinstance(cell, time):
            cell = timedelta(
                hours=cell.hour,
                minutes=cell.minute,
                seconds=cell.second,
                microseconds=cell.microsecond,
            )
        return duration_text(cell) if isinstance(cell, timedelta) else str(cell)
