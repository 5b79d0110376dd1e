"""The engine of rules: what holds for it holds for each of its cursors."""

from __future__ import annotations

from sql.run import connect


def test_every_cursor_counts_in_the_organisations_zone() -> None:
    """01:00 in Jakarta is the day before in UTC, the zone a cursor has by itself."""
    engine = connect("Asia/Jakarta")
    day = "select cast(cast(timestamptz '2024-02-29 18:00:00+00' as date) as text)"
    assert engine.execute(day).fetchall() == [("2024-03-01",)]
    assert engine.cursor().execute(day).fetchall() == [("2024-03-01",)]
