"""What `kring check-source` holds of a large export, and that it says of which part it speaks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from trying import CALLS, Check, notes

from assets.trial.parts import MOST_ROWS

DOCUMENT = """-- title: T
-- kind: calls
-- files: z/*.json
-- format: json
-- options: records='.'
with each as (select _row, unnest(json_list(calls)) as call from export)
select _row, json_text(call, '$.id') as contact_id, json_text(call, '$.at') as entered_at,
    'flow_out' as outcome from each
"""


def rows(count: int, late: str = "") -> str:
    """Calls of one day, a thousandth of a second apart, and one whose time is written otherwise."""
    begin = datetime(2024, 2, 1, 8)
    lines = [f"c{n},{begin + timedelta(milliseconds=n)}" for n in range(count)]
    return "\n".join(("id,at", *lines, *([f"late,{late}"] if late else ()), ""))


def test_of_more_rows_than_are_looked_at_the_part_is_named(check: Check) -> None:
    text = rows(MOST_ROWS // 2 + 1)
    said = check(CALLS, text + text.removeprefix("id,at\n"))
    assert f"{MOST_ROWS + 2} rows: {MOST_ROWS + 2} accepted" in said.out
    (note,) = re.findall(r"note: (of 250,002 accepted rows [^:]+ of these)", said.text)
    drawn = int(note.split()[4].rstrip(",").replace(",", ""))
    # a coin for each row: 125,000, give or take 250 as often as not; ten times that never
    assert abs(drawn - MOST_ROWS / 2) < 2_500
    # all rows of a smaller file are looked at, which is nothing to tell
    assert notes(check(CALLS, rows(100))) == []


def test_a_time_that_is_rejected_late_in_a_large_file_has_its_format_proposed(check: Check) -> None:
    said = check(CALLS, rows(MOST_ROWS + 50_000, "01.02.2024 09:30:00"))
    assert "`times: %d.%m.%Y %H:%M:%S` would read 1 of 1 rejected cells" in said.text


def test_a_total_at_the_end_of_a_large_file_is_asked_about(check: Check) -> None:
    said = check(CALLS, rows(MOST_ROWS + 50_000) + "Grand Total,2024-02-01 20:00:00\n")
    assert "1 of 250100 rows have a word for a total or a mean as contact_id" in said.text


def test_records_not_laid_out_as_declared_end_a_trial_as_they_end_a_run(check: Check) -> None:
    """Nothing is learned of a layout by reading on, and each of ten million rejects is held."""
    said = check(CALLS, "id,at\n" + "1,2024-02-01 08:00,more\n" * 10_050)
    assert said.code == 1
    assert "more than 10,000 records rejected, the last by rule field_count" in said.text
    # fewer are told by number, whatever the source tolerates
    few = check(CALLS, "id,at\n" + "1,2024-02-01 08:00,more\n" * 9_000 + "2,2024-02-01 08:00\n")
    assert "9001 rows: 1 accepted, 0 filtered, 9000 rejected" in few.out


def test_of_a_documents_rows_only_the_rejected_are_told_how_they_are_written(check: Check) -> None:
    """All rows of a document have its number, by which one reject was taken for all of them."""
    good = "".join(f'{{"id": "c{n}", "at": "2024-02-01 08:00"}},' for n in range(30))
    said = check(
        DOCUMENT, f'{{"calls": [{good} {{"id": "x", "at": "01.02.2024 9:00"}}]}}', "z/a.json"
    )
    assert "30 accepted, 0 filtered, 1 rejected" in said.out
    assert "`times: %d.%m.%Y %H:%M` would read 1 of 1 rejected cells" in said.text
