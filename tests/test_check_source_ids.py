"""What `kring check-source` asks of ids: whether they tell rows apart, in this file and others."""

from __future__ import annotations

import pytest
from trying import CALLS, Check, notes

from assets.trial.parts import MOST_ROWS


def test_rows_of_one_id_and_content_are_told_for_they_count_once(check: Check) -> None:
    rows = "id,at\n8:00|umum,2024-02-01 08:00\n" + "9:00|umum,2024-02-01 09:00\n" * 3
    said = check(CALLS, rows)
    assert said.code == 0 and "4 rows: 4 accepted" in said.out
    assert notes(said) == [
        "2 rows have the id and content of another row of this file and count once: "
        "is `contact_id` unique?"
    ]
    assert check(CALLS, rows, "z/a.csv", "--json").json["notes"] == notes(said)


def test_of_an_agents_rows_alike_the_part_is_asked_for(check: Check) -> None:
    source = CALLS.replace("calls", "agent_activity").replace(
        "id as contact_id, \"at\" as entered_at, 'flow_out' as outcome",
        'id as agent, "at" as day, 60 as active_seconds',
    )
    assert notes(check(source, "id,at\na1,2024-02-01\na1,2024-02-01\na2,2024-02-01\n")) == [
        "1 rows have the id and content of another row of this file and count once: "
        "does `part` tell them apart?"
    ]


def test_two_rows_alike_are_found_in_a_file_of_which_only_a_part_is_looked_at(
    check: Check,
) -> None:
    """Of one row in four both of a pair would be drawn once in sixteen times."""
    lines = "".join(f"c{n},2024-02-01 08:00\n" for n in range(3 * MOST_ROWS))
    said = check(CALLS, f"id,at\n{lines}c7,2024-02-01 08:00\nc9,2024-02-01 08:00\n")
    assert "2 rows have the id and content of another row of this file" in said.text


def test_ids_that_a_program_wrote_as_decimals_are_told(check: Check) -> None:
    lines = [f"{n}.0,2024-02-01 08:{n:02d}\n" for n in range(20)]
    (said,) = notes(check(CALLS, "id,at\n" + "".join(lines)))
    assert said.startswith("contact_id is a number that ends in .0 in all of 20 rows: does another")
    # ids that part of them end so are of a system that counts parts
    assert notes(check(CALLS, "id,at\n" + "".join(lines) + "20.1,2024-02-01 09:00\n")) == []


def test_names_that_a_program_wrote_as_decimals_or_for_nothing_are_told(check: Check) -> None:
    """R writes NA, a database NULL: as an agent a person, as a case one that is called each day."""
    source = CALLS.replace("as outcome", "as outcome, ag as agent, w as queue")
    agents = ["7.0", "8.0", ""] * 10
    lines = [f"c{n},2024-02-01 08:{n:02d},{ag},a\n" for n, ag in enumerate(agents)]
    (said,) = notes(check(source, "id,at,ag,w\n" + "".join(lines)))
    assert said.startswith("agent is a number that ends in .0 in all of 20 rows: does another")
    rows = "1,2024-02-01 08:00,NA,NULL\n2,2024-02-01 08:00, NA,NA\n3,2024-02-01 08:00,NULL,NAD\n"
    assert notes(check(source, f"id,at,ag,w\n{rows}")) == [
        "queue is `NULL` in 1, `NA` in 1 of 3 rows, and counts as a name like others: where it "
        "says that there is none, declare nulls: NULL; NA",
        "agent is `NA` in 2, `NULL` in 1 of 3 rows, and counts as a name like others: where it "
        "says that there is none, declare nulls: NA; NULL",
    ]
    declared = source.replace("-- format", "-- nulls: NA; NULL\n-- format")
    assert notes(check(declared, f"id,at,ag,w\n{rows}")) == []


@pytest.mark.parametrize(
    ("cell", "told"), [('"=""0123"""', True), ("'0123", True), ("'t Hof", False)]
)
def test_an_id_that_is_written_for_a_spreadsheet_is_told(
    check: Check, cell: str, told: bool
) -> None:
    text = f"id,at\n{cell},2024-02-01 08:00\n7,2024-02-01 09:00\n"
    assert [each.partition(",")[0] for each in notes(check(CALLS, text))] == [
        "contact_id begins with `=\"` or `'` in 1 of 2 rows"
    ] * told
    trimmed = CALLS.replace("id as", "trim(id, '=\"''') as")
    assert notes(check(trimmed, text)) == []


@pytest.mark.parametrize(("first", "told"), [(1, True), (11, False)])
def test_an_id_that_is_the_records_number_is_told(check: Check, first: int, told: bool) -> None:
    rows = "".join(f"c-{first + n:05d},2024-02-01 08:{n:02d}\n" for n in range(20))
    found = notes(check(CALLS, f"id,at\n{rows}"))
    assert [each.partition(":")[0] for each in found] == [
        "contact_id is the record's number in all of 20 rows"
    ][: int(told)]
    assert notes(check(CALLS, f"id,at\n{rows[: -len(rows) // 20]}")) == []  # 19 may be chance
