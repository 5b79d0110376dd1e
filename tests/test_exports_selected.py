"""What a source selects from an export: columns by name, by one select, in a closed box."""

from __future__ import annotations

from contextlib import closing

import pytest
from exporting import PLAIN, SEMI, Bench, refusal

from assets.exports import Refused, open_export, sandbox, select_columns, stage
from assets.intake.selecting import Selecting
from schemas.contract import contract
from sql.header import HeaderError

NEW_LINE = b"\n"


def test_b9_columns_go_by_name_in_any_spelling(bench: Bench) -> None:
    content = b" n ;No.  Telepon ;ID\n5;0812;1\n"
    read = bench.read(
        content,
        options=SEMI,
        aliases="No. Telepon=Phone",
        select='select "Phone", id, N from export',
    )
    assert read.export.columns == ("n", "Phone", "ID") and read.values == [("5", "0812", "1")]
    twice = content.replace(b"ID", b"Phone")
    error = refusal(bench, twice, options=SEMI, aliases="No. Telepon=Phone")
    assert error.rule == "duplicate_column"


def test_b12_an_extra_column_goes_by_the_sources_policy(bench: Bench) -> None:
    select = "select id, trim(name) as name, n from export"
    content = b"id;name;n;alamat\n1;Ani;5;x\n"
    assert bench.read(content, options=SEMI, select=select).export.records == 1
    error = refusal(bench, content, options=SEMI, select=select, columns="strict")
    assert error.rule == "unknown_column" and "`alamat`" in str(error)
    assert "`id`" not in str(error) and "`name`" not in str(error)
    # what only `version` names is used as well
    keys = {"columns": "strict", "version": "Alamat"}
    assert bench.read(content, options=SEMI, select=select, **keys).export.records == 1


def test_b13_a_missing_column_is_named_with_its_nearest(bench: Bench) -> None:
    select = 'select "Call ID" as id, upper(id) as u, durasi, trim(nama) as nama from export'
    error = refusal(bench, b"CallID;nama;n\n1;x;2\n", options=SEMI, select=select)
    assert error.rule == "missing_column"
    assert "`Call ID` (nearest: `CallID`), `durasi`" in str(error)


STATES = b"STATE,seconds\nOn Call,60\n"


@pytest.mark.parametrize(
    "select",
    [
        "with named as (\n select *, 'call' as state from export\n)\nselect state from named",
        "select state from (\n select *, 'call' as state from export where seconds <> ''\n)",
        "with read as (select * from export), named as (\n"
        " select read.*, 'call' as state from read)\nselect named.state from named",
    ],
)
def test_a_name_that_the_star_holds_already_is_not_given_again(bench: Bench, select: str) -> None:
    """The engine would hand on `On Call`, and whoever counts calls by `call` would count none."""
    error = refusal(bench, STATES, select=select)
    assert error.rule == "select"
    assert "line 6, `" in str(error) and '* exclude ("state")' in str(error)


@pytest.mark.parametrize(
    "select",
    [
        "with named as (select * exclude (state), 'call' as state from export) "
        "select state from named",
        "with named as (select * replace ('call' as state) from export) select state from named",
        # its own comes first, and is the one that is asked for
        "with named as (select 'call' as state, * from export) select state from named",
        # the star holds no other
        "with few as (select seconds from export), named as (select *, 'call' as state from few) "
        "select state from named",
        # nobody asks for it
        "with named as (select *, 'call' as state from export) select 'call' from named",
    ],
)
def test_a_name_of_one_meaning_is_its_selects(bench: Bench, select: str) -> None:
    bench.read(STATES, select=select)
    assert bench.con.execute(select).fetchall() == [("call",)]


