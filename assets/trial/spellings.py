"""Names that a program spelt in its own way: a word for none, a decimal, a sign before it.

Read as they stand they are names like others: of an agent, of a queue, of a case that is called
again and again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from assets.trial.units import SOME
from schemas.contract import Contract

_NOTHING = (
    "NA", "N/A", "n/a", "#N/A", "NULL", "Null", "null", "(null)", "nil", "None", "none", "NaN",
    "nan", "NaT", "<NA>", r"\N", "undefined", "(blank)", "-", "--",
)  # fmt: skip
_KEPT_AS_TEXT = r"""^(="|')[0-9]"""
_DECIMAL = r"^[0-9]+[.,]0$"


def of_spellings(cells: pl.DataFrame, kind: Contract, nulls: Collection[str]) -> Iterator[str]:
    """What to ask of names and ids; `cells` as they are returned, `nulls` those declared."""
    for stored, dtype in kind.columns.items():
        column = kind.selected(stored)
        if dtype != pl.String or stored in kind.lowered or column not in cells.columns:
            continue
        if cells[column].dtype == pl.String:
            texts = cells[column].str.strip_chars().drop_nulls()
            texts = texts.filter((texts != "") & ~texts.is_in(list(nulls)))
            yield _nothing(texts, column, cells.height)
            if column.endswith("_id") or column in kind.identifiers:
                yield _kept_as_text(texts, column)
                yield _decimal(texts, column)


def _nothing(texts: pl.Series, column: str, rows: int) -> str:
    counts = texts.filter(texts.is_in(_NOTHING)).value_counts().sort("count", column)[::-1]
    if counts.is_empty():
        return ""
    told = ", ".join(f"`{word}` in {count}" for word, count in counts.iter_rows())
    return (
        f"{column} is {told} of {rows} rows, and counts as a name like others: where it says that "
        f"there is none, declare nulls: {'; '.join(counts[column])}"
    )


def _kept_as_text(texts: pl.Series, column: str) -> str:
    """`="0123"` and `'0123` are written for a spreadsheet, lest it drop the zero."""
    found = int(texts.str.contains(_KEPT_AS_TEXT).sum())
    if not found:
        return ""
    return (
        f"{column} begins with `=\"` or `'` in {found} of {texts.len()} rows, as for a "
        "spreadsheet: does another file or source write it without? The two would be two ids; "
        "return trim(x, '=\"''')"
    )


def _decimal(texts: pl.Series, column: str) -> str:
    """A program writes whole numbers as `12.0` where one of the column is missing, else as `12`."""
    if texts.len() < SOME or not texts.str.contains(_DECIMAL).all():
        return ""
    return (
        f"{column} is a number that ends in .0 in all of {texts.len()} rows: does another file or "
        "source write it without? The two would be two ids; return "
        r"regexp_replace(x, '[.,]0$', '')"
    )
