"""What `kring check-source` says of cells that could not be read, without showing one."""

from __future__ import annotations

import pytest
from trying import CALLS, Check, notes


@pytest.mark.parametrize(
    ("times", "cells", "said"),
    [
        ("", ("31/01/2024 8:02", "01/02/2024 9:00"),
         "`times: %d/%m/%Y %H:%M` would read 2 of 2 rejected cells; ISO 8601 is then read only "
         "where `times` names it too"),
        ("%d %b %Y", ("Jan 31, 2024, 8:02:42\u202fPM", "Total"),
         "`times: %d %b %Y; %b %d, %Y, %I:%M:%S %p` would read 1 of 2 rejected cells"),
        ("%d %b %Y", ("2/1/24 8:02", "3/1/24 8:02"),
         "`times: %d %b %Y; %d/%m/%y %H:%M` or `times: %d %b %Y; %m/%d/%y %H:%M` would read 2 of 2 "
         "rejected cells; which of them is right the cells do not tell"),
        # 2024 or 2015
        ("%d %b %Y", ("24-01-15 8:02",),
         "`times: %d %b %Y; %d-%m-%y %H:%M` or `times: %d %b %Y; %y-%m-%d %H:%M` would read 1 of 1 "
         "rejected cells; which of them is right the cells do not tell"),
        # day and month exchanged: the half that can be read is read wrongly
        ("%Y; %d/%m/%Y %H:%M", ("02/01/2024 08:02", "02/13/2024 08:02"),
         "are day and month exchanged? `times: %m/%d/%Y %H:%M` would read 1 of 1 rejected cells"),
        ("%d %b %Y", ("2024/02/01 8:02:42 AM GMT+7",),
         "`times: %d %b %Y; %Y/%m/%d %I:%M:%S %p GMT%z` would read 1 of 1 rejected cells"),
        ("%d %b %Y", ("1706663702",),
         "`times: %d %b %Y; epoch` would read 1 of 1 rejected cells"),
        # microseconds since 1970, and milliseconds among other signs
        ("", ("1706663702123456",),
         "1 of 1 rejected cells are written like `0000000000000000`; where its first 13 digits are "
         "milliseconds since 1970, return regexp_extract(x, '[0-9]{13}') and declare "
         "`times: epoch_ms`"),
        ("", ("/Date(1706663702123)/",),
         "1 of 1 rejected cells are written like `/a(0000000000000)/`; where its first 13 digits "
         "are milliseconds since 1970, return regexp_extract(x, '[0-9]{13}') and declare "
         "`times: epoch_ms`"),
        ("%d/%m/%Y", ("2024-02-31T08:00:00",),
         "1 of 1 rejected cells are written like `0000-00-00a00:00:00`"),
        ("%d %b %Y", ("Budi 12 pm", "Ani 13 pm", ""),
         "2 of 2 rejected cells are written like `a 00 a`; names of months and days, AM and PM are "
         "read in English and without points: `english_dates`, `replace`"),
    ],
)  # fmt: skip
def test_a_format_that_reads_the_rejected_times_is_proposed(
    check: Check, times: str, cells: tuple[str, ...], said: str
) -> None:
    declared = f"-- times: {times.removeprefix('%Y; ')}\n" if times else ""
    source = CALLS.replace("select", f"{declared}-- options: delim='|'\nselect", 1)
    rows = "".join(f"{n}|{cell}\n" for n, cell in enumerate(cells))
    assert notes(check(source, f"id|at\n{rows}")) == [f"not_a_time entered_at: {said}"]


def test_a_header_among_the_records_is_told_as_one(check: Check) -> None:
    # files put one behind the other, each with its header
    rows = "Id,At\n1,2024-02-01 08:00\nId,At\n2,2024-02-01 09:00\n"
    assert notes(check(CALLS, rows)) == [
        "not_a_time entered_at: 1 of 1 rejected cells are the name of a column (`At`): does the "
        "header come again among the records? Leave it out by `where`"
    ]

    # what else could not be read is told beside it
    beside = rows.replace("2024-02-01 09:00", "31/01/2024 09:00")
    header, times = notes(check(CALLS, beside))
    assert header.startswith("not_a_time entered_at: 1 of 2 rejected cells are the name")
    assert "`times: %d/%m/%Y %H:%M` would read 1 of 1 rejected cells" in times

    # and so it is where the export has another spelling, which the source names
    spelt = CALLS.replace("select", "-- aliases: Zeit=at\nselect", 1)
    (header,) = notes(check(spelt, rows.replace("At", "Zeit")))
    assert header.startswith("not_a_time entered_at: 1 of 1 rejected cells are the name of a col")


def test_dates_that_are_read_by_day_and_month_in_either_order_are_told(check: Check) -> None:
    source = CALLS.replace("select", "-- times: %m/%d/%Y %H:%M; %d/%m/%Y %H:%M\nselect", 1)
    rows = "id,at\n1,02/01/2024 08:00\n2,13/01/2024 08:00\n"
    assert notes(check(source, rows)) == [
        "`times` has `%m/%d/%Y %H:%M` and `%d/%m/%Y %H:%M`: a date that both can read, such as "
        "03/04/2024, is taken by the first and never rejected; keep the one that the export is "
        "written in"
    ]
    assert (
        notes(
            check(
                source.replace("; %d/%m/%Y", "; %d/%m/%y"), rows.replace("13/01/2024", "13/01/24")
            )
        )
        == []
    )


