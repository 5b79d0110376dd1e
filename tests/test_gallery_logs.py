"""Gallery sources of logs: events of calls and rounds of agents, against hand counts.

The fixtures' traps are named where they are expected; times are as in `shelf`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from shelf import GALLERY, Gallery, at, picked
from small_home import add_source, make_home, read


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


def test_twilio_taskrouter(gallery: Gallery) -> None:
    read = gallery("twilio_taskrouter")
    assert picked(
        read, "queue", "outcome", "wait_seconds", "talk_seconds", "acw_seconds", "_row", "_rows"
    ) == [
        # rejected by one agent, accepted by another
        ("umum", "answered", 19, 120, Decimal("10.5"), 1, 7),
        ("umum", "abandoned", 44, None, None, 9, 2),
        # out of one queue and into the next within the same millisecond
        ("umum", "flow_out", 60, None, None, 11, 3),
        ("khusus", "answered", 15, 100, None, 13, 3),
    ]  # fmt: skip
    assert read.column("entered_at")[3] == at("01:01:20")
    keys = read.column("agent_key")
    assert keys[0] and keys[3] and keys[0] != keys[3] and not keys[1]
    assert read.reading.rejects == {"unfinished": 1}
    # an acceptance whose beginning is in no file, a chat, an agent's state
    assert read.reading.filtered == 3


def test_vicidial_agents(gallery: Gallery) -> None:
    read = gallery("vicidial_agents")
    assert picked(
        read, "day", "part", "active_seconds", "acw_seconds", "not_ready_seconds",
        "available_seconds", "staffed_seconds", "_rows",
    ) == [
        # 175 s and 200 s talked, after 5 s of the first the customer was gone
        (date(2024, 1, 31), "UMUM", 375, 50, 15, 70, 510, 3),
        (date(2024, 2, 1), "UMUM", 60, 10, 0, 10, 80, 1),
        (date(2024, 1, 31), "KHUSUS", 0, 70, 0, 10, 80, 1),  # longer dead than talked
    ]  # fmt: skip
    # a round never ended takes its day along; a date of another form, a word for a number
    assert read.reading.rejects == {
        "never_ended": 2, "unreadable_start": 1, "unreadable_seconds": 1,
    }  # fmt: skip