def test_a_title_in_the_headers_place_is_taken_for_one(bench: Bench) -> None:
    """Without a word of it: where a header was forgotten, the line is a person's record."""
    select = "select id, name from export"
    error = refusal(bench, b"Report of Ani\n1\n", select=select)
    assert str(error) == (
        "f.csv: lacks `id`, `name`; if it was renamed, name the new spelling in aliases. None of "
        "the columns asked for is in what is read as the header, of 1 column: if that is a title "
        "or a record, declare skip, or header=false and names, in options"
    )
    other = refusal(bench, "номер\n1\n".encode("cp1251"), select=select, options="encoding=cp1252")
    assert str(other).endswith("in options; if it is garbled, another encoding")
    assert "None of the columns" not in str(refusal(bench, b"id,n\n1,2\n", select=select))
    record = b'{"no": 1}\n'
    assert "None of the columns" not in str(refusal(bench, record, "json lines", select=select))


@pytest.mark.parametrize(
    ("lines", "row", "columns"),
    [
        (b"No,Panggilan,,Agen\n,Masuk,Status,\n", 2, "No,Masuk,Status,Agen"),
        (b"No,Panggilan,,Agen\n,Masuk,Status,\n", 1, "No,Panggilan,Status,Agen"),
        (b"Q1,\nResponse,Open-Ended\n", 1, "Q1,Open-Ended"),
        # a name of several columns names none
        (b"Q1,,Q2,\nAnswer,Why,Answer,Why\n", 1, "Q1,column_2,Q2"),
        (b"id,,n\nId,ID,x\n", 1, "id,column_2,n"),
        (b"A,B,C\nD,,\n,,x\n", 3, "D,B,x"),
        (b"Report of May,,\nid,n,\n", 2, "id,n"),
    ],
)  # fmt: skip
def test_an_empty_cell_of_the_header_is_named_by_its_other_lines(
    bench: Bench, lines: bytes, row: int, columns: str
) -> None:
    options = f"header_rows={lines.count(NEW_LINE)}, header_row={row}"
    assert ",".join(bench.read(lines, options=options).export.columns) == columns


# As Jira writes a column for each comment: how many there are differs from file to file.
TWICE = b"id,Note,n,note,\n1,x,5,y,\n"


@pytest.mark.parametrize(
    ("select", "columns"),
    [
        ("select _row, id, n from export", "id,column_2,n,column_4"),
        ("with all_of as (select * from export) select id from all_of", "id,column_2,n,column_4"),
        ("select id, column_4 from export", "id,column_2,n,column_4"),
    ],
)
def test_columns_of_one_name_go_by_their_places(bench: Bench, select: str, columns: str) -> None:
    read = bench.read(TWICE, select=select)
    assert ",".join(read.export.columns) == columns


@pytest.mark.parametrize(
    ("select", "more"),
    [
        ("select id, note from export", {}),
        ("select id from export where Note is null", {}),
        ("select id from export", {"version": "note"}),
        ("select id, columns('^no') from export", {}),
        ("unpivot (select * from export) on * exclude (id) into name what value said", {}),
    ],
)
def test_of_columns_of_one_name_none_may_be_meant(
    bench: Bench, select: str, more: dict[str, str]
) -> None:
    refused = refusal(bench, TWICE, select=select, **more)
    assert refused.rule == "duplicate_column" and "`note`" in str(refused)
    assert ("`column_2` or `column_4`" in str(refused)) == ("note" in f"{select} {more}".lower())


def test_an_optional_column_may_be_absent(bench: Bench) -> None:
    read = bench.read(
        PLAIN, options=SEMI + ", optional='rating'", select="select rating from export"
    )
    assert read.rows[0] == ("1", "Ani", "5", None, 1)


def test_g1_g4_names_and_values_are_data(bench: Bench) -> None:
    name = "x'); drop table t; --[1]*?.csv"
    header, value = '"""; drop table export; --"', "'; DROP {0} %s ${env} =cmd|x"
    path = bench.put(f"{header},b\n{value},1\n".encode(), name)
    bench.put(b"a;b\n9;9\n", "x.csv")
    read = bench.read(path)
    assert read.export.columns == ('"; drop table export; --', "b")
    assert read.values == [(value, "1")]
    assert bench.con.sql("select _file from export").fetchall() == [(name,)]