def test_the_form_of_a_number_that_cannot_be_read_is_shown(check: Check) -> None:
    source = CALLS.replace("'flow_out' as outcome", "'flow_out' as outcome, wait as wait_seconds")
    rows = "".join(f"{n},2024-02-01 08:00,{n} perc Budi\n" for n in range(12))
    said = check(source, f"id,at,wait\n{rows}")
    assert notes(said) == [
        "not_a_duration wait_seconds: 10 of 12 rejected cells are written like `0 a a`"
    ]
    assert "Budi" not in said.out + said.err
    (told,) = notes(check(source, "id,at,wait\n1,2024-02-01 08:00,0.02.15\n"))
    assert told == (
        "not_a_duration wait_seconds: 1 of 1 rejected cells are written like `0.00.00`; "
        "of hours, minutes and seconds `replace(x, '.', ':')` makes a duration"
    )
    (told,) = notes(check(source, 'id,at,wait\n1,2024-02-01 08:00,"0.2.15,5"\n'))
    assert "like `0.0.00,0`; of hours, minutes and seconds `replace" in told


@pytest.mark.parametrize(
    ("returned", "at", "said"),
    [
        ('"at"', "n/a", "`a/a`; a word for nothing belongs into `nulls`"),
        # Denver has no 2:30 that night, and in_zone leaves the zone behind what it cannot tell
        ("in_zone(\"at\", 'America/Denver')", "2024-03-10 02:30:00",
         "`0000-00-00 00:00:00 a/a`; the zone that stands behind it is in_zone's: there is no "
         "such time there, none alone, or it has another format"),
        ('"at"', "2024-02-30T08:00:00.000Z", "`0000-00-00a00:00:00.000a`"),  # no such day
        ('"at"', "Tue 04 Mar 2024 09:00", "`a 00 a 0000 00:00`; names of months and days, AM and "
         "PM are read in English and without points: `english_dates`, `replace`; a day of the week "
         "must be that of the date"),
        ('"at"', "5. Maret 2024 9:00 WIB", "`0. a 0000 0:00 a`; names of months and days, AM and "
         "PM are read in English and without points: `english_dates`, `replace`"),
    ],
)  # fmt: skip
def test_words_in_a_rejected_time_are_told_by_what_they_may_be(
    check: Check, returned: str, at: str, said: str
) -> None:
    found = notes(check(CALLS.replace('"at"', returned, 1), f"id,at\n1,{at}\n"))
    assert found == [f"not_a_time entered_at: 1 of 1 rejected cells are written like {said}"]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("٠٥/٠٣/٢٠٢٤ ٠٨:١٥", "`٠٠/٠٠/٠٠٠٠ ٠٠:٠٠`; `translate(x, '٠١٢٣٤٥٦٧٨٩', '0123456789')` "
                             "makes its digits the usual ones"),
        ("\u200e5/3 2024", "`<U+200E>0/0 0000`; `replace(x, chr(8206), '')` takes out <U+200E>, "
                           "which nobody sees"),
        ("5/3 9:00 p.\u00a0m.", "`0/0 0:00 a.<U+00A0>a.`; `replace(x, chr(160), ' ')` takes out "
                                "<U+00A0>, which nobody sees; names of months and days, AM and PM "
                                "are read in English and without points: `english_dates`, "
                                "`replace`"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_in_a_rejected_cell_is_named(check: Check, at: str, said: str) -> None:
    found = notes(check(CALLS, f"id,at\n1,{at}\n"))
    assert found == [f"not_a_time entered_at: 1 of 1 rejected cells are written like {said}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("contacts", "1\u00a0204", "not_a_number contacts: 1 of 1 rejected cells are written like "
         "`0<U+00A0>000`; `replace(x, chr(160), '')` takes out <U+00A0>, which nobody sees"),
        ("queue", "a\u200cb", "control_character queue: 1 of 1 rejected cells are written like "
         "`a<U+200C>a`; `replace(x, chr(8204), '')` takes out <U+200C>, which nobody sees"),
    ],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_named_of_numbers_and_texts_as_well(
    check: Check, column: str, cell: str, said: str
) -> None:
    source = CALLS.replace("'flow_out' as outcome", f"'flow_out' as outcome, x as {column}")
    assert notes(check(source, f"id,at,x\n1,2024-02-01 08:00,{cell}\n")) == [said]


def test_each_sign_for_which_texts_are_rejected_is_named_however_they_are_written(
    check: Check,
) -> None:
    source = CALLS.replace("'flow_out' as outcome", "'flow_out' as outcome, queue")
    texts = ("a b\u00ad", "a\u00a0b\u200e", "a-b-" * 20 + "\u200e", "c d")
    rows = "".join(f"{n},2024-02-01 08:00,{text}\n" for n, text in enumerate(texts))
    (said,) = notes(check(source, f"id,at,queue\n{rows}"))
    assert said.split("; ")[1:] == [
        "`replace(x, chr(8206), '')` takes out <U+200E>, which nobody sees",
        "`replace(x, chr(173), '')` takes out <U+00AD>, which nobody sees",
    ]


@pytest.mark.parametrize("name", ["अमित", "Jose\u0301", "สมชาย ศรี", "דָּוִד"])
def test_the_vowels_and_accents_of_a_name_are_not_shown(check: Check, name: str) -> None:
    (said,) = notes(check(CALLS, f"id,at\n1,{name} 5 pm\n"))
    form = " ".join("a" for _ in name.split())
    assert "cells are written like `" + form + " 0 a`;" in said


def test_what_a_terminal_would_obey_in_an_export_is_shown(check: Check) -> None:
    said = check(CALLS, "id,at,\x1b[31mred\n1,\x1b[31m9,\n")
    assert "\x1b" not in said.out + said.err
    assert "columns found: id, at, \\x1b[31mred" in said.text
    assert "written like `<U+001B>[00a0`" in said.text
