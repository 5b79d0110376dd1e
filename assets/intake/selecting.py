"""A source's select over one export, as batches of rows; its complaints without any value.

Belongs here: the text that is run, and what is said where it fails. What becomes of the rows is
`reading`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from assets.arrivals.sources import Source
from assets.exports import (
    Refused,
    complaint,
    create_empty_view,
    described,
    select_columns,
    used_columns,
)  # fmt: skip
from schemas.contract import Contract, ContractError, check_columns
from sql.run import complained_line, of_column, quoted

# types of the engine: of the numbers of records, and those that hold several values or none to read
_WHOLE = {
    "_row": r"U?(TINY|SMALL|BIG)?INT(EGER)?",
    "_rows": r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*",
}
_UNREAD = re.compile(r"\]$|^(STRUCT|MAP|UNION|VARIANT|BLOB|BIT|INTERVAL)\b")


class Selecting:
    """The select of one source, run in a sandboxed engine over whichever export stands there, once
    it was checked there."""

    def __init__(self, connection: Any, source: Source, contract: Contract) -> None:
        self._connection, self._source, self._contract = connection, source, contract
        self._select = source.statement.body
        self.columns: frozenset[str] = frozenset()  # that it returned when it was last checked

    def check(self, file: str) -> None:
        """Raise Refused where the select cannot run or does not return the contract's columns."""
        try:
            select = self._source.statement.body
            columns = described(self._connection, select)
            if self._source.version and "_version" not in dict(columns):
                select = _with_version(select, self._source.version)
                columns = described(self._connection, select)
            check_columns(self._contract, [name for name, _ in columns])
            _check_types(dict(columns))
            # only now: a file that does not fit leaves the others what was found to fit them
            self._select, self.columns = select, frozenset(name for name, _ in columns)
        except Exception as error:
            raise _refusal(error, self._source, file) from None

    def check_alone(self) -> bool:
        """Raise Refused where the select is wrong over whichever export, without having one.

        False where it takes all columns (`*`): what it returns is then the export's to say, and
        its text alone was judged. Raises HeaderError where that is not one select.
        """
        asked = select_columns(self._connection, self._source.statement)
        named = used_columns(self._connection, self._source)
        if named is None:
            return False
        asked |= {self._source.version} if self._source.version else set()
        while True:
            create_empty_view(self._connection, asked)
            try:
                self.check("")
            except Refused as refusal:
                # a name that is an alias in one place and a column in another
                told = str(refusal).casefold()
                more = {name for name in named if f'"{name}"' in told}
                more -= {name.casefold() for name in asked}
                if not more:
                    raise
                asked |= more
            else:
                return True

    def batches(self, file: str, rows: int) -> Iterator[pl.DataFrame]:
        """The rows of the export in its order, about so many at a time."""
        try:
            for batch in self._connection.sql(self._select).to_arrow_reader(rows):
                if batch.num_rows:
                    frame = pl.from_arrow(pa.Table.from_batches([batch]))
                    assert isinstance(frame, pl.DataFrame)
                    self._check_frame(frame)
                    yield frame
        except Refused:
            raise
        except Exception as error:
            raise _refusal(error, self._source, file) from None

    def _check_frame(self, frame: pl.DataFrame) -> None:
        check_columns(self._contract, frame.columns)
        for each in _WHOLE:
            if each in frame.columns and frame[each].null_count():
                raise ContractError(f"column {each} is null in a row")


def _check_types(types: dict[str, str]) -> None:
    """Raise ContractError for a column of a type that no column of a contract is read from."""
    for name, kind in types.items():
        if name in _WHOLE and not re.fullmatch(_WHOLE[name], kind):
            raise ContractError(f"column {name} is {kind}; return a whole number, as min(_row) is")
        if _UNREAD.search(kind):
            instead = "seconds_between(a, b)" if kind == "INTERVAL" else "text, a number or a time"
            raise ContractError(f"column {name} is {kind.partition('(')[0]}; return {instead}")


def _with_version(select: str, version: str) -> str:
    """The select, with `_version` taken from the export column that the header names."""
    return (
        f"select chosen.*, export.{quoted(version)} as _version from ({select}\n) as chosen "
        "join export on export._row = chosen._row"
    )


def _refusal(error: Exception, source: Source, file: str) -> Refused:
    """An engine's or contract's complaint about the select, without any value of the export.

    What the engine says before it has read a row is about the select's text; what it says
    later may quote the export, so then only the column it names is passed on.
    """
    statement, of_file = source.statement, f"{file}: " if file else ""
    about_text = ("ParserException", "BinderException", "CatalogException", "ContractError",
                  "PermissionException")  # fmt: skip
    if type(error).__name__ in about_text:
        return Refused("select", of_file + complaint(error, statement))
    if isinstance(error, duckdb.OutOfMemoryException):
        return Refused(
            "select",
            f"{of_file}{statement.spot(None)}: needs more memory than a source may take; take what "
            "is nested out once, by unnest(json_list(x)) and no path for each row, and join and "
            "group by what tells few rows together; or have smaller files exported",
        )
    return Refused(
        "select",
        f"{of_file}{statement.spot(complained_line(error, statement))}: a cast or "
        f"function{of_column(str(error))} failed on a row; return the text as it stands and leave "
        "converting to the contract, or write try(...) around it, which gives null there",
    )
