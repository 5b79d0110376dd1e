"""What holds for every source of the gallery."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from shelf import FILES, GALLERY, Gallery, outcomes
from small_home import PROJECT, add_source, make_home, read

from assets.arrivals.sources import read_sources


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
        ("chatwoot_ratings", 4),
        ("intercom_chats", 8),
        ("intercom_ratings", 8),
        ("limesurvey", 9),
        ("nice_cxone_calls", 12),
        ("qualtrics", 15),
        ("surveymonkey", 8),
        ("twilio_taskrouter", 19),
        ("vicidial", 12),
        ("vicidial_agents", 9),
        ("wazo", 12),
        ("zendesk_chat", 11),
    ],
)  # fmt: skip
def test_every_record_is_accounted_for(gallery: Gallery, name: str, records: int) -> None:
    reading = gallery(name).reading
    assert reading.rows == records
    assert reading.rows == reading.accepted + reading.rejected + reading.filtered
