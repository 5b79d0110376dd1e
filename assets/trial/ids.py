"""Ids of accepted rows that may not tell rows apart, in this file or in the next.

Rows of one id are found among all rows of a file, for a part of them drawn by lot holds few pairs.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.intake.chunks import rows_of_repeated_keys
from assets.trial.units import SOME
from schemas.contract import Contract


def of_ids(chunks: list[Path], rows: pl.DataFrame, kind: Contract) -> tuple[str, ...]:
    """What to ask of the ids of one file; its rows lie in `chunks`, and `rows` are some of them."""
    found = [_said_again(chunks, kind)]
    if kind.key not in kind.made and rows.height >= SOME:
        found.append(_by_number(rows, kind.key))
    return tuple(sentence for sentence in found if sentence)


def _said_again(chunks: list[Path], kind: Contract) -> str:
    """Rows of one id and one content are taken for one, also where the id is too coarse."""
    again = _repetitions(chunks, kind)
    if not again:
        return ""
    ask = (
        f"is `{kind.key}` unique?" if kind.key not in kind.made else "does `part` tell them apart?"
    )
    return f"{again} rows have the id and content of another row of this file and count once: {ask}"


def _repetitions(chunks: list[Path], kind: Contract) -> int:
    if (rows := rows_of_repeated_keys(chunks, kind.key)) is None:
        return 0
    content = rows.select(pl.struct(list(kind.columns)).hash()).collect().to_series()
    return content.len() - content.n_unique()


def _by_number(rows: pl.DataFrame, column: str) -> str:
    """An id that is the record's number is that of another record in the next file."""
    key = rows[column]
    number = key.str.extract("([0-9]+)$").cast(pl.Int64, strict=False)
    if not number.eq_missing(rows["_row"]).all() or key.str.replace("[0-9]+$", "").n_unique() > 1:
        return ""
    return (
        f"{column} is the record's number in all of {rows.height} rows: does the next file begin "
        "at 1 again? Then its rows would be corrections of these; make an id of what tells rows "
        "apart"
    )
