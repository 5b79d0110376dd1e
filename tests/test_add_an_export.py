"""The document's own examples, read as they stand there: they must do what it says of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from small_home import EXPORT_GUIDES, MACROS, PROJECT, Read, add_source, make_home, read

from assets.arrivals.source_options import Options
from assets.arrivals.sources import read_source
from schemas.contract import contract
from schemas.register_columns import KINDS
from sql.header import HeaderError

BLOCK = re.compile(r"^`(landing|sources)/([^`]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {f"{folder}/{name}": text for folder, name, text in BLOCK.findall(EXPORT_GUIDES)}
Example = Callable[..., Read]


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """Reads an example's file, written out of the document, through the example's source."""

    def reading(source: str, path: str, first_month: str = "2024-01") -> Read:
        home = make_home(tmp_path, first_month=first_month)
        if f"landing/{path}" in FILES:
            (home.landing / path).parent.mkdir(exist_ok=True)
            (home.landing / path).write_text(FILES[f"landing/{path}"], encoding="utf-8")
        add_source(home, source, FILES[f"sources/{source}.sql"])
        assert read_source(home.sources / f"{source}.sql").claims(path)
        found = read(home, source, path)
        assert found.reading.refused == ""
        return found

    return reading


def test_the_bank(example: Example) -> None:
    found = example("bank_calls", "bank/calls_1999-01.csv", "1999-01")
    assert found.rows.select("_row", "outcome", "wait_seconds", "talk_seconds").rows() == [
        (1, "answered", 20, 121),
        (2, "abandoned", 45, None),
        (3, "answered", 0, 120),
        (4, "not_queued", 0, None),
        (6, "answered", 20, 300),
        (7, "answered", 21, 60),
    ]
    assert found.months == {"1999-01": 5, "1999-02": 1}
    entered = [f"{each:%d %H:%M:%S}" for each in found.column("entered_at")]  # UTC, 7 h behind
    assert entered == ["31 17:07:02", "01 01:02:42", "01 02:00:10", "01 02:10:15",
                       "31 16:59:50", "31 17:00:05"]  # fmt: skip
    assert found.reading.rejects == {"unknown_outcome": 1, "negative_duration wait_seconds": 1}
    assert (found.reading.rows, found.reading.filtered) == (9, 1)
    assert found.column("agent_key")[1] is None


def test_the_states_of_a_night_shift(example: Example) -> None:
    found = example("acd_states", "acd/states_2024-03-04.csv")
    of_first, of_second = date(2024, 3, 4), date(2024, 3, 5)
    assert found.rows.select(
        "day", "part", "active_seconds", "acw_seconds", "available_seconds", "not_ready_seconds",
        "_rows",
    ).sort("_rows", "day").rows() == [
        (of_first, None, 0, 600, 0, 0, 1),
        # 21:00 to 23:30 and 0:20 to 2:00; available from 23:30 to 0:20
        (of_first, None, 9000, 0, 1800, 0, 2),
        (of_second, "after midnight", 6000, 0, 1200, 900, 2),
    ]  # fmt: skip
    assert found.reading.rejects == {"without_an_end": 1, "unknown_state": 1}
    assert (found.reading.rows, found.reading.accepted, found.reading.filtered) == (7, 5, 0)


def test_the_chats_and_their_ratings(example: Example) -> None:
    found = example("chat_chats", "chat/chats_2024-03.csv")
    assert found.rows.select("contact_id", "queue", "outcome", "wait_seconds").rows() == [
        ("c1", "Umum", "answered", 299),
        ("c2", "Umum", "abandoned", 90),
        ("c3", "Umum", "answered", 301),
        ("c4", None, "not_queued", None),
    ]
    assert found.reading.rejects == {"wait_missing wait_seconds": 1, "unknown_status": 1}
    ratings = example("chat_ratings", "chat/chats_2024-03.csv")
    assert ratings.rows.select("response_id", "status", "score").rows() == [
        ("c1", "completed", 5), ("c2", "not_rated", None), ("c3", "not_rated", None),
        ("c4", "not_rated", None), ("c5", "completed", 4), ("c6", "completed", 2),
    ]  # fmt: skip


def test_the_event_log(example: Example) -> None:
    found = example("acd_events", "acd/events_2024-03.csv")
    columns = ("contact_id", "queue", "outcome", "wait_seconds", "talk_seconds", "_rows")
    assert found.rows.select(columns).rows() == [
        ("k1-1", "umum", "answered", 12, 88, 3),
        ("k2-1", "umum", "abandoned", 35, None, 2),
        ("k3-1", "umum", "flow_out", 60, None, 2),
        ("k3-2", "khusus", "answered", 19, 110, 3),
    ]
    assert found.reading.rejects == {"unfinished": 1}
    assert (found.reading.rows, found.reading.filtered) == (12, 1)


def test_the_counts_by_half_hour(example: Example) -> None:
    found = example("acd_intervals", "acd/intervals_2024-03.csv")
    assert found.rows.select(
        "_row", "outcome", "contacts", "wait_seconds", "wait_within_seconds", "wait_over_seconds"
    ).rows() == [
        (1, "answered", 8, 14, 20, None), (1, "answered", 2, 14, None, 20),
        (1, "abandoned", 2, None, None, 0),
        (2, "answered", 10, 14, 20, None), (2, "answered", 0, 14, None, 20),
        (2, "abandoned", 0, None, None, 0),
        (3, "answered", 9, 5, 20, None), (3, "answered", 1, 5, None, 20),
        (3, "abandoned", 1, None, None, 0),
        (4, "answered", 0, 0, 20, None), (4, "answered", 0, 0, None, 20),
        (4, "abandoned", 3, None, None, 0),
    ]  # fmt: skip
    assert found.reading.rejects == {"count_missing": 3, "counts_disagree": 3}


def test_the_groups(example: Example) -> None:
    found = example("acd_groups", "acd/groups_2024-03.csv")
    assert found.rows.select("_row", "queue", "contacts", "wait_seconds").rows() == [
        (3, "Umum", 10, 12), (4, "Umum", 5, 7), (8, "Khusus", 3, 9)
    ]  # fmt: skip
    assert (found.reading.rejects, found.reading.filtered) == ({}, 6)


def test_the_workbook(example: Example, tmp_path: Path) -> None:
    (tmp_path / "landing" / "practice").mkdir(parents=True)
    book = xlsxwriter.Workbook(tmp_path / "landing" / "practice" / "q1.xlsx")
    sheet, clock = book.add_worksheet("Calls"), book.add_format({"num_format": "hh:mm:ss"})
    sheet.write_row(0, 0, ["Call Id", "Agent", "Date", "Time", "Topic", "Answered (Y/N)",
                           "Speed of answer in seconds", "AvgTalkDuration",
                           "Satisfaction rating"])  # fmt: skip
    for row, cells in enumerate([("1", "Y", 20, 90 / 86400, 4), ("2", "N", None, None, None)], 1):
        sheet.write_row(row, 0, [cells[0], "a1", "2024-03-01"])
        sheet.write_number(row, 3, 8.5 / 24, clock)
        sheet.write_row(row, 4, ["Umum", cells[1]])
        if cells[2]:
            sheet.write_number(row, 6, cells[2])
            sheet.write_number(row, 7, cells[3], clock)
            sheet.write_number(row, 8, cells[4])
    book.close()
    calls = example("practice_calls", "practice/q1.xlsx")
    assert calls.rows.select("outcome", "wait_seconds", "talk_seconds").rows() == [
        ("answered", 20, 90), ("abandoned", None, None),
    ]  # fmt: skip
    ratings = example("practice_ratings", "practice/q1.xlsx")
    assert ratings.column("score") == [4] and ratings.reading.filtered == 1


def test_the_workbook_of_a_sheet_a_month_and_a_column_a_day(
    example: Example, tmp_path: Path
) -> None:
    (tmp_path / "landing" / "practice").mkdir(parents=True)
    book = xlsxwriter.Workbook(tmp_path / "landing" / "practice" / "time_2024.xlsx")
    for name, lines in {
        "Rekap": [["Total", 9]],
        "2024-01": [["Agent", "Team", 1, 2], ["a1", "x", 3600, ""], ["a2", "x", 60, 120]],
        "2024-02": [["Agent", "Team", 1, 29], ["a1", "x", "5 min", "oops"]],
    }.items():
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    book.close()
    text = FILES["sources/practice_time.sql"].replace(
        "-- options", "-- tolerance: 1 row\n-- options"
    )
    FILES["sources/practice_time_tolerant.sql"] = text
    found = example("practice_time_tolerant", "practice/time_2024.xlsx")
    assert sorted(found.rows.select("_row", "day", "active_seconds").rows()) == [
        (1, date(2024, 1, 1), 3600),
        (2, date(2024, 1, 1), 60),
        (2, date(2024, 1, 2), 120),
        (3, date(2024, 2, 1), 300),
    ]
    assert found.reading.rejects == {"not_a_duration active_seconds": 1}
    assert found.months == {"2024-01": 3, "2024-02": 1}
    add_source(home := make_home(tmp_path), "practice_time", FILES["sources/practice_time.sql"])
    refused = read(home, "practice_time", "practice/time_2024.xlsx").reading.refused
    assert refused.endswith("first at record 3, which is 1 of sheet `2024-02`")


def section(title: str) -> str:
    return EXPORT_GUIDES.split(f"# {title}\n", 1)[1].split("\n#", 1)[0]


def test_every_key_option_kind_and_column_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- tittle: x\nselect 1\n")
    with pytest.raises(HeaderError) as error:
        read_source(tmp_path / "a.sql")
    told = set(re.findall(r"`(\w+)`", section("The header, key by key")))
    assert set(str(error.value).rpartition("the keys are ")[2].split(", ")) <= told
    assert set(Options.__dataclass_fields__) <= told
    returned = section("What the select returns")
    for kind in KINDS:
        rows = [line.split("|", 2) for line in returned.splitlines() if line.startswith("|")]
        named = next(rest for _, kinds, rest in rows if f"`{kind}`" in kinds)
        assert set(contract(kind).offered) <= set(re.findall(r"`(\w+)`", named)), kind


def test_every_helper_is_told() -> None:
    defined = set(re.findall(r"^create or replace macro (\w+)\(", MACROS.read_text(), re.MULTILINE))
    assert defined == set(re.findall(r"`(\w+)\(", section("Helpers"))) - {"coalesce"}


def test_every_rule_of_conversion_and_of_records_is_told() -> None:
    def named(pattern: str, *files: Path) -> set[str]:
        texts = (path.read_text(encoding="utf-8") for path in files)
        return {rule for text in texts for rule in re.findall(pattern, text, re.MULTILINE)}

    schemas = sorted((PROJECT / "schemas").glob("*.py"))
    exports = PROJECT / "assets" / "exports"
    failures = r'\("([a-z_]+)", (?:positions|lost|huge|far)'
    faults = r'(?:_FaultyError\(.*?|^        return )"([a-z_]+)"'
    rules = named(failures, *schemas) | named(r'all_failed\(.*, "([a-z_]+)"\)', *schemas)
    rules |= named(faults, exports / "repair.py", exports / "json_records.py")
    assert {"not_a_boolean", "negative_version", "too_long", "duplicate_key"} < rules
    assert rules <= set(re.findall(r"`(\w+)", section("Rules of rejects")))


@pytest.mark.parametrize(
    ("document", "rows", "call"),
    [
        ('{"calls": [\n{"id": "01", "at": "2024-03-04 08:00:00"}]}\n'
         '{"calls": [{"id": "02", "at": "2024-03-04 08:01:00"}]}',
         "unnest(json_list(calls)) as call", ("$.id", "$.at")),
        ('{"calls": {"01": {"at": "2024-03-04 08:00:00"},\n"02": {"at": "2024-03-04 08:01:00"}}}',
         "unnest(json_keys(calls)) as id, unnest(json_extract(calls, '$.*')) as call",
         ("", "$.at")),
    ],
)  # fmt: skip
def test_rows_are_taken_out_of_a_document(
    tmp_path: Path, document: str, rows: str, call: tuple[str, str]
) -> None:
    assert f"`{rows}`" in EXPORT_GUIDES
    home = make_home(tmp_path)
    (home.landing / "calls.json").write_text(document, encoding="utf-8")
    taken = rows.rpartition(" ")[2]
    name, at = (f"json_text({taken}, '{path}')" if path else "id" for path in call)
    source = f"""-- title: T
