"""What `kring check-source` reads of an export, and where it says that a select is wrong.

What it asks beside that has files of its own, as it has in `assets.trial`: doubts, names, cells.
"""

from __future__ import annotations

import pytest
from trying import CALLS, Check, notes

# What was read


@pytest.mark.parametrize(
    ("footer", "taken"), [(1, 0), (2, 1), (3, 2)], ids=["the total", "a record", "two records"]
)
def test_a_footer_that_takes_records_is_told(check: Check, footer: int, taken: int) -> None:
    source = CALLS.replace("select", f"-- options: footer={footer}\nselect", 1)
    rows = "".join(f"c{day},2024-02-0{day} 08:00\n" for day in range(1, 6))
    said = check(source, f"id,at\n{rows}Total,5 calls\n\n")
    assert f"{6 - footer} rows: {6 - footer} accepted" in said.out
    assert (
        notes(said)
        == [
            f"footer={footer} leaves out what would be {taken} accepted rows: are these totals, "
            "or the last records? What varies in number is left out by `where`"
        ][:taken]
    )


LEGS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
-- tolerance: 100%
with calls as (
    select call, min(_row) as _row, count(*) as _rows, list(queue) as queues, max("at") as "at"
    from export group by call
)
select _row, {rows} as _rows, call || queue as contact_id, queue, "at" as entered_at,
    'flow_out' as outcome, case when queue = 'B' then 'x' else '5' end as wait_seconds
