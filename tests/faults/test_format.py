"""Faults, group B: formats and types, one fault each, from the file to the rows that count."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from fault_home import Meeting, rows_of
from five_files import (
    CALLS_HEADER,
    CHATS,
    CHATS_HEADER,
    JUNE,
    ROWS,
    SURVEYS,
    SURVEYS_HEADER,
    call_rows,
    calls_csv,
    changed,
    chat_rows,
    chats_csv,
    delimited,
    june,
    sound,
    survey_rows,
    workbook,
)


def lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


def mixed_line_ends(text: bytes) -> bytes:
    ends = (b"\r\n", b"\n", b"\r")
    return b"".join(
        line.rstrip(b"\n") + ends[number % 3] for number, line in enumerate(lines(text))
    )


def reordered(text: bytes) -> bytes:
    """The columns in another order, their names in other cases and with blanks around."""
    rows = [row[::-1] for row in call_rows(6, ROWS[JUNE])]
    header = [f" {name.upper()} " if number % 2 else name for number, name in
              enumerate(CALLS_HEADER)]  # fmt: skip
    return calls_csv(rows, header[::-1])


def renamed(text: bytes) -> bytes:
    return text.replace(b"Queue;", b" No.  Antrian ;", 1)


@pytest.mark.parametrize(
    ("fault", "edits"),
    [
        pytest.param(lambda t: b"\xef\xbb\xbf" + t, "", id="B1-mark"),
        pytest.param(lambda t: t.decode().encode("utf-16"), "options: delim=';', encoding=utf-16",
                     id="B2-utf-16-declared"),
        pytest.param(lambda t: t.decode().encode("utf-16-be"),
                     "options: delim=';', encoding=utf-16-be", id="B2-big-endian"),
        pytest.param(reordered, "", id="B9-order-and-case"),
        pytest.param(renamed, "aliases: No. Antrian=Queue", id="B9-alias"),
        pytest.param(mixed_line_ends, "", id="B29-mixed-line-ends"),
        pytest.param(lambda t: b"sep=;\r\n" + t.replace(b"\n", b"\r\n"), "", id="B29-sep-line"),
        pytest.param(lambda t: t + b"\x1a", "", id="B29-end-mark"),
        pytest.param(lambda t: t.replace(b"\n", b"\r"), "", id="B29-cr"),
        pytest.param(lambda t: t.replace(b"\n", b"\n\n", 700) + b"\n\n", "", id="blank-lines"),
        pytest.param(lambda t: t.replace(b"\n", b";\n"), "", id="trailing-empty-column"),
    ],
)  # fmt: skip
def test_written_in_another_way_is_read_the_same(
    meeting: Meeting, fault: Callable[[bytes], bytes], edits: str
) -> None:
    if "encoding" in edits:  # the source's other file is in the other encoding too, then
        meeting.begin(JUNE).header("calls", *edits.split(": ", 1))
        for path in (JUNE, "calls/calls_202405.csv"):
            meeting.home.put(path, fault(sound()[path]))
        meeting.as_undisturbed(meeting.run())
        return
    meeting.as_undisturbed(meeting.meet(JUNE, fault(sound()[JUNE]), edits=edits))


def without(column: str) -> bytes:
    at = CALLS_HEADER.index(column)
    rows = [row[:at] + row[at + 1 :] for row in call_rows(6, ROWS[JUNE])]
    return calls_csv(rows, CALLS_HEADER[:at] + CALLS_HEADER[at + 1 :])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(lambda t: t.decode().encode("utf-16"), ("utf-16", "utf-8"),
                     id="B2-utf-16-undeclared"),
        pytest.param(lambda t: t.replace(b"C6-00500;umum", b"C6-00500;Jos\xe9"),
                     ("record 501", "utf-8"), id="B3-bad-byte"),
        pytest.param(lambda t: t.replace(b";", b","), ("delimiter", "semicolon", "comma"),
                     id="B7-comma"),
        pytest.param(lambda t: t.replace(b";", b"\t"), ("delimiter", "tab"), id="B7-tab"),
        pytest.param(lambda t: t.replace(b"Notes", b"Call ID", 1), ("two columns", "`Call ID`"),
                     id="B11-twice"),
        pytest.param(lambda t: without("Wait"), ("lacks `Wait`",), id="B13-gone"),
        pytest.param(lambda t: t.replace(b";Wait;", b";Waiting;", 1),
                     ("lacks `Wait`", "nearest: `Waiting`", "aliases"), id="B13-renamed"),
        pytest.param(lambda t: t.replace(b"C6-00600;umum", b'C6-00600;um"um'),
                     ("record 601", "quote"), id="stray-quote"),
        pytest.param(lambda t: t[: t.index(b"\n") + 1] + b"\0" * 5000, (), id="B4-only-nuls"),
        pytest.param(lambda t: june(*[(n, "Wait", "soon") for n in range(1, 60)]),
                     ("59 of 1200", "tolerance", "wait_seconds", "record 1"), id="tolerance"),
        pytest.param(lambda t: t.replace(b"Answered", b"answered"),
                     ("1080 of 1200", "unknown_outcome 1080", "record 1"), id="B30-all"),
    ],
)  # fmt: skip
def test_what_cannot_be_trusted_is_refused_whole(
    meeting: Meeting, fault: Callable[[bytes], bytes], words: tuple[str, ...]
) -> None:
    outcome = meeting.meet(JUNE, fault(sound()[JUNE]))
    meeting.refused(outcome, JUNE, *words)
    if len(words) > 2:  # it heals alike, so not each is healed
        meeting.heals(JUNE)


WAIT, TALK = "wait_seconds", "talk_seconds"


@pytest.mark.parametrize(
    ("content", "rejects"),
    [
        pytest.param(lambda: june((10, "Queue", "Bu\0di")), [(10, "", "nul_byte")], id="B4"),
        pytest.param(
            lambda: b"".join(
                line.replace(b";", b"", 1) if n == 100 else b";" + line if n == 200 else line
                for n, line in enumerate(lines(june()))
            ),
            [(100, "", "field_count"), (200, "", "field_count")], id="B8-ragged",
        ),
        pytest.param(lambda: june()[:-40], [(1200, "", "field_count")], id="truncated-tail"),
        pytest.param(
            lambda: june((1, "Wait", "12.5"), (2, "Wait", "1.234"), (3, "Wait", "1,234.5")),
            [(n, WAIT, "ambiguous_number") for n in (1, 2, 3)], id="B15-ambiguous",
        ),
        pytest.param(
            lambda: june((1, "Talk", "NULL"), (2, "Talk", "n/a"), (3, "Talk", "#N/A"),
                         (4, "Ended", "0000-00-00"), (5, "Talk", "")),
            [(1, TALK, "not_a_duration"), (2, TALK, "not_a_duration"),
             (3, TALK, "not_a_duration"), (4, "ended_at", "not_a_time")], id="B17-nulls",
        ),
        pytest.param(
            lambda: june((7, "Entered", "13/13/2024 10:00:00"), (8, "Entered", "2024-06-01")),
            [(7, "entered_at", "not_a_time"), (8, "entered_at", "not_a_time")], id="B22-dates",
        ),
        pytest.param(
            lambda: june((7, "Outcome", "WhatsApp"), (8, "Outcome", "answered"),
                         (9, "Outcome", "Answered ")),
            [(7, "", "unknown_outcome"), (8, "", "unknown_outcome")], id="B30-categories",
        ),
        pytest.param(lambda: june((5, "Call ID", "")), [(5, "contact_id", "missing")], id="no-id"),
        pytest.param(
            lambda: june((5, "Call ID", "1.23457E+15")), [(5, "contact_id", "id_lost_digits")],
            id="B19-id-in-csv",
        ),
    ],
)  # fmt: skip
def test_records_that_do_not_fit_are_quarantined_by_number(
    meeting: Meeting, content: Callable[[], bytes], rejects: list[tuple[int, str, str]]
) -> None:
    outcome = meeting.meet(JUNE, content())
    meeting.quarantined(outcome, JUNE, *rejects)
    if len(rejects) > 1:  # it heals alike, so not each is healed
        meeting.heals(JUNE)


def test_b3_a_declared_codec_gives_exact_names(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.header("calls", "options", "delim=';', encoding=cp1252")
    home.put(JUNE, june((501, "Queue", "José –")).decode().encode("cp1252"))
    outcome = meeting.run()
    (queue,) = rows_of(outcome, "calls", "contact_id", "C6-00500")["queue"]
    assert queue == "José –"


def test_b5_texts_with_breaks_quotes_and_delimiters_are_one_field(meeting: Meeting) -> None:
    outcome = meeting.meet(CHATS, chats_csv(chat_rows()))
    assert outcome.content["chats"].height == ROWS[CHATS]
    kept = rows_of(outcome, "chats", "contact_id", "H0000", "H0001")
    assert kept["queue"].to_list() == ['Pajak, "UMKM"', "umum"]
    meeting.as_undisturbed(outcome)


def test_b5_undeclared_breaks_refuse_the_file(meeting: Meeting) -> None:
    outcome = meeting.meet(CHATS, chats_csv(chat_rows()), edits="options: multiline=false")
    meeting.refused(outcome, CHATS, "record 1:", "multiline=true")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(lambda t: t.replace(b",transcript", b',tran"script', 1), id="inside"),
        pytest.param(lambda t: t.replace(b",transcript", b',"transcript', 1), id="opens"),
    ],
)
def test_b5_a_stray_quote_in_the_header_swallows_no_record(
    meeting: Meeting, header: Callable[[bytes], bytes]
) -> None:
    """With breaks in quotes allowed, it pairs with a quote of some record far below."""
    outcome = meeting.meet(CHATS, header(sound()[CHATS]))
    meeting.refused(outcome, CHATS, "header", "quotes")


def test_b6_a_record_goes_by_its_number_whatever_the_lines(meeting: Meeting) -> None:
    rows = [list(row) for row in chat_rows()]
    rows[6][2] = "2024-06-31T01:00:00Z"
    outcome = meeting.meet(CHATS, delimited(CHATS_HEADER, rows, ","))
    meeting.quarantined(outcome, CHATS, (7, "entered_at", "not_a_time"))
    meeting.heals(CHATS)


@pytest.mark.parametrize("policy", ["ignore", "strict"])
def test_b12_a_new_column_goes_by_policy_and_is_never_kept(meeting: Meeting, policy: str) -> None:
    rows = [(*row, "Jalan Markadewi 7") for row in survey_rows()]
    content = workbook(rows, (*SURVEYS_HEADER, "alamat"))
    outcome = meeting.meet(SURVEYS, content, edits=f"columns: {policy}")
    if policy == "ignore":
        meeting.as_undisturbed(outcome)
    else:
        meeting.refused(outcome, SURVEYS, "`alamat`", "strict")
        meeting.heals(SURVEYS)


def test_b14_a_text_after_thirty_thousand_numbers(meeting: Meeting) -> None:
    rows = call_rows(6, 30_001)
    home = meeting.begin(JUNE)
    home.deliver("calls/calls_202405.csv")
    home.put(JUNE, calls_csv(changed(rows, (30_001, "Talk", "about a minute"))))
    outcome = meeting.run()
    assert outcome.named(JUNE) == [(30_001, TALK, "not_a_duration")]
    assert outcome.file(JUNE).accepted == 30_000


def test_b15_grouped_and_plain_numbers_by_the_declared_mark(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, june((1, "Wait", "1.234,5"), (2, "Wait", "12,5")))
    waits = rows_of(outcome, "calls", "contact_id", "C6-00000", "C6-00001")[WAIT]
    assert [str(wait) for wait in waits] == ["1234.500", "12.500"]
    meeting.heals(JUNE)


def test_b18_leading_zeros_stay_and_one_phone_is_one_person(meeting: Meeting) -> None:
    rows = [list(row) for row in survey_rows()]
    for number, phone in enumerate(
        ("0812555001", "+62812555001", "62 812-555-001", "0812 555-001")
    ):
        rows[number][6] = phone
    outcome = meeting.meet(SURVEYS, workbook(rows))
    ids = [f"R{n:04d}" for n in range(4)]
    persons = rows_of(outcome, "surveys", "response_id", *ids)["respondent_key"]
    assert persons.n_unique() == 1
    outcome = meeting.home.ingest()
    meeting.home.put(JUNE, june((1, "Agent", "007"), (2, "Agent", "7"), (3, "Call ID", "00042")))
    calls = meeting.home.ingest().content["calls"]
    agents = calls.filter(pl.col("contact_id").is_in(["C6-00000", "C6-00001"]))["agent_key"]
    assert agents.n_unique() == 2
    assert "00042" in calls["contact_id"]


def test_b19_an_id_that_a_spreadsheet_cut_is_no_id(meeting: Meeting) -> None:
    rows = [list(row) for row in survey_rows()]
    rows[4][6] = 1234567890123456
    outcome = meeting.meet(SURVEYS, workbook(rows))
    meeting.quarantined(outcome, SURVEYS, (5, "Respondent", "id_numeric_cell"))
    meeting.heals(SURVEYS)


def test_b30_totals_by_category_sum_to_the_total(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, june((7, "Outcome", "Selesai"), (8, "Queue", "")))
    calls = outcome.content["calls"]
    assert sum(calls["outcome"].value_counts()["count"]) == calls.height == 2_199
    assert set(calls["outcome"].unique()) == {"answered", "abandoned"}
    meeting.heals(JUNE)
