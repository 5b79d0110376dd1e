"""The helpers for a source's select, against hand-worked values, nulls and garbage.

They run in the very sandbox a source's select runs in. What cannot be read must come back as
null (or as the text, where that is promised), and never as an error: it would cost the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st
from small_home import EXPORT_GUIDES, MACROS

from assets.exports import sandbox, select_columns
from sql.header import Statement
from sql.run import literal

CODES = "map {'OK': 'answered', '2': 'abandoned'}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    box = tmp_path_factory.mktemp("box")
    con = sandbox(box, "Asia/Jakarta", MACROS.read_text(encoding="utf-8"))
    yield con
    con.close()


def value(engine: duckdb.DuckDBPyConnection, expression: str) -> Any:
    found = engine.sql(f"select {expression}").fetchall()[0][0]
    return found.astimezone(UTC) if getattr(found, "tzinfo", None) else found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("clean('  A-17 ')", "A-17"),
        ("clean('')", None),
        ("clean(chr(9) || chr(160) || ' x' || chr(13) || chr(10))", "x"),
        ("clean(chr(9) || ' ')", None),
        ("clean('0:00:00')", "0:00:00"),
        ("clean('uang 00a0')", "uang 00a0"),
        ("clean(null)", None),
        ("clean(' - ', ['-', 'N/A'])", None),
        ("clean('', ['-'])", None),
        ("clean('-')", "-"),
        ("number_of('12.5')", Decimal("12.5")),
        ("number_of('1.2345678E7')", Decimal(12345678)),
        ("number_of(' -5.0E-4', ',')", Decimal("-0.0005")),
        ("number_of('1.23E+07')", None),
        ("number_of(' 12 ')", 12),
        ("number_of('-0.25')", Decimal("-0.25")),
        ("number_of('1,234.5')", Decimal("1234.5")),
        ("number_of('1.234,5', ',')", Decimal("1234.5")),
        ("number_of('12,5', ',')", Decimal("12.5")),
        # more than one mark of groups, of three digits each, is believed; fewer digits are none
        ("number_of('123,456,789.25')", Decimal("123456789.25")),
        ("number_of('1,234,567')", 1234567),
        ("number_of('12,34,567')", None),
        ("number_of('1,2,345')", None),
        ("number_of('1,23.45')", None),
        ("number_of('0,123,456')", None),
        ("number_of('123,456.75')", Decimal("123456.75")),
        ("number_of('+.25')", Decimal("0.25")),
        ("number_of('12,5')", None),
        ("number_of('12.5', ',')", None),
        ("number_of('1.234', ',')", None),
        ("number_of('1e5')", None),
        ("number_of('0x10')", None),
        # moments in milliseconds and nanoseconds since 1970 are numbers to subtract
        ("number_of('1704070092103') - number_of('1704070079599')", 12504),
        ("number_of('1704070079599000001')", 1704070079599000001),
        ("number_of('999999999999999999999')", None),
        ("number_of('')", None),
        ("number_of(null)", None),
        ("seconds_of('0:07:02')", 422),
        ("seconds_of('7:02.5')", Decimal("422.5")),
        ("seconds_of('7:02,5')", Decimal("422.5")),
        ("seconds_of('25:03:00')", 90180),
        ("seconds_of('90:00')", 5400),
        # more than 32 bits hold: 999,999 hours of 3,600 seconds and one second less than an hour
        ("seconds_of('999999:59:59')", 3599999999),
        ("seconds_of('-0:00:01')", -1),
        ("seconds_of('0 days 00:02:23')", 143),
        ("seconds_of('1 day, 2:03:04.5')", Decimal("93784.5")),
        ("seconds_of('2 hari 00:00:01')", 172801),
        ("seconds_of('-1 day, 23:59:50')", None),
        ("seconds_of('1 day 2:03')", None),
        ("seconds_of('1 day, 2:61:00')", None),
        # a zero in front may be missing, and the blank before the day's name
        ("seconds_of('1:5:30')", 3930),
        ("seconds_of('1Day 2:5:04')", 93904),
        ("seconds_of('1 day, 2:59:04')", 97144),
        ("seconds_of('8:02:42')", 28962),
        ("seconds_of('12,345', ',')", Decimal("12.345")),
        ("seconds_of('12.3445')", Decimal("12.345")),
        # as many digits as a number has, and more than a duration: an id in its place
        ("seconds_of('1709520000000001')", None),
        ("seconds_of('99999999999999999999')", None),
        ("seconds_of('1h 2m 3s')", 3723),
        ("seconds_of('7m 2.5s')", Decimal("422.5")),
        ("seconds_of('PT1H2M3.25S')", Decimal("3723.25")),
        ("seconds_of('PT90S')", 90),
        ("seconds_of('2 hours, 5 min')", 7500),
        ("seconds_of('1 jam 5 menit 20 detik')", 3920),
        ("seconds_of('5 mnt 20 dtk')", 320),
        ("seconds_of('-5s')", -5),
        # every spelling of a unit that is read
        *((f"seconds_of('2 {unit}')", 2 * seconds) for seconds, units in (
            (86400, "day days hari"), (3600, "h hr hrs hour hours jam"),
            (60, "m min mins minute minutes menit mnt"),
            (1, "s sec secs second seconds detik dtk"),
        ) for unit in units.split()),
        ("seconds_of('1 Day 2 Hours 3 Minutes')", 93780),
        ("seconds_of('3 hari')", 259200),
        ("seconds_of('45d')", None),
        ("seconds_of('P1DT2H')", 93600),
        ("seconds_of('P5M')", None),
        ("seconds_of(':25')", 25),
        ("seconds_of('::25')", None),
        ("seconds_of('PT')", None),
        ("seconds_of('5 m2')", None),
        ("seconds_of('2m 1h')", None),
        ("in_units('5 menit').minutes", "5"),
        ("in_units('5 apples').minutes", ""),
        ("english_dates('Senin, 5 Agustus 2024 08:15')", "Monday, 5 August 2024 08:15"),
        ("english_dates('JUM''AT 01-Nop-24')", "Friday 01-Nov-24"),
        ("english_dates('Monday 05/Aug/2024 WIB')", "Monday 05/Aug/2024 WIB"),
        ("english_dates('1 Sept 2024')", "1 Sep 2024"),
        ("english_dates('12 décembre 2023 à 9h', map {'décembre': 'December'})",
         "12 December 2023 à 9h"),
        ("english_dates('5 Aou\u0302t 2024', map {'août': 'August'})", "5 August 2024"),
        ("english_dates('2024年3月5日 下午2:03', map {'下午': 'PM'})", "2024年3月5日 PM2:03"),
        ("english_dates('5 Mart 2024 ÖS', map {'mart': 'March', 'ös': 'PM'})", "5 March 2024 PM"),
        ("english_dates('1 Mei 2024', map {'mart': 'March'})", "1 May 2024"),
        ("english_dates('')", ""),
        ("english_dates(null)", None),
        ("local_time(english_dates('17 Mei 2024 08:15'), '%d %B %Y %H:%M')",
         datetime(2024, 5, 17, 8, 15)),
        ("seconds_of('0:61:00')", None),
        ("seconds_of('0:00:60')", None),
        ("seconds_of('1:2:3:4')", None),
        ("seconds_of('HANG')", None),
        ("seconds_of('')", None),
        ("seconds_of(null)", None),
        ("local_time('31/01/2024 8:02:42', '%d/%m/%Y %H:%M:%S')", datetime(2024, 1, 31, 8, 2, 42)),
        ("local_time('990102 0:07:02', '%y%m%d %H:%M:%S')", datetime(1999, 1, 2, 0, 7, 2)),
        # the blank that browsers write before AM and PM
        ("local_time('1/31/2024, 8:02:42' || chr(8239) || 'PM', '%m/%d/%Y, %I:%M:%S %p')",
         datetime(2024, 1, 31, 20, 2, 42)),
        ("clean(chr(8239) || 'a ')", "a"),
        ("local_time('1/2/24', ['%d.%m.%y', '%d/%m/%y'])", datetime(2024, 2, 1)),
        ("local_time('30/02/2024', '%d/%m/%Y')", None),
        # 1:05:15, which the engine takes for 10:51:05
        ("local_time('20240131 10515', '%Y%m%d %H%M%S')", None),
        ("local_time('20240131 10515', ['%Y-%m-%d', '%Y%m%d %H%M%S'])", None),
        ("local_time('1112024', '%d%m%Y')", None),
        ("local_time('20240131 010515', '%Y%m%d %H%M%S')", datetime(2024, 1, 31, 1, 5, 15)),
        ("local_time('240131 8:05', ['%d%m%Y', '%y%m%d %H:%M'])", datetime(2024, 1, 31, 8, 5)),
        ("local_time('20240131010515.5', '%Y%m%d%H%M%S.%f')",
         datetime(2024, 1, 31, 1, 5, 15, 500000)),
        ("local_time('20240131080000+0700', '%Y%m%d%H%M%S%z')", utc("2024-01-31 01:00:00")),
        ("parsed('31/1/2024', '%d/%m/%Y')", datetime(2024, 1, 31)),
        ("local_time('', '%d/%m/%Y')", None),
        ("local_time(null, '%d/%m/%Y')", None),
        ("instant('2024-01-31T01:15:02.120Z')", utc("2024-01-31 01:15:02.120")),
        ("instant('2024-01-31 08:15:02')", utc("2024-01-31 01:15:02")),
        ("instant('2024-02-30T00:00:00Z')", None),
        ("instant('infinity')", None),
        ("instant('31/01/2024')", None),
        ("instant(null)", None),
        ("from_epoch('1706663702')", utc("2024-01-31 01:15:02")),
        ("from_epoch(1706663702)", utc("2024-01-31 01:15:02")),
        ("from_epoch('1706663702.5')", utc("2024-01-31 01:15:02.500")),
        ("from_epoch('99999999999')", None),
        ("from_epoch('-5')", None),
        ("from_epoch('NONE')", None),
        ("from_epoch(null)", None),
        ("from_epoch_ms('1706663702120')", utc("2024-01-31 01:15:02.120")),
        ("from_epoch_ms('x')", None),
        ("seconds_between(timestamp '2024-01-31 23:59:50', timestamp '2024-02-01 00:00:10.5')",
         Decimal("20.5")),
        ("seconds_between(timestamp '2024-01-01 00:00:02', timestamp '2024-01-01 00:00:00.5')",
         Decimal("-1.5")),
        ("seconds_between(timestamp '2024-01-01', timestamp '2024-01-01 00:00:00.0005')",
         Decimal("0.001")),
        ("seconds_between(instant('2024-01-31T08:15:02+07:00'), instant('2024-01-31T01:15:22Z'))",
         20),
        # from half past one to half past three is three hours where three o'clock was two again
        ("seconds_between(timestamp '2024-10-27 01:30:00', timestamp '2024-10-27 03:30:00')", 7200),
        ("seconds_between(one_instant(timestamp '2024-10-27 01:30:00', 'Europe/Berlin'), "
         "one_instant(timestamp '2024-10-27 03:30:00', 'Europe/Berlin'))", 10800),
        ("seconds_between(instant('x'), instant('2024-01-31T01:15:22Z'))", None),
        ("seconds_between(timestamp 'infinity', timestamp '2024-01-01')", None),
        ("clock_between('13:56:45', '13:57:02')", 17),
        ("clock_between('23:59:50', '0:00:10')", 20),
        ("clock_between('8:00:02', '8:00:01')", -1),
        ("clock_between('13:56', ' 13:58 ')", 120),
        ("clock_between('23:59', '0:01:30')", 150),
        ("clock_between('8:28:25 AM', '8:29:37AM')", 72),
        ("clock_between('11:59:50 a.m.', '12:00:10 p.m.')", 20),
        ("clock_between('12:59 am', '1:00 am')", 60),
        ("clock_between('11:59:50\u202fPM', '12:00:10\u202fAM')", 20),
        ("clock_between('11:59:59.9 PM', '12:00:00,1 a. m.')", Decimal("0.2")),
        # twelve hours back and no more are no midnight; nor are thirteen from morning to evening
        ("clock_between('20:00:00', '8:00:00')", -43200),
        ("clock_between('20:00:00', '7:59:59')", 43199),
        ("clock_between('8:00 AM', '9:00 PM')", 46800),
        ("clock_between('12:00:00 PM', '11:59:59 AM')", -1),
        ("clock_between('13:56 PM', '13:58 PM')", None),
        ("clock_between('8 AM', '9 AM')", None),
        ("clock_between('24:00', '0:01')", 60),
        ("clock_between('23:59:50', '25:00:10')", 3620),
        # minutes and seconds, of which some could be a clock: sixty times too long
        ("clock_between('56:45', '57:02')", None),
        ("clock_between('23:50', '27:10')", None),
        ("clock_between('13.56', '13.58')", None),
        ("clock_between('x:y', '1:2:3:4')", None),
        # the fraction tells minutes and seconds, as a spreadsheet shows a time
        ("clock_between('56:45.5', '57:02.0')", Decimal("16.5")),
        ("clock_between('8:00:02', '')", None),
        ("clock_between(null, '8:00:01')", None),
        # 9:30:15 and 9:31:20, 65 seconds: as numbers they would be 105
        ("clock_between('93015', '93120')", None),
        ("clock_between('9:30:15', '93120')", None),
        (f"mapped(' OK ', {CODES})", "answered"),
        (f"mapped('ok', {CODES})", None),
        (f"mapped(2, {CODES})", "abandoned"),
        (f"mapped(null, {CODES})", None),
        (f"unmapped('OK', {CODES}, 'unknown_status')", None),
        (f"unmapped('HANG', {CODES}, 'unknown_status')", "unknown_status"),
        (f"unmapped('', {CODES})", "unknown_code"),
        (f"unmapped(null, {CODES})", "unknown_code"),
        ("in_zone('2024-01-31 08:15:02', 'America/Denver')", "2024-01-31T15:15:02.000Z"),
        ("in_zone('01/31/2024 08:15', 'Asia/Jakarta', '%m/%d/%Y %H:%M')",
         "2024-01-31T01:15:00.000Z"),
        # skipped, and repeated, by the change of clocks
        ("in_zone('2024-03-10 02:30:00', 'America/Denver')", "2024-03-10 02:30:00 America/Denver"),
        ("in_zone('2024-11-03 01:30:00', 'America/Denver')", "2024-11-03 01:30:00 America/Denver"),
        ("in_zone('2024-11-03 00:59:59', 'America/Denver')", "2024-11-03T06:59:59.000Z"),
        ("in_zone('2024-11-03 02:00:00', 'America/Denver')", "2024-11-03T09:00:00.000Z"),
        # clocks set back by half an hour, and by two
        ("in_zone('2024-04-07 01:29:59', 'Australia/Lord_Howe')", "2024-04-06T14:29:59.000Z"),
        ("in_zone('2024-04-07 01:30:00', 'Australia/Lord_Howe')",
         "2024-04-07 01:30:00 Australia/Lord_Howe"),
        ("in_zone('2024-04-07 02:00:00', 'Australia/Lord_Howe')", "2024-04-06T15:30:00.000Z"),
        ("in_zone('2024-10-27 01:30:00', 'Antarctica/Troll')",
         "2024-10-27 01:30:00 Antarctica/Troll"),
        ("in_zone('soon', 'America/Denver')", "soon America/Denver"),
        ("in_zone('', 'America/Denver')", None),
        ("in_zone(null, 'America/Denver')", None),
        ("json_text('{\"Name\": \"Q1\"}', '$.Name')", "Q1"),
        ("json_text('{\"Name\": null}', '$.Name')", None),
        ("json_text('{\"Name\"', '$.Name')", None),
        ("json_text('', '$.Name')", None),
        ("json_text(null, '$.Name')", None),
        ("len(json_list('[1, {\"a\": 2}]'))", 2),
        ("json_text(json_list('{\"p\": [{\"a\": 2}]}', '$.p')[1], '$.a')", "2"),
        ("len(json_list('nonsense'))", 0),
        ("len(json_list('{\"a\": 1}', '$.p'))", 0),
        ("len(json_list(null))", 0),
    ],
)  # fmt: skip
def test_hand_worked(engine: duckdb.DuckDBPyConnection, expression: str, expected: Any) -> None:
    assert value(engine, expression) == expected


OF_TEXT = [
    "english_dates({})", "in_units({}).seconds",
    "clean({})", "number_of({})", "number_of({}, ',')", "seconds_of({})", "seconds_of({}, ',')",
    "local_time({}, '%d/%m/%Y %H:%M:%S')",
    "local_time({}, '%Y%m%d%H%M')", "instant({})", "from_epoch({})", "from_epoch_ms({})",
    "seconds_between(instant({}), instant('2024-01-31T01:15:22Z'))", "clock_between({}, '1:00:00')",
    f"mapped({{}}, {CODES})", f"unmapped({{}}, {CODES})", "in_zone({}, 'Europe/Berlin')",
    "json_text({}, '$.a')", "json_list({})",
]  # fmt: skip


CELLS = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=25),
    st.from_regex(r"[-+]?[0-9:.,/ eExPTHMS]{0,24}", fullmatch=True).filter(lambda t: "\0" not in t),
    # well formed, and larger than anything that was ever meant
    st.from_regex(r"[-+]?[0-9]{1,9}(:[0-5][0-9]){1,2}([.,][0-9]{1,20})?", fullmatch=True),
    st.from_regex(r"[-+]?[0-9]{12,22}([.,][0-9]{1,20})?", fullmatch=True),
    st.from_regex(
        r"-?(PT)?([0-9]{1,6}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?", fullmatch=True
    ),
)


@examples(8)
@given(st.lists(CELLS, min_size=1, max_size=40))
def test_garbage_never_fails_the_file(engine: duckdb.DuckDBPyConnection, cells: list[str]) -> None:
    columns = ", ".join(each.replace("{}", "cell", 1) for each in OF_TEXT)
    rows = ", ".join(f"({literal(cell)})" for cell in cells)
    found = engine.sql(f"select {columns} from (values {rows}) as export (cell)").fetchall()
    assert len(found) == len(cells)


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [(1374, 1, 1, "1995-03-21"), (1402, 7, 30, "2023-10-22"), (1402, 10, 11, "2024-01-01"),
     (1403, 12, 30, "2025-03-20"), (1404, 1, 1, "2025-03-21")],
)  # fmt: skip
@pytest.mark.parametrize("number", ["number_of('{}')", "{}", "{}::bigint"])
def test_the_guide_counts_days_of_the_persian_calendar(
    engine: duckdb.DuckDBPyConnection, year: int, month: int, day: int, expected: str, number: str
) -> None:
    (formula,) = re.findall(r"`(date '2024-03-20' \+ .*?)`", EXPORT_GUIDES)
    parts = ", ".join(
        f"{number.format(part)} as {name}"
        for name, part in zip("ymd", (year, month, day), strict=True)
    )
    assert engine.sql(f"select ({formula})::text from (select {parts})").fetchall() == [(expected,)]


def test_an_unknown_zone_refuses_the_file(engine: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="Nowhere"):
        value(engine, "in_zone('2024-01-31 08:15:02', 'Nowhere/Land')")


def test_columns_that_bear_a_parameters_name(engine: duckdb.DuckDBPyConnection) -> None:
    row = "(select ' 1,5 ' as \"text\", ',' as \"mark\", '8:00:00' as \"start\")"
    assert value(engine, f'seconds_of("text", "mark") from {row}') == Decimal("1.5")
    assert value(engine, f'clean("text") from {row}') == "1,5"
    assert value(engine, f"clock_between(\"start\", '8:00:05') from {row}") == 5
    row = "(select '7m' as gap, '0:08:00' as parts, '9' as hours, '9' as minutes) as parts"
    assert value(engine, f"seconds_of(parts.gap) + seconds_of(hours) from {row}") == 429
    row = "(select '0:07' as clock, '0:08:00' as clocks, '9' as part) as part"
    assert value(engine, f"clock_between(clock, clocks) from {row}") == 60


def test_arguments_are_not_taken_for_columns(engine: duckdb.DuckDBPyConnection) -> None:
    body = "select number_of(a, mark := ',') as x, json_list(p, path := '$.z') as y from export"
    statement = Statement("t", Path("sources/t.sql"), {}, body, {})
    assert select_columns(engine, statement) == {"a", "p"}


def test_every_helper_has_an_example() -> None:
    text = MACROS.read_text(encoding="utf-8")
    defined = set(re.findall(r"^create or replace macro (\w+)\(", text, re.MULTILINE))
    shown = set(re.findall(r"\b(\w+)\(", "\n".join(re.findall(r"^--   .*$", text, re.MULTILINE))))
    explained = set(re.findall(r"\b(\w+)\(", "\n".join(re.findall(r"^-- .*$", text, re.MULTILINE))))
    assert len(defined) == 19
    assert defined <= explained and defined - shown <= {"from_epoch_ms", "json_text", "trimmed"}
