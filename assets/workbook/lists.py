"""Sheets without formulas: definitions, restatements, closed revisions, notes on the data."""

from __future__ import annotations

from assets.workbook.grid import Column, Grid
from assets.workbook.reading import Reader
from assets.workbook.words import Words

# None: what is asked is a rule, of `sql/workbook`
_LISTS: dict[str, tuple[str | None, tuple[Column, ...]]] = {
    "definitions": (
        "select d.*, m.owner, m.authority, m.note from ref.metric_definitions as d "
        "left join ref.metrics as m using (metric_id) order by metric_id",
        (Column("metric_id", "id"), Column("title", "wide"), Column("unit"),
         Column("numerator", "wide"), Column("denominator", "wide"), Column("rollup"),
         Column("since"), Column("owner"), Column("authority", "wide"), Column("note", "wide"),
         Column("fingerprint")),
    ),
    "restatements": (
        "select * from ops.restatements where period like $year || '%' order by all",
        (Column("version", "id"), Column("table_name", "id"), Column("level"), Column("period"),
         Column("basis"), Column("id", "id"), Column("channel"), Column("queue"),
         Column("service"), Column("source"), Column("old_value", "share"),
         Column("new_value", "share"), Column("old_status"), Column("new_status"),
         Column("cause", "wide")),
    ),
    "revisions": (
        "select * from kpi.revisions where year = $year "
        "order by period, revision, basis, level, id",
        (Column("period"), Column("revision", "whole"), Column("basis"), Column("level"),
         Column("code"), Column("id", "id"), Column("name", "wide"), Column("target", "number"),
         Column("realisation", "number"), Column("index", "number"), Column("status"),
         Column("closed_at", "id"), Column("closed_by"), Column("closed_because", "wide"),
         Column("stands")),
    ),
    "notes": (
        None,
        (Column("kind"), Column("period"), Column("subject", "id"), Column("text", "wide")),
    ),
}  # fmt: skip


def lists(reader: Reader, words: Words) -> list[Grid]:
    """The sheets, in order; an empty one says that there is nothing."""
    return [_list(reader, words, name) for name in _LISTS]


def _list(reader: Reader, words: Words, name: str) -> Grid:
    sql, columns = _LISTS[name]
    grid = Grid(name, words.sheet(name), columns)
    for row in reader.rows(sql) if sql else reader.asked(name):
        told = row | {"name": row.get(f"name_{words.language}")}
        grid.add(**{column.key: told[column.key] for column in columns})
    return grid
