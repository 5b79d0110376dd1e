"""Gallery sources of calls and chats, each on a small export, against hand counts.

The fixtures' traps are named where they are expected; times are as in `shelf`.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from shelf import FILES, FIXTURES, GALLERY, Gallery, at, outcomes, picked
from small_home import add_source, make_home, read


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
    entered, accepted = read.column("entered_at"), read.column("accepted_at")
    assert accepted == [entered[0] + timedelta(seconds=300), None, None]
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
    entered, accepted = read.column("entered_at"), read.column("accepted_at")
    assert accepted == [entered[0] + timedelta(seconds=299.999), None, None]
    assert read.reading.rejects == {} and read.reading.filtered == 11


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


def test_wazo(gallery: Gallery) -> None:
    read = gallery("wazo")
    assert picked(read, "_row", "queue", "outcome", "wait_seconds", "talk_seconds") == [
        (1, "3", "answered", 20, 180),
        (2, "3", "abandoned", 44, None),
        (3, "3", "flow_out", 60, None),  # timeout
        (4, "4", "answered", 15, 95),  # the same call, its second queue
        # turned away at the door: full, empty; one waited until the last agent had left
        (5, "3", "flow_out", None, None),
        (6, "3", "flow_out", None, None),
        (7, "3", "flow_out", 31, None),
        (8, "3", "flow_out", None, None),
        (9, "3", "flow_out", None, None),
        (10, "3", "after_hours", None, None),
    ]
    assert read.column("entered_at")[0] == at("01:00:00.500")
    assert len(set(read.column("contact_id"))) == 10
    assert read.months == {"2024-01": 9, "2024-02": 1}  # 17:00 UTC is midnight in Jakarta
    assert read.reading.rejects == {"unknown_status": 1, "wait_missing wait_seconds": 1}


def test_wazo_as_its_columns_were_called_before(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    add_source(home, "wazo", (GALLERY / "wazo.sql").read_text(encoding="utf-8"))
    (home.landing / "wazo").mkdir()
    (home.landing / "wazo" / "a.csv").write_text(
        "id,callid,time,ringtime,talktime,waittime,status,queue_id,agent_id\n"
        "1,1.1,2024-01-31 08:00:00+07,6,180,20,answered,3,12\n"
    )
    assert picked(read(home, "wazo", "wazo/a.csv"), "queue", "outcome") == [("3", "answered")]


def test_intercom_chats(gallery: Gallery) -> None:
    read = gallery("intercom_chats")
    assert picked(read, "contact_id", "outcome", "wait_seconds", "_row") == [
        ("1", "answered", 300, 1),  # from the first text; office hours and all
        ("2", "abandoned", 95, 2),  # written once, and closed without a reply
        ("3", "not_queued", None, 3),  # the AI agent's
        ("6", "answered", 301, 6),  # no text of the customer's is known: from the beginning
        ("1", "answered", 300, 7),  # came again when it was rated anew
    ]
    assert len(set(read.column("_version"))) == 2
    # a reply before the question
    assert read.reading.rejects == {"negative_duration wait_seconds": 1}
    assert read.reading.filtered == 2  # a campaign's message, and one still without a reply
