"""The only door to DuckDB for rules: connections, the pieces of composed SQL, errors with file
and line.

What a statement sees is laid out by who runs it. Reading exports is `assets.exports`' own,
sandboxed door.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sql.header import HeaderError, Keys, Statement, read_statement

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent
# in an order in which each rests only on those before it; the first of them readers have as well
READERS_MACROS = tuple(
    HERE / f"{subject}_macros.sql"
    for subject in ("validity", "status", "contact", "activity", "share")
)
MACROS = (
    *READERS_MACROS,
    *(HERE / f"{subject}_macros.sql" for subject in ("grain", "period", "unit", "balance")),
)
# Distinct values of a column, in a row group, up to which it is written by a dictionary. The engine
# collects a fifth of the rows before it gives up, which for keys and times is work for nothing.
_DICTIONARY = 4000


DESCRIBE = "describe "
_PLACE = re.compile(r"^LINE (\d+): (.*)$", re.MULTILINE)
# what the engine says once it reads rows, and may quote one
_OF_A_ROW = ("ConversionException", "InvalidInputException", "OutOfRangeException")


class SqlError(RuntimeError):
    """A rule that could not run: which file, what the engine said, the statement."""


def connect(
    timezone: str,
    *,
    temp: Path | None = None,
    memory: str = "1GB",
    threads: int | None = None,
) -> Any:
    """An in-memory engine in the organisation's zone, without network or extensions.

    `threads`: how many of the machine's cores it uses; by default all.
    """
    import duckdb

    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": memory,
            **({"temp_directory": str(temp)} if temp else {}),
            **({"threads": str(threads)} if threads else {}),
        }
    )
    # global: so that it holds for every cursor too
    connection.execute("set global TimeZone = $zone", {"zone": timezone})
    # or a long query draws its bar on standard output
    connection.execute("set enable_progress_bar = false")
    for macros in MACROS:
        create_macros(connection, macros)
    for schema in ("raw", "fact", "metric", "kpi", "ops", "ref"):
        connection.execute(f"create schema {schema}")
    return connection


def create_macros(connection: Any, file: Path) -> None:
    """Create a file's macros in the database in use."""
    connection.execute(file.read_text(encoding="utf-8"))


def quoted(name: str) -> str:
    """An identifier, quoted; every identifier in composed SQL goes through here."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A text literal, quoted; for the few places where the engine takes no parameter."""
    return "'" + str(value).replace("'", "''") + "'"


def table_name(name: str) -> str:
    """`fact.contacts` as a quoted, qualified name."""
    return ".".join(quoted(part) for part in name.split(".", 1))


def insert_rows(
    connection: Any, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Insert Python rows by one statement, a list a column: one a row takes ten times as long.

    `table` is quoted already; `columns` are names and types, in the order of the rows' values.
    """
    if not rows:
        return
    unnested = ", ".join(f"unnest(cast(? as {kind}[]))" for kind in columns.values())
    listed = [list(values) for values in zip(*rows, strict=True)]
    connection.execute(f"insert into {table} select {unnested}", listed)


def make_table(
    connection: Any, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Make a table of Python rows, in the place of one of its name; as `insert_rows` takes them."""
    listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    connection.execute(f"create or replace table {table} ({listed})")
    insert_rows(connection, table, columns, rows)


def parquet(files: Iterable[object], options: str = "") -> str:
    """The rows of parquet files, as what a query is `from`; `options` are the engine's."""
    return f"read_parquet([{', '.join(map(literal, files))}]{options})"


def records(connection: Any, query: str, parameters: object = None) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    found = connection.execute(query, parameters)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def execute(connection: Any, rule: Statement, text: str) -> list[tuple[Any, ...]]:
    """Run a text that holds a rule's body, and what it gives; SqlError names file and line."""
    try:
        return list(connection.execute(text).fetchall())
    except Exception as error:
        raise failure(rule, error) from None


def columns(connection: duckdb.DuckDBPyConnection, rule: Statement) -> tuple[str, ...]:
    """The columns a rule returns; SqlError names file and line, as a relation's would not."""
    try:
        # of several statements the engine would execute all and return the last one's
        parts = [part.type.name for part in connection.extract_statements(rule.body)]
        if parts == ["SELECT"]:
            described = connection.execute(DESCRIBE + rule.body).fetchall()
            return tuple(str(row[0]) for row in described)
    except Exception as error:
        raise failure(rule, error) from None
    raise SqlError(f"{rule.spot(None)}: must be one select and nothing else")


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    body: str,
    target: Path,
    metadata: Mapping[str, str] | None = None,
) -> int:
    """COPY an ordered select into one parquet file; the number of its rows."""
    pairs = ", ".join(f"{quoted(k)}: {literal(v)}" for k, v in (metadata or {}).items())
    extra = f", kv_metadata {{{pairs}}}" if pairs else ""
    options = f"format parquet, compression zstd, dictionary_size_limit {_DICTIONARY}{extra}"
    copy = f"copy ({body}) to {literal(target)} ({options})"
    ((rows,),) = execute(connection, statement, copy)
    return int(rows)


