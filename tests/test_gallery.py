"""The gallery of sources, each on a small export shaped like the real one, against hand counts.

The persons in the exports are made up. Times in comments and expectations are Jakarta's (UTC+7)
unless they end in Z; the fixtures' traps are named where they are expected.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_home import PROJECT, Read, add_source, make_home, read

from assets.arrivals.sources import read_source, read_sources

GALLERY = PROJECT / "data" / "gallery"
FIXTURES = Path(__file__).resolve().parent / "fixtures" / "gallery"
FILES = {
    "amazon_connect_calls": "amazon_connect/amazon_connect/2024-01-31.jsonl",
    "amazon_connect_chats": "amazon_connect/amazon_connect/2024-01-31.jsonl",
    "asterisk_queue_log": "asterisk_queue_log/asterisk/queue_log-20240131",
    "avaya_cms_ech": "avaya_cms_ech/avaya_cms/ech_20240131.csv",
    "genesys_cloud_calls": "genesys_cloud/genesys_cloud/details_20240131.json",
    "genesys_cloud_chats": "genesys_cloud/genesys_cloud/details_20240131.json",
    "limesurvey": "limesurvey/limesurvey/umum_2024-01.csv",
    "nice_cxone_calls": "nice_cxone/nice_cxone/calls_20240131.csv",
    "qualtrics": "qualtrics/qualtrics/umum_2024.csv",
    "surveymonkey": "surveymonkey/surveymonkey/umum_2024-01.csv",
    "vicidial": "vicidial/vicidial/EXPORT_CALL_REPORT_20240131.txt",
    "zendesk_chat": "zendesk_chat/zendesk_chat/chats_20240131.jsonl",
}
Gallery = Callable[..., Read]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Reads a gallery source's fixture; every reject is let pass, so that it can be looked at."""

    def reading(name: str, tolerance: str | None = "100%") -> Read:
        home = make_home(tmp_path)
        fixture, _, path = FILES[name].partition("/")
        shutil.copytree(FIXTURES / fixture, home.landing, dirs_exist_ok=True)
        text = (GALLERY / f"{name}.sql").read_text(encoding="utf-8")
        add_source(home, name, text, tolerance)
        assert read_source(home.sources / f"{name}.sql").claims(path)
        return read(home, name, path)

    return reading


def at(text: str) -> datetime:
    """A time of January 31, or a full one, in UTC."""
    full = text if text.startswith("2") else f"2024-01-31T{text}"
    return datetime.fromisoformat(full).replace(tzinfo=UTC)


def picked(read: Read, *columns: str) -> list[tuple[Any, ...]]:
    return read.rows.select(columns).rows()


def outcomes(read: Read) -> list[tuple[str, Decimal | None]]:
    return list(zip(read.column("outcome"), read.column("wait_seconds"), strict=True))


def test_avaya_cms_ech(gallery: Gallery) -> None:
    read = gallery("avaya_cms_ech")
    key = "0000100{:03d}1706662800".format
    assert [(row[0][7:10], *row[1:]) for row in picked(
        read, "contact_id", "queue", "outcome", "wait_seconds", "talk_seconds", "acw_seconds",
        "_row", "_rows",
    )] == [
        ("001", "101", "answered", 15, 180, 30, 1, 1),
        # segment 2 stands before segment 1; the wait is the first's, the work is both agents'
        ("002", "101", "answered", 7, 180, 15, 2, 2),
        ("003", "101", "abandoned", 45, 0, 0, 4, 1),
        ("004", None, "not_queued", None, 0, 0, 5, 1),  # hung up in the vector
        ("005", "101", "flow_out", 60, 0, 0, 6, 1),
        ("006", None, "not_queued", None, 0, 0, 7, 1),  # forced disconnect, never queued
        ("008", "101", "answered", 20, 100, 10, 9, 2),  # the segment came twice
        ("011", "101", "answered", 8, 300, 20, 14, 1),
        ("012", "101", "answered", 5, 60, 0, 15, 1),
    ]  # fmt: skip
    first = read.row("contact_id", key(1))
    # ten seconds of announcements come before the queue
    assert first["entered_at"] == at("01:00:10") and first["answered_at"] == at("01:00:25")
    assert first["hold_seconds"] == 20
    assert read.row("contact_id", key(2))["agent_key"] != first["agent_key"]
    # 23:59:50 on January 31, and 00:00:00 on February 1
    assert read.months == {"2024-01": 8, "2024-02": 1}
    assert read.reading.rejects == {
        "unknown_disposition": 1,
        "segment_conflict": 2,  # a call of two segments: both rows are accounted for
        "not_a_time entered_at": 1,
    }
    assert read.reading.filtered == 1  # a call between extensions


