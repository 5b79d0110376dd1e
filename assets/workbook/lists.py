"""Sheets without formulas: definitions, restatements, closed revisions, notes on the data."""

from __future__ import annotations

from assets.workbook.grid import Column, Grid
from assets.workbook.reading import Reader
from assets.workbook.words import Words

_LISTS: dict[str, tuple[str, tuple[Column, ...]]] = {
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
        "select *, name_{language} as name from kpi.revisions where year = $year "
        "order by period, revision, basis, level, id",
        (Column("period"), Column("revision", "whole"), Column("basis"), Column("level"),
         Column("code"), Column("id", "id"), Column("name", "wide"), Column("target", "number"),
         Column("realisation", "number"), Column("index", "number"), Column("status"),
         Column("closed_at", "id"), Column("closed_by"), Column("closed_because", "wide"),
         Column("stands")),
    ),
    "notes": (
        """
        select 'check' as kind, strftime(month, '%Y-%m') as period, check_id as subject,
            title || ': ' || offending_rows || ' rows; ' || reason as text
        from ops.checks where year(month) = $year and offending_rows > 0
        union all
        select 'coverage', strftime(month, '%Y-%m'), kind, state || ': ' || reason
        from ops.coverage where year(month) = $year and (state <> 'complete' or reason <> '')
        union all
        select 'file', array_to_string(months, ', '), path, status || ': ' || coalesce(error, '')
        from ops.files
        where status in ('refused', 'withdrawn')
            and (len(months) = 0 or list_has_any(months, list_transform(
                range(1, 13), lambda m: $year || '-' || lpad(cast(m as text), 2, '0'))))
        union all
        select 'finding', period, subject, finding from ops.reconciliation
        where kind = 'finding' and (period is null or period like $year || '%')
        union all
        select 'event', strftime(begins_at, '%Y-%m'), event_id, kind || ': ' || coalesce(note, '')
        from ref.events where year(begins_at) = $year
        order by all
        """,
        (Column("kind"), Column("period"), Column("subject", "id"), Column("text", "wide")),
    ),
}  # fmt: skip


def lists(reader: Reader, words: Words) -> list[Grid]:
    """The sheets, in order; an empty one says that there is nothing."""
    return [_list(reader, words, name) for name in _LISTS]


def _list(reader: Reader, words: Words, name: str) -> Grid:
    sql, columns = _LISTS[name]
    grid = Grid(name, words.sheet(name), columns)
    for row in reader.rows(sql.replace("{language}", words.language)):
        grid.add(**{column.key: row[column.key] for column in columns})
    return grid
