"""The workbook's file of words: each once, in both languages, and none missing."""

from __future__ import annotations

import csv
import re
from collections import Counter

from homes import ROOT

from assets.workbook.building import _ORDER
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
    headings = set(re.findall(r'\bColumn\("(\w+)"', source))
    assert len(headings) > 60
    assert headings - words["heading"] == set()
    for use in ("heading", "about"):
        assert {key for key in words[use] if f'"{key}"' not in source} == set(), use