def test_avaya_segments_that_cannot_be_read_reject_the_call(
    gallery: Gallery, tmp_path: Path
) -> None:
    gallery("avaya_cms_ech")
    path = tmp_path / "landing" / FILES["avaya_cms_ech"].partition("/")[2]
    path.write_text(path.read_text().replace(",7,5,2,60,", ",7,5,2,banyak,"))
    again = read(make_home(tmp_path), "avaya_cms_ech", FILES["avaya_cms_ech"].partition("/")[2])
    assert again.reading.rejects["unreadable_segment"] == 2  # both segments of the call
    assert "00001000021706662800" not in again.column("contact_id")


def test_amazon_connect_calls(gallery: Gallery) -> None:
    read = gallery("amazon_connect_calls")
    assert [(row[0][-2:], *row[1:]) for row in picked(
        read, "contact_id", "queue", "outcome", "wait_seconds", "talk_seconds", "acw_seconds"
    )] == [
        ("01", "umum", "answered", 15, 200, 25),
        ("02", "umum", "abandoned", 52, None, None),
        ("01", "umum", "answered", 15, 200, 40),  # the same contact, updated later
        ("02", "umum", "abandoned", 52, None, None),  # delivered twice
        ("03", None, "not_queued", None, None, None),
        ("04", "umum", "answered", 20, 60, 0),
        ("05", "khusus", "answered", 100, 300, 15),  # its transfer: a second stay
        ("06", "umum", "flow_out", 300, None, None),  # moved to another queue
        ("07", "khusus", "abandoned", 20, None, None),
        ("11", "umum", "answered", 5, 60, 0),
        ("12", "umum", "answered", 20, 60, 0),
    ]  # fmt: skip
    versions = read.rows.filter(pl.col("contact_id").str.ends_with("01"))["_version"].to_list()
    assert versions == sorted(versions) and versions[0] < versions[1]
    # the clock starts with the queue, not with the call
    assert read.column("entered_at")[0] == at("01:00:30")
    assert read.months == {"2024-01": 10, "2024-02": 1}  # 23:59:59 and 00:00:00
    assert read.reading.rejects == {"unknown_initiation": 1}
    assert read.reading.filtered == 6  # outbound, callback, task, three chats


def test_amazon_connect_chats(gallery: Gallery) -> None:
    read = gallery("amazon_connect_chats")
    assert outcomes(read) == [("answered", 300), ("abandoned", 90), ("not_queued", None)]
    assert read.column("talk_seconds") == [600, None, None]
    assert read.reading.rejects == {} and read.reading.filtered == 15


def test_genesys_cloud_calls(gallery: Gallery) -> None:
    read = gallery("genesys_cloud_calls")
    assert outcomes(read) == [
        ("answered", Decimal("13.250")),
        ("abandoned", 4),
        ("voicemail", 60),
        ("answered", 5),
        ("answered", 65),  # transferred: the second stay of the same conversation
        ("not_queued", None),
        ("flow_out", 30),
        ("answered", 20),  # 20000 ms is within 20 s
        ("answered", Decimal("20.001")),
    ]
    assert read.column("_row") == [1, 2, 3, 4, 4, 5, 9, 10, 11]
    first, _, _, second, third = read.rows.to_dicts()[:5]
    # tTalk stands twice; an agent who let it ring before has no part in it
    assert (first["talk_seconds"], first["hold_seconds"]) == (Decimal("150.5"), 10)
    assert first["entered_at"] == at("01:00:10.500")
    assert (second["talk_seconds"], third["talk_seconds"]) == (30, 200)
    assert (second["acw_seconds"], third["acw_seconds"]) == (None, 5)
    keys = read.column("agent_key")
    assert keys[0] == keys[7] == keys[8] and len({keys[0], keys[3], keys[4]}) == 3
    assert read.months == {"2024-01": 8, "2024-02": 1}  # 23:59:59.999 and 00:00:00.000
    assert read.reading.rejects == {"stay_without_an_end": 1}
    assert read.reading.filtered == 5  # outbound, unended, and three chats


