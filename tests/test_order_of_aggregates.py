"""A text or list put together from rows says in which order, or its bytes depend on threads.

An unordered `string_agg` once named two sections of a printed figure now in one order, now in
the other, in one run out of six.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import ROOT

RULES = sorted((ROOT / "sql").rglob("*.sql"))
UNSORTED = re.compile(r"\s*(?:filter\s*\([^()]*\))?\s*as (unsorted_\w+)", re.IGNORECASE)
GATHERS = re.compile(r"\b(string_agg|listagg|array_agg|list|first|last)\s*\(", re.IGNORECASE)


def unordered(text: str) -> Iterator[str]:
    """Calls that gather rows without an order of their own, by their text."""
    sql = re.sub(r"--[^\n]*", "", text)
    for call in GATHERS.finditer(sql):
        depth, end = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        inside = sql[call.end() : end - 1]
        # a window has its order outside the call
        window = re.match(r"\s*over\s*\([^()]*order by", sql[end:], re.IGNORECASE)
        # or the list is sorted as soon as it is put together
        sorted_at_once = sql[: call.start()].rstrip().endswith("list_sort(")
        ordered = re.search(r"\border\s+by\b", inside, re.IGNORECASE)
        named = UNSORTED.match(sql, end)
        sorted_later = named and not _used_unsorted(sql[named.end() :], named[1])
        if not (window or sorted_at_once or ordered or sorted_later):
            yield " ".join(sql[call.start() : end].split())


def _used_unsorted(sql: str, name: str) -> bool:
    """Whether a list is used, outside a `list_sort` and not as a name, as it was gathered."""
    others = re.sub(r"\blist_sort\((?:[^()]|\([^()]*\))*\)", "", sql)
    return bool(re.search(rf"(?<!as )\b{name}\b", others))


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT / "sql")))
def test_what_is_gathered_is_in_a_stated_order(path: Path) -> None:
    assert list(unordered(path.read_text(encoding="utf-8"))) == []


def test_the_search_finds_what_is_there() -> None:
    assert list(unordered("select string_agg(a, ', ') from t")) == ["string_agg(a, ', ')"]
    assert list(unordered("select string_agg(a, ', ' order by b) from t")) == []
    assert list(unordered("select list(a) over (partition by b order by c) from t")) == []
    assert list(unordered("select list_sort(list({'b': b})) from t")) == []
    later = "with g as (select list(b) as unsorted_b from t) select {} from g"
    assert list(unordered(later.format("list_sort(list_concat(unsorted_b, [1])) as c"))) == []
    assert list(unordered(later.format("g.unsorted_b"))) == ["list(b)"]
    assert list(unordered("select list_filter(a, lambda x: x > (1)) -- list(a)\nfrom t")) == []
