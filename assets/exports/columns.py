"""What a source's select asks of the export, and whether the export has it.

The statement is judged by the engine's own parser: it must be one SELECT, and what is called
missing is named together with the nearest header there is. The engine's complaints are placed on
the line of the source's own file, where they are to be mended.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches

import duckdb

from assets.arrivals.sources import Source
from assets.exports.parsed import Node, nodes, reference, references
from assets.exports.refused import Refused
from assets.exports.shadowed import shadowed
from assets.exports.view import RESERVED, Export
from sql.header import HeaderError, Statement
from sql.run import DESCRIBE, complained_line, quoted

ALL = "*"
_ONE_SELECT = (
    "must be one select and nothing else; a `pivot` in it must say which values become columns, "
    "as in `on x in ('a', 'b')`"
)
_WITH_HEADERS = ("csv", "tsv", "xlsx")
_KIND = re.compile(r"^(Parser|Binder|Catalog|Permission) Error: ")


def select_columns(con: duckdb.DuckDBPyConnection, statement: Statement) -> set[str]:
    """Names of columns a select refers to, its own aliases left out; `*` where it takes all.

    Raises HeaderError where the text is not exactly one SELECT, or takes columns by position.
    """
    found = list(nodes(_parsed(con, statement)))
    defined: set[str] = set()
    for node in found:
        alias = node.get("alias")
        # trim(agent) as agent refers to the column: an alias cannot stand in its own expression
        inner = {name.casefold() for name in references(node)}
        if alias and alias.casefold() not in inner:
            defined.add(alias.casefold())
        for named in ("column_name_alias", "unpivot_names"):
            defined.update(str(each).casefold() for each in node.get(named) or ())
        if node.get("class") == "LAMBDA":
            defined.update(name.casefold() for name in references(node["lhs"]))
    return {name for name in _all_references(found) if name.casefold() not in defined}


def _parsed(con: duckdb.DuckDBPyConnection, statement: Statement) -> Node:
    query = "select json_serialize_sql(cast(? as varchar))"
    parsed = json.loads(con.execute(query, [statement.body]).fetchall()[0][0])
    if parsed.get("position"):
        raise misplaced(statement, parsed["error_message"], int(parsed["position"]))
    if parsed.get("error") or len(parsed["statements"]) != 1:
        raise misplaced(statement, _ONE_SELECT, None)
    for node in nodes(parsed["statements"]):
        if node.get("class") == "POSITIONAL_REFERENCE":
            said = "a column is taken by position (#1); name it"
            raise misplaced(statement, said, node["query_location"])
    found: Node = parsed["statements"][0]
    return found


def _all_references(found: list[Node]) -> set[str]:
    stars = any(node.get("class") == "STAR" for node in found)
    return {name for node in found if (name := reference(node))} | ({ALL} if stars else set())


def used_columns(con: duckdb.DuckDBPyConnection, source: Source) -> set[str] | None:
    """Lower-cased names of columns that a source uses; None where its select takes all."""
    used = _all_references(list(nodes(_parsed(con, source.statement))))
    used |= {source.version} if source.version else set()
    return None if ALL in used else {name.casefold() for name in used}


def meant_columns(con: duckdb.DuckDBPyConnection, source: Source) -> set[str] | None:
    """Lower-cased names by which a source refers to columns; None where a pattern or an unpivot
    may refer to any."""
    found = list(nodes(_parsed(con, source.statement)))
    if any(node.get("columns") is True or node.get("unpivot_names") for node in found):
        return None
    named = {*_all_references(found), *source.aliases.values(), source.version or ""}
    return {name.casefold() for name in named}


def require_columns(con: duckdb.DuckDBPyConnection, source: Source, export: Export) -> None:
    """Refuse an export that lacks what the select needs or, if strict, has what it does not.

    The view `export` must be open in `con`, so that the engine has the last word.
    """
    have = {name.casefold(): name for name in export.columns}
    try:
        described(con, source.statement.body)
    except duckdb.Error as error:
        asked = {name.casefold(): name for name in select_columns(con, source.statement)}
        there = {*have, *RESERVED, ALL, *(name.casefold() for name in source.options.optional)}
        missing = [asked[key] for key in sorted(asked.keys() - there)]
        if missing:
            told = _missing(missing, export.columns)
            if source.format in _WITH_HEADERS and not asked.keys() & have.keys():
                told += _no_header(export.columns)
            elif line := complained_line(error, source.statement):
                told += f". It is asked for in {source.statement.spot(line)}"
            raise Refused("missing_column", f"{export.file}: {told}") from None
        raise Refused("select", f"{export.file}: {complaint(error, source.statement)}") from None
    _require_one_meaning(con, source, export)
    used = used_columns(con, source)
    if source.columns == "strict" and used is not None:
        unknown = ", ".join(f"`{name}`" for key, name in have.items() if key not in used)
        if unknown:
            raise Refused(
                "unknown_column",
                f"{export.file}: has columns the source does not use, and it is "
                f"strict: {unknown}; use them, or declare columns: ignore",
            )


def _require_one_meaning(con: duckdb.DuckDBPyConnection, source: Source, export: Export) -> None:
    """Refuse a select that asks for a name which is both the export's and its own."""
    for name, position in shadowed(con, _parsed(con, source.statement)):
        said = (
            f"`{name}` is also a column of the export, which `*` holds, and whoever asks for it "
            f"after this gets the export's; give it another name, or say * exclude ({quoted(name)})"
        )
        told = misplaced(source.statement, said, position)
        raise Refused("select", f"{export.file}: {told}")


def _no_header(columns: tuple[str, ...]) -> str:
    """A hint that the line may be no header; it is not quoted, because it may hold values."""
    found = "1 column" if len(columns) == 1 else f"{len(columns)} columns"
    garbled = "" if all(map(str.isascii, columns)) else "; if it is garbled, another encoding"
    return (
        f". None of the columns asked for is in what is read as the header, of {found}: if that "
        f"is a title or a record, declare skip, or header=false and names, in options{garbled}"
    )


def _missing(missing: list[str], columns: tuple[str, ...]) -> str:
    lowered = {name.casefold(): name for name in columns}
    parts = []
    for name in missing:
        near = get_close_matches(name.casefold(), lowered, 1, 0.5)
        parts.append(f"`{name}`" + (f" (nearest: `{lowered[near[0]]}`)" if near else ""))
    return f"lacks {', '.join(parts)}; if it was renamed, name the new spelling in aliases"


def described(con: duckdb.DuckDBPyConnection, select: str) -> list[tuple[str, str]]:
    """A select's columns and their types; executed, because errors of `con.sql` name no line."""
    return [(str(row[0]), str(row[1])) for row in con.execute(DESCRIBE + select).fetchall()]


def complaint(error: Exception, statement: Statement) -> str:
    """An engine's complaint about a statement, placed in its file.

    The line shown is the source's text; of the engine's words only the first line is passed on, for
    those behind it may name what stands in the export.
    """
    said = _KIND.sub("", str(error).partition("\n")[0])
    return f"{statement.spot(complained_line(error, statement))}: {said}"


def misplaced(statement: Statement, said: str, position: int | None) -> HeaderError:
    """An error about a statement's text; `position` is the byte of its body where it stands."""
    line = None
    if position is not None:
        line = statement.body.encode()[:position].count(b"\n") + 1
    return HeaderError(f"{statement.spot(line)}: {said}")
