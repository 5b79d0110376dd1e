"""What a source reads of a workbook: which of its sheets, and what a cell of one says.

No spreadsheet program lets a sheet's name have `*` or `?`, so these are never a name. A number of
16 digits or more has lost its last ones in the spreadsheet, so a record that uses it is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from assets.arrivals.source_values import name_pattern
from assets.arrivals.sources import Source
from assets.exports.refused import Refused
from assets.exports.rendering import Times, duration_text, elapsed, float_text

_EXACT = 1e15


def chosen_sheets(
    sheets: Sequence[SheetMetadata], wanted: str | int | None, file: str
) -> tuple[tuple[str, ...], bool]:
    """The names of the sheets to read, in the workbook's order; whether they are several, alike.

    Hidden sheets are among those of a pattern: what a workbook hides is not left out in silence.
    """
    names = [sheet.name for sheet in sheets]
    listed = ", ".join(f"`{each}`" for each in names)
    if wanted is None:
        visible = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
        if len(visible) != 1:
            raise Refused(
                "sheet",
                f"{file}: has the sheets {listed}; declare sheet='...' in options, "
                "or where they are laid out alike sheet='*'",
            )
        return (visible[0],), False
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(names):
            raise Refused("sheet", f"{file}: has no sheet number {wanted}; it has {listed}")
        return (names[wanted - 1],), False
    patterns = [each.strip() for each in wanted.split(";") if each.strip()]
    if wanted in names or not (len(patterns) > 1 or "*" in wanted or "?" in wanted):
        if wanted not in names:
            raise Refused("sheet", f"{file}: has no sheet `{wanted}`; it has {listed}")
        return (wanted,), False
    tables = [each.name for each in sheets if each.typ == SheetTypeEnum.WorkSheet]
    found = tuple(
        each for each in tables if any(name_pattern(one).fullmatch(each) for one in patterns)
    )
    if not found:
        raise Refused("sheet", f"{file}: has no sheet that fits `{wanted}`; it has {listed}")
    return found, True


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
