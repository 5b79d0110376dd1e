"""A source's header: what it says, what it refuses, which files it claims."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from assets.arrivals.source_values import Expects
from assets.arrivals.sources import Source, read_source, read_sources
from sql.header import HeaderError

HEAD = {"title": "Calls", "kind": "calls", "files": "calls/*.csv", "format": "csv"}


def write(
    folder: Path, name: str = "calls", body: str = "select * from export", **keys: str
) -> Path:
    path = folder / f"{name}.sql"
    lines = [f"-- {key}: {value}" for key, value in {**HEAD, **keys}.items() if value]
    path.write_text("\n".join([*lines, body, ""]), encoding="utf-8")
    return path


def source(folder: Path, **keys: str) -> Source:
    return read_source(write(folder, **keys))


def test_every_key_has_its_typed_value(tmp_path: Path) -> None:
    read = source(
        tmp_path,
        files="calls/*.csv; old/**/*.txt",
        options=r"delim='\t', quote=none, header_rows=2, header_row=2, skip=1, footer=1, "
        "encoding='cp1252', multiline=true",
        columns="strict",
        aliases="No. Telepon=Phone, Masuk = Entered",
        timezone="UTC+7",
        times="%d/%m/%Y %H:%M:%S; %d/%m/%Y %H:%M",
        decimal=",",
        nulls="-; N/A",
        identifiers="customer=phone, agent=text",
        covers="filename %Y%m",
        expects="day since 2024-01-01 until 2024-06-30",
        tolerance="0.5%",
        version='"Last Updated"',
        was="old_calls",
    )
    assert read.patterns == ("calls/*.csv", "old/**/*.txt")
    options = read.options
    assert (options.delim, options.quote, options.encoding) == ("\t", None, "cp1252")
    assert (options.header_rows, options.header_row, options.skip, options.footer) == (2, 2, 1, 1)
    assert options.multiline and read.columns == "strict"
    assert read.aliases == {"No. Telepon": "Phone", "Masuk": "Entered"}
    assert (read.timezone, read.decimal, read.nulls) == ("+07:00", ",", ("-", "N/A"))
    assert read.times == ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
    assert read.identifiers == {"customer": "phone", "agent": "text"}
    assert read.covers == ("filename", "%Y%m")
    assert read.expects == Expects("day", date(2024, 1, 1), date(2024, 6, 30))
    assert read.tolerance.share == Fraction(1, 200)
    assert (read.version, read.was) == ("Last Updated", "old_calls")


def test_defaults(tmp_path: Path) -> None:
    read = source(tmp_path)
    assert (read.columns, read.covers, read.decimal, read.timezone) == (
        "ignore",
        "dates",
        ".",
        None,
    )
    assert read.expects.every == "none" and not read.tolerance.allows(1, 10_000)
    assert (read.options.delim, source(tmp_path, format="tsv").options.delim) == (",", "\t")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"kind": "call"}, "line 2: kind: `call` is not one of calls; chats"),
        ({"format": "xls"}, "csv; tsv; json lines"),
        (
            {"options": "delimiter=';'"},
            "`delimiter` is not an option of csv; its options are delim",
        ),
        ({"options": "sheet='x'"}, "`sheet` is not an option of csv"),
        ({"options": "delim=';;'"}, "one character"),
        ({"options": 'delim="\'"'}, "one character"),
        ({"options": "skip=x"}, "skip must be a number"),
        ({"options": "header_rows=0"}, "header_rows must be a number from 1 to 1000"),
        ({"options": "encoding='utf-99'"}, "utf-99` is unknown"),
        ({"options": "encoding='base64'"}, "is unknown"),
        ({"options": "quote=','"}, "quote and delim are the same"),
        ({"options": "escape='\"'"}, "escape and quote are the same"),
        ({"options": r"quote=none, escape='\'"}, "quote=none knows none"),
        ({"options": "header_row=2"}, "beyond header_rows=1"),
        ({"options": "header=false"}, "needs names"),
        ({"options": "skip=1, skip=2"}, "stands twice"),
        ({"options": "skip"}, "cannot read `skip`"),
        ({"timezone": "Asia/Jakrta"}, "near it: Asia/Jakarta"),
        ({"timezone": "+15:00"}, "nor an offset as +07:00"),
        ({"times": "dd/mm/yyyy"}, "not a time format"),
        ({"times": "%e/%m/%Y"}, "unknown directive %e"),
        ({"times": "%Y-%m-%d %H:%M:%S:%f"}, "a fraction follows a point or a comma"),
        ({"times": "%d/%m %H:%M"}, "does not name year, month and day"),
        ({"times": "%d/%m/%Yh%M"}, "hours and minutes go together"),
        ({"times": "%d/%m/%Y %S"}, "hours and minutes go together"),
        ({"decimal": ";"}, "not one of .; ,"),
        ({"aliases": "Phone"}, "write left=right"),
        ({"identifiers": "customer=telephone"}, "phone, tax_id, text"),
        ({"covers": "filename"}, "filename %Y%m%d"),
        ({"covers": "filename %Y"}, "cannot read `filename %Y`"),
        ({"covers": "filename %d.%m"}, "cannot read `filename %d.%m`"),
        ({"covers": "filename %Y%m%d %Y%m%d %Y%m%d"}, "from a day to another"),
        ({"expects": "week"}, "day, month or none"),
        ({"expects": "day since 2024-02-30"}, "since 2024-01-01"),
        ({"tolerance": "half"}, "0.5% or 3 rows"),
        ({"files": "/etc/*.csv"}, "below landing"),
        ({"files": "../x.csv"}, "below landing"),
        ({"colour": "blue"}, "unknown key `colour:`"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, keys: dict[str, str], told: str) -> None:
    with pytest.raises(HeaderError, match=r"calls\.sql line \d+") as error:
        source(tmp_path, **keys)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("calls/a.csv", True),
        ("calls/a.csv.gz", True),
        ("calls/a.csv.zip", True),
        ("calls/a.csv.zst", True),
        ("calls/sub/a.csv", False),
        ("x/calls/a.csv", False),
        ("calls/a.csv.bak", False),
        ("calls/[1]*?.csv", True),
        ("calls/a\n.csv", True),
    ],
)
def test_a_star_stays_in_its_folder(tmp_path: Path, path: str, claimed: bool) -> None:
    assert source(tmp_path).claims(path) is claimed


def test_a_pattern_matches_either_form_of_an_accent(tmp_path: Path) -> None:
    read = source(tmp_path, files="caf\u00e9/*.csv")
    assert read.claims("cafe\u0301/a.csv") and read.claims("caf\u00e9/a.csv")


@pytest.mark.parametrize(
    ("form", "name", "first", "last"),
    [
        ("%Y%m%d", "calls_20240229.csv", date(2024, 2, 29), date(2024, 2, 29)),
        ("%Y%m", "x/2023/chats_202402 (1).jsonl", date(2024, 2, 1), date(2024, 2, 29)),
        ("%Y-%m", "2024-12_calls.csv", date(2024, 12, 1), date(2024, 12, 31)),
        ("%d.%m.%Y", "calls 01.03.2024.csv", date(2024, 3, 1), date(2024, 3, 1)),
        ("%B %Y", "Rekap Agustus 2024.xlsx", date(2024, 8, 1), date(2024, 8, 31)),
        ("%b-%y", "calls_okt-24.csv", date(2024, 10, 1), date(2024, 10, 31)),
        ("%Y%m%d-%Y%m%d", "20240226-20240303.csv", date(2024, 2, 26), date(2024, 3, 3)),
        ("%Y-%m_to_%Y-%m", "2023-12_to_2024-01.csv", date(2023, 12, 1), date(2024, 1, 31)),
        ("%d-%d %b %Y", "week 05-11 Mei 2024.csv", date(2024, 5, 5), date(2024, 5, 11)),
    ],
)
def test_a_name_says_what_it_covers(
    tmp_path: Path, form: str, name: str, first: date, last: date
) -> None:
    assert source(tmp_path, covers=f"filename {form}").covered_by_name(name) == (first, last)


def test_a_month_is_known_by_its_english_or_indonesian_name(tmp_path: Path) -> None:
    read = source(tmp_path, covers="filename %B %Y")
    names = (
        "January", "February", "Peb", "March", "Maret", "April", "May", "Mei", "June", "Juni",
        "July", "Juli", "August", "Agt", "Agu", "Ags", "September", "October", "Okt", "November",
        "Nop", "December", "Des",
    )  # fmt: skip
    numbers = (1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 8, 8, 9, 10, 10, 11, 11, 12, 12)
    for name, number in zip(names, numbers, strict=True):
        found = read.covered_by_name(f"Rekap {name} 2024.xlsx")
        assert found and found[0] == date(2024, number, 1), name


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("%Y%m", "calls.csv"),
        ("%Y%m", "calls_202413.csv"),
        ("%Y%m", "a_202401_202402.csv"),
        # a day's file is not all of its month, and a ticket's number is no month
        ("%Y%m", "calls_20240226.csv"),
        ("%Y%m", "ticket_5202402.csv"),
        ("%Y%m%d", "20240226-20240303.csv"),  # one day is declared, and which is not said
        ("%Y%m%d-%Y%m%d", "20240303-20240226.csv"),
    ],
)
def test_a_name_without_one_clear_date_covers_nothing(tmp_path: Path, form: str, name: str) -> None:
    assert source(tmp_path, covers=f"filename {form}").covered_by_name(name) is None


def test_tolerance_is_a_share_or_a_count(tmp_path: Path) -> None:
    share = source(tmp_path, tolerance="0.5%").tolerance
    assert share.allows(5, 1000) and not share.allows(6, 1000)
    rows = source(tmp_path, tolerance="3 rows").tolerance
    assert rows.allows(3, 10) and not rows.allows(4, 1000)


def test_the_fingerprint_sees_what_can_change_rows(tmp_path: Path) -> None:
    body = "select a -- a remark\n, '-- text' as b /* x */ from   export"
    base = read_source(write(tmp_path, body=body)).fingerprint
    same = {
        "title": write(tmp_path, "a", body, title="Another"),
        "was": write(tmp_path, "b", body, was="older"),
        "remark": write(tmp_path, "c", "select a , '-- text' as b from export"),
    }
    # the order of the header's keys is none of the rows'
    first = write(tmp_path, body=body, nulls="-")
    title, *keys, nulls, selects, end = first.read_text().splitlines()
    before = read_source(first).fingerprint
    first.write_text("\n".join([nulls, title, *keys, selects, end]))
    assert read_source(first).fingerprint == before
    assert {read_source(path).fingerprint for path in same.values()} == {base}
    other = [
        write(tmp_path, "d", body, nulls="-"),
        write(tmp_path, "e", body.replace("-- text", "--  text")),
        write(tmp_path, "f", body.replace("select a", "select b")),
    ]
    assert base not in {read_source(path).fingerprint for path in other}
    # one column by another name is not a column of both names
    one, both = (write(tmp_path, n, f"select {n} from export") for n in ("a b", "ab"))
    assert read_source(one).fingerprint != read_source(both).fingerprint


def test_sources_come_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(tmp_path, name)
    assert [each.name for each in read_sources(tmp_path)] == ["a", "b"]
    assert read_sources(tmp_path / "none") == ()


def test_reading_sources_loads_no_engine() -> None:
    """`kring status` must answer at once."""
    code = (
        "import sys, assets.arrivals.sources; "
        "print([m for m in ('duckdb','polars','pyarrow','pandera','dagster','numpy') "
        "if m in sys.modules])"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"
