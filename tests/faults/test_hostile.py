"""Faults, group G: what concerns data: names, values and files made to do harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from fault_home import FaultHome, Meeting, rows_of
from five_files import (
    CALLS_HEADER,
    JUNE,
    MAY,
    ROWS,
    SURVEYS,
    call_rows,
    calls_csv,
    changed,
    june,
    sound,
    survey_rows,
    workbook,
)
from invariants import one_line

ROWS_OF_JUNE = call_rows(6, ROWS[JUNE])


def everything(root: Path) -> set[Path]:
    """All that lies there, but in the folders that are kring's."""
    ours = {root / "home" / name for name in ("lake", "published", "dagster", "key")}
    return {p for p in root.rglob("*") if not any(p == o or o in p.parents for o in ours)}


def test_no_copy_of_an_export_is_left_after_a_run(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    home.put("calls/z_again.csv", sound()[JUNE])
    assert home.ingest().file("calls/z_again.csv").status == "duplicate_file"
    assert [p for p in (home.root / "lake/tmp").rglob("*") if p.is_file()] == []


def with_entry(name: str, content: bytes) -> bytes:
    """The surveys' workbook with one more entry in its zip."""
    out = io.BytesIO(sound()[SURVEYS])
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../../../x.csv", "/etc/kring-was-here", "..\\x.csv"])
def test_g1_names_inside_a_zip_lead_nowhere(meeting: Meeting, tmp_path: Path, name: str) -> None:
    home = meeting.begin(SURVEYS)
    home.put(SURVEYS, with_entry(name, b"a,b\n1,2\n"))
    before = everything(tmp_path)
    outcome = meeting.run()
    assert everything(tmp_path) == before
    assert not Path("/etc/kring-was-here").exists()
    assert outcome.file(SURVEYS).status in ("loaded", "refused")
    assert outcome.file(SURVEYS).accepted in (0, ROWS[SURVEYS])


PATTERNS = ("calls_*.csv", "calls_[12]*.csv", "calls_20240?.csv", "**.csv", "{a,b}.csv")
STATEMENTS = (
    "x'); drop table fates; --.csv",
    "x\"; attach 'p.db'; --.csv",
    "-rf .csv",
    "$(touch pwned).csv",
    "{0} %s ${env}.csv",
    "a\nb.csv",
    "[bold]x[-bold].csv",
)


def test_g2_g3_a_name_that_is_a_pattern_or_a_statement_is_only_a_name(
    meeting: Meeting, tmp_path: Path
) -> None:
    home = meeting.begin(JUNE)
    home.header("calls", "covers", "dates")
    home.deliver(MAY)
    names = [*PATTERNS, *STATEMENTS]
    for number, name in enumerate(names):
        home.put(f"calls/{name}", calls_csv(ROWS_OF_JUNE[number * 100 : number * 100 + 100]))
    before = everything(tmp_path)
    outcome = meeting.run()
    assert [outcome.file(f"calls/{name}").rows for name in names] == [100] * 12
    assert everything(tmp_path) == before
    meeting.as_undisturbed(outcome)
    for name in names:
        home.put(f"calls/{name}", sound()[JUNE][:-3] + b'"' + name.encode())
    refused = meeting.run()
    assert {f.text.split(": record")[0] for f in refused.findings if f.about == "refused"} == {
        one_line(f"calls/{name}") for name in names
    }


COLUMN = 'wait"; drop table export; select "'


def test_g3_a_column_or_sheet_that_is_a_statement_is_only_a_name(meeting: Meeting) -> None:
    header = [*CALLS_HEADER, COLUMN, "'); --", "a.b", "select"]
    rows = [(*row, "1", "2", "3", "4") for row in ROWS_OF_JUNE]
    outcome = meeting.meet(JUNE, calls_csv(rows, header))
    meeting.as_undisturbed(outcome)
    sheet = "x'; drop--\"x"
    meeting.home.put(SURVEYS, workbook(survey_rows()[:9], sheet=sheet))
    refused = meeting.home.ingest()
    assert f"`{sheet}`" in refused.file(SURVEYS).error


def test_g4_g11_statements_formats_and_formulas_are_kept_as_text(meeting: Meeting) -> None:
    texts = ("'; DROP TABLE fact.contacts; --", "{0}{1!r}", "%s%n", "${env:HOME}", "$HOME",
             "=cmd|' /C calc'!A0", "+62812", "-5", "@SUM(A1)", "\\x00", "<b>&amp;", "NULL",
             "[red]x", "nan", "inf", "true", "2024-01-01")  # fmt: skip
    cells = [(n, "Queue", text) for n, text in enumerate(texts, 1)]
    outcome = meeting.meet(JUNE, june(*cells))
    ids = [f"C6-{n:05d}" for n in range(len(texts))]
    assert tuple(rows_of(outcome, "calls", "contact_id", *ids)["queue"]) == texts
    meeting.heals(JUNE)


@pytest.mark.parametrize("tab", ["\t", "\r"])
def test_g11_what_starts_a_formula_after_a_blank_is_trimmed_or_refused(
    meeting: Meeting, tab: str
) -> None:
    outcome = meeting.meet(JUNE, june((3, "Queue", f"{tab}=1+1")))
    queue = rows_of(outcome, "calls", "contact_id", "C6-00002")["queue"].to_list()
    assert queue in ([], ["=1+1"]), "no control character is kept"


READS_OUTSIDE = """
-- title: Calls, and what it should not see
-- kind: calls
-- files: a_probe/*.csv
-- format: csv
select export._row, id as contact_id, '2024-06-03 10:00:00' as entered_at,
    'abandoned' as outcome, {probe} as queue
from export
"""


PROBES = (
    "(select content from read_text('/etc/hostname'))",
    "(select content from read_text('{key}'))",
    "(select count(*)::text from read_csv('http://127.0.0.1:9/x.csv'))",
    "(select count(*)::text from glob('{landing}/**'))",
    "getenv('HOME')",
)


def test_g10_a_source_reaches_neither_files_nor_the_net(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    for number, probe in enumerate(PROBES):
        text = READS_OUTSIDE.replace("a_probe", f"a_probe_{number}").lstrip()
        probe = probe.format(key=home.root / "key", landing=home.root / "landing")
        home.source(f"a_probe_{number}", text.format(probe=probe))
        home.put(f"a_probe_{number}/p.csv", f"id\nX{number}\n")
    home.deliver(MAY, JUNE)
    outcome = meeting.run()
    assert [outcome.file(f"a_probe_{n}/p.csv").status for n in range(5)] == ["refused"] * 5
    assert "one key for all" not in str(outcome.findings)
    assert outcome.file(JUNE).accepted == ROWS[JUNE]


def test_g10_links_in_a_workbook_are_text(meeting: Meeting) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Responses")
        rows = [[str(cell) for cell in row] for row in survey_rows()]
        page.write_row(0, 0, ("Response ID", "Service", "Submitted", "Score", "Scale", "Status",
                              "Respondent"))  # fmt: skip
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
        page.write_url(1, 0, "external:/etc/passwd", string="R0000")
        page.write_url(2, 0, "http://127.0.0.1:9/x", string="R0001")
    outcome = meeting.meet(SURVEYS, out.getvalue())
    meeting.as_undisturbed(outcome)


INVISIBLE = ("KP\u202e7000-", "KP-\u200b0007", "KP-0007\u0007", "\ufeffKP-0007")


def test_g13_invisible_characters_are_quarantined(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, june(*[(n, "Agent", x) for n, x in enumerate(INVISIBLE, 1)]))
    meeting.quarantined(outcome, JUNE, *[(n, "agent", "control_character") for n in (1, 2, 3, 4)])
    meeting.heals(JUNE)


def test_g13_one_name_in_two_forms_is_one_person_and_a_lookalike_another(meeting: Meeting) -> None:
    names = ("Jos\u00e9", "Jose\u0301", "Jose", "J\u043es\u00e9")
    outcome = meeting.meet(JUNE, june(*[(n, "Agent", name) for n, name in enumerate(names, 1)]))
    ids = [f"C6-{n:05d}" for n in range(4)]
    keys = rows_of(outcome, "calls", "contact_id", *ids)["agent_key"].to_list()
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_hostile_values_pass_the_whole_way_as_text(tmp_path: Path) -> None:
    """Through facts, metrics and the published file, as an analyst reads it."""
    home = FaultHome(tmp_path / "home")
    queue = "'); drop table metric.monthly; --"
    home.put(JUNE, calls_csv(changed(ROWS_OF_JUNE, *[(n, "Queue", queue) for n in range(1, 40)])))
    home.run("2024-07-10", publish=True)
    with duckdb.connect(str(home.root / "published/current/kring.duckdb"), read_only=True) as con:
        found = con.execute(
            "select count(*) from fact.contacts where queue = ?", [queue]
        ).fetchall()
        cells = con.execute(
            "select count(*) from metric.monthly where queue = ? and metric_id = 'service_level'",
            [queue],
        ).fetchall()
    assert (found, cells) == ([(39,)], [(1,)])