-- kind: calls
-- files: calls.json
-- format: json
-- options: records='.'
select _row, {name} as contact_id, {at} as entered_at, 'abandoned' as outcome
from (select _row, {rows} from export)
"""
    add_source(home, "t", source)
    found = read(home, "t", "calls.json")
    assert found.column("contact_id") == ["01", "02"]
    assert [f"{each:%H:%M}" for each in found.column("entered_at")] == ["01:00", "01:01"]  # UTC


@pytest.mark.parametrize(
    ("rows", "filtered", "rejects"),
    [
        ("unnest(json_list(calls)) as call", 1, {}),
        ("unnest(if(calls is null, [null], json_list(calls))) as call", 0,
         {"missing contact_id": 1}),
    ],
)  # fmt: skip
def test_a_page_that_is_an_error(
    tmp_path: Path, rows: str, filtered: int, rejects: dict[str, int]
) -> None:
    assert f"`{rows}`" in EXPORT_GUIDES
    home = make_home(tmp_path)
    page = '{"calls": [{"id": "01", "at": "2024-03-04 08:00:00"}]}'
    (home.landing / "calls.json").write_text(f'{page}\n{{"error": "too many"}}', encoding="utf-8")
    source = f"""-- title: T
-- kind: calls
-- files: calls.json
-- format: json
-- options: records='.'
-- tolerance: 50%
select _row, json_text(call, '$.id') as contact_id, json_text(call, '$.at') as entered_at,
    'abandoned' as outcome
from (select _row, {rows} from export)
"""
    add_source(home, "t", source)
    found = read(home, "t", "calls.json")
    assert found.column("contact_id") == ["01"]
    assert (found.reading.filtered, found.reading.rejects) == (filtered, rejects)
