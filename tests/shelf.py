"""The gallery's sources, each with a small export shaped like the real one, read as a run would.

The persons in the exports are made up. Times are Jakarta's (UTC+7) unless they end in Z.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from small_home import PROJECT, Read, add_source, make_home, read

from assets.arrivals.sources import read_source

GALLERY = PROJECT / "data" / "gallery"
FIXTURES = Path(__file__).resolve().parent / "fixtures" / "gallery"
FILES = {
    "amazon_connect_calls": "amazon_connect/amazon_connect/2024-01-31.jsonl",
    "amazon_connect_chats": "amazon_connect/amazon_connect/2024-01-31.jsonl",
    "asterisk_queue_log": "asterisk_queue_log/asterisk/queue_log-20240131",
    "avaya_cms_ech": "avaya_cms_ech/avaya_cms/ech_20240131.csv",
    "chatwoot_ratings": "chatwoot/chatwoot/csat_20240131.json",
    "genesys_cloud_calls": "genesys_cloud/genesys_cloud/details_20240131.json",
    "genesys_cloud_chats": "genesys_cloud/genesys_cloud/details_20240131.json",
    "intercom_chats": "intercom/intercom/conversations_20240131.json",
    "intercom_ratings": "intercom/intercom/conversations_20240131.json",
    "limesurvey": "limesurvey/limesurvey/umum_2024-01.csv",
    "nice_cxone_calls": "nice_cxone/nice_cxone/calls_20240131.csv",
    "qualtrics": "qualtrics/qualtrics/umum_2024.csv",
    "surveymonkey": "surveymonkey/surveymonkey/umum_2024-01.csv",
    "twilio_taskrouter": "twilio_taskrouter/twilio/events_20240131.json",
    "vicidial": "vicidial/vicidial/EXPORT_CALL_REPORT_20240131.txt",
    "vicidial_agents": "vicidial_agents/vicidial_agents/agent_log_20240131.txt",
    "wazo": "wazo/wazo/calls_20240131.csv",
    "zendesk_chat": "zendesk_chat/zendesk_chat/chats_20240131.jsonl",
}
Gallery = Callable[..., Read]


def from_the_shelf(root: Path) -> Gallery:
    """Reads a gallery source's export; every reject is let pass, so that it can be looked at."""

    def reading(name: str, tolerance: str | None = "100%") -> Read:
        home = make_home(root)
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