def test_g10_the_sandbox_reaches_nothing_but_its_box(bench: Bench) -> None:
    outside = bench.put(PLAIN)
    for statement in (
        f"select * from read_text('{outside}')", f"copy (select 1) to '{outside}.x'",
        "set enable_external_access = true", "install httpfs", f"attach '{outside}.db'",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"(?i)disabled|locked|not allowed|permission"):
            bench.con.execute(statement)


def test_a_select_that_takes_too_much_memory_is_told_as_that(bench: Bench) -> None:
    select = "select min(_row) as _row, string_agg(repeat(id, 30000000), '') as x from export"
    source = bench.source(select=select)
    with closing(sandbox(bench.box, "Asia/Jakarta", memory_limit="40MB")) as con:
        open_export(con, stage(bench.put(b"id,n\nAni,1\nBudi,2\n"), source, bench.box), source)
        with pytest.raises(Refused) as caught:
            list(Selecting(con, source, contract("calls")).batches("f.csv", 100))
    assert "needs more memory than a source may take" in str(caught.value)
    assert "cast" not in str(caught.value) and "Ani" not in str(caught.value)


def test_the_version_that_the_header_names_is_taken_beside_another_column_of_that_word(
    bench: Bench,
) -> None:
    """Of a survey's or a program's version nothing tells which row is newer."""
    content = b"id,at,changed,app_version\nA1,2024-02-01 08:00,2,7.1\n"
    returned = "_row, id as contact_id, \"at\" as entered_at, 'abandoned' as outcome"
    for select in (
        f"select {returned} from export",
        f"select {returned} from export where app_version <> ''",
        f"select {returned}, changed as _version from export",
    ):
        source = bench.source(select=select, version="changed")
        open_export(bench.con, stage(bench.put(content), source, bench.box), source)
        selecting = Selecting(bench.con, source, contract("calls"))
        selecting.check("f.csv")
        (rows,) = selecting.batches("f.csv", 10)
        assert rows["_version"].to_list() == ["2"]


def test_a_file_that_does_not_fit_leaves_the_version_to_the_files_after_it(bench: Bench) -> None:
    """The header of the third file is that of the first, which is not checked again."""
    source = bench.source(
        select="select * exclude (_file, changed, note), 'abandoned' as outcome from export",
        version="changed",
    )
    selecting = Selecting(bench.con, source, contract("calls"))
    good = b"contact_id,entered_at,changed,note\nA1,2024-02-01 08:00,2,x\n"
    open_export(bench.con, stage(bench.put(good), source, bench.box), source)
    selecting.check("good.csv")
    bad = bench.put(good.replace(b",note", b"").replace(b",x", b""), "bad.csv")
    open_export(bench.con, stage(bad, source, bench.box), source)
    with pytest.raises(Refused, match="note"):
        selecting.check("bad.csv")
    open_export(bench.con, stage(bench.put(good), source, bench.box), source)
    (rows,) = selecting.batches("good.csv", 10)
    assert rows["_version"].to_list() == ["2"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("drop table x", "t.sql: must be one select"),
        ("select 1; select 2", "t.sql: must be one select"),
        ("from (pivot export on id using max(n))", r"t.sql: .*`on x in \('a', 'b'\)`"),
        ("selec 1", 't.sql line 5, `selec 1`: syntax error at or near "selec"'),
        ("select 'é',\n  #1\nfrom export", "t.sql line 6, `#1`: .* by position"),
    ],
)
def test_a_source_is_one_select_by_name(bench: Bench, body: str, said: str) -> None:
    with pytest.raises(HeaderError, match=said):
        select_columns(bench.con, bench.source(select=body).statement)


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ('with a as (select "Call ID" as x, trim(agent) as agent from export) select x from a',
         {"Call ID", "agent"}),
        ("select count(*), list_transform(l, v -> v || w) from export", {"l", "w"}),
        ("from export", {"*"}),
        ("select a, d, s from export unpivot (s for d in (x, y))", {"a", "x", "y"}),
    ],
)  # fmt: skip
def test_the_columns_a_select_refers_to(bench: Bench, body: str, columns: set[str]) -> None:
    assert select_columns(bench.con, bench.source(select=body).statement) == columns