@pytest.mark.parametrize("kind", ["calls", "chats"])
def test_a_genesys_conversation_on_two_pages_of_an_export_waits_once(
    tmp_path: Path, kind: str
) -> None:
    """New conversations move the old ones on to the next page while the first one is asked for."""
    home = make_home(tmp_path)
    path = home.landing / "genesys_cloud" / "joined.json"
    path.parent.mkdir()
    pages = json.loads((FIXTURES / "genesys_cloud/genesys_cloud/details_20240131.json").read_text())
    path.write_text(json.dumps({"conversations": pages["conversations"] * 2}))
    name = f"genesys_cloud_{kind}"
    add_source(home, name, (GALLERY / f"{name}.sql").read_text(encoding="utf-8"), "100%")
    found = read(home, name, "genesys_cloud/joined.json")
    columns = ["contact_id", "outcome", "wait_seconds", "talk_seconds", "hold_seconds",
               "acw_seconds", "agent_key"]  # fmt: skip
    # both of its rows say the same, as one of them alone does, and count once
    assert not found.reading.refused
    told = found.rows.select(columns).unique()
    assert told["contact_id"].is_unique().all()
    waits = told.filter(pl.col("outcome") != "not_queued")["wait_seconds"].sort().to_list()
    assert (
        waits
        == {
            "calls": [4, 5, Decimal("13.25"), 20, Decimal("20.001"), 30, 60, 65],
            "chats": [Decimal("75.5"), Decimal("299.999")],
        }[kind]
    )


def test_genesys_cloud_chats(gallery: Gallery) -> None:
    read = gallery("genesys_cloud_chats")
    assert outcomes(read) == [
        ("answered", Decimal("299.999")),
        ("abandoned", Decimal("75.5")),
        ("not_queued", None),
    ]
    assert read.column("acw_seconds") == [Decimal("12.345"), None, None]
    assert read.reading.rejects == {} and read.reading.filtered == 11


def test_asterisk_queue_log(gallery: Gallery) -> None:
    read = gallery("asterisk_queue_log")
    assert picked(
        read, "queue", "outcome", "wait_seconds", "talk_seconds", "_row", "_rows"
    ) == [
        # its ENTERQUEUE is in last night's file: the CONNECT names the wait
        ("umum", "answered", 30, 50, 4, 2),
        ("umum", "answered", 15, 180, 6, 4),  # RINGNOANSWER 3000 is 3 s, and no wait
        ("umum", "abandoned", 44, None, 8, 2),
        ("umum", "flow_out", 60, None, 13, 2),
        ("khusus", "answered", 20, 300, 15, 3),  # the same call, its second queue
        ("umum", "flow_out", 12, None, 18, 2),  # left by key
        ("umum", "flow_out", 10, None, 20, 2),  # the queue was empty
        ("umum", "answered", 6, 54, 22, 3),  # transferred, after a talk of 54 s
        ("umum", "answered", 6, 60, 25, 3),
        ("umum", "answered", 10, 70, 26, 3),
    ]  # fmt: skip
    assert read.column("entered_at")[:3] == [at("00:58:10"), at("01:00:00"), at("01:00:06")]
    assert len(set(read.column("contact_id"))) == 10
    assert read.months == {"2024-01": 9, "2024-02": 1}  # 23:59:59 and 00:00:00
    # a COMPLETEAGENT of yesterday, a caller still waiting, a line cut short
    assert read.reading.rejects == {"unfinished": 3}
    assert read.reading.filtered == 3  # start, member, pause


