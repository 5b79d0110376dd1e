"""The workbook's file of words: each once, in both languages, and none missing."""

from __future__ import annotations

import csv
from collections import Counter

from homes import ROOT, TestHome

from assets.database import open_database
from assets.workbook.building import _ORDER
from assets.workbook.counts import _CELLS, _FIGURES
from assets.workbook.grid import Column
from assets.workbook.parts import _COMPOSITES
from assets.workbook.plain_sheets import _SHEETS
from assets.workbook.tree import _PERIODS, _SCORECARD
from assets.workbook.words import texts

FOLDER = ROOT / "assets/workbook"


def test_each_word_is_there_once_and_in_both_languages() -> None:
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["use", "key", "id", "en"]
    assert {(len(row), all(cell.strip() for cell in row)) for row in rows} == {(4, True)}
    assert [key for key, n in Counter((row[0], row[1]) for row in rows).items() if n > 1] == []


def test_what_the_sheets_name_has_words_and_no_word_is_left_over() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py")))
    words = {use: {key for u, key in texts() if u == use} for use, _ in texts()}
    assert words["sheet"] == {"about", *_ORDER}
    assert words["holds"] == set(_ORDER)
    assert words["cell"] == {"True", "False"}
    listed = [Column.listed(columns) for _, columns in _SHEETS.values()]
    listed += [_CELLS, _FIGURES, _COMPOSITES, _PERIODS, _SCORECARD]
    assert words["heading"] == {column.key for columns in listed for column in columns}
    assert {key for key in words["about"] if f'"{key}"' not in source} == set()


def test_each_column_of_a_sheet_of_rows_is_one_that_its_query_gives(sample_home: TestHome) -> None:
    """Of a version of before a column may be absent and stands empty; of this one none is."""
    lacking = set()
    with open_database(sample_home.root / "published/current/kring.duckdb") as con:
        for name, (sql, columns) in _SHEETS.items():
            if sql is None:  # a rule, which has a case of its own
                continue
            asked = {"year": 2024} if "$year" in sql else None
            given = {column for column, *_ in con.execute(sql, asked).description}
            given |= {"name"} if {"name_id", "name_en"} <= given else set()
            lacking |= {(name, c.key) for c in Column.listed(columns) if c.key not in given}
    assert lacking == {("inputs", "result")}, "which is worked out of the others"
