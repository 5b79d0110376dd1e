"""Expressions that the guide names for odd cells, taken out of it: they give what it says."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from small_home import EXPORT_GUIDES, MACROS, add_source, make_home, read


@pytest.mark.parametrize(
    ("whole", "rule"), [("offered", None), ("answered_calls", "share_of_another_whole")]
)
def test_a_share_is_multiplied_with_its_own_whole(whole: str, rule: str | None) -> None:
    """154 came, 148 were answered, 131 in time: 85.06 % of those who came."""
    (bullet,) = re.findall(r"^- \*\*A share beside a count.*$", EXPORT_GUIDES, re.MULTILINE)
    (counted,) = re.findall(r"`(offered \* .*?)`", bullet)
    (reject,) = re.findall(r"`(case when .*?)`", bullet)
    counted = counted.replace("offered", whole)
    with duckdb.connect() as engine:
        engine.execute(MACROS.read_text(encoding="utf-8"))
        row = "(select 154 as offered, 148 as answered_calls, '85.06%' as \"Service Level\")"
        told = f"select round(in_20), {reject} from (select {counted} as in_20 from {row})"
        assert engine.sql(told).fetchall() == [(131 if rule is None else 126, rule)]


def test_an_id_in_the_place_of_a_number_costs_its_own_row_alone() -> None:
    """A row whose columns are shifted has a moment in milliseconds where a count or a day is."""
    (counted,) = re.findall(r"`(offered \* .*?)`", EXPORT_GUIDES)
    (day,) = re.findall(r"`(\S*timestamp '1899-12-30' .*?) as entered_at`", EXPORT_GUIDES)
    with duckdb.connect() as engine:
        engine.execute(MACROS.read_text(encoding="utf-8"))
        row = "number_of('1709520000000') as offered, '85.06%' as \"Service Level\""
        (found,) = engine.sql(f"select {counted} from (select {row})").fetchall()[0]
        assert found == pytest.approx(1709520000000 * 0.8506)
        days = [
            engine.sql(f'select {day} from (select {text} as "Start")').fetchall()[0][0]
            for text in ("'45322.5'", "'1709520000000'", "'17095200000000000000'")
        ]
        assert days == [datetime(2024, 1, 31, 12), None, None]


def test_a_clock_that_pandas_wrote_as_if_in_utc(tmp_path: Path) -> None:
    """1709542799500 is 8:59:59.5 of March 4 in UTC, and on the wall in Jakarta."""
    (clock,) = re.findall(r"`(timezone\('UTC', from_epoch_ms.*?) as entered_at`", EXPORT_GUIDES)
    home = make_home(tmp_path)
    add_source(home, "t", "-- title: T\n-- kind: calls\n-- files: z.csv\n-- format: csv\n"
               "select _row, id as contact_id, 'flow_out' as outcome, "
               f"{clock} as entered_at from export\n")  # fmt: skip
    (home.landing / "z.csv").write_text("id,Start\nk1x,1709542799500\n", encoding="utf-8")
    (entered,) = read(home, "t", "z.csv").column("entered_at")
    assert entered.isoformat() == "2024-03-04T01:59:59.500000+00:00"


@pytest.mark.parametrize(("decimals", "most"), [(2, 1000), (1, 100)])
def test_no_right_share_is_rejected_up_to_the_whole_that_is_named(decimals: int, most: int) -> None:
    named = f"{most:,} contacts" if decimals == 2 else f"of one up to {most};"
    assert named in EXPORT_GUIDES
    for whole in (most - 1, most, 3 * most):
        far = max(
            abs(whole * round(100 * part / whole, decimals) / 100 - part) for part in range(whole)
        )
        assert (far <= 0.05 + 1e-9) == (whole <= most)


def test_the_day_of_a_promise(tmp_path: Path) -> None:
    (due,) = re.findall(r"`(local_time\(\"Received\".*? as due_at)`", EXPORT_GUIDES)
    home = make_home(tmp_path)
    add_source(home, "t", "-- title: T\n-- kind: complaints\n-- files: z/*.csv\n-- format: csv\n"
               f"-- times: %d/%m/%Y %H:%M\nselect _row, id as complaint_id, \"Received\" as "
               f"received_at, {due} from export\n")  # fmt: skip
    (home.landing / "z").mkdir()
    (home.landing / "z" / "a.csv").write_text("id,Received\nk,30/03/2024 23:30\n", encoding="utf-8")
    assert read(home, "t", "z/a.csv").column("due_at") == [date(2024, 4, 4)]


def test_a_minus_as_bookkeeping_writes_it(tmp_path: Path) -> None:
    (turned,) = re.findall(r"`(regexp_replace\(trimmed\(x\), '.*?)`", EXPORT_GUIDES)
    home = make_home(tmp_path)
    add_source(home, "t", "-- title: T\n-- kind: payments\n-- files: z/*.csv\n-- format: csv\n-- "
               "options: delim=';'\n-- decimal: ,\nselect _row, id as payment_id, id as case_id, "
               f"'2024-03-04' as paid_at, {turned} as amount from export\n")  # fmt: skip
    (home.landing / "z").mkdir()
    cells = ["1.500,50", "1.500,50-", "(1.500,50)", "-2,00"]
    text = "id;x\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    (home.landing / "z" / "a.csv").write_text(text, encoding="utf-8")
    amounts = [float(each) for each in read(home, "t", "z/a.csv").column("amount")]
    assert amounts == [1500.5, -1500.5, -1500.5, -2]


def test_fields_that_blanks_part(tmp_path: Path) -> None:
    (split,) = re.findall(r"`(regexp_split_to_array\(.*?) as fields`", EXPORT_GUIDES)
    (reject,) = re.findall(r"`(case when len\(fields\).*?)`", EXPORT_GUIDES)
    home = make_home(tmp_path)
    source = f"""-- title: T
-- kind: calls
-- files: z.txt
-- format: csv
-- options: header=false, names='line', delim='|', quote=none
-- tolerance: 50%
select _row, fields[1] as contact_id, fields[2] || ' ' || fields[3] as entered_at,
    'abandoned' as outcome, {reject.replace("17", "4")} as _reject
from (select _row, {split} as fields from export)
"""
    add_source(home, "t", source)
    lines = (
        "k1  2024-03-04 \t8:00:00    a1\n"
        "k2\t2024-03-04\t8:01:00\t\n"  # of no agent
        " k3 2024-03-04 8:02:00 a2 \n"
    )
    (home.landing / "z.txt").write_text(lines, encoding="utf-8")
    found = read(home, "t", "z.txt")
    assert found.column("contact_id") == ["k1", "k3"]
    assert found.reading.rejects == {"fields_differ": 1}
