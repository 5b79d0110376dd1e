"""Which sheets of a workbook a source reads: the only one, one by name or number, or all of a
pattern. No spreadsheet program lets a sheet's name have `*` or `?`, so these are never a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from python_calamine import SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from assets.arrivals.source_values import name_pattern
from assets.exports.refused import Refused


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
