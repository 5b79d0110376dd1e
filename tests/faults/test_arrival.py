"""Faults, group A: how files arrive, or do not. One fault each among five files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fault_home import AS_OF, FaultHome, Meeting, Outcome
from five_files import (
    ATTEMPTS,
    CHATS,
    JUNE,
    MAY,
    ROWS,
    SURVEYS,
    call_rows,
    calls_csv,
    june,
    sound,
    survey_rows,
    workbook,
)
from invariants import no_values

import assets.exports.opening as opening
from assets.building.tables import offending_rows

REST = sum(ROWS.values()) - ROWS[JUNE]


def accepted(outcome: Outcome) -> int:
    return sum(row.accepted for row in outcome.files)


def first_rows(count: int) -> bytes:
    return calls_csv(call_rows(6, count))


def growing(home: FaultHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody goes on writing June's calls while the run waits for them to stand still."""
    toml = home.root / "kring.toml"
    toml.write_text(toml.read_text().replace("settle_seconds = 0", "settle_seconds = 5"))
    target = home.put(JUNE, first_rows(700))

    def write(_: float) -> None:
        with target.open("ab") as file:
            file.write(b"C6-half;umum;01/06/2024 10:0")

    monkeypatch.setattr("assets.arrivals.landing.time.sleep", write)


def growing_while_read(home: FaultHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stood still until it was opened."""
    target = home.put(JUNE, first_rows(700))
    chunks = opening.Opened.chunks

    def read(self: opening.Opened, digest: Any) -> Any:
        yield from chunks(self, digest)
        if self.name == JUNE:
            with target.open("ab") as file:
                file.write(b"C6-half;umum")

    monkeypatch.setattr(opening.Opened, "chunks", read)


def vanishing(home: FaultHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is moved away between the listing and the reading."""
    target = home.put(JUNE, sound()[JUNE])

    def unsettled(*_: object) -> set[str]:
        target.unlink()
        return set()

    monkeypatch.setattr("assets.intake.ingest.unsettled", unsettled)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(growing, id="A1-growing"),
        pytest.param(growing_while_read, id="A1-growing-while-read"),
        pytest.param(vanishing, id="A8-vanishing"),
    ],
)
def test_a_file_that_does_not_stand_still_waits_whole_for_the_next_run(
    meeting: Meeting, fault: Callable[[FaultHome, pytest.MonkeyPatch], None]
) -> None:
    home = meeting.fresh()
    home.deliver(but=[JUNE])
    with pytest.MonkeyPatch.context() as patched:
        fault(home, patched)
        outcome = home.ingest()
    meeting.check(outcome)
    assert outcome.ingested.unstable == [JUNE]
    assert accepted(outcome) == REST == 1_850
    assert home.state("calls", "2024-06") == (
        "incomplete", "calls: source calls lacks the file of 2024-06",
    )  # fmt: skip
    assert "2024-06" in outcome.about("incomplete")
    meeting.heals(JUNE)


