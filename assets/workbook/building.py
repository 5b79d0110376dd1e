"""A year's workbook as sheets, from what was counted up to the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.database import open_database
from assets.home import HomeError
from assets.workbook.counts import Counts
from assets.workbook.grid import Grid
from assets.workbook.parts import Parts
from assets.workbook.plain_sheets import PlainSheets
from assets.workbook.reading import Reader
from assets.workbook.tree import Tree, scorecard
from assets.workbook.words import Words

_ORDER = (
    "scorecard", "periods", "composites", "components", "monthly", "cells", "inputs", "reported",
    "kpis", "weights", "targets", "parts", "conversions", "definitions", "restatements",
    "revisions", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Workbook:
    """The sheets in their order, and the manifest's word on the version they are of."""

    year: int
    words: Words
    manifest: dict[str, Any]
    grids: tuple[Grid, ...]


def build(database: Path, manifest: dict[str, Any], year: int, language: str) -> Workbook:
    """The workbook of a published version; raises HomeError where it has no such year."""
    words = Words(language)
    with open_database(database, manifest["settings"]["timezone"]) as connection:
        reader = Reader(connection, year)
        counts, sheets = Counts(reader, words), PlainSheets(reader, words)
        parts = Parts(reader, words, counts, sheets)
        tree = Tree(reader, words, sheets, parts)
        if not tree.rows:
            raise HomeError(
                f"{manifest['version']} holds no scorecard of {year}; kring scorecard YEAR "
                "shows what there is"
            )
        grids = [
            scorecard(words, tree), tree.grid, parts.composites, counts.components,
            counts.monthly, counts.cells, *sheets.grids.values(),
        ]  # fmt: skip
    ordered = sorted(grids, key=lambda grid: _ORDER.index(grid.key))
    return Workbook(year, words, manifest, tuple(ordered))
