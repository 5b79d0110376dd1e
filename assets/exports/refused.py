"""What reading may answer instead of rows: a refusal of the file, or a rejected record.

Both speak to a person by file, sheet, record, column and rule, and never hold a value of
the file: what is raised and logged here may be read by people who may not see the rows.
"""

from __future__ import annotations

from typing import NamedTuple


class Refused(Exception):  # noqa: N818 - it is an answer about a file, not a fault of ours
    """A file that must not be loaded: `rule` is one short word, the message is for a person."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Reject(NamedTuple):
    """One record that is not in the view: its number (first data record 1), column, rule."""

    row: int
    column: str | None
    rule: str