def create(connection: Any, rule: Statement, name: str, kind: str = "table") -> None:
    """Create or replace what a rule returns, in its order; `name` is quoted already."""
    order = f" order by {rule.header['order']}" if "order" in rule.header else ""
    execute(connection, rule, f"create or replace {kind} {name} as {rule.body}{order}")


def failure(statement: Statement, error: Exception) -> SqlError:
    """The engine's complaint with file and line; what stands in a row is not passed on.

    Raises KeyboardInterrupt where the complaint is that somebody asked to stop.
    """
    if "interrupt" in type(error).__name__.lower() or "Query interrupted" in str(error):
        raise KeyboardInterrupt from None
    said, line = str(error), complained_line(error, statement)
    if type(error).__name__ in _OF_A_ROW:
        said = (
            f"a cast or function{of_column(said)} failed on a row; "
            "use try_cast for what may be no number, and nullif where it divides"
        )
    elif line is not None:
        said = said.partition("\n\nLINE ")[0]  # which counts another text's lines
    if said.startswith("Catalog Error: Table with name"):
        said += "\na rule sees the tables that its `reads:` names, and no others"
    return SqlError(f"{statement.spot(line)}: {said}")


def of_column(said: str) -> str:
    """Of which column the engine complains once it reads rows; its other words may quote one."""
    column = re.search(r"casting from source column (\w+)", said)
    return f" of column {column[1]}" if column else ""


def complained_line(error: Exception, statement: Statement) -> int | None:
    """The line of a statement's body (the first is 1) that the engine complains of.

    None where it names none, or one of a text that is not the statement's, as of a macro's.
    """
    body = statement.body.split("\n")
    for number, shown in _PLACE.findall(str(error))[-1:]:
        # a long line is cut, and its ends then are dots
        piece = shown.removeprefix(DESCRIBE).removeprefix("...").removesuffix("...").strip()
        if int(number) <= len(body) and piece in body[int(number) - 1]:
            return int(number)
        # what composed the statement wrote before its first line
        if number == "1" and any(body[0].startswith(piece[n:]) for n in range(len(piece) - 6)):
            return 1
    return None


def statements(folder: Path, keys: Keys) -> dict[str, Statement]:
    """All SQL files of a folder by name, in name order."""
    return {path.stem: read_statement(path, keys) for path in sorted(folder.glob("*.sql"))}


def in_reading_order(rules: Mapping[str, Statement], schema: str = "") -> dict[str, Statement]:
    """Statements after those they read, by what their headers say; `schema` is where they lie."""
    ordered: dict[str, Statement] = {}
    while waiting := {schema + n: n for n in rules if n not in ordered}:
        ready = [n for n in waiting.values() if waiting.keys().isdisjoint(rules[n].listed("reads"))]
        if not ready:
            folder = next(iter(rules.values())).path.parent
            raise HeaderError(f"{folder.name}: {', '.join(waiting)} read each other in a circle")
        ordered |= {name: rules[name] for name in ready}
    return ordered


@cache
def questions(folder: str) -> dict[str, Statement]:
    """The statements of a folder of `sql`, by name, that one module asks with names of its own."""
    return statements(HERE / folder, Keys.of("title grain"))