def test_a1_a_file_written_by_another_thread_is_never_read_in_part(meeting: Meeting) -> None:
    home = meeting.fresh()
    home.deliver(but=[JUNE])
    toml = home.root / "kring.toml"
    toml.write_text(toml.read_text().replace("settle_seconds = 0", "settle_seconds = 2"))
    lines, stop = sound()[JUNE].splitlines(keepends=True), threading.Event()
    target = home.put(JUNE, b"".join(lines[:300]))

    def write() -> None:
        with target.open("ab") as file:
            for line in lines[300:]:
                file.write(line)
                file.flush()
                stop.wait(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    outcome = home.ingest()
    assert writer.is_alive(), "it stopped before the run did"
    stop.set()
    writer.join()
    assert outcome.ingested.unstable == [JUNE]
    assert accepted(outcome) == REST
    toml.write_text(toml.read_text().replace("settle_seconds = 2", "settle_seconds = 0"))
    assert home.ingest().content["calls"].height == ROWS[MAY] + ROWS[JUNE]


def test_a2_a_stalled_file_is_known_by_the_count_beside_it(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    home.put(JUNE, first_rows(700))
    home.put(f"{JUNE}.done", "1200\n")
    outcome = meeting.run()
    meeting.refused(outcome, JUNE, "expected 1200 records, got 700")
    meeting.heals(JUNE)


def test_a2_the_count_may_come_after_the_file(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    home.put(JUNE, first_rows(700))
    assert meeting.run().file(JUNE).accepted == 700
    home.put(f"{JUNE}.done", "1200\n")
    outcome = home.ingest()
    assert outcome.file(JUNE).status == "refused"
    assert outcome.content["calls"].height == ROWS[MAY]
    meeting.heals(JUNE)


def test_a4_a_missing_file_leaves_no_figure_in_its_place(tmp_path: Path) -> None:
    home = FaultHome(tmp_path / "home")
    home.header("surveys", "expects", "month")
    home.put("surveys/surveys_202405.xlsx", workbook(survey_rows()[:0]))
    home.deliver(but=[JUNE, SURVEYS])
    ran = home.figures()
    for source, metric, channel, kpi in (
        ("calls", "service_level", "phone", "service_level"),
        ("surveys", "csi", None, "customer_satisfaction"),
    ):
        lacks = f"{source}: source {source} lacks the file of 2024-06"
        assert home.months(metric, channel)["2024-06"] == (None, None, "incomplete")
        assert lacks in home.reason(metric, "2024-06", channel)
        figure = home.figure(kpi, "Q2")
        assert (figure.realisation, figure.status) == (None, "incomplete")
        assert "2024-06" in figure.reason
        assert lacks in "\n".join(f.text for f in ran.findings)
    assert home.months("service_level", "phone")["2024-05"][1:] == (ROWS[MAY], "measured")
    assert home.months("service_level", "chat")["2024-06"][1:] == (ROWS[CHATS], "measured")


def test_a5_an_empty_file_is_refused(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, b"")
    meeting.refused(outcome, JUNE, "empty", "0 bytes")
    meeting.heals(JUNE)


def test_a5_a_header_only_is_a_delivery_without_rows(meeting: Meeting) -> None:
    outcome = meeting.meet(JUNE, calls_csv([]))
    row = outcome.file(JUNE)
    assert (row.status, row.rows) == ("loaded", 0)
    assert meeting.home.state("calls", "2024-06") == ("complete", "")
    meeting.heals(JUNE)


def test_a6_the_same_content_under_another_name_counts_once(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    home.put("calls/calls (1).csv", sound()[JUNE])
    outcome = meeting.run()
    # of two names in one run, the first in order of path is the one that is read
    by_path = {row.path: (row.status, row.rows) for row in outcome.files}
    assert by_path["calls/calls (1).csv"] == ("loaded", 1200)
    assert by_path[JUNE] == ("duplicate_file", 0)
    meeting.as_undisturbed(outcome)
    home.put("calls/calls (2).csv", sound()[MAY])
    outcome = meeting.run()
    assert outcome.file("calls/calls (2).csv").status == "duplicate_file"
    meeting.as_undisturbed(outcome)


def test_a2_a_file_cut_at_a_records_end_is_loaded_and_flagged(meeting: Meeting) -> None:
    """700 of 1,200 calls: sound in itself, but the last is of noon on 18 June; 40 a day is usual.

    May, with its 1,000 calls, and a June of 1,200 are nothing to look at.
    """
    home = meeting.begin(JUNE)
    home.deliver(MAY)
    home.put(JUNE, calls_csv(call_rows(6, ROWS[JUNE])[:700]))
    outcome = meeting.run()
    assert (outcome.file(JUNE).status, outcome.file(JUNE).accepted) == ("loaded", 700)
    findings = home.figures().findings
    assert len(findings) == 1, findings
    (flagged,) = findings
    assert (flagged.about, flagged.must_be_acted_on) == ("suspicious", True)
    assert "2024-06 (1 row); kring checks days_without_contacts" in flagged.text
    (gap,) = offending_rows(home.plan(AS_OF), "days_without_contacts", date(2024, 6, 1), 9)
    assert (gap["first_day"], gap["last_day"], gap["days"]) == (
        date(2024, 6, 19), date(2024, 6, 30), 12,
    )  # fmt: skip
    assert home.months("abandonment", "phone")["2024-06"] == (70, 700, "measured")
    home.deliver(JUNE)
    assert home.figures().findings == []
    meeting.heals(JUNE)


def test_a7_new_content_under_a_known_name_corrects(meeting: Meeting) -> None:
    home = meeting.begin(JUNE)
    home.deliver(MAY, JUNE)
    meeting.run()
    cells = [(n, "Talk", "999") for n in (1, 2, 3, 4, 5)]
    home.put(JUNE, june(*cells))
    outcome = meeting.run()
    row = outcome.file(JUNE)
    assert (row.duplicates, row.corrections, row.accepted) == (1_195, 5, 0)
    held = [d for d in home.home.chunks.rglob("*.parquet") if "calls" in str(d)]
    assert len(held) == 3, "what was delivered first stays, as history"
    talk = outcome.content["calls"].filter(outcome.content["calls"]["talk_seconds"] == 999)
    assert talk.height == 5


def test_the_command_is_loud_and_goes_on(meeting: Meeting) -> None:
    """A refused file, one of nobody, and a missing one, in one run of the command itself."""
    home = meeting.fresh()
    home.header("surveys", "expects", "month")
    home.deliver(but=[ATTEMPTS])
    home.put(JUNE, june((1, "Wait", "soon")) + b'"stray')
    home.put("absensi.csv", "a\n1\n")
    ran = home.kring("run", "--as-of", AS_OF, env={"TZ": "America/New_York", "LC_ALL": "C"})
    said = ran.stdout + ran.stderr
    assert ran.returncode == 3, said
    for word in (JUNE, "quote", "absensi.csv", "surveys lacks the file of 2024-05"):
        assert word in " ".join(said.split()), word
    assert "Traceback" not in said
    assert home.value("select count(*) from fact.contacts") == ROWS[MAY] + ROWS[CHATS]
    assert home.query(
        "select status, value, numerator from metric.monthly where metric_id = 'service_level' "
        "and channel = 'phone' and month = date '2024-06-01'"
    ) == [("incomplete", None, None)]
    no_values([], home.root, said)
    (home.root / "landing/absensi.csv").unlink()
    home.deliver(JUNE, ATTEMPTS)
    home.header("surveys", "expects", "month since 2024-06-01")
    meeting.as_undisturbed(meeting.run())
