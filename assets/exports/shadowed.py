"""A name that a select gives beside `*` to what it works out, and that `*` holds already.

`select *, trim("STATE") as state` has two columns of one name to the engine, which knows no upper
and lower case: whoever asks for `state` after it gets the export's, as it stands, without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from assets.exports.parsed import Node, nodes, reference
from sql.run import DESCRIBE


def shadowed(con: duckdb.DuckDBPyConnection, statement: Node) -> Iterator[tuple[str, int]]:
    """Such names that are asked for outside of the select that gives them, and the byte of the
    text where each is given. The view `export` must be open in `con`."""
    everywhere = _asked(statement)
    for select in nodes(statement):
        items = select.get("select_list") or []
        stars = [at for at, item in enumerate(items) if _is_star(item)]
        given = [item for item in items[stars[0] + 1 :] if item.get("alias")] if stars else []
        if not given:
            continue
        own = _asked(select)
        outside = {name for name, times in everywhere.items() if times > own.get(name, 0)}
        if not any(item["alias"].casefold() in outside for item in given):
            continue
        held = _held(con, statement["node"], select, [items[at] for at in stars])
        for item in given:
            if item["alias"].casefold() in outside & held:
                yield item["alias"], item["query_location"]


def _is_star(item: Node) -> bool:
    return item.get("class") == "STAR" and not item.get("columns")


def _asked(value: Any) -> dict[str, int]:
    """How often each name is asked for."""
    times: dict[str, int] = {}
    for name in filter(None, map(reference, nodes(value))):
        times[name.casefold()] = times.get(name.casefold(), 0) + 1
    return times


def _held(con: duckdb.DuckDBPyConnection, whole: Node, select: Node, stars: list[Node]) -> set[str]:
    """What the stars of a select stand for; nothing where it cannot be asked alone, as of a select
    that looks at the row around it."""
    cut: Node = dict.fromkeys(("where_clause", "having", "qualify", "sample"))
    cut |= {"modifiers": [], "group_expressions": [], "group_sets": [], "select_list": stars}
    alone = {**select, **cut}
    # a select within a `with` may read what stands beside it there
    alone["cte_map"] = {"map": whole["cte_map"]["map"] + select["cte_map"]["map"]}
    if select is whole:
        alone["cte_map"] = whole["cte_map"]
    document = {"error": False, "statements": [{"node": alone, "named_param_map": []}]}
    try:
        text = con.execute("select json_deserialize_sql(?)", [json.dumps(document)]).fetchall()
        return {str(row[0]).casefold() for row in con.execute(DESCRIBE + text[0][0]).fetchall()}
    except duckdb.Error:
        return set()