from (select *, unnest(queues) as queue from calls)
"""


@pytest.mark.parametrize(
    ("rows", "accepted", "rejected"),
    [
        ("_rows", 20, 20),
        ("case when queue = 'A' then 2 else 0 end", 20, 10),  # lost all the same, so told as one
        ("case when queue = 'A' then 0 else 2 end", 0, 20),
    ],
)
def test_rejects_are_counted_by_the_rows_that_each_stands_for(
    check: Check, rows: str, accepted: int, rejected: int
) -> None:
    legs = "".join(f"{n},{q},2024-02-01 08:00\n" for n in range(10) for q in "AB")
    said = check(LEGS.format(rows=rows), f"call,queue,at\n{legs}", "z/a.csv", "--json").json
    assert (said["accepted"], said["rejected"]) == (accepted, rejected)
    assert said["rejects"] == [
        {"column": "wait_seconds", "rule": "not_a_duration", "rows": rejected,
         "records": list(range(1, 20, 2))}
    ]  # fmt: skip


# Without an export


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("selec _row frm export", "t.sql line 5, `selec _row frm export`: syntax error"),
        ("select 1; drop table x", "t.sql: must be one select and nothing else"),
        ("select _row, id as contact from export", "columns of the select, unknown: contact; "
         "missing: contact_id"),
        ("select cleaned(id) as contact_id from export", "cleaned does not exist"),
        ("select _row, id as contact_id from read_csv('/x.csv')", 'Cannot access file "/x.csv"'),
        ("with a as (select id from export) select other from a", 'column "other" not found'),
    ],
)  # fmt: skip
def test_the_select_is_tried_without_an_export(check: Check, select: str, said: str) -> None:
    tried = check(CALLS[: CALLS.index("select")] + select)
    assert tried.code == 1 and "is good" not in tried.out
    assert "refused sources/t.sql" in tried.text and said in tried.text


def test_a_good_select_is_not_refused_without_an_export(check: Check) -> None:
    assert check(CALLS).text == (
        "t: calls, csv, z/*.csv the header and the select are good; "
        "no export in landing matches, so nothing was read"
    )
    # an alias in one place is the export's column in another
    twice = """with queues as (select min(_row) as _row, list(queue) as all_queues from export),
    codes as (select map {'A': 'abandoned'} as outcomes)
    select queues._row, id as contact_id, "at" as entered_at, mapped(status, outcomes) as outcome,
        unnest(all_queues) as queue
    from queues join export on queues._row = export._row, codes"""
    assert check(CALLS[: CALLS.index("select")] + twice).code == 0
    all_of_them = check(CALLS[: CALLS.index("select")] + "select * from export")
    assert all_of_them.code == 0 and "what it takes by * an export must show" in all_of_them.out


# Where a select is wrong


LONG = """-- title: T
-- kind: calls
-- files: z/*.csv
--        ; y/*.csv

-- A remark; the é of it is one letter and two bytes
-- format: csv
with it as (  -- é
    select _row, id, "at" from export
)

select
    _row, id as contact_id, "at" as entered_at,
    -- another
    {wrong} as queue,
    'flow_out' as outcome
from it
"""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("cleaned(id)", "Scalar Function with name cleaned does not exist!"),
        ("its.id", 'Referenced table "its" not found!'),
        ("'é' id", 'syntax error at or near "as"'),
        ("clean(id, 1, 2)", "Macro clean() does not support the supplied arguments."),
        ("cast(id as date)", "a cast or function of column id failed on a row"),
    ],
)
def test_what_is_wrong_in_a_select_is_told_by_the_files_own_line_and_shown(
    check: Check, wrong: str, said: str
) -> None:
    tried = check(LONG.format(wrong=wrong), "id,at\n0812,2024-02-01 08:00\n")
    place = f"sources/t.sql line 15, `{wrong} as queue,`: {said}"
    assert tried.code == 1 and place in tried.err and "0812" not in tried.err
    if "cast(" not in wrong:  # what only a row can tell
        assert place in check(LONG.format(wrong=wrong)).err


def test_what_fails_on_a_row_can_be_tried_as_the_refusal_says(check: Check) -> None:
    """Numbers of 14 and of 2 digits: their product has more than an engine's decimal holds."""
    product, row = "number_of(id) * number_of('85.06')", "id,at\n20240304080000,2024-02-01 08:00\n"
    refused = check(LONG.format(wrong=product), row).err
    assert "a cast or function failed on a row; return the text as it stands" in refused
    assert "or write try(...) around it, which gives null there" in refused
    assert "1 rows: 1 accepted" in check(LONG.format(wrong=f"try({product})"), row).out
    assert "1 rows: 1 accepted" in check(LONG.format(wrong="try(cast(id as date))"), row).out


def test_a_column_that_is_not_there_is_told_by_the_line_that_asks_for_it(check: Check) -> None:
    tried = check(LONG.format(wrong="ad"), "id,at\n1,2024-02-01 08:00\n")
    assert "lacks `ad` (nearest: `id`)" in tried.err
    assert "asked for in sources/t.sql line 15, `ad as queue,`" in tried.err


def test_a_mistake_of_a_source_with_a_version_has_its_line_too(check: Check) -> None:
    source = CALLS.replace("-- format", "-- version: changed\n-- format").replace("id as", "idd as")
    said = check(source + "-- the end\n", "id,at,changed\n1,2024-02-01 08:00,1\n")
    assert "sources/t.sql line 6, `select _row, idd as contact_id" in said.err
    good = check(source.replace("idd", "id") + "-- the end\n", "id,at,changed\n1,2024-02-01,1\n")
    assert "1 accepted" in good.out


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("[id] as queue", "column queue is VARCHAR[]; return text, a number or a time"),
        ("struct_pack(a := id) as queue", "column queue is STRUCT; return text"),
        ("id::blob as queue", "column queue is BLOB; return text"),
        ("local_time(id, '%Y') - local_time(id, '%Y') as talk_seconds",
         "column talk_seconds is INTERVAL; return seconds_between(a, b)"),
        ("id as _rows", "column _rows is VARCHAR; return a whole number"),
        ("nullif(1, 1) as _rows", "column _rows is null in a row"),
    ],
)  # fmt: skip
def test_a_type_that_no_column_is_read_from_refuses_the_file(
    check: Check, column: str, said: str
) -> None:
    source = CALLS.replace("select _row", f"select _row, {column}")
    tried = check(source, "id,at\n1,2024-02-01 08:00\n")
    assert tried.code == 1 and f"sources/t.sql: {said}" in tried.err
