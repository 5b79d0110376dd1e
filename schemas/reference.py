"""The shape of a reference file: figures as a report prints them, one a line.

Belongs here: reading such a file, each fault with file and line. What the figures are worth is
judged by `sql/reconciliation`. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from schemas.register_cells import Problem, Record, read_records
from schemas.register_columns import Column, TableSpec
from schemas.register_dates import duplicates

_LARGEST = 16 * 1024 * 1024  # bytes; the figures of a report are some kilobytes
_PRINTED = re.compile(r"(\d[\d.,]*?)(?:[.,](\d{1,6}))?\s*%?\s*$")


def _column(name: str, description: str) -> Column:
    return Column(name, "text", description, empty=True, verbatim=True)


REFERENCE = TableSpec(
    "reference",
    "Figures as a report prints them. One row per figure.",
    (
        Column("figure_id", "text", "Id of the figure, unique in the file."),
        _column("section", "Part of the report: table, chapter or text."),
        Column("subject", "text", "KPI (code or id), node, metric or composite; or the report's."),
        _column("channel", "Channel: phone, chat; empty: not by channel."),
        _column("service", "Surveyed service; empty: not by service."),
        Column("period", "text", "2024-Y, 2024-S1, 2024-Q3, 2024-YTD-Q3 or 2024-03."),
        Column("measure", "text", "target, realisation, index, achievement (before the cap), cap, "
               "threshold_seconds, a metric's or composite's name, NAME_average_column (a column "
               "the report calls average), remark, or the report's own."),
        Column("value", "decimal(18,6)", "The number, with a point; empty where words stand.",
               empty=True),
        Column("printed_decimals", "integer", "Decimals printed; empty: as many as printed_text "
               "or value show.", empty=True, low=0, high=6),
        _column("printed_text", "The figure or the words as printed, such as 85,28 %."),
        _column("remark", "What the report says about it, in its words or yours."),
        _column("note", "What a reader of the file should know."),
    ),
    ("figure_id",),
    # without channel and service, figures of two channels would be one thing printed twice
    absent=("section", "printed_decimals", "printed_text", "remark", "note"),
    strangers=True,
)  # fmt: skip


class ReferenceRefused(Exception):  # noqa: N818, it is the word that `ops.files` has for a file
    """A reference file that cannot be read; one problem a line, with file, line and remedy."""

    def __init__(self, problems: list[Problem]) -> None:
        shown = [str(problem) for problem in problems[:20]]
        more = [f"and {len(problems) - 20} more"] if len(problems) > 20 else []
        super().__init__("\n".join([*shown, *more]))


@dataclass(frozen=True)
class Reference:
    """A reference file: its name and its figures, in file order."""

    file: str
    records: tuple[Record, ...]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Line, the columns of the shape in order, and the decimals to compare at."""
        for record in self.records:
            values = (record.values[column.name] for column in REFERENCE.columns)
            yield (record.line, *values, printed_places(record))


def read_reference(path: Path, file: str) -> Reference:
    """The figures of one file; raises ReferenceRefused with every problem in it."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ReferenceRefused([Problem(file, 0, "is no file; name a CSV file")])
        if size > _LARGEST:
            raise ReferenceRefused([Problem(file, 0, "is larger than 16 MB; is it a reference?")])
        records, problems = read_records(path, REFERENCE, file)
    except OSError as error:
        advice = f"cannot be read ({error.strerror}); name a CSV file"
        raise ReferenceRefused([Problem(file, 0, advice)]) from None
    problems += duplicates(REFERENCE, records)
    if size == 0:
        problems = [Problem(file, 1, "the file is empty; it needs at least its header line")]
    if problems:
        raise ReferenceRefused(sorted(problems, key=lambda p: p.line))
    return Reference(file, tuple(records))


def printed_places(record: Record) -> int:
    """Decimals at which a figure is compared: as stated, as in its text, or as in its value."""
    stated, value = record.values["printed_decimals"], record.values["value"]
    if isinstance(stated, int):
        return stated
    if not isinstance(value, Decimal):
        return 0
    if found := _PRINTED.search(record.text("printed_text")):
        whole, decimals = re.sub(r"\D", "", found[1]), found[2] or ""
        # the point of 1.234 may also mark thousands, and so may the space of 1 234,5
        if abs(value) % 10 ** len(whole) == Decimal(f"{whole}.{decimals}"):
            return len(decimals)
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