@pytest.mark.parametrize(
    "transfer",
    [
        "ATTENDEDTRANSFER|LINK|a|b|12|88|1", "BLINDTRANSFER|600|default|12|88|1",
        # as it was called before Asterisk 12, and at first without the position
        "TRANSFER|600|default|12|88|1", "TRANSFER|600|default|12|88",
    ],
)  # fmt: skip
def test_an_asterisk_call_that_is_noted_before_and_transferred_after(
    tmp_path: Path, transfer: str
) -> None:
    """FreePBX notes the number dialled before the queue is entered, which is no stay in one, and
    an agent logs in and out by a call of his own, which is none of the queue's."""
    home = make_home(tmp_path)
    path = home.landing / "asterisk" / "queue_log"
    path.parent.mkdir()
    path.write_text(
        "1706662700|0.8|umum|SIP/5001|ADDMEMBER|\n"
        "1706662700|0.9|NONE|Agent/5001|AGENTLOGIN|SIP/5001-1\n"
        "1706662800|1.1|umum|NONE|DID|1500200\n"
        "1706662800|1.1|umum|NONE|ENTERQUEUE||081200000001|1\n"
        "1706662812|1.1|umum|SIP/5001|CONNECT|12|1.2|3\n"
        f"1706662900|1.1|umum|SIP/5001|{transfer}\n"
    )
    text = (GALLERY / "asterisk_queue_log.sql").read_text(encoding="utf-8")
    add_source(home, "asterisk_queue_log", text)
    found = read(home, "asterisk_queue_log", "asterisk/queue_log")
    assert picked(found, "outcome", "wait_seconds", "talk_seconds") == [("answered", 12, 88)]
    assert found.column("ended_at") == [at("01:01:40")]
    assert (found.reading.filtered, found.reading.rejects) == (3, {})


def test_vicidial(gallery: Gallery) -> None:
    read = gallery("vicidial")
    assert picked(read, "_row", "outcome", "wait_seconds", "talk_seconds") == [
        (1, "answered", 20, 180),  # length_in_sec less the queue
        (2, "abandoned", 33, None),
        (3, "after_hours", 0, None),
        (4, "voicemail", 40, None),
        (5, "flow_out", 120, None),
        (9, "answered", 5, 60),  # CALLBK set by an agent; a quote in the comments
        (11, "answered", 21, 59),
        (12, "answered", 20, 60),
    ]
    assert read.months == {"2024-01": 7, "2024-02": 1}
    assert read.reading.rejects == {"unknown_status": 1, "wait_missing wait_seconds": 1}
    assert read.reading.filtered == 2  # an outbound call, and one still going on


@pytest.mark.parametrize(("rows", "cut"), [(99_999, False), (100_000, True), (100_001, False)])
def test_vicidial_at_its_row_limit(tmp_path: Path, rows: int, cut: bool) -> None:
    home = make_home(tmp_path)
    add_source(home, "vicidial", (GALLERY / "vicidial.sql").read_text(encoding="utf-8"))
    header = "call_date\tstatus\tuser\tcampaign_id\tlength_in_sec\talt_dial\tuniqueid\r\n"
    line = "2024-01-31 08:00:00\tSALE\t6001\tUMUM_IN\t200\t20\t{}\r\n".format
    (home.landing / "vicidial").mkdir()
    path = home.landing / "vicidial" / "export.txt"
    path.write_text(header + "".join(map(line, range(rows))), newline="")
    reading = read(home, "vicidial", "vicidial/export.txt").reading
    assert (reading.rejects, reading.accepted, reading.refused) == ({}, rows, "")
    assert ("exactly 100000 records" in reading.warning) is cut


def test_zendesk_chat(gallery: Gallery) -> None:
    read = gallery("zendesk_chat")
    assert [(row[0][-1], *row[1:]) for row in picked(
        read, "contact_id", "outcome", "wait_seconds", "talk_seconds"
    )] == [
        ("1", "answered", 45, 555),
        ("2", "abandoned", 95, None),
        ("3", "after_hours", None, None),
        ("7", "answered", Decimal("300.5"), 600),
        ("1", "answered", 45, 565),  # came again when it was rated
        ("8", "answered", 300, 200),
        ("2", "abandoned", 95, None),
    ]  # fmt: skip
    first, _, _, _, later, *_ = read.column("_version")
    assert first < later
    assert read.months == {"2024-01": 6, "2024-02": 1}  # 17:00:00Z is February in Jakarta
    # another type; and a chat that no agent answered although it is not called missed
    assert read.reading.rejects == {"unknown_type": 1, "wait_missing wait_seconds": 1}
    assert read.reading.filtered == 2  # begun by an agent; not ended


