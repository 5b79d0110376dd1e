"""A select as the engine's parser tells it: its nodes, and the columns that they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

Node: TypeAlias = dict[str, Any]


def nodes(value: Any) -> Iterator[Node]:
    """Every node of a tree, from the outermost."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)


def references(value: Any) -> set[str]:
    """The columns that a tree names."""
    return {name for node in nodes(value) if (name := reference(node))}


def reference(node: Node) -> str | None:
    """The column that a node names, without its table."""
    names = node.get("column_names") if node.get("class") == "COLUMN_REF" else None
    return str(names[-1]) if names else None
