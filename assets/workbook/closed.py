"""What closed periods rest on, as their revisions keep it: parts of composites, rules of KPIs.

Read from the published kpi.explain, as `kring explain` is; the sheets of the register hold what
it says now.
"""

from __future__ import annotations

from assets.workbook.reading import Reader, Row
from schemas.register_text import from_words

_CLOSED = "select distinct period from kpi.explain where year = $year and kind = 'closing'"


class Closed:
    """The closed periods and months of the year, and what they rest on."""

    def __init__(self, reader: Reader) -> None:
        self.periods = {row["period"] for row in reader.rows(_CLOSED)}
        self._parts = reader.asked("closed_parts")
        self.scored = {
            (row["period"], row["kpi_id"]): from_words(row["text"])
            for row in reader.asked("closed_kpis")
        }

    def parts(self, composite: str, period: str) -> list[Row]:
        return [
            part for part in self._parts
            if part["composite_id"] == composite and part["period"] == period
        ]  # fmt: skip