def test_qualtrics(gallery: Gallery) -> None:
    read = gallery("qualtrics")
    assert picked(read, "_row", "responded_at", "status", "score", "contact_id") == [
        # the zone stands in the third row: 09:59:59 in Denver is 23:59:59 in Jakarta
        (3, at("16:59:59"), "completed", 5, "C-1"),
        (4, at("17:00:00"), "completed", 4, "C-2"),
        (5, at("2024-01-15T15:15:02"), "completed", 1, "C-3"),  # words for numbers
        (8, at("2024-01-16T15:15:02"), "not_rated", None, None),  # blank
        (9, at("2024-01-17T15:15:02"), "not_rated", None, None),  # 0
        (15, at("2024-07-01T06:00:00"), "completed", 4, None),  # summer time
    ]
    assert read.months == {"2024-01": 4, "2024-02": 1, "2024-07": 1}
    assert read.reading.rejects == {
        "unknown_status": 1,
        "score_out_of_scale score": 1,
        # not a time; an hour that was skipped; an hour that there was twice
        "not_a_time responded_at": 3,
    }
    assert read.reading.filtered == 4  # two header rows, a preview, a test
    assert set(read.column("service")) == {"inbound"} and set(read.column("scale_max")) == {5}
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_limesurvey(gallery: Gallery) -> None:
    read = gallery("limesurvey")
    assert picked(read, "response_id", "responded_at", "status", "score") == [
        ("1", at("16:59:59"), "completed", 5),  # the last second of January in Jakarta
        ("2", at("17:00:00"), "completed", 4),  # A4, the code of an array
        # 3 was never sent off
        ("4", at("2024-01-15T03:00:00"), "completed", 2),  # AO02, the code of a list
        ("5", at("2024-01-16T03:00:00"), "not_rated", None),  # blank
        ("6", at("2024-01-17T03:00:00"), "not_rated", None),  # N/A, not shown to this person
    ]
    assert read.months == {"2024-01": 4, "2024-02": 1}
    assert read.reading.rejects == {
        "undated": 1,  # 1980-01-01, of a survey that is not date-stamped
        "not_a_number score": 1,  # -oth-
        "score_out_of_scale score": 1,
    }
    assert read.reading.filtered == 1
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_surveymonkey(gallery: Gallery) -> None:
    read = gallery("surveymonkey")
    assert picked(read, "response_id", "responded_at", "status", "score", "contact_id") == [
        ("118052219001", at("16:59:59"), "completed", 5, "C-1"),  # in Indonesian words
        ("118052219002", at("17:00:00"), "completed", 4, "C-2"),  # 12:00:00 AM; "4 - Satisfied"
        ("118052219003", at("2024-01-15T05:01:00"), "completed", 1, "C-3"),  # 12:01:00 PM
        ("118052219004", at("2024-01-16T06:01:00"), "completed", 3, None),  # a clock of 24 hours
        ("118052219005", at("2024-01-17T02:01:00"), "not_rated", None, None),
    ]
    assert read.reading.rejects == {
        "id_lost_digits response_id": 1,  # 1.18052E+11, saved by a spreadsheet
        "not_a_number score": 1,  # words that are not listed
        "not_a_time responded_at": 1,  # day before month
    }
    assert read.reading.filtered == 0  # the second header row is no record
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_nice_cxone_calls(gallery: Gallery) -> None:
    read = gallery("nice_cxone_calls")
    assert [(row[0][-2:], *row[1:]) for row in picked(
        read, "contact_id", "queue", "entered_at", "outcome", "wait_seconds", "talk_seconds"
    )] == [
        # 08:59:40 and 25 s in the menu: the queue begins at 09:00:05
        ("01", "Umum", at("02:00:05"), "answered", 20, 180),
        ("02", "Umum", at("02:00:10"), "answered", 21, 60),
        ("03", "Umum", at("03:00:12"), "abandoned", 45, None),
        # SLA -1, for it gave up within the skill's own threshold: it was in the queue all the same
        ("04", "Umum", at("03:05:12"), "abandoned", 3, None),
        ("05", "Umum", at("03:10:09"), "not_queued", None, None),  # hung up in the menu
        ("06", "Umum", at("03:15:08"), "flow_out", 300, None),  # sent elsewhere after five minutes
        # the second leg of 02, in the skill that it was transferred to
        ("07", "Teknis", at("02:01:31"), "answered", 7, 200),
        ("08", "Umum", at("03:20:05"), "abandoned", 0, None),  # gave up at once: SLA says it queued
        # begins in January and enters the queue on 1 February at 00:00:05
        ("09", "Umum", at("17:00:05"), "answered", 1, 30),
    ]  # fmt: skip
    assert read.months == {"2024-01": 8, "2024-02": 1}
    assert read.reading.rejects == {
        "unreadable_start": 1, "negative_duration wait_seconds": 1, "unknown_abandon": 1,
    }  # fmt: skip
    assert len({key for key in read.column("agent_key") if key}) == 3


