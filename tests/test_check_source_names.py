"""What `kring check-source` asks of a file by its name, beside what stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Command
from small_home import add_source, make_home
from trying import CALLS, Check, notes


@pytest.mark.parametrize(
    ("part", "told"), [("'x'", True), ("if(\"at\" > '2024-02-01', 1, 0)", False)]
)
def test_agents_time_that_the_next_file_would_correct_is_told(
    check: Check, part: str, told: bool
) -> None:
    source = f"""-- title: T
-- kind: agent_activity
-- files: z/*.csv
-- format: csv
-- covers: filename %Y-%m-%d
select _row, id as agent, "at" as day, 60 as active_seconds, {part} as part from export
"""
    said = check(source, "id,at\na1,2024-02-01\na1,2024-02-02\na2,2024-02-02\n", "z/2024-02-01.csv")
    assert "3 rows: 3 accepted" in said.out
    sentence = (
        "2 rows are of a day after those of the file's name, with the channel and `part` of rows "
        "within them: the next file's row of that agent and day would correct them; give them "
        "another `part`, such as 'after midnight'"
    )
    assert notes(said) == [sentence] * told


@pytest.mark.parametrize(
    ("file", "is_told"),
    [("z/a 2567-02.csv", True), ("z/a 2024-01.csv", True), ("z/a 2024-02.csv", False)],
)
def test_a_name_of_other_months_than_the_rows_is_told(
    check: Check, file: str, is_told: bool
) -> None:
    """2567 is 2024 of the Buddhist calendar; February would be counted and never be complete."""
    source = CALLS.replace("-- format", "-- covers: filename %Y-%m\n-- format")
    said = notes(check(source, "id,at\n1,2024-02-01 08:00\n2,2024-03-01 08:00\n", file))
    assert [note.split(":")[0] for note in said] == [
        "no accepted row is of a month that the file's name speaks for"
    ] * is_told


def test_a_days_file_may_have_but_a_call_of_the_evening_before(check: Check) -> None:
    source = CALLS.replace("-- format", "-- covers: filename %Y-%m-%d\n-- format")
    row = "id,at\n1,2024-03-31 23:58\n"
    assert notes(check(source, row, "z/2024-04-01.csv")) == []
    assert len(notes(check(source, row, "z/2024-04-02.csv"))) == 1


@pytest.mark.parametrize("file", ["z/Calls.CSV", "z/sub/calls.csv"])
def test_a_file_that_the_source_does_not_claim_is_told(check: Check, file: str) -> None:
    said = check(CALLS, "id,at\n1,2024-02-01 08:00\n", file)
    assert "1 rows: 1 accepted" in said.out
    assert notes(said) == [
        f"`files` is z/*.csv and does not match {file} (upper and lower case count, "
        "and * stays in one folder): no run will read it so"
    ]
    assert notes(check(CALLS, "id,at\n1,2024-02-01 08:00\n", "z/calls.csv")) == []


def test_a_file_is_called_as_a_run_calls_it(check: Check) -> None:
    """A year of a folder above landing is not the year of the export."""
    source = CALLS.replace("id as contact_id", "id as contact_id, _file as queue")
    said = check(source, "id,at\n1,2024-02-01 08:00\n", "z/a.csv")
    assert "queue z/a.csv," in said.out


@pytest.mark.parametrize(("last", "told"), [("2024-02", True), ("2024-03", False)])
def test_rows_after_the_last_month_of_a_home_are_told(
    command: Command, tmp_path: Path, last: str, told: bool
) -> None:
    """One of two calls is of March, of which a home that ends with February has no figure."""
    home = make_home(tmp_path / "home")
    settings = home.root / "kring.toml"
    settings.write_text(settings.read_text() + f'last_month = "{last}"\n')
    add_source(home, "t", CALLS)
    export = tmp_path / "a.csv"
    export.write_text("id,at\n1,2024-02-29 08:00\n2,2024-03-01 08:00\n")
    said = command(home.root, "check-source", str(home.sources / "t.sql"), str(export))
    sentence = (
        "1 rows are of months after 2024-02, the last of this home, and are in no figure: is "
        "their date misread, or is last_month in kring.toml to go on?"
    )
    assert notes(said) == [sentence] * told
