"""What the engine says of a source's select, told by the line of the source's own file.

The engine counts the lines of the text that it was given, and who mends the file needs the file's.
The line that is shown is the source's text and never the export's; of the engine's words only the
first line is passed on, for those behind it may name what stands in the export.
"""

from __future__ import annotations

import re

import duckdb

from sql.header import HeaderError, Statement
from sql.run import DESCRIBE, complained_line

_KIND = re.compile(r"^(Parser|Binder|Catalog|Permission) Error: ")


def described(con: duckdb.DuckDBPyConnection, select: str) -> list[tuple[str, str]]:
    """A select's columns and their types; what the engine raises where it does not fit has a line.

    A relation's complaint (`con.sql`) has none.
    """
    return [(str(row[0]), str(row[1])) for row in con.execute(DESCRIBE + select).fetchall()]


def complaint(error: Exception, statement: Statement) -> str:
    """An engine's complaint about a statement, placed in its file."""
    said = _KIND.sub("", str(error).partition("\n")[0])
    return f"{statement.spot(complained_line(error, statement))}: {said}"


def misplaced(statement: Statement, said: str, position: int | None) -> HeaderError:
    """An error about a statement's text; `position` is the byte of its body where it stands."""
    line = None
    if position is not None:
        line = statement.body.encode()[:position].count(b"\n") + 1
    return HeaderError(f"{statement.spot(line)}: {said}")