@pytest.mark.parametrize("name", FILES)
def test_as_shipped_a_dirty_file_is_refused_whole(gallery: Gallery, name: str) -> None:
    read = gallery(name, tolerance=None)
    clean = name in ("amazon_connect_chats", "genesys_cloud_chats")
    assert bool(read.reading.refused) is not clean
    assert bool(read.reading.chunks) is clean
    if not clean:
        assert read.reading.rule == "tolerance" and "first at record" in read.reading.refused


@pytest.mark.parametrize("name", FILES)
def test_no_person_is_left_in_what_is_stored(gallery: Gallery, name: str) -> None:
    read = gallery(name)
    stored = read.rows.write_csv() + str(read.reading.rejected_rows)
    for trace in ("081200000", "6281200000", "example.invalid", "Contoh", "Fiktif"):
        assert trace not in stored, trace
    for agent in ("agen.", "SIP/", "70001"):
        assert agent not in stored, agent


def test_the_gallery_is_complete_and_not_active() -> None:
    sources = read_sources(GALLERY)
    assert {source.name for source in sources} == set(FILES)
    assert len({source.title for source in sources}) == len(sources)
    for source in sources:
        assert source.tolerance.share > 0 and source.statement.text.isascii()
    assert not {path.name for path in GALLERY.glob("*.sql")} & {
        path.name for path in (PROJECT / "data" / "sources").glob("*.sql")
    }


def test_the_oceana_template_is_a_source_once_it_is_renamed(tmp_path: Path) -> None:
    assert not list(GALLERY.glob("avaya_oceana*.sql"))
    home = make_home(tmp_path)
    text = (GALLERY / "avaya_oceana.sql.template").read_text(encoding="utf-8")
    add_source(home, "avaya_oceana", text)
    (home.landing / "avaya_oceana").mkdir()
    (home.landing / "avaya_oceana" / "a.csv").write_text(
        "Contact ID,Channel,Routing Service,Queued,Answered,Ended,Disposition,Wait Time,"
        "Active Time,Hold Time,ACW Time,Agent ID\n"
        "1,Voice,umum,2024-01-31 08:00:00,2024-01-31 08:00:20,2024-01-31 08:03:00,Answered,20,"
        "150,0:00:10,-,7\n"
        "2,Chat,umum,2024-01-31 08:00:00,-,-,Abandoned,20,-,-,-,-\n"
    )
    found = read(home, "avaya_oceana", "avaya_oceana/a.csv")
    assert outcomes(found) == [("answered", Decimal(20))] and found.reading.filtered == 1


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("amazon_connect_calls", 18),
        ("asterisk_queue_log", 32),
        ("avaya_cms_ech", 16),
        ("qualtrics", 15),
        ("vicidial", 12),
        ("zendesk_chat", 11),
    ],
)  # fmt: skip
def test_every_record_is_accounted_for(gallery: Gallery, name: str, records: int) -> None:
    reading = gallery(name).reading
    assert reading.rows == records
    assert reading.rows == reading.accepted + reading.rejected + reading.filtered
